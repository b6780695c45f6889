"""FEEL's dates, over ±999,999,999 years."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.temporal_calendar import MAX_YEAR, days_in_month, from_days, to_days, weekday
from feel.temporal_duration import NANOSECONDS, DaysAndTimeDuration, YearsAndMonthsDuration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from feel.temporal import DateTime

DAY_SECONDS = 86_400


class Frozen:
    """What cannot be changed once it was made."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} cannot be changed")


class Date(Frozen):
    """A day.

    Raises:
        ValueError: There is no such day.
        OverflowError: The year is beyond ±999,999,999.
    """

    __slots__ = ("day", "month", "year")

    feel_kind = "date"
    year: int
    month: int
    day: int

    def __init__(self, year: int, month: int, day: int) -> None:
        if not -MAX_YEAR <= year <= MAX_YEAR:
            raise OverflowError("year out of range")
        if not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):  # noqa: PLR2004 - December
            raise ValueError("no such day")
        fix = object.__setattr__
        fix(self, "year", year)
        fix(self, "month", month)
        fix(self, "day", day)

    @classmethod
    def from_days(cls, days: int) -> Date:
        """The date so many days after 1970-01-01."""
        return cls(*from_days(days))

    @property
    def days(self) -> int:
        """Days since 1970-01-01."""
        return to_days(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        """Monday 1 to Sunday 7."""
        return weekday(self.days)

    def equals(self, other: object) -> bool | None:
        return self == other

    def compare(self, other: object) -> int | None:
        if not isinstance(other, Date):
            return None
        one, two = (self.year, self.month, self.day), (other.year, other.month, other.day)
        return (one > two) - (one < two)

    def member(self, name: str) -> object:
        """``year``, ``month``, ``day``, ``weekday``."""
        if name in ("year", "month", "day", "weekday"):
            return Decimal(getattr(self, name))
        raise KeyError(name)

    def plus(self, duration: DaysAndTimeDuration | YearsAndMonthsDuration) -> Date:
        """The date after a duration: from midnight for days and time; the last day where a month is shorter."""
        if isinstance(duration, YearsAndMonthsDuration):
            return Date(*add_months(self.year, self.month, self.day, duration.months))
        return Date.from_days(self.days + duration.nanoseconds // (DAY_SECONDS * NANOSECONDS))

    def at_midnight_utc(self) -> DateTime:
        """The date as a date and time, as FEEL converts it."""
        from feel.temporal import DateTime, Time  # noqa: PLC0415 - they are built on dates

        return DateTime(self, Time(0, 0, 0, 0, 0))

    def up_to(self, end: Date) -> Iterator[Date]:
        """All days from this one to another, forwards or backwards, both included."""
        first, last = self.days, end.days
        step = 1 if first <= last else -1
        return (Date.from_days(days) for days in range(first, last + step, step))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Date)
            and self.day == other.day
            and self.month == other.month
            and self.year == other.year
        )

    def __hash__(self) -> int:
        return hash((Date, self.year, self.month, self.day))

    def __str__(self) -> str:
        return f"{'-' if self.year < 0 else ''}{abs(self.year):04}-{self.month:02}-{self.day:02}"

    def __repr__(self) -> str:
        return f"Date({self})"


def add_months(year: int, month: int, day: int, months: int) -> tuple[int, int, int]:
    """The same day so many months later, or the last one of a shorter month."""
    years, index = divmod(month - 1 + months, 12)
    if abs(year + years) > MAX_YEAR:
        raise OverflowError("year out of range")
    return year + years, index + 1, min(day, days_in_month(year + years, index + 1))
