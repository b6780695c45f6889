"""Durations and repetitions on the clocks of a zone, over the change to and from summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.runtime import timers

BERLIN = ZoneInfo("Europe/Berlin")  # forward on 29 March 2026 at 02:00, back on 25 October 2026 at 03:00


@pytest.mark.parametrize(
    ("start", "text", "due"),
    [
        ("2026-03-28T02:30+01:00", "P1D", "2026-03-29T03:00+02:00"),  # half past two is skipped
        ("2026-03-28T12:00+01:00", "P1D", "2026-03-29T12:00+02:00"),
        ("2026-03-28T12:00+01:00", "PT24H", "2026-03-29T13:00+02:00"),
        ("2026-10-24T02:30+02:00", "P1D", "2026-10-25T02:30+02:00"),  # comes twice: the first counts
        ("2026-10-24T12:00+02:00", "PT24H", "2026-10-25T11:00+01:00"),
        ("2026-10-24T12:00+02:00", "P1DT24H", "2026-10-26T12:00+01:00"),
        ("2026-10-18T12:00+02:00", "P1W", "2026-10-25T12:00+01:00"),
        ("2026-01-31T12:00+01:00", "P1M", "2026-02-28T12:00+01:00"),
        ("2026-02-28T12:00+01:00", "P1M1D", "2026-03-29T12:00+02:00"),
    ],
)
def test_days_are_those_of_the_clock_and_hours_elapse(start, text, due):
    found = timers.duration(text).after(datetime.fromisoformat(start).astimezone(BERLIN))
    assert found.astimezone(UTC) == datetime.fromisoformat(due)  # a time that comes twice equals none elsewhere
    assert found.tzinfo is BERLIN


@given(
    st.integers(1, 100_000).map(lambda seconds: timedelta(seconds=seconds)),
    st.integers(0, 10_000_000).map(lambda seconds: timedelta(seconds=seconds)),
)
def test_the_next_repetition_stays_on_its_grid(interval, late):
    due = datetime(2026, 3, 1, tzinfo=UTC)
    now = due + late
    found, missed = timers.following(timers.Duration(0, 0, interval), due, now)
    assert found == due + (missed + 1) * interval
    assert found - interval <= now < found


def test_days_missed_are_counted():
    due = datetime(2026, 3, 27, 9, 0, tzinfo=BERLIN)
    now = datetime(2026, 3, 30, 8, 0, tzinfo=UTC)
    found = timers.following(timers.duration("P1D"), due, now)
    assert found == (datetime(2026, 3, 31, 9, 0, tzinfo=BERLIN), 3)
