"""Segments and bit sets say of every value exactly what the intervals say one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from feel.decisions.regions import Interval, Line, Region, complement, rules_by_segment, rules_meeting

ends = st.one_of(st.none(), st.integers(0, 5))


@st.composite
def intervals(draw):
    low, high = draw(ends), draw(ends)
    return Interval(low, high, low is not None and draw(st.booleans()), high is not None and draw(st.booleans()))


regions = st.builds(
    lambda parts, null: Region("number", tuple(parts), null), st.lists(intervals(), max_size=3), st.booleans()
)
VALUES = [None, *(number / 2 for number in range(-2, 13))]


def holds(region: Region, value: float | None) -> bool:
    if value is None:
        return region.null
    return any(
        (each.low is None or value > each.low or (value == each.low and each.low_included))
        and (each.high is None or value < each.high or (value == each.high and each.high_included))
        for each in region.intervals
    )


@given(st.lists(regions, min_size=1, max_size=7))
def test_each_segment_knows_its_rules(found):
    line = Line(found)
    by_segment = rules_by_segment(line.count, [line.stretches(region) for region in found])
    for value in VALUES:
        segment = line.null if value is None else line.segment(value)
        assert [bool(by_segment[segment] >> rule & 1) for rule in range(len(found))] == [
            holds(region, value) for region in found
        ]


@given(st.lists(regions, min_size=1, max_size=7))
def test_rules_meet_where_they_share_a_segment(found):
    line = Line(found)
    stretches = [line.stretches(region) for region in found]
    by_segment = rules_by_segment(line.count, stretches)
    meeting = rules_meeting(by_segment, stretches)
    for one in range(len(found)):
        for other in range(len(found)):
            together = any(rules >> one & 1 and rules >> other & 1 for rules in by_segment)
            assert bool(meeting[one] >> other & 1) == together


@given(regions)
def test_the_complement_is_what_is_left(region):
    rest = Region("number", complement(region.intervals), null=False)
    for value in VALUES[1:]:
        assert holds(rest, value) != holds(region, value)
