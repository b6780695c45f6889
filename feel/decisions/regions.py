"""Sets of values of one kind, as intervals on a line: what a cell of a decision table accepts.

A :class:`Line` cuts a column at every end point of its cells into segments: the points and the open
stretches between them, and null at the end. On it a cell is a range of segment numbers, a whole column is
one bit set of rules for each segment, and evaluation, overlaps and gaps are operations on bit sets (after
Calvanese, Dumas, Laurson, Maggi, Montali and Teinemaa, Information Systems 78, 2018).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from operator import xor
from typing import Any


@dataclass(frozen=True, slots=True)
class Interval:
    """The values from ``low`` to ``high``; an end that is None is infinite and never included."""

    low: Any = None
    high: Any = None
    low_included: bool = False
    high_included: bool = False

    @property
    def is_point(self) -> bool:
        """Whether it holds exactly one value."""
        return self.low is not None and self.high is not None and bool(self.low == self.high)

    @property
    def is_empty(self) -> bool:
        """Whether it holds no value at all."""
        if self.low is None or self.high is None:
            return False
        return bool(self.low > self.high) or (
            bool(self.low == self.high) and not (self.low_included and self.high_included)
        )


EVERYTHING = Interval()


def point(value: object) -> Interval:
    """The interval that holds only ``value``."""
    return Interval(value, value, low_included=True, high_included=True)


@dataclass(frozen=True, slots=True)
class Region:
    """What a cell accepts: values of one ``kind`` in ``intervals``, and whether null.

    ``kind`` is "" where every kind is accepted (a cell with ``-``, or with only ``null``).
    """

    kind: str
    intervals: tuple[Interval, ...]
    null: bool

    @property
    def is_any(self) -> bool:
        """Whether it accepts every value, null included."""
        return self.null and EVERYTHING in self.intervals


ANYTHING = Region("", (EVERYTHING,), null=True)


class Line:
    """The values of one kind, cut at ``points``; null is the last segment.

    Segment ``2 i`` is the open stretch before point ``i`` and segment ``2 i + 1`` is point ``i``.
    """

    __slots__ = ("count", "null", "points")

    def __init__(self, regions: Iterable[Region]) -> None:
        ends = sorted(
            end
            for region in regions
            for interval in region.intervals
            for end in (interval.low, interval.high)
            if end is not None
        )
        self.points: list[Any] = [end for index, end in enumerate(ends) if not index or ends[index - 1] != end]
        self.null = 2 * len(self.points) + 1
        self.count = self.null + 1

    def segment(self, value: Any) -> int:
        """The number of the segment that holds ``value`` (not null)."""
        points = self.points
        index = bisect_left(points, value)
        if index < len(points) and points[index] == value:
            return 2 * index + 1
        return 2 * index

    def stretches(self, region: Region) -> list[tuple[int, int]]:
        """The region as disjoint, sorted ranges of segment numbers, both ends included."""
        found = []
        for interval in region.intervals:
            if interval.is_empty:
                continue
            low = 0 if interval.low is None else self.segment(interval.low) + (not interval.low_included)
            high = (
                self.null - 1 if interval.high is None else self.segment(interval.high) - (not interval.high_included)
            )
            if low <= high:
                found.append((low, high))
        if region.null:
            found.append((self.null, self.null))
        return joined(found)

    def describe(self, low: int, high: int) -> Interval:
        """The segments ``low`` to ``high`` (without null) as one interval."""
        points = self.points
        low_point, high_point = low // 2, high // 2
        return Interval(
            low=points[low_point] if low % 2 else (points[low_point - 1] if low_point else None),
            high=points[high_point] if high % 2 or high_point < len(points) else None,
            low_included=bool(low % 2),
            high_included=bool(high % 2),
        )


def joined(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ranges of whole numbers as the fewest disjoint ranges, sorted."""
    result: list[tuple[int, int]] = []
    for low, high in sorted(stretches):
        if result and low <= result[-1][1] + 1:
            if high > result[-1][1]:
                result[-1] = (result[-1][0], high)
        else:
            result.append((low, high))
    return result


def rules_by_segment(count: int, stretches: Sequence[Sequence[tuple[int, int]]]) -> list[int]:
    """For each of ``count`` segments the bit set of the rules whose stretches hold it.

    Time grows with segments plus stretches, not with their product: a rule's bit is toggled where its
    stretch begins and after it ends.
    """
    toggles = [0] * (count + 1)
    for rule, ranges in enumerate(stretches):
        bit = 1 << rule
        for low, high in ranges:
            toggles[low] ^= bit
            toggles[high + 1] ^= bit
    return list(accumulate(toggles[:count], xor))


def rules_meeting(by_segment: Sequence[int], stretches: Sequence[Sequence[tuple[int, int]]]) -> list[int]:
    """For each rule the bit set of the rules (itself included) that share at least one segment with it.

    A rule meets those that hold the first segment of one of its stretches, and those that begin within it.
    """
    count = len(by_segment)
    tree = [0] * (2 * count)
    for rule, ranges in enumerate(stretches):
        for low, _ in ranges:
            tree[count + low] |= 1 << rule
    for node in range(count - 1, 0, -1):
        tree[node] = tree[2 * node] | tree[2 * node + 1]
    meeting = []
    for ranges in stretches:
        met = 0
        for low, high in ranges:
            met |= by_segment[low] | _union(tree, count + low + 1, count + high + 1)
        meeting.append(met)
    return meeting


def _union(tree: list[int], left: int, right: int) -> int:
    """The union of the leaves ``left`` up to, not including, ``right`` of a tree of unions."""
    union = 0
    while left < right:
        if left & 1:
            union |= tree[left]
            left += 1
        if right & 1:
            right -= 1
            union |= tree[right]
        left >>= 1
        right >>= 1
    return union


def complement(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """The values (not null) that are in none of the intervals."""
    region = Region("", tuple(intervals), null=False)
    line = Line([region])
    result = []
    free = 0
    for low, high in line.stretches(region):
        if free < low:
            result.append(line.describe(free, low - 1))
        free = high + 1
    if free < line.null:
        result.append(line.describe(free, line.null - 1))
    return tuple(result)
