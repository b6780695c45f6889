"""Segments in words: FEEL for a set of values, and one value as a counter-example."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.decisions.cells import Placed
from feel.decisions.regions import Interval
from feel.numbers import CONTEXT
from feel.temporal import Date
from feel.values import text_of

if TYPE_CHECKING:
    from feel.decisions.checks.analysis import AnalysedColumn
    from feel.decisions.checks.sweep import Box, Stretch

_SHOWN = 6
"""Stretches of one column that a sentence names."""
_TWO = Decimal(2)


def value_text(place: object) -> str:
    """A value as FEEL writes it."""
    return text_of(place.value if isinstance(place, Placed) else place, None, inside=True)


def stretches_text(column: AnalysedColumn, stretches: tuple[Stretch, ...]) -> str:
    """The values of some segments, e.g. ``(200..300], > 500``; "" when they are all values there are."""
    if stretches == column.usable:
        return ""
    null = column.line.null
    parts = []
    for low, high in stretches:
        last = min(high, null - 1)
        if low <= last:
            parts.append((low, last))
    text = _choice_text(column, parts) if column.kind == "string" else None
    if text is None:
        text = ", ".join(_interval_text(column.line.describe(*part)) for part in parts[:_SHOWN])
        if len(parts) > _SHOWN:
            text += ", …"
    if stretches and stretches[-1][1] == null:
        text = f"{text}, null" if text else "null"
    return text


def _choice_text(column: AnalysedColumn, parts: list[Stretch]) -> str | None:
    """Texts are told apart by equality, so what is between two of them is “any other”."""
    points = [index for index in range(len(column.line.points)) if _holds(parts, 2 * index + 1)]
    if all(low == high and low % 2 for low, high in parts):
        named = [value_text(column.line.points[index]) for index in points]
        return ", ".join(named[:_SHOWN]) + (", …" if len(named) > _SHOWN else "")
    if all(_holds(parts, 2 * index) for index in range(len(column.line.points) + 1)):
        others = [value_text(each) for index, each in enumerate(column.line.points) if index not in points]
        return f"not({', '.join(others[:_SHOWN])}{', …' if len(others) > _SHOWN else ''})"
    return None


def _holds(parts: list[Stretch], segment: int) -> bool:
    return any(low <= segment <= high for low, high in parts)


def _interval_text(interval: Interval) -> str:
    if interval.is_point:
        return value_text(interval.low)
    if interval.low is None and interval.high is None:
        return "-"
    if interval.low is None:
        return f"{'<=' if interval.high_included else '<'} {value_text(interval.high)}"
    if interval.high is None:
        return f"{'>=' if interval.low_included else '>'} {value_text(interval.low)}"
    opening, closing = "[" if interval.low_included else "(", "]" if interval.high_included else ")"
    return f"{opening}{value_text(interval.low)}..{value_text(interval.high)}{closing}"


def box_text(columns: tuple[AnalysedColumn, ...], box: Box) -> str:
    """A box as conditions, e.g. ``金额 in (200..300), 门店类型 = "加盟"``; "-" when it is everything."""
    parts = []
    for column, stretches in zip(columns, box, strict=True):
        text = stretches_text(column, stretches)
        if text:
            single = len(stretches) == 1 and stretches[0][0] == stretches[0][1] and stretches[0][0] % 2 == 1
            comparison = text[0] in "<>" and "," not in text
            parts.append(f"{column.label} {'=' if single else '' if comparison else 'in'} {text}".replace("  ", " "))
    return ", ".join(parts) or "-"


def example(columns: tuple[AnalysedColumn, ...], box: Box) -> dict[str, str]:
    """One value for each input that lies in the box."""
    return {
        column.label: _example(column, stretches[0])
        for column, stretches in zip(columns, box, strict=True)
        if stretches
    }


def example_text(found: dict[str, str]) -> str:
    """A counter-example in one line."""
    return ", ".join(f"{label} = {value}" for label, value in found.items()) or "-"


def _example(column: AnalysedColumn, stretch: Stretch) -> str:
    low, high = stretch
    if low == column.line.null:
        return "null"
    # A point of the stretch is a plainer example than something between two points.
    if low % 2:
        return value_text(column.line.points[low // 2])
    if low < high and low + 1 < column.line.null:
        return value_text(column.line.points[low // 2])
    interval = column.line.describe(low, low)
    if column.kind == "number":
        return value_text(_number_in(interval))
    if column.kind == "date":
        return value_text(_date_in(interval))
    if column.kind == "string":
        return value_text(_text_in(interval))
    return _interval_text(interval)


def _number_in(interval: Interval) -> Decimal:
    low, high = interval.low, interval.high
    if low is None:
        return Decimal(0) if high is None or high > 0 else CONTEXT.subtract(high, Decimal(1))
    if high is None:
        return CONTEXT.add(low, Decimal(1))
    whole = CONTEXT.add(low, Decimal(1)).to_integral_value(rounding="ROUND_FLOOR")
    if low < whole < high:
        return whole
    return CONTEXT.divide(CONTEXT.add(low, high), _TWO)


def _date_in(interval: Interval) -> Date:
    if interval.low is not None:
        return Date.from_days(interval.low.value.days + 1)
    return Date.from_days(0 if interval.high is None else interval.high.value.days - 1)


def _text_in(interval: Interval) -> str:
    if interval.low is None:
        return ""
    after = f"{interval.low} "
    return after if interval.high is None or after < interval.high else f"{interval.low}\0"
