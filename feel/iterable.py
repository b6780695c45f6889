"""What can be iterated over: lists, and ranges of numbers or dates, upwards or downwards."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.sentences import Sentence
from feel.values import Range, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feel.meter import Meter, Place

#: Whole numbers up to here are exact, so that counting by one arrives.
_FURTHEST = Decimal(10) ** 33


def items_of(source: object, end: tuple[object] | None, meter: Meter, place: Place) -> Iterable[object] | None:
    """The items of a source (``source..end`` where there is an end), or None and a warning."""
    if end is not None:
        return _counted(source, end[0], meter, place)
    if source.__class__ is list:
        return source
    if source.__class__ is Range:
        return _of_range(source, meter, place)
    if source is None:
        meter.warn("null", Sentence("There is nothing to iterate over: the list is null."), place)
        return None
    return [source]


def _of_range(range_: Range, meter: Meter, place: Place) -> Iterable[object] | None:
    items = _counted(range_.low, range_.high, meter, place)
    if items is None:
        return None
    return _without_open_ends(range_, items)


def _without_open_ends(range_: Range, items: Iterable[object]) -> Iterable[object]:
    for item in items:
        if item == range_.low and not range_.low_included:
            continue
        if item == range_.high and not range_.high_included:
            continue
        yield item


def _counted(low: object, high: object, meter: Meter, place: Place) -> Iterable[object] | None:
    if low.__class__ is Decimal and high.__class__ is Decimal:
        if abs(low) <= _FURTHEST and abs(high) <= _FURTHEST and int(low) == low and int(high) == high:
            return _numbers(int(low), int(high))
        meter.warn("argument", Sentence("A range to iterate over needs whole numbers."), place)
        return None
    if low is None or high is None:
        meter.warn("null", Sentence("A range to iterate over has no end that is null."), place)
        return None
    if kind_of(low) == kind_of(high) == "date":
        return low.up_to(high)  # type: ignore[attr-defined, no-any-return]
    meter.warn(
        "type",
        Sentence("Nothing counts from {left} to {right}.", left=kind_of(low), right=kind_of(high)),
        place,
    )
    return None


def _numbers(low: int, high: int) -> Iterable[object]:
    # A generator: the tick budget ends a range of 10⁹ long before it fills the memory.
    step = 1 if low <= high else -1
    number = low
    while number != high + step:
        yield Decimal(number)
        number += step
