"""Cron expressions on the clocks of a zone."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import cron

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("0 0 9 * * MON", "2026-11-23 09:00:00", "2026-11-30 09:00:00"),
        ("0 0 9 * * 1", "2026-11-23 08:59:59", "2026-11-23 09:00:00"),
        ("0 0 12 ? * FRI-SUN", "2026-11-23 00:00:00", "2026-11-27 12:00:00"),
        ("0 0 12 * * 7", "2026-11-23 00:00:00", "2026-11-29 12:00:00"),
        ("0 0 12 * * 0", "2026-11-23 00:00:00", "2026-11-29 12:00:00"),
        ("0 0 9 1,16 * *", "2026-11-23 00:00:00", "2026-12-01 09:00:00"),
        ("0 0 0 L * *", "2026-02-03 00:00:00", "2026-02-28 00:00:00"),
        ("0 0 0 29 2 *", "2026-02-03 00:00:00", "2028-02-29 00:00:00"),
        ("0 0/20 8-10 * * *", "2026-11-23 08:20:00", "2026-11-23 08:40:00"),
        ("0 0/20 8-10 * * *", "2026-11-23 10:40:00", "2026-11-24 08:00:00"),
        ("30 * * * * *", "2026-11-23 23:59:30", "2026-11-24 00:00:30"),
        ("0 0 9 13 * FRI", "2026-11-14 00:00:00", "2027-08-13 09:00:00"),  # both must fit
        ("@monthly", "2026-12-01 00:00:00", "2027-01-01 00:00:00"),
        ("0 0 0 1 JAN,APR,JUL,OCT *", "2026-11-23 00:00:00", "2027-01-01 00:00:00"),
    ],
)
def test_the_next_time(text, after, expected):
    since = datetime.fromisoformat(after).replace(tzinfo=SHANGHAI)
    due = datetime.fromisoformat(expected).replace(tzinfo=SHANGHAI)
    assert cron.read(text).after(since, SHANGHAI) == due
    assert cron.read(text).before(due, SHANGHAI) == due


def test_a_time_that_is_skipped_comes_when_clocks_skip():
    since = datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN)
    first = cron.read("0 30 2 * * *").after(since, BERLIN)
    assert first == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert cron.read("0 30 2 * * *").after(first, BERLIN) == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_counts_once():
    since = datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN)
    first = cron.read("0 30 2 * * *").after(since, BERLIN)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert cron.read("0 30 2 * * *").after(first, BERLIN) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_nine_is_nine_all_year():
    at_nine, instant = cron.read("0 0 9 * * *"), datetime(2026, 1, 1, tzinfo=UTC)
    for _ in range(400):
        instant = at_nine.after(instant, BERLIN)
        assert instant.astimezone(BERLIN).hour == 9


@given(
    st.sampled_from(["0 0/7 * * * *", "0 15 6-18/3 * * MON-FRI", "@weekly", "0 0 2 L * *", "59 59 23 31 12 *"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - zone beside
    st.sampled_from([SHANGHAI, BERLIN, ZoneInfo("America/St_Johns")]),
)
def test_nothing_lies_between_two_times(text, instant, zone):
    times = cron.read(text)
    found = times.after(instant, zone)
    assert found > instant
    assert times.before(found, zone) == found
    assert times.before(instant, zone) <= instant


def test_what_never_comes():
    assert cron.read("0 0 0 31 2 *").after(datetime(2026, 1, 1, tzinfo=UTC), SHANGHAI) is None
    assert cron.read("0 0 0 31 2 *").before(datetime(2026, 1, 1, tzinfo=UTC), SHANGHAI) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "* * * * *",
        "0 0 24 * * *",
        "0 0 0 0 * *",
        "0 0 0 * 13 *",
        "0 0 0 * * 8",
        "a b c d e f",
        "0 0/0 * * * *",
        "0 5-1 * * * *",
        "0 ? * * * *",
        "@never",
        "0 0 0 1W * *",
        "0 0 0 * * MON#2",
        "0 ٣ * * * *",
        "0 " * 300,
    ],
)
def test_what_is_no_cron_expression(text):
    with pytest.raises(cron.CronRefused) as refused:
        cron.read(text)
    assert str(refused.value.sentence)
