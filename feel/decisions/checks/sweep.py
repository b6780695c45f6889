"""Where no rule of a table applies: a sweep over its columns that ends at a deadline or a number of findings.

A box is, for each column, the stretches of segments that it spans. The sweep goes column by column with
the bit set of the rules that are still in play; where it becomes empty the rest of the space is a gap.
Gaps can be exponentially many, therefore both limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from feel.decisions.regions import joined

Stretch = tuple[int, int]
Box = tuple[tuple[Stretch, ...], ...]


@dataclass(frozen=True, slots=True)
class SweptColumn:
    """A column ready for a sweep.

    ``usable`` are the segments that a value can have, ``by_segment`` the rules of each segment,
    ``by_rule`` the stretches of each rule.
    """

    usable: tuple[Stretch, ...]
    by_segment: Sequence[int]
    by_rule: Sequence[Sequence[Stretch]]
    count: int


@dataclass(slots=True)
class Sweep:
    """One search for gaps. ``complete`` says whether nothing was cut off by a limit."""

    columns: Sequence[SweptColumn]
    expired: Callable[[], bool]
    maximum: int
    complete: bool = True
    found: int = 0
    _known: dict[tuple[int, int], tuple[Box, ...]] = field(default_factory=dict)
    _always: list[int] = field(default_factory=list)

    def gaps(self, rules: int) -> tuple[Box, ...]:
        """The boxes that none of ``rules`` (a bit set) covers."""
        everywhere = rules
        self._always = [0] * len(self.columns) + [everywhere]
        for index in range(len(self.columns) - 1, -1, -1):
            everywhere &= _covering_all(self.columns[index])
            self._always[index] = everywhere
        return self._from(0, rules)

    def _from(self, index: int, active: int) -> tuple[Box, ...]:
        if active & self._always[index]:
            return ()
        if not active:
            self.found += 1
            return (tuple(column.usable for column in self.columns[index:]),)
        if index == len(self.columns):
            return ()
        known = self._known.get((index, active))
        if known is None:
            known = self._sweep(index, active)
            if self.complete:
                self._known[index, active] = known
        return known

    def _sweep(self, index: int, active: int) -> tuple[Box, ...]:
        column = self.columns[index]
        stretches_of: dict[int, list[Stretch]] = {}
        for low, high in _elementary(column, active):
            stretches_of.setdefault(column.by_segment[low] & active, []).append((low, high))
        boxes: dict[Box, list[Stretch]] = {}
        for remaining, stretches in stretches_of.items():
            if self.found > self.maximum or self.expired():
                self.complete = False
                break
            for box in self._from(index + 1, remaining):
                boxes.setdefault(box, []).extend(stretches)
        return tuple((tuple(joined(stretches)), *box) for box, stretches in boxes.items())


def _covering_all(column: SweptColumn) -> int:
    """The rules whose cell accepts everything usable in the column."""
    covering = -1
    for low, high in column.usable:
        for segment in range(low, high + 1):
            covering &= column.by_segment[segment]
    return covering


def _elementary(column: SweptColumn, active: int) -> list[Stretch]:
    """The usable segments in stretches within which the set of active rules does not change."""
    if active < 0 or active.bit_count() * 2 > column.count:
        return [(segment, segment) for low, high in column.usable for segment in range(low, high + 1)]
    cuts = set()
    rest = active
    while rest:
        bit = rest & -rest
        rest ^= bit
        for low, high in column.by_rule[bit.bit_length() - 1]:
            cuts.add(low)
            cuts.add(high + 1)
    result = []
    ordered = sorted(cuts)
    for low, high in column.usable:
        start = low
        for cut in ordered:
            if start < cut <= high:
                result.append((start, cut - 1))
                start = cut
        result.append((start, high))
    return result
