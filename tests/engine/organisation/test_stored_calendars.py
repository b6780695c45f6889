"""A unit's own calendar: what it may hold, and what it changes of that of its kind."""

from __future__ import annotations

from datetime import date

import pytest

from engine.calendar import HEAD_OFFICE, STORE, CalendarRefused
from engine.organisation import stored_calendars


@pytest.mark.parametrize(
    "stored",
    [
        {"colour": "red"},
        {"hours": "09-18"},
        {"hours": [["09:00"]]},
        {"hours": [["09:00", "25:00"]]},
        {"hours": [["09:60", "12:00"]]},
        {"hours": [["18:00", "09:00"]]},
        {"hours": [["09:00", "13:00"], ["12:00", "18:00"]]},
        {"weekdays": [0]},
        {"weekdays": ["Monday"]},
        {"holidays": "XX"},
        {"zone": "Moon/Base"},
        {"zone": "../etc/passwd"},
        {"free": ["tomorrow"]},
        {"working": "2026-11-29"},
    ],
)
def test_a_stored_calendar_that_cannot_be_read_is_refused_with_a_sentence(stored):
    with pytest.raises(CalendarRefused) as refused:
        stored_calendars.read(stored, STORE, {})
    assert str(refused.value.sentence)


def test_a_stored_calendar_overrides_its_kind():
    declared = {date(2026, 11, 24): False}
    stored = {
        "hours": [["08:30", "12:00"], ["13:30", "24:00"]],
        "weekdays": [1, 2],
        "holidays": "CN",
        "zone": "Europe/Berlin",
        "free": ["2026-11-23"],
        "working": ["2026-11-29"],
    }
    read = stored_calendars.read(stored, STORE, declared)
    assert read.hours == ((510, 720), (810, 1440))
    assert (read.weekdays, read.holidays, read.zone) == ({1, 2}, "CN", "Europe/Berlin")
    days = {day: read.works_on(date(2026, 11, day)) for day in (17, 23, 24, 25, 29, 30)}
    assert days == {17: True, 23: False, 24: False, 25: False, 29: True, 30: True}
    assert stored_calendars.read(None, STORE, declared) == STORE
    assert stored_calendars.read({}, HEAD_OFFICE, declared).works_on(date(2026, 11, 24)) is False
    assert stored_calendars.read({"holidays": None}, HEAD_OFFICE, declared).works_on(date(2026, 11, 24)) is True
