"""Range functions (DMN 1.5, table 79): how points and ranges lie to each other.

Every end is a pair (value, step): step 1 is just above the value, -1 just below. With these, an open end
needs no case of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel.builtin.registry import NoResult, builtin
from feel.sentences import Sentence
from feel.values import Range, compare, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Meter


class _End:
    """An end of a range, or a point. ``infinite`` is -1 or 1 for an end that a range does not have."""

    __slots__ = ("infinite", "step", "value")

    def __init__(self, value: object, step: int, infinite: int = 0) -> None:
        self.value = value
        self.step = step
        self.infinite = infinite

    def to(self, other: _End) -> int:
        """Negative, zero or positive as this end lies to another."""
        if self.infinite or other.infinite:
            return (self.infinite > other.infinite) - (self.infinite < other.infinite)
        order = compare(self.value, other.value)
        if order is None:
            raise NoResult(
                Sentence(
                    "{left} cannot be compared with {right}.", left=kind_of(self.value), right=kind_of(other.value)
                )
            )
        return order or (self.step > other.step) - (self.step < other.step)

    def touches(self, other: _End) -> bool:
        """Whether both ends are the same closed one."""
        return not self.infinite and self.step == 0 == other.step and self.to(other) == 0


class _Span:
    """Both ends of a range, or a point twice."""

    __slots__ = ("end", "start")

    def __init__(self, value: object) -> None:
        if not isinstance(value, Range):
            self.start = self.end = _End(value, 0)
            return
        self.start = _End(None, 0, -1) if value.low is None else _End(value.low, 0 if value.low_included else 1)
        self.end = _End(None, 0, 1) if value.high is None else _End(value.high, 0 if value.high_included else -1)


def _relation(name: str, first: str, second: str, decide: Callable[[_Span, _Span], bool], *, points: bool) -> None:
    def implementation(meter: Meter, one: object, other: object) -> object:
        if one is None or other is None:
            raise NoResult(Sentence("A point or range is null."))
        if not points and not (isinstance(one, Range) and isinstance(other, Range)):
            raise NoResult(Sentence("Two ranges are needed."))
        return decide(_Span(one), _Span(other))

    kinds = ("any", "any") if points else ("range", "range")
    for names in (("range1", "range2"), ("point1", "point2"), ("point", "range"), ("range", "point")):
        if names == (first, second) or points:
            builtin(name, f"{names[0]}: {kinds[0]}", f"{names[1]}: {kinds[1]}")(implementation)


_relation("before", "", "", lambda one, other: one.end.to(other.start) < 0, points=True)
_relation("after", "", "", lambda one, other: one.start.to(other.end) > 0, points=True)
_relation("meets", "range1", "range2", lambda one, other: one.end.touches(other.start), points=False)
_relation("met by", "range1", "range2", lambda one, other: one.start.touches(other.end), points=False)
_relation(
    "overlaps",
    "range1",
    "range2",
    lambda one, other: one.end.to(other.start) >= 0 and one.start.to(other.end) <= 0,
    points=False,
)
_relation(
    "overlaps before",
    "range1",
    "range2",
    lambda one, other: one.start.to(other.start) < 0 and one.end.to(other.start) >= 0 and one.end.to(other.end) <= 0,
    points=False,
)
_relation(
    "overlaps after",
    "range1",
    "range2",
    lambda one, other: other.start.to(one.start) < 0 and other.end.to(one.start) >= 0 and other.end.to(one.end) <= 0,
    points=False,
)
_relation(
    "finishes", "", "", lambda one, other: one.end.to(other.end) == 0 and one.start.to(other.start) >= 0, points=True
)
_relation(
    "finished by",
    "",
    "",
    lambda one, other: one.end.to(other.end) == 0 and one.start.to(other.start) <= 0,
    points=True,
)
_relation(
    "includes", "", "", lambda one, other: one.start.to(other.start) <= 0 and one.end.to(other.end) >= 0, points=True
)
_relation(
    "during", "", "", lambda one, other: one.start.to(other.start) >= 0 and one.end.to(other.end) <= 0, points=True
)
_relation(
    "starts", "", "", lambda one, other: one.start.to(other.start) == 0 and one.end.to(other.end) <= 0, points=True
)
_relation(
    "started by",
    "",
    "",
    lambda one, other: one.start.to(other.start) == 0 and one.end.to(other.end) >= 0,
    points=True,
)
_relation(
    "coincides", "", "", lambda one, other: one.start.to(other.start) == 0 and one.end.to(other.end) == 0, points=True
)


@builtin("range", "from: string")
def range_from_text(meter: Meter, text: str) -> object:
    """range("[18..21)"): the range that a text spells with constant ends."""
    from feel.evaluation import constant_range  # noqa: PLC0415 - the parser needs the names of all functions first

    meter.spend(5 + len(text))
    found = constant_range(text)
    if found is None:
        raise NoResult(Sentence("“{text}” is no range.", text=text[:60]))
    return found
