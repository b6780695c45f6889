"""The proleptic Gregorian calendar over ±999,999,999 years, in whole days: Python's own ends at year 9999."""

from __future__ import annotations

MAX_YEAR = 999_999_999
_CYCLE_YEARS = 400
_CYCLE_DAYS = 146_097
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FEBRUARY = 2
THURSDAY = 4


def is_leap(year: int) -> bool:
    """Whether a year has a 29 February."""
    return year % 4 == 0 and (year % 100 != 0 or year % _CYCLE_YEARS == 0)


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    return 29 if month == FEBRUARY and is_leap(year) else _LENGTHS[month - 1]


def to_days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01 (counting with years that begin in March, so that leap days come last)."""
    if month <= FEBRUARY:
        year -= 1
    cycle, year_of_cycle = divmod(year, _CYCLE_YEARS)
    month_from_march = (month + 9) % 12
    day_of_year = (153 * month_from_march + 2) // 5 + day - 1
    day_of_cycle = year_of_cycle * 365 + year_of_cycle // 4 - year_of_cycle // 100 + day_of_year
    return cycle * _CYCLE_DAYS + day_of_cycle - 719_468


def from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day of the days since 1970-01-01."""
    cycle, day_of_cycle = divmod(days + 719_468, _CYCLE_DAYS)
    year_of_cycle = (day_of_cycle - day_of_cycle // 1460 + day_of_cycle // 36_524 - day_of_cycle // 146_096) // 365
    day_of_year = day_of_cycle - (365 * year_of_cycle + year_of_cycle // 4 - year_of_cycle // 100)
    month_from_march = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * month_from_march + 2) // 5 + 1
    month = month_from_march + 3 if month_from_march < 10 else month_from_march - 9  # noqa: PLR2004 - January
    return cycle * _CYCLE_YEARS + year_of_cycle + (month <= FEBRUARY), month, day


def weekday(days: int) -> int:
    """Monday 1 to Sunday 7 (1970-01-01 was a Thursday)."""
    return (days + THURSDAY - 1) % 7 + 1


def iso_week(year: int, month: int, day: int) -> int:
    """The week of ISO 8601: it belongs to the year that its Thursday is in."""
    days = to_days(year, month, day)
    thursday = days - weekday(days) + THURSDAY
    return (thursday - to_days(from_days(thursday)[0], 1, 1)) // 7 + 1
