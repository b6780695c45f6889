"""Functions that make dates, times and durations (DMN 1.5, tables 73 and 80), and those that ask about them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, TypeVar

from feel.builtin.registry import NoResult, builtin
from feel.numbers import CONTEXT, whole
from feel.sentences import Sentence
from feel.temporal import Date, DateTime, Time
from feel.temporal_calendar import days_in_month, iso_week, to_days
from feel.temporal_duration import NANOSECONDS, DaysAndTimeDuration, YearsAndMonthsDuration
from feel.temporal_python import date_and_time_of
from feel.temporal_text import date_and_time_from, date_from, duration_from, temporal_from, time_from

if TYPE_CHECKING:
    from feel.meter import Meter

_Made = TypeVar("_Made")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def at_literal(text: str) -> object:
    """The value of ``@"text"``, or None."""
    return temporal_from(text)


def _read(value: _Made | None, text: str, what: str) -> _Made:
    if value is None:
        raise NoResult(Sentence("“{text}” is no {type}.", text=text[:60], type=what))
    return value


@builtin("date", "from: string")
def date_from_text(meter: Meter, text: str) -> object:
    """date("2024-02-29")."""
    return _read(date_from(text), text, "date")


@builtin("date", "from: date or date and time")
def date_of(meter: Meter, value: Date | DateTime) -> object:
    """The date of a date and time."""
    return value.date if isinstance(value, DateTime) else value


@builtin("date", "year: number", "month: number", "day: number")
def date_of_parts(meter: Meter, year: Decimal, month: Decimal, day: Decimal) -> object:
    """date(2024, 2, 29)."""
    return _date(year, month, day)


def _date(year: Decimal, month: Decimal, day: Decimal) -> Date:
    try:
        return Date(whole(year), whole(month), whole(day))
    except (ValueError, OverflowError):
        raise NoResult(
            Sentence("There is no day {year}-{month}-{day}.", year=str(year), month=str(month), day=str(day))
        ) from None


@builtin("time", "from: string")
def time_from_text(meter: Meter, text: str) -> object:
    """time("10:15:30+01:00")."""
    return _read(time_from(text), text, "time")


@builtin("time", "from: time")
def time_of_time(meter: Meter, value: Time) -> object:
    """A time stays a time."""
    return value


@builtin("time", "from: date or date and time")
def time_of(meter: Meter, value: Date | DateTime) -> object:
    """The time of a date and time; midnight UTC for a date."""
    return value.time if isinstance(value, DateTime) else Time(0, 0, 0, 0, 0)


@builtin("time", "hour: number", "minute: number", "second: number", "offset?: days and time duration")
def time_of_parts(
    meter: Meter, hour: Decimal, minute: Decimal, second: Decimal, offset: DaysAndTimeDuration | None = None
) -> object:
    """time(10, 15, 30.5, duration("PT1H"))."""
    return _time(hour, minute, second, _offset(offset))


def _offset(offset: DaysAndTimeDuration | None) -> int | None:
    return None if offset is None else int(CONTEXT.divide(Decimal(offset.nanoseconds), Decimal(NANOSECONDS)))


def _time(hour: Decimal, minute: Decimal, second: Decimal, zone: int | str | None) -> Time:
    seconds = whole(second)
    nanosecond = whole(CONTEXT.scaleb(CONTEXT.subtract(second, Decimal(seconds)), 9))
    try:
        return Time(whole(hour), whole(minute), seconds, nanosecond, zone)
    except ValueError:
        raise NoResult(
            Sentence(
                "There is no time {hour}:{minute}:{second} there.",
                hour=str(hour),
                minute=str(minute),
                second=str(second),
            )
        ) from None


@builtin("date and time", "from: string")
def date_and_time_from_text(meter: Meter, text: str) -> object:
    """date and time("2024-02-29T10:15:30Z")."""
    return _read(date_and_time_from(text), text, "date and time")


@builtin("date and time", "from: date and time")
def date_and_time_of_itself(meter: Meter, value: DateTime) -> object:
    """A date and time stays one."""
    return value


@builtin("date and time", "from: date")
def date_and_time_of_date(meter: Meter, value: Date) -> object:
    """A date at midnight UTC."""
    return value.at_midnight_utc()


@builtin("date and time", "date: date or date and time", "time: time")
def date_and_time_of_both(meter: Meter, date: Date | DateTime, time: Time) -> object:
    """A date (or the date of a date and time) with a time."""
    return DateTime(date.date if isinstance(date, DateTime) else date, time)


_PARTS = ("year: number", "month: number", "day: number", "hour: number", "minute: number", "second: number")


@builtin("date and time", *_PARTS, "offset?: days and time duration")
def date_and_time_of_parts(
    meter: Meter,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: DaysAndTimeDuration | None = None,
) -> object:
    """date and time(2024, 2, 29, 10, 15, 30, duration("PT1H"))."""
    return DateTime(_date(year, month, day), _time(hour, minute, second, _offset(offset)))


@builtin("date and time", *_PARTS, "timezone: string")
def date_and_time_in_zone(
    meter: Meter,
    year: Decimal,
    month: Decimal,
    day: Decimal,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    timezone: str,
) -> object:
    """date and time(2024, 2, 29, 10, 15, 30, "Europe/Paris")."""
    return DateTime(_date(year, month, day), _time(hour, minute, second, timezone))


@builtin("duration", "from: string")
def duration(meter: Meter, text: str) -> object:
    """duration("P1DT2H") or duration("P1Y2M")."""
    return _read(duration_from(text), text, "duration")


@builtin("duration", "from: duration")
def duration_of_duration(meter: Meter, value: object) -> object:
    """A duration stays one."""
    return value


@builtin("years and months duration", "from: date or date and time", "to: date or date and time")
def years_and_months_duration(meter: Meter, start: Date | DateTime, end: Date | DateTime) -> object:
    """Whole months between two dates."""
    one, two = _calendar(start), _calendar(end)
    months = (two[0] - one[0]) * 12 + two[1] - one[1]
    if months > 0 and two[2:] < one[2:]:
        months -= 1
    elif months < 0 and two[2:] > one[2:]:
        months += 1
    return YearsAndMonthsDuration(months)


def _calendar(value: Date | DateTime) -> tuple[int, int, int, int]:
    if isinstance(value, DateTime):
        return value.date.year, value.date.month, value.date.day, value.time.nanoseconds
    return value.year, value.month, value.day, 0


@builtin("now")
def now(meter: Meter) -> object:
    """The moment that the evaluation was given, or the machine's."""
    return date_and_time_of(_moment(meter))


@builtin("today")
def today(meter: Meter) -> object:
    """The date of now()."""
    moment = _moment(meter)
    return Date(moment.year, moment.month, moment.day)


def _moment(meter: Meter) -> dt.datetime:
    if meter.now is None:
        # Once an evaluation has asked, the clock stands still for it.
        meter.now = dt.datetime.now().astimezone()
    return meter.now


def _day(value: Date | DateTime) -> Date:
    return value.date if isinstance(value, DateTime) else value


@builtin("day of year", "date: date or date and time")
def day_of_year(meter: Meter, value: Date | DateTime) -> object:
    """day of year(date("2019-09-17")) = 260."""
    day = _day(value)
    return Decimal(day.days - to_days(day.year, 1, 1) + 1)


@builtin("day of week", "date: date or date and time")
def day_of_week(meter: Meter, value: Date | DateTime) -> object:
    """day of week(date("2019-09-17")) = "Tuesday"."""
    return _DAYS[_day(value).weekday - 1]


@builtin("month of year", "date: date or date and time")
def month_of_year(meter: Meter, value: Date | DateTime) -> object:
    """month of year(date("2019-09-17")) = "September"."""
    return _MONTHS[_day(value).month - 1]


@builtin("week of year", "date: date or date and time")
def week_of_year(meter: Meter, value: Date | DateTime) -> object:
    """The week of ISO 8601: week of year(date("2005-01-01")) = 53."""
    day = _day(value)
    return Decimal(iso_week(day.year, day.month, day.day))


@builtin("last day of month", "date: date or date and time")
def last_day_of_month(meter: Meter, value: Date | DateTime) -> object:
    """last day of month(date("2024-02-01")) = date("2024-02-29"); not in the standard, but in most engines."""
    day = _day(value)
    return Date(day.year, day.month, days_in_month(day.year, day.month))


@builtin("abs", "n: duration")
def absolute_duration(meter: Meter, value: DaysAndTimeDuration | YearsAndMonthsDuration) -> object:
    """abs(duration("-P1D")) = duration("P1D")."""
    return value.absolute()


@builtin("is", "value1?: any", "value2?: any")
def is_(meter: Meter, one: object = None, two: object = None) -> object:
    """Whether two values are the same one, zone included: no conversion, no comparison of moments."""
    if isinstance(one, list | dict):
        meter.weigh(one)
    return one.__class__ is two.__class__ and one == two
