"""Types: whether a value is of one, and the singleton coercions of FEEL (``[1]`` as ``1``, ``1`` as ``[1]``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel.values import Function, Range, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from feel.syntax import Type

TypeTests = "Mapping[str, Callable[[object], bool]] | None"

_SIMPLE = frozenset(
    {
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)
_ALIASES = {
    "dateTime": "date and time",
    "date time": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


def is_known(name: str) -> bool:
    """Whether a type name is FEEL's own."""
    return (
        name in _SIMPLE
        or name in _ALIASES
        or name in ("Any", "any", "Null", "null", "list", "range", "context", "function")
    )


def conforms(
    value: object, type_: Type, types: Mapping[str, Callable[[object], bool]] | None, *, instance: bool = False
) -> bool | None:
    """Whether a value is of a type; None for a type that nobody knows.

    ``null`` conforms to every type as an argument, but is an instance of ``Null`` and ``Any`` only (and of no
    type where ``instance`` is set, ``Null`` excepted).
    """
    name = _ALIASES.get(type_.name, type_.name)
    if name in ("Any", "any"):
        return value is not None or not instance
    if name in ("Null", "null"):
        return value is None
    if value is None:
        return None if not is_known(name) and (types is None or name not in types) else not instance
    kind = kind_of(value)
    if name in _SIMPLE:
        return kind == name
    if name == "list":
        return kind == "list" and (not type_.parts or _all(value, type_.parts[0], types))
    if name == "range":
        return isinstance(value, Range) and (not type_.parts or _range_of(value, type_.parts[0], types))
    if name == "context":
        return kind == "context" and _has_entries(value, type_, types)
    if name == "function":
        return isinstance(value, Function) and (
            type_.result is None or len(value.parameter_names()) == len(type_.parts)
        )
    if types is not None and name in types:
        return bool(types[name](value))
    return None


def _all(value: object, part: Type, types: Mapping[str, Callable[[object], bool]] | None) -> bool:
    return all(conforms(item, part, types) for item in value)  # type: ignore[attr-defined]


def _range_of(value: Range, part: Type, types: Mapping[str, Callable[[object], bool]] | None) -> bool:
    return all(end is None or bool(conforms(end, part, types)) for end in (value.low, value.high))


def _has_entries(value: object, type_: Type, types: Mapping[str, Callable[[object], bool]] | None) -> bool:
    context: dict[str, object] = value  # type: ignore[assignment]
    return all(
        name in context and bool(conforms(context[name], part, types))
        for name, part in zip(type_.entries, type_.parts, strict=True)
    )


def coerce(value: object, type_: Type, types: Mapping[str, Callable[[object], bool]] | None) -> tuple[bool, object]:
    """A value as a type asks for it: whether it fits, and what it becomes.

    A list of one item becomes the item where no list is asked for, a value becomes a list of one where a list
    is, and a date becomes a date and time at midnight UTC. A type that nobody knows is not checked.
    """
    fits = conforms(value, type_, types)
    if fits is None or fits:
        return True, value
    if type_.name == "list":
        if value.__class__ is not list and conforms([value], type_, types):
            return True, [value]
    elif value.__class__ is list and len(value) == 1 and conforms(value[0], type_, types):
        return True, value[0]
    if type_.name in ("date and time", "dateTime") and kind_of(value) == "date":
        return True, value.at_midnight_utc()  # type: ignore[attr-defined]
    return False, None
