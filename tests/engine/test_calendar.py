"""Working time: a table of cases made by hand, and what must hold for every calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import calendar
from engine.calendar import HEAD_OFFICE, STORE, CalendarRefused, WorkingTime

DAILY = frozenset(range(1, 8))
SPLIT = WorkingTime(((510, 720), (810, 1080)), frozenset(range(1, 6)))  # 08:30–12:00, 13:30–18:00
ALWAYS = WorkingTime(((0, 1440),), DAILY)
DECLARED = WorkingTime(
    HEAD_OFFICE.hours,
    HEAD_OFFICE.weekdays,
    "CN",
    {date(2026, 11, 24): False, date(2026, 11, 29): True, date(2026, 10, 1): True},
)
BERLIN_NIGHT = WorkingTime(((0, 360),), DAILY, zone="Europe/Berlin")
BERLIN_DAY = WorkingTime(((540, 1020),), DAILY, zone="Europe/Berlin")

HOURS = [
    # head office, Monday to Saturday 09–18
    (HEAD_OFFICE, "2026-11-23 09:00", 0, "2026-11-23 09:00"),
    (HEAD_OFFICE, "2026-11-23 08:00", 0, "2026-11-23 09:00"),
    (HEAD_OFFICE, "2026-11-23 18:00", 0, "2026-11-24 09:00"),
    (HEAD_OFFICE, "2026-11-23 17:59", 0, "2026-11-23 17:59"),
    (HEAD_OFFICE, "2026-11-22 12:00", 0, "2026-11-23 09:00"),
    (HEAD_OFFICE, "2026-11-23 10:00", 1, "2026-11-23 11:00"),
    (HEAD_OFFICE, "2026-11-23 09:00", 9, "2026-11-23 18:00"),
    (HEAD_OFFICE, "2026-11-23 09:00", "9.5", "2026-11-24 09:30"),
    (HEAD_OFFICE, "2026-11-23 17:00", 2, "2026-11-24 10:00"),
    (HEAD_OFFICE, "2026-11-23 10:00", 8, "2026-11-23 18:00"),
    (HEAD_OFFICE, "2026-11-23 10:00", "8.25", "2026-11-24 09:15"),
    (HEAD_OFFICE, "2026-11-23 10:00", "0.1", "2026-11-23 10:06"),
    (HEAD_OFFICE, "2026-11-27 17:00", 2, "2026-11-28 10:00"),
    (HEAD_OFFICE, "2026-11-28 17:00", 2, "2026-11-30 10:00"),
    (HEAD_OFFICE, "2026-11-23 12:00", 24, "2026-11-25 18:00"),
    (HEAD_OFFICE, "2026-11-23 12:00", "24.5", "2026-11-26 09:30"),
    (HEAD_OFFICE, "2026-11-22 03:00", 1, "2026-11-23 10:00"),
    (HEAD_OFFICE, "2026-11-23 20:00", 1, "2026-11-24 10:00"),
    (HEAD_OFFICE, "2026-11-23 00:00", 16, "2026-11-24 16:00"),
    # Spring Festival: 15 to 23 February free, Saturdays 14 and 28 work
    (HEAD_OFFICE, "2026-02-13 17:00", 1, "2026-02-13 18:00"),
    (HEAD_OFFICE, "2026-02-13 17:00", 2, "2026-02-14 10:00"),
    (HEAD_OFFICE, "2026-02-14 17:00", 2, "2026-02-24 10:00"),
    (HEAD_OFFICE, "2026-02-16 12:00", 1, "2026-02-24 10:00"),
    (HEAD_OFFICE, "2026-02-21 12:00", 0, "2026-02-24 09:00"),
    (HEAD_OFFICE, "2026-02-24 09:00", 45, "2026-02-28 18:00"),
    (HEAD_OFFICE, "2026-02-28 17:00", 2, "2026-03-02 10:00"),
    # New Year with a Sunday that is made up for
    (HEAD_OFFICE, "2025-12-31 17:00", 2, "2026-01-04 10:00"),
    (HEAD_OFFICE, "2026-01-04 10:00", 1, "2026-01-04 11:00"),
    (HEAD_OFFICE, "2026-01-11 10:00", 1, "2026-01-12 10:00"),
    # Qingming, Labour Day, Dragon Boat, Mid-Autumn, National Day
    (HEAD_OFFICE, "2026-04-03 17:00", 2, "2026-04-07 10:00"),
    (HEAD_OFFICE, "2026-04-30 17:30", 1, "2026-05-06 09:30"),
    (HEAD_OFFICE, "2026-05-09 10:00", 1, "2026-05-09 11:00"),
    (HEAD_OFFICE, "2026-06-18 17:00", 2, "2026-06-22 10:00"),
    (HEAD_OFFICE, "2026-09-19 17:00", 2, "2026-09-20 10:00"),
    (HEAD_OFFICE, "2026-09-20 09:00", 9, "2026-09-20 18:00"),
    (HEAD_OFFICE, "2026-09-24 17:00", 2, "2026-09-28 10:00"),
    (HEAD_OFFICE, "2026-09-30 12:00", 10, "2026-10-08 13:00"),
    (HEAD_OFFICE, "2026-10-10 17:00", 2, "2026-10-12 10:00"),
    # stores, 09–21 every day, holidays too
    (STORE, "2026-11-23 20:00", 2, "2026-11-24 10:00"),
    (STORE, "2026-11-22 10:00", 8, "2026-11-22 18:00"),
    (STORE, "2026-10-01 10:00", 4, "2026-10-01 14:00"),
    (STORE, "2026-11-23 21:00", 0, "2026-11-24 09:00"),
    (STORE, "2026-11-23 09:00", 12, "2026-11-23 21:00"),
    (STORE, "2026-11-23 09:00", 24, "2026-11-24 21:00"),
    (STORE, "2026-11-23 12:00", 8, "2026-11-23 20:00"),
    (STORE, "2026-11-23 14:00", 8, "2026-11-24 10:00"),
    (STORE, "2026-12-31 20:00", 2, "2027-01-01 10:00"),
    (STORE, "2028-02-28 20:00", 13, "2028-02-29 21:00"),
    (STORE, "2026-11-23 23:59", "0.5", "2026-11-24 09:30"),
    # a break at noon
    (SPLIT, "2026-11-23 11:00", 2, "2026-11-23 14:30"),
    (SPLIT, "2026-11-23 12:30", 0, "2026-11-23 13:30"),
    (SPLIT, "2026-11-27 17:00", 2, "2026-11-30 09:30"),
    (SPLIT, "2026-11-23 08:30", "3.5", "2026-11-23 12:00"),
    (SPLIT, "2026-11-23 08:30", "3.75", "2026-11-23 13:45"),
    # round the clock
    (ALWAYS, "2026-11-23 22:00", 5, "2026-11-24 03:00"),
    (ALWAYS, "2026-11-23 22:00", 48, "2026-11-25 22:00"),
    # days that the administrator declared
    (DECLARED, "2026-11-23 17:00", 2, "2026-11-25 10:00"),
    (DECLARED, "2026-11-28 17:00", 2, "2026-11-29 10:00"),
    (DECLARED, "2026-09-30 17:00", 2, "2026-10-01 10:00"),
    # a night of five hours, one of seven, and a day that does not notice
    (BERLIN_NIGHT, "2026-03-29 00:00", 6, "2026-03-30 01:00"),
    (BERLIN_NIGHT, "2026-03-29 00:00", 5, "2026-03-29 06:00"),
    (BERLIN_NIGHT, "2026-10-25 00:00", 7, "2026-10-25 06:00"),
    (BERLIN_DAY, "2026-03-28 16:00", 2, "2026-03-29 10:00"),
    (BERLIN_DAY, "2026-10-24 16:00", 2, "2026-10-25 10:00"),
]
DAYS = [
    (HEAD_OFFICE, "2026-11-23 10:00", 0, "2026-11-23 10:00"),
    (HEAD_OFFICE, "2026-11-23 10:00", 1, "2026-11-24 10:00"),
    (HEAD_OFFICE, "2026-11-23 10:00", 6, "2026-11-30 10:00"),
    (HEAD_OFFICE, "2026-11-28 10:00", 1, "2026-11-30 10:00"),
    (HEAD_OFFICE, "2026-11-22 10:00", 1, "2026-11-24 09:00"),
    (HEAD_OFFICE, "2026-11-23 19:00", 1, "2026-11-25 09:00"),
    (HEAD_OFFICE, "2026-11-23 18:00", 0, "2026-11-24 09:00"),
    (HEAD_OFFICE, "2026-11-23 07:00", 3, "2026-11-26 09:00"),
    (HEAD_OFFICE, "2026-02-13 10:00", 2, "2026-02-24 10:00"),
    (HEAD_OFFICE, "2026-09-30 10:00", 1, "2026-10-08 10:00"),
    (HEAD_OFFICE, "2025-12-31 10:00", 1, "2026-01-04 10:00"),
    (STORE, "2026-11-28 10:00", 1, "2026-11-29 10:00"),
    (STORE, "2026-09-30 10:00", 3, "2026-10-03 10:00"),
    (SPLIT, "2026-11-27 12:30", 1, "2026-11-30 13:30"),
    (BERLIN_NIGHT, "2026-03-28 02:30", 1, "2026-03-29 03:00"),  # the clocks skip 02:30
    (BERLIN_NIGHT, "2026-10-24 02:30", 1, "2026-10-25 02:30"),  # the first of two
]


def at(text, working_time, fold=0):
    zone = ZoneInfo(working_time.zone or "Asia/Shanghai")
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(("working_time", "start", "hours", "due"), HOURS)
def test_working_hours(working_time, start, hours, due):
    counted = calendar.working_hours(at(start, working_time), Decimal(hours), working_time)
    assert counted.at == at(due, working_time)


@pytest.mark.parametrize(("working_time", "start", "days", "due"), DAYS)
def test_working_days(working_time, start, days, due):
    assert calendar.working_days(at(start, working_time), days, working_time).at == at(due, working_time)


def test_the_table_is_long_enough():
    assert len(HOURS) + len(DAYS) >= 60
    assert len(set(map(str, HOURS))) + len(set(map(str, DAYS))) == len(HOURS) + len(DAYS)


def test_the_second_round_of_a_repeated_hour_counts_as_its_end():
    second = at("2026-10-25 02:30", BERLIN_NIGHT, fold=1)
    assert calendar.working_days(second, 1, BERLIN_NIGHT).at == at("2026-10-26 03:00", BERLIN_NIGHT)


def test_beyond_the_known_holidays_weekdays_count_and_a_warning_says_so():
    start = at("2031-09-30 17:00", HEAD_OFFICE)
    due = calendar.working_hours(start, 2, HEAD_OFFICE)
    assert due.at == at("2031-10-01 10:00", HEAD_OFFICE)
    assert [str(warning) for warning in due.warnings] == [
        "The public holidays of 2031 are not known; its weekdays were counted."
    ]
    assert len(calendar.working_days(at("2031-12-31 10:00", HEAD_OFFICE), 3, HEAD_OFFICE).warnings) == 2
    assert calendar.working_hours(at("1999-10-01 10:00", HEAD_OFFICE), 1, HEAD_OFFICE).warnings
    assert calendar.working_hours(start, 2, STORE).warnings == ()
    assert calendar.working_hours(at("2026-09-30 10:00", HEAD_OFFICE), 90, HEAD_OFFICE).warnings == ()


@pytest.mark.parametrize("amount", [-1, Decimal("-0.1"), 20_001])
def test_hours_that_make_no_sense_are_refused(amount):
    with pytest.raises(CalendarRefused, match="Working hours are counted from 0"):
        calendar.working_hours(at("2026-11-23 10:00", STORE), amount, STORE)


@pytest.mark.parametrize("amount", [-1, 5_001])
def test_days_that_make_no_sense_are_refused(amount):
    with pytest.raises(CalendarRefused, match="Working days are counted from 0"):
        calendar.working_days(at("2026-11-23 10:00", STORE), amount, STORE)


def test_an_instant_needs_a_zone():
    with pytest.raises(CalendarRefused, match="time zone"):
        calendar.working_hours(datetime(2026, 11, 23), 1, STORE)  # noqa: DTZ001 - that is the mistake


def test_a_calendar_that_never_opens_is_refused_instead_of_searched_for_ever():
    closed = {date(2026, 1, 1) + timedelta(days=number): False for number in range(4_000)}
    never = WorkingTime(((540, 1080),), DAILY, exceptions=closed)
    with pytest.raises(CalendarRefused, match="no working day within ten years"):
        calendar.working_hours(at("2026-01-02 10:00", never), 1, never)
    last = WorkingTime(((540, 1080),), DAILY, exceptions={**closed, date(2026, 1, 2): True})
    with pytest.raises(CalendarRefused, match="no working day"):
        calendar.working_days(at("2026-01-02 10:00", last), 1, last)
    with pytest.raises(CalendarRefused, match="no working day"):
        calendar.working_hours(at("9998-12-31 10:00", STORE), 48, STORE)


def test_the_organisations_zone_is_a_setting():
    moment = datetime(2026, 11, 23, 17, tzinfo=UTC)
    assert calendar.local_date(moment) == date(2026, 11, 24)
    try:
        calendar.use_zone("America/New_York")
        assert calendar.local_date(moment) == date(2026, 11, 23)
        assert calendar.working_hours(moment, 1, STORE).at == moment + timedelta(hours=1)
    finally:
        calendar.use_zone("Asia/Shanghai")
    with pytest.raises(CalendarRefused, match="There is no time zone Nowhere"):
        calendar.use_zone("Nowhere")


# Zones whose clocks change by an hour, by half an hour, at midnight, and by a whole day.
ZONES = [
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Pacific/Apia",
]


@st.composite
def working_times(draw):
    ends = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
    pairs = zip(ends[::2], ends[1::2], strict=False)
    weekdays = draw(st.sets(st.integers(1, 7), min_size=1))
    return WorkingTime(
        tuple((first * 15, last * 15) for first, last in pairs),
        frozenset(weekdays),
        draw(st.sampled_from([None, "CN"])),
        zone=draw(st.sampled_from(ZONES)),
    )


INSTANTS = st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
LATER = st.timedeltas(timedelta(), timedelta(days=3))
APIA = WorkingTime(((0, 1440),), DAILY, zone="Pacific/Apia")


@settings(deadline=None)
@given(working_times(), INSTANTS, LATER, st.decimals(0, 200, places=2))
@example(BERLIN_NIGHT, at("2026-10-25 01:30", BERLIN_NIGHT), timedelta(hours=1), Decimal(3))
@example(APIA, datetime(2011, 12, 29, 12, tzinfo=UTC), timedelta(hours=20), Decimal(30))
def test_a_later_start_is_never_due_earlier_by_hours(working_time, start, later, hours):
    first = calendar.working_hours(start, hours, working_time).at
    second = calendar.working_hours(start + later, hours, working_time).at
    assert start <= first <= second


@settings(deadline=None)
@given(working_times(), INSTANTS, LATER, st.integers(0, 30))
@example(BERLIN_NIGHT, at("2026-10-25 02:45", BERLIN_NIGHT), timedelta(minutes=45), 1)
@example(BERLIN_NIGHT, at("2026-03-28 02:30", BERLIN_NIGHT), timedelta(minutes=30), 1)
@example(APIA, datetime(2011, 12, 29, 12, tzinfo=UTC), timedelta(hours=20), 1)
def test_a_later_start_is_never_due_earlier_by_days(working_time, start, later, days):
    first = calendar.working_days(start, days, working_time).at
    second = calendar.working_days(start + later, days, working_time).at
    assert start <= first <= second


@settings(deadline=None)
@given(working_times(), INSTANTS, st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_hours_add_up_and_what_elapses_is_what_was_counted(working_time, start, one, two):
    first = calendar.working_hours(start, one, working_time).at
    both = calendar.working_hours(start, one + two, working_time).at
    assert calendar.elapsed(start, first, working_time) == timedelta(microseconds=int(one * 3_600_000_000))
    assert calendar.working_hours(first, two, working_time).at >= both
    assert calendar.elapsed(start, both, working_time) == timedelta(microseconds=int((one + two) * 3_600_000_000))


def test_nothing_elapses_backwards():
    start = at("2026-11-23 10:00", STORE)
    assert calendar.elapsed(start, start, STORE) == timedelta()
    assert calendar.elapsed(start, start - timedelta(hours=5), STORE) == timedelta()
