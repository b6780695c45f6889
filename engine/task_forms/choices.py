"""Choices: one of the values that a form offers, or several of them; and yes or no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.task_forms.fields import CheckboxField, ChoiceField, Option
from engine.task_forms.formulas import FieldRefused, Setting, Surroundings, Variables, evaluate
from feel.sentences import Sentence

_MOST = 200
_TRUE, _FALSE = frozenset({"true", "on", "1", "yes"}), frozenset({"", "false", "off", "0", "no"})


def parse(entry: ChoiceField, texts: Sequence[str]) -> Any:
    """What was chosen; empty texts stand for "nothing"."""
    chosen = [text for text in texts if text]
    if entry.multiple:
        return normalise(entry, chosen)
    if len(chosen) > 1:
        raise FieldRefused(Sentence("Choose one of these only."))
    if not chosen:
        return None
    if entry.boolean:
        if chosen[0] not in {"true", "false"}:
            raise FieldRefused(_not_offered(chosen[0]))
        return chosen[0] == "true"
    return chosen[0]


def normalise(entry: ChoiceField, value: Any) -> Any:
    """A list without repetitions for several, else the value; nothing chosen is None or an empty list."""
    if entry.multiple:
        if value is None:
            return []
        if not isinstance(value, list | tuple) or len(value) > _MOST or not all(isinstance(v, str) for v in value):
            raise FieldRefused(Sentence("A list of values is expected here."))
        return list(dict.fromkeys(value))
    if value is None or value == "":
        return None
    if entry.boolean:
        if not isinstance(value, bool):
            raise FieldRefused(Sentence("Yes or no (true or false) is expected here."))
        return value
    if not isinstance(value, str):
        raise FieldRefused(_not_offered(str(value)))
    return value


def constrain(entry: ChoiceField, value: Any, variables: Variables, around: Surroundings) -> Iterator[Sentence]:
    """What is wrong with a choice that was made."""
    offered = {option.value for option in options(entry, variables, around)}
    for chosen in value if entry.multiple else [value]:
        if chosen not in offered:
            yield _not_offered(str(chosen))


def options(entry: ChoiceField, variables: Variables, around: Surroundings) -> tuple[Option, ...]:
    """What can be chosen here and now."""
    if entry.options:
        return entry.options
    if entry.people is not None:
        post = () if entry.people == "*" else (entry.people,)
        return _read(_asked("people with post", around, *post))
    if entry.units is not None:
        return _read(_asked("units of kind", around, entry.units))
    if entry.values_key is not None:
        return _read(variables.get(entry.values_key))
    return _read(evaluate(entry.values, variables, around))


def parse_checkbox(_entry: CheckboxField, texts: Sequence[str]) -> bool:
    """Ticked or not: browsers post nothing for an empty box."""
    text = texts[-1].strip().lower() if texts else ""
    if text not in _TRUE | _FALSE:
        raise FieldRefused(Sentence("Yes or no (true or false) is expected here."))
    return text in _TRUE


def normalise_checkbox(_entry: CheckboxField, value: Any) -> bool:
    """True or false; nothing is false."""
    if value is None:
        return False
    if not isinstance(value, bool):
        raise FieldRefused(Sentence("Yes or no (true or false) is expected here."))
    return value


def _asked(name: str, around: Surroundings, *arguments: Setting) -> Any:
    function = around.functions.get(name)
    if function is None:
        raise FieldRefused(Sentence("The choices of this field cannot be found here."))
    return function(*arguments)


def _read(values: Any) -> tuple[Option, ...]:
    """Options from a list of texts, or of contexts with ``value`` and ``label``."""
    if values is None:
        return ()
    if not isinstance(values, list | tuple):
        raise FieldRefused(Sentence("The choices of this field are no list."))
    read = []
    for entry in values:
        value = entry.get("value") if isinstance(entry, Mapping) else entry
        label = entry.get("label", value) if isinstance(entry, Mapping) else entry
        if not isinstance(value, str) or not isinstance(label, str):
            raise FieldRefused(Sentence("The choices of this field must be texts."))
        read.append(Option(value, label))
    return tuple(read)


def _not_offered(text: str) -> Sentence:
    return Sentence("“{value}” is none of the choices offered here.", value=text[:60])
