"""The organisation's functions inside real FEEL expressions."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

import feel
from engine.actor import system
from engine.organisation import calendars, functions

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def evaluate(session):
    def evaluated(text, **variables):
        expression = feel.compile(text, list(variables), functions=tuple(functions.NAMES))
        bound = functions.bound(session, NOON, "procurement_request")
        return feel.to_python(expression.evaluate(variables, now=NOON, functions=bound).value)

    return evaluated


def test_the_line_of_a_store_in_a_condition(evaluate):
    assert evaluate("line(store).persons[1]", store="S01") == "U16"
    assert evaluate('line(store).persons[1] = "U16"', store="S05") is False
    assert evaluate("count(holders(post).persons)", post="store_manager") == 11


def test_working_hours_of_a_store_and_of_the_head_office(evaluate):
    start = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # Tuesday 01:00 in Shanghai
    store = evaluate("working hours(start, 8, unit)", start=start, unit="S01")
    assert store == datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # 17:00 there
    office = evaluate("working hours(start, 10, unit)", start=start, unit="purchasing")
    assert office == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    assert evaluate("working hours(start, 10)", start=start) == office


def test_working_days_and_their_zone(evaluate):
    due = evaluate('working days(@"2026-11-20T10:00:00@Asia/Shanghai", 2, "purchasing")')
    assert due.isoformat() == "2026-11-23T10:00:00+08:00"  # Saturday works, Sunday does not
    assert evaluate('working days(date("2026-11-20"), 1, "purchasing")').isoformat() == "2026-11-21T09:00:00+08:00"


def test_a_time_without_a_zone_is_that_of_the_units_clocks(evaluate):
    assert evaluate('working hours("2026-11-23T10:00:00", 1, "S01")').isoformat() == "2026-11-23T11:00:00+08:00"


@pytest.mark.parametrize(
    "text",
    [
        "working hours(null, 1)",
        'working hours("soon", 1)',
        "working hours(now(), null)",
        'working hours(now(), "8")',
        "working hours(now(), -1)",
        "working hours(now(), 1000000)",
        "working days(now(), 1.5)",
        'working hours(now(), 1, "S99")',
        "line(1)",
        "holders([])",
    ],
)
def test_what_cannot_be_counted_is_an_error_with_a_sentence(evaluate, text):
    with pytest.raises(feel.FeelError) as refused:
        evaluate(text)
    assert str(refused.value.sentence)


def test_a_year_without_known_holidays_is_told(session):
    told = []
    bound = functions.bound(session, NOON, warn=told.append)
    bound["working hours"](datetime(2031, 10, 1, 2, 0, tzinfo=UTC), 8, "purchasing")
    assert [str(sentence) for sentence in told] == [
        "The public holidays of 2031 are not known; its weekdays were counted."
    ]


def test_the_administrator_may_declare_days(session, evaluate):
    day = datetime(2026, 11, 24, tzinfo=UTC).date()
    calendars.set_day(session, system("test"), day, working=False, name="盘点")
    start = '@"2026-11-23T17:00:00@Asia/Shanghai"'
    assert evaluate(f'working hours({start}, 2, "purchasing")').isoformat() == "2026-11-25T10:00:00+08:00"
    assert evaluate(f'working hours({start}, 5, "S01")').isoformat() == "2026-11-24T10:00:00+08:00"
    assert [(row.day, row.working, row.name) for row in calendars.declared(session, day.year)] == [
        (day, False, "盘点")
    ]
    assert calendars.declared(session, day.year + 1) == []
    calendars.unset_day(session, system("test"), day)
    assert evaluate(f'working hours({start}, 2, "purchasing")').isoformat() == "2026-11-24T10:00:00+08:00"
