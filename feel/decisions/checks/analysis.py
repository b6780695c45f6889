"""A compiled table as columns of segments: what the checks of overlaps, gaps and shadows work on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.decisions.cells import Placed
from feel.decisions.checks.sweep import Stretch, SweptColumn
from feel.decisions.regions import Line, Region, joined, point, rules_by_segment, rules_meeting
from feel.decisions.types import IntegerType
from feel.temporal import Date
from feel.temporal_duration import YearsAndMonthsDuration

if TYPE_CHECKING:
    from feel.decisions.columns import Column
    from feel.decisions.tables import CompiledTable

_BOOLEANS = Region("boolean", (point(value=False), point(value=True)), null=False)
ORDERED = frozenset(
    {"number", "date", "time", "date and time", "days and time duration", "years and months duration"}
)
"""Kinds of which a single shared value is a boundary, not a choice."""


class AnalysedColumn:
    """An input: its line, the segments that a value can have, and the stretches of each rule.

    ``unknown`` are the rules whose cell cannot be looked into; they count as accepting everything.
    """

    def __init__(self, column: Column) -> None:
        self.column = column
        self.id = column.id
        self.label = column.label
        self.kind = column.kind
        cells = column.cells
        regions = [
            cell.region if cell.region is not None and cell.region.kind in {"", self.kind} else None for cell in cells
        ]
        known = [region for region in regions if region is not None]
        allowed = column.allowed_region
        extra = [_BOOLEANS] if self.kind == "boolean" else []
        if allowed is not None and allowed.kind == self.kind:
            extra.append(allowed)
        self.line = Line((*known, *extra))
        everything = [(0, self.line.null)]
        self.by_rule: list[list[Stretch]] = [
            everything if region is None else self.line.stretches(region) for region in regions
        ]
        self.unknown = tuple(
            index
            for index, (cell, region) in enumerate(zip(cells, regions, strict=True))
            if region is None and not cell.accepts_any
        )
        self.is_unused = all(cell.accepts_any for cell in cells)
        self.usable = self._usable(allowed)
        self.by_segment = rules_by_segment(self.line.count, self.by_rule)

    def _usable(self, allowed: Region | None) -> tuple[Stretch, ...]:
        stretches = [(0, self.line.null - 1)]
        if self.kind == "boolean":
            stretches = self.line.stretches(_BOOLEANS)
        elif allowed is not None and allowed.kind == self.kind:
            stretches = self.line.stretches(Region(allowed.kind, allowed.intervals, null=False))
        is_integer = isinstance(self.column.declared, IntegerType)
        points = self.line.points
        empty = {
            2 * index
            for index in range(1, len(points))
            if _next_to_each_other(points[index - 1], points[index], is_integer=is_integer)
        }
        if empty:
            stretches = joined(
                (segment, segment)
                for low, high in stretches
                for segment in range(low, high + 1)
                if segment not in empty
            )
        # Null counts where a cell of the column speaks of it.
        return (*stretches, (self.line.null, self.line.null)) if self.column.handles_null else tuple(stretches)

    def swept(self, within: tuple[Stretch, ...] | None = None) -> SweptColumn:
        """The column for a sweep over all its values, or only over some segments."""
        return SweptColumn(self.usable if within is None else within, self.by_segment, self.by_rule, self.line.count)

    def common(self, one: list[Stretch], other: list[Stretch]) -> tuple[Stretch, ...]:
        """The usable segments of two cells."""
        return shared(shared(tuple(one), tuple(other)), self.usable)

    def is_point(self, stretches: tuple[Stretch, ...]) -> bool:
        """Whether the segments are one single value of an ordered kind."""
        return (
            self.kind in ORDERED
            and len(stretches) == 1
            and stretches[0][0] == stretches[0][1]
            and stretches[0][0] % 2 == 1
            and stretches[0][0] != self.line.null
        )


class AnalysedTable:
    """A table with its columns; ``known`` is the bit set of the rules that can be looked into wholly."""

    def __init__(self, table: CompiledTable) -> None:
        self.table = table
        self.columns = tuple(AnalysedColumn(column) for column in table.columns)
        self.rules = table.rules
        unknown = 0
        for column in self.columns:
            for rule in column.unknown:
                unknown |= 1 << rule
        self.known = self.rules & ~unknown
        self._meeting: list[int] | None = None

    @property
    def meeting(self) -> list[int]:
        """For each rule the rules (itself included) that apply to some values together with it."""
        if self._meeting is None:
            met = [self.rules] * len(self.table.table.rules)
            for column in self.columns:
                usable = [list(shared(tuple(stretches), column.usable)) for stretches in column.by_rule]
                for rule, others in enumerate(rules_meeting(rules_by_segment(column.line.count, usable), usable)):
                    met[rule] &= others
            self._meeting = met
        return self._meeting

    def rule_ids(self, rules: tuple[int, ...]) -> tuple[str, ...]:
        """The ids of rules."""
        return tuple(self.table.table.rules[rule].id for rule in rules)


def shared(one: tuple[Stretch, ...], other: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The segments that are in both (both sorted and disjoint)."""
    found = []
    i = j = 0
    while i < len(one) and j < len(other):
        low, high = max(one[i][0], other[j][0]), min(one[i][1], other[j][1])
        if low <= high:
            found.append((low, high))
        if one[i][1] < other[j][1]:
            i += 1
        else:
            j += 1
    return tuple(found)


def _next_to_each_other(low: object, high: object, *, is_integer: bool) -> bool:
    """Whether no value lies between two points: days, months and whole numbers have neighbours."""
    if isinstance(low, Decimal) and isinstance(high, Decimal):
        return is_integer and high.to_integral_value() == high and low.to_integral_value() == low and high - low == 1
    if isinstance(low, Placed) and isinstance(high, Placed):
        first, second = low.value, high.value
        if isinstance(first, Date) and isinstance(second, Date):
            return second.days - first.days == 1
        if isinstance(first, YearsAndMonthsDuration) and isinstance(second, YearsAndMonthsDuration):
            return second.months - first.months == 1
    return False
