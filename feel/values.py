"""FEEL's values: None (null), bool, Decimal, str, list, dict, the temporal types, Range and Function.

What the types share is here: the name of a value's type, equality, order, membership. Three answers are
possible everywhere: true, false and None for "cannot be said".
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from feel.limits import VALUE_DEPTH
from feel.numbers import plain
from feel.syntax import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feel.meter import Meter


class Composite(Protocol):
    """What the temporal types, ranges and functions can do."""

    feel_kind: str

    def equals(self, other: object) -> bool | None:
        """Whether a value of the same type is equal; None where it cannot be said."""

    def compare(self, other: object) -> int | None:
        """Negative, zero or positive; None where a value of the same type has no order to this one."""

    def member(self, name: str) -> object:
        """A part, e.g. ``year``; raises KeyError for a name it does not have."""


class Range:
    """``[low..high]``; an end that is None is unbounded, as in ``(< 5)``."""

    __slots__ = ("high", "high_included", "low", "low_included")

    feel_kind = "range"

    def __init__(self, low: object, high: object, *, low_included: bool, high_included: bool) -> None:
        self.low = low
        self.high = high
        self.low_included = low_included
        self.high_included = high_included

    def holds(self, value: object) -> bool | None:
        """Whether a value lies in the range; None where it cannot be compared with an end."""
        below: bool | None = True
        above: bool | None = True
        if self.low is not None:
            order = compare(self.low, value)
            below = None if order is None else order < 0 or (order == 0 and self.low_included)
        if self.high is not None:
            order = compare(value, self.high)
            above = None if order is None else order < 0 or (order == 0 and self.high_included)
        if below is None or above is None:
            return None
        return below and above

    def equals(self, other: object) -> bool | None:
        """Ranges are equal when their ends are, open or closed alike."""
        if not isinstance(other, Range):
            return None
        return (
            self.low_included is other.low_included
            and self.high_included is other.high_included
            and equal(self.low, other.low) is True
            and equal(self.high, other.high) is True
        )

    def compare(self, other: object) -> int | None:  # noqa: ARG002 - ranges have no order
        """Ranges have no order."""
        return None

    def member(self, name: str) -> object:
        """``start``, ``end``, ``start included``, ``end included``."""
        return {
            "start": self.low,
            "end": self.high,
            "start included": self.low_included,
            "end included": self.high_included,
        }[name]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Range) and self.equals(other) is True

    def __hash__(self) -> int:
        return hash((Range, self.low_included, self.high_included))

    def __str__(self) -> str:
        return text_of(self, None)

    def __repr__(self) -> str:
        return f"Range({self})"


class Function:
    """A function as a value; :mod:`feel.functions` has the kinds of functions."""

    __slots__ = ("name",)

    feel_kind = "function"
    name: str

    def invoke(self, meter: Meter, arguments: list[object]) -> object:
        """Calls it with arguments by position."""
        raise NotImplementedError

    def invoke_named(self, meter: Meter, arguments: dict[str, object]) -> object:
        """Calls it with arguments by name."""
        raise NotImplementedError

    def parameter_names(self) -> tuple[str, ...]:
        """The names of its parameters."""
        raise NotImplementedError

    def equals(self, other: object) -> bool | None:
        """A function equals itself only."""
        return self is other

    def compare(self, other: object) -> int | None:  # noqa: ARG002 - functions have no order
        """Functions have no order."""
        return None

    def member(self, name: str) -> object:
        """A function has no parts."""
        raise KeyError(name)

    def __str__(self) -> str:
        return f"function {self.name}({', '.join(self.parameter_names())})"


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    list: "list",
    dict: "context",
}


def kind_of(value: object) -> str:
    """The name of a value's type, as FEEL spells it."""
    kind = _KINDS.get(value.__class__)
    return kind if kind is not None else str(getattr(value, "feel_kind", "unknown"))


def equal(left: object, right: object, depth: int = 0) -> bool | None:
    """``left = right``: null equals null only; different types cannot be compared."""
    if left is None or right is None:
        return left is right
    kind = left.__class__
    if kind is not right.__class__:
        if isinstance(left, Function) and isinstance(right, Function):
            return left is right
        return None
    if kind is Decimal or kind is str or kind is bool:
        return left == right
    if left is right:
        return True
    if depth > VALUE_DEPTH:
        return None
    if kind is list:
        return _equal_lists(left, right, depth)  # type: ignore[arg-type]
    if kind is dict:
        return _equal_contexts(left, right, depth)  # type: ignore[arg-type]
    answer: bool | None = left.equals(right)  # type: ignore[attr-defined]
    return answer


def _equal_lists(left: list[object], right: list[object], depth: int) -> bool:
    # Lists are equal when all their items are; items that cannot be compared are not.
    return len(left) == len(right) and all(
        equal(one, other, depth + 1) is True for one, other in zip(left, right, strict=True)
    )


def _equal_contexts(left: dict[str, object], right: dict[str, object], depth: int) -> bool:
    return left.keys() == right.keys() and all(equal(one, right[key], depth + 1) is True for key, one in left.items())


def compare(left: object, right: object) -> int | None:
    """Negative, zero or positive as ``left`` stands to ``right``; None where they have no order."""
    kind = left.__class__
    if kind is not right.__class__:
        return None
    if kind is Decimal or kind is str:
        return -1 if left < right else 1 if left > right else 0  # type: ignore[operator]
    if kind is bool or kind is list or kind is dict or left is None:
        return None
    order: int | None = left.compare(right)  # type: ignore[attr-defined]
    return order


def weight(value: object, budget: int, depth: int = 0) -> int:
    """How many values a value holds, a long string as one for every 256 characters; counts to the budget only.

    Lists may share their items, so that a small value can be enormous when it is written out.
    """
    if depth > VALUE_DEPTH:
        return budget + 1
    if isinstance(value, list):
        items: Iterable[object] = value
    elif isinstance(value, dict):
        items = value.values()
    else:
        return 1 + (len(value) >> 8) if isinstance(value, str) else 1
    total = 1
    for item in items:
        total += weight(item, budget - total, depth + 1)
        if total > budget:
            break
    return total


def text_of(value: object, meter: Meter | None, *, inside: bool = False) -> str:
    """The value as ``string()`` gives it; strings are quoted inside lists and contexts only.

    The meter, where there is one, refuses a text that grows too long while it grows.
    """
    parts: list[str] = []
    _write(value, parts, [0], meter, 1 if inside else 0)
    return "".join(parts)


def _write(value: object, parts: list[str], length: list[int], meter: Meter | None, depth: int) -> None:
    if value.__class__ is str:
        piece = quote(value) if depth else value
    elif value.__class__ is Decimal:
        piece = plain(value)
    elif value is None:
        piece = "null"
    elif value.__class__ is bool:
        piece = "true" if value else "false"
    elif value.__class__ is list or value.__class__ is dict:
        _write_many(value, parts, length, meter, depth)
        return
    elif value.__class__ is Range:
        _write_range(value, parts, length, meter, depth)
        return
    else:
        piece = str(value)
    parts.append(piece)
    length[0] += len(piece)
    if meter is not None:
        meter.check_length(length[0])


def _write_many(value: object, parts: list[str], length: list[int], meter: Meter | None, depth: int) -> None:
    if depth > VALUE_DEPTH:
        parts.append("…")
        return
    separator = ""
    if value.__class__ is list:
        parts.append("[")
        for item in value:
            parts.append(separator)
            _write(item, parts, length, meter, depth + 1)
            length[0] += 2
            separator = ", "
        parts.append("]")
        return
    parts.append("{")
    for key, item in value.items():  # type: ignore[attr-defined]
        parts.append(f"{separator}{key if key.isidentifier() else quote(key)}: ")
        length[0] += len(key) + 4
        _write(item, parts, length, meter, depth + 1)
        separator = ", "
    parts.append("}")


def _write_range(value: Range, parts: list[str], length: list[int], meter: Meter | None, depth: int) -> None:
    if value.low is None or value.high is None:
        operator = (
            ("<=" if value.high_included else "<") if value.low is None else ">=" if value.low_included else ">"
        )
        parts.append(f"({operator} ")
        _write(value.high if value.low is None else value.low, parts, length, meter, depth + 1)
        parts.append(")")
        return
    parts.append("[" if value.low_included else "(")
    _write(value.low, parts, length, meter, depth + 1)
    parts.append("..")
    _write(value.high, parts, length, meter, depth + 1)
    parts.append("]" if value.high_included else ")")
