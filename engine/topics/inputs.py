"""What a topic takes: names with types, from the task's headers (fixed text) or from variables (computed).

A header stands over a variable of the same name. Secrets can be named in headers alone, so that nobody can ask for
one by typing its name into a form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from engine.errors import Refused
from feel.sentences import Sentence

Placement = Literal["inside", "outside"]
Type = Literal["text", "number", "boolean", "date", "names", "context", "value"]

SECRET = re.compile(r"secret:([A-Z][A-Z0-9_]{0,63})")
"""How a header names a secret: ``secret:SMS_KEY``."""

_TYPE_NAMES: Mapping[str, Sentence] = {
    "text": Sentence("a text"),
    "number": Sentence("a number"),
    "boolean": Sentence("true or false"),
    "date": Sentence("a date"),
    "names": Sentence("a list of texts"),
    "context": Sentence("a context"),
    "value": Sentence("any value"),
}


@dataclass(frozen=True, slots=True)
class Input:
    """One input. ``choices``: the only texts allowed; ``least`` and ``most``: bounds of a number.

    ``header_only``: variables are not looked at; ``secrets``: a header may name secrets; ``longest``: of a text.
    """

    type: Type = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    least: Decimal | None = None
    most: Decimal | None = None
    header_only: bool = False
    secrets: bool = False
    longest: int = 10_000


@dataclass(frozen=True, slots=True)
class Declaration:
    """Where a topic runs and what it takes.

    ``prefixes``: families of headers such as ``header.Accept``. ``either``: at least one of these must be given.
    ``internal``: the engine itself asks for it; a diagram cannot.
    """

    placement: Placement
    inputs: Mapping[str, Input] = field(default_factory=dict)
    prefixes: Mapping[str, Input] = field(default_factory=dict)
    either: tuple[str, ...] = ()
    internal: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it declares nothing, so that any header may be meant for it."""
        return not self.inputs and not self.prefixes

    def header(self, name: str) -> Input | None:
        """What a header of that name may hold; None if there is none."""
        if name in self.inputs:
            return self.inputs[name]
        return next(
            (one for prefix, one in self.prefixes.items() if name.startswith(prefix) and name != prefix), None
        )


def checked(
    topic: str, declaration: Declaration, headers: Mapping[str, str], variables: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The inputs by name, typed; those that were not given are missing. Raises :class:`Refused`."""
    found: dict[str, Any] = {}
    for name, one in declaration.inputs.items():
        try:
            if name in headers:
                found[name] = _of_header(headers[name], one)
            elif not one.header_only and variables.get(name) is not None:
                found[name] = _of_variable(variables[name], one)
        except _Wrong as wrong:
            raise Refused(_refusal(topic, name, wrong.why)) from None
        if one.required and name not in found:
            raise Refused(_missing(topic, (name,)))
    for name, text in headers.items():
        if name not in declaration.inputs and (family := declaration.header(name)) is not None:
            found[name] = _of_header(text, family)
    if declaration.either and not any(found.get(name) for name in declaration.either):
        raise Refused(_missing(topic, declaration.either))
    return found


def header_problems(
    topic: str, declaration: Declaration, headers: Mapping[str, str]
) -> Iterator[tuple[str, Sentence]]:
    """What is wrong with the headers of a task, before anything runs: (code, sentence)."""
    if declaration.is_open:
        return
    for name, text in headers.items():
        one = declaration.header(name)
        if one is None:
            known = ", ".join(sorted([*declaration.inputs, *(f"{prefix}…" for prefix in declaration.prefixes)]))
            sentence = Sentence(
                "The topic {topic} takes no header {name}. It takes: {known}.", topic=topic, name=name, known=known
            )
            yield "unknown-header", sentence
            continue
        try:
            _of_header(text, one)
        except _Wrong as wrong:
            yield "wrong-header", _refusal(topic, name, wrong.why)
    for name, one in declaration.inputs.items():
        if one.required and one.header_only and name not in headers:
            sentence = Sentence("The topic {topic} needs the header {name}.", topic=topic, name=name)
            yield "missing-header", sentence


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, why: Sentence) -> None:
        super().__init__()
        self.why = why


def _refusal(topic: str, name: str, why: Sentence) -> Sentence:
    return Sentence("The input {name} of the work {topic} is wrong: {why}.", name=name, topic=topic, why=why)


def _missing(topic: str, names: tuple[str, ...]) -> Sentence:
    return Sentence(
        "The work {topic} needs {name}: give it as an input mapping or as a header of the task.",
        topic=topic,
        name=" / ".join(names),
    )


def _of_header(text: str, one: Input) -> Any:
    if SECRET.search(text) and not one.secrets:
        raise _Wrong(Sentence("a secret cannot be named here"))
    convert = _FROM_TEXT.get(one.type)
    if convert is None:
        raise _Wrong(Sentence("it is not given as a header but as an input mapping"))
    try:
        value = convert(text)
    except (ValueError, InvalidOperation):
        raise _Wrong(_not_of_type(one)) from None
    return _bounded(value, one)


def _of_variable(value: Any, one: Input) -> Any:
    if one.type == "names" and isinstance(value, str):
        value = _names(value)
    elif one.type == "number" and isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not _IS_OF_TYPE[one.type](value):
        raise _Wrong(_not_of_type(one))
    return _bounded(value, one)


def _not_of_type(one: Input) -> Sentence:
    return Sentence("it must be {type}", type=_TYPE_NAMES[one.type])


def _bounded(value: Any, one: Input) -> Any:
    if one.choices and any(item not in one.choices for item in (value if isinstance(value, list) else [value])):
        raise _Wrong(Sentence("it must be one of {allowed}", allowed=", ".join(one.choices)))
    if isinstance(value, Decimal) and (
        not value.is_finite()
        or (one.least is not None and value < one.least)
        or (one.most is not None and value > one.most)
    ):
        raise _Wrong(Sentence("it must lie between {least} and {most}", least=str(one.least), most=str(one.most)))
    if isinstance(value, str) and len(value) > one.longest:
        raise _Wrong(Sentence("it is longer than {limit} characters", limit=one.longest))
    return value


def _names(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError(text)
    return text == "true"


def _is_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


_FROM_TEXT: Mapping[str, Callable[[str], Any]] = {
    "text": str,
    "number": Decimal,
    "boolean": _boolean,
    "date": date.fromisoformat,
    "names": _names,
}
_IS_OF_TYPE: Mapping[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "number": lambda value: isinstance(value, Decimal),
    "boolean": lambda value: isinstance(value, bool),
    "date": lambda value: type(value) is date,
    "names": _is_names,
    "context": lambda value: isinstance(value, Mapping),
    "value": lambda _value: True,
}
