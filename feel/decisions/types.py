"""The types of a file: built-in ones and item definitions, conformance, coercion and allowed values.

Coercion follows DMN: a list of one item becomes its item where an item is asked for, a value becomes a list
of one where a list is asked for, a date becomes midnight UTC where a date and time is asked for. Null
belongs to every type. Whatever else does not conform is a violation, told in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from feel.sentences import Sentence
from feel.values import Function, kind_of, text_of

if TYPE_CHECKING:
    from feel.meter import Meter

Tests = Callable[[object, "Meter"], object]
"""Unary tests of a value: true where it is allowed."""

BUILT_IN: dict[str, str] = {
    "number": "number",
    "string": "string",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "date and time": "date and time",
    "dateTime": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "list": "list",
    "context": "context",
    "range": "range",
    "function": "function",
    # What Camunda's modelers offer besides.
    "integer": "integer",
    "long": "integer",
    "double": "number",
}
"""Names of types that need no item definition → kind."""


@dataclass(frozen=True, slots=True)
class Violation:
    """Why a value does not belong to a type: ``code`` is type or allowed_values."""

    code: str
    sentence: Sentence


class ValueType:
    """A type; this one holds every value."""

    __slots__ = ("name",)

    kind = ""

    def __init__(self, name: str) -> None:
        self.name = name

    def conforms(self, value: object, meter: Meter) -> bool:
        """Whether a value belongs to the type as it is."""
        return self.violation(value, meter) is None

    def violation(self, value: object, meter: Meter) -> Violation | None:  # noqa: ARG002 - the type of every value
        """Why a value does not belong to the type, None when it does."""
        return None

    def fits(self, value: object, meter: Meter) -> bool:
        """Whether the value belongs to the type, if need be after coercion."""
        return not isinstance(self.coerce(value, meter), Violation)

    def coerce(self, value: object, meter: Meter) -> object:
        """The value as the type wants it; a :class:`Violation` when there is no way."""
        if value is None:
            return None
        violation = self.violation(value, meter)
        if violation is None:
            return value
        if value.__class__ is list and len(value) == 1 and self.conforms(value[0], meter):
            return value[0]
        return violation

    def _mismatch(self, value: object) -> Violation:
        return Violation("type", Sentence("{value} is no {type}.", value=shown(value), type=self.name))


ANY = ValueType("Any")


class BuiltInType(ValueType):
    """number, string, boolean, a temporal type, list, context, range or function."""

    __slots__ = ("kind",)

    def __init__(self, name: str, kind: str) -> None:
        super().__init__(name)
        self.kind = kind

    def violation(self, value: object, meter: Meter) -> Violation | None:  # noqa: ARG002 - asked by subclasses
        """Why the value does not belong to the type, None when it does."""
        if value is None or kind_of(value) == self.kind:
            return None
        return self._mismatch(value)

    def coerce(self, value: object, meter: Meter) -> object:
        """The value as the type wants it."""
        if value is None or kind_of(value) == self.kind:
            return value
        if self.kind == "date and time" and kind_of(value) == "date":
            return value.at_midnight_utc()  # type: ignore[attr-defined]
        if self.kind == "list":
            return [value]
        return super().coerce(value, meter)


class IntegerType(ValueType):
    """A whole number: ``integer`` and ``long`` of Camunda's modelers."""

    __slots__ = ()

    kind = "number"

    def violation(self, value: object, meter: Meter) -> Violation | None:  # noqa: ARG002 - asked by subclasses
        """Why the value does not belong to the type, None when it does."""
        if value is None or (value.__class__ is Decimal and value == value.to_integral_value()):
            return None
        return self._mismatch(value)


class ListType(ValueType):
    """A list whose items have a type."""

    __slots__ = ("item",)

    kind = "list"

    def __init__(self, name: str, item: ValueType) -> None:
        super().__init__(name)
        self.item = item

    def violation(self, value: object, meter: Meter) -> Violation | None:
        """Why the value does not belong to the type, None when it does."""
        if value is None:
            return None
        if value.__class__ is not list:
            return self._mismatch(value)
        for index, each in enumerate(value, 1):
            violation = self.item.violation(each, meter)
            if violation is not None:
                return Violation(
                    violation.code,
                    Sentence("Item {index}: {reason}", index=index, reason=violation.sentence),
                )
        return None

    def coerce(self, value: object, meter: Meter) -> object:
        """The value as the type wants it."""
        if value is None:
            return None
        if value.__class__ is not list:
            item = self.item.coerce(value, meter)
            return item if isinstance(item, Violation) else [item]
        violation = self.violation(value, meter)
        if violation is None:
            return value
        # A list of lists may be meant: [[1, 2]] for a list of numbers is a list of one such list.
        return super().coerce(value, meter)


class ContextType(ValueType):
    """A context whose entries have types; further entries are allowed, missing ones are not."""

    __slots__ = ("entries",)

    kind = "context"

    def __init__(self, name: str, entries: Mapping[str, ValueType]) -> None:
        super().__init__(name)
        self.entries = dict(entries)

    def violation(self, value: object, meter: Meter) -> Violation | None:
        """Why the value does not belong to the type, None when it does."""
        if value is None:
            return None
        if value.__class__ is not dict:
            return self._mismatch(value)
        for name, entry in self.entries.items():
            if name not in value:
                return Violation(
                    "type", Sentence("The entry {name} of {type} is missing.", name=name, type=self.name)
                )
            violation = entry.violation(value[name], meter)
            if violation is not None:
                return Violation(violation.code, Sentence("{name}: {reason}", name=name, reason=violation.sentence))
        return None


class FunctionType(ValueType):
    """A function; ``result`` is the type of what it gives."""

    __slots__ = ("result",)

    kind = "function"

    def __init__(self, name: str, result: ValueType) -> None:
        super().__init__(name)
        self.result = result

    def violation(self, value: object, meter: Meter) -> Violation | None:  # noqa: ARG002 - asked by subclasses
        """Why the value does not belong to the type, None when it does."""
        # A function may be called in more ways than one (sum, max), so its parameters are not compared.
        return None if value is None or isinstance(value, Function) else self._mismatch(value)


class ConstrainedType(ValueType):
    """A type of which only some values are allowed."""

    __slots__ = ("base", "kind", "tests", "text")

    def __init__(self, name: str, base: ValueType, text: str, tests: Tests) -> None:
        super().__init__(name)
        self.base = base
        self.kind = base.kind
        self.text = text
        self.tests = tests

    def violation(self, value: object, meter: Meter) -> Violation | None:
        """Why the value does not belong to the type, None when it does."""
        violation = self.base.violation(value, meter)
        if violation is not None or value is None or self.tests(value, meter) is True:
            return violation
        return Violation(
            "allowed_values",
            Sentence("{value} is not among the allowed values {allowed}.", value=shown(value), allowed=self.text),
        )

    def coerce(self, value: object, meter: Meter) -> object:
        """The value as the type wants it."""
        coerced = self.base.coerce(value, meter)
        if coerced is None or isinstance(coerced, Violation):
            return coerced
        return self.violation(coerced, meter) or coerced


def shown(value: object) -> str:
    """The value as FEEL, cut for a sentence."""
    text = text_of(value, None, inside=True)
    return text if len(text) <= 80 else text[:79] + "…"  # noqa: PLR2004 - a line of a message
