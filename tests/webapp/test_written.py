"""What pages say of moments, distances and numbers, and that what is remembered is never taken for something else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp import written

_ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/St_Johns", "UTC")
_INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def _minutes(instant: datetime) -> int:
    return int(instant.timestamp() // 60)


@pytest.mark.parametrize(
    ("language", "with_year", "text"),
    [
        ("zh", False, "7月13日 14:05"),
        ("zh", True, "2026年7月13日 14:05"),
        ("en", False, "13 Jul 14:05"),
        ("en", True, "13 July 2026 14:05"),
    ],
)
def test_a_minute_in_words(language, with_year, text):
    instant = datetime(2026, 7, 13, 6, 5, 59, tzinfo=UTC)
    assert written.minute(_minutes(instant), "Asia/Shanghai", language, with_year) == text


@given(_INSTANTS, st.sampled_from(_ZONES), st.sampled_from(("zh", "en")))
def test_a_minute_is_that_of_the_clocks_there(instant, zone, language):
    there = instant.astimezone(ZoneInfo(zone))
    text = written.minute(_minutes(instant), zone, language, with_year=True)
    assert text.endswith(f"{there:%H:%M}")
    assert str(there.year) in text
    assert str(there.day) in text


def test_the_hours_around_a_repeated_one_keep_their_order():
    before = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin for the first time
    texts = [
        written.minute(_minutes(before + timedelta(hours=hours)), "Europe/Berlin", "en", with_year=False)
        for hours in (-1, 0, 1, 2)
    ]
    assert [text[-5:] for text in texts] == ["01:30", "02:30", "02:30", "03:30"]


def test_a_day_in_words():
    assert written.day(date(2026, 2, 1), "zh", with_year=True) == "2026年2月1日"
    assert written.day(date(2026, 2, 1), "en", with_year=False) == "1 Feb"


@pytest.mark.parametrize(
    ("seconds", "directed", "chinese", "english"),
    [
        (65 * 60, False, "65分钟", "65 minutes"),
        (80 * 60, False, "1小时", "1 hour"),
        (-7200, True, "2小时前", "2 hours ago"),
        (3 * 86_400, True, "3天后", "in 3 days"),
    ],
)
def test_a_distance_in_words(seconds, directed, chinese, english):
    assert written.distance(seconds, "zh", directed) == chinese
    assert written.distance(seconds, "en", directed) == english


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4))
def test_no_digit_of_a_number_is_lost(value):
    text = written.number(str(value), "#,##0.00", "zh")
    assert type(value)(text.replace(",", "")) == value
    assert len(text.partition(".")[2]) >= 2
