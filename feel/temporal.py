"""FEEL's dates, times, and dates and times: immutable, over ±999,999,999 years, to the nanosecond.

``str`` gives ISO 8601, with ``@Europe/Paris`` where a zone has a name. Python's ``==`` is FEEL's ``is()``: the
same parts, zone included. FEEL's own ``=`` and order (:meth:`equals`, :meth:`compare`) go by the moment, and
are None between a value with a zone and one without.
"""

from __future__ import annotations

from decimal import Decimal

from feel.temporal_date import DAY_SECONDS, Date, Frozen
from feel.temporal_duration import NANOSECONDS, DaysAndTimeDuration, YearsAndMonthsDuration, fraction_text
from feel.temporal_zone import MAX_OFFSET, local_offset, offset_at, offset_of_time, offset_text, zone_named

#: Seconds east of UTC, the name of a zone, or None for a local time.
Zone = int | str | None


def _check_zone(zone: Zone) -> None:
    if isinstance(zone, str):
        zone_named(zone)
    elif zone is not None and abs(zone) > MAX_OFFSET:
        raise ValueError("offset out of range")


def _zone_text(zone: Zone) -> str:
    return "" if zone is None else f"@{zone}" if isinstance(zone, str) else offset_text(zone)


def _order(one: int, other: int) -> int:
    return (one > other) - (one < other)


class Time(Frozen):
    """A time of day; ``zone`` is seconds east of UTC, the name of a zone, or None for a local time.

    Raises:
        ValueError: There is no such time or zone.
    """

    __slots__ = ("hour", "minute", "nanosecond", "second", "zone")

    feel_kind = "time"
    hour: int
    minute: int
    second: int
    nanosecond: int
    zone: Zone

    def __init__(self, hour: int, minute: int, second: int, nanosecond: int = 0, zone: Zone = None) -> None:
        if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= nanosecond < NANOSECONDS):  # noqa: PLR2004 - clock
            raise ValueError("no such time")
        _check_zone(zone)
        fix = object.__setattr__
        fix(self, "hour", hour)
        fix(self, "minute", minute)
        fix(self, "second", second)
        fix(self, "nanosecond", nanosecond)
        fix(self, "zone", zone)

    @classmethod
    def from_nanoseconds(cls, nanoseconds: int, zone: Zone) -> Time:
        """The time so long after midnight; days are dropped."""
        seconds, nanosecond = divmod(nanoseconds % (DAY_SECONDS * NANOSECONDS), NANOSECONDS)
        return cls(seconds // 3600, seconds // 60 % 60, seconds % 60, nanosecond, zone)

    @property
    def seconds(self) -> int:
        """Whole seconds since midnight."""
        return self.hour * 3600 + self.minute * 60 + self.second

    @property
    def nanoseconds(self) -> int:
        """Nanoseconds since midnight."""
        return self.seconds * NANOSECONDS + self.nanosecond

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC; None for a local time."""
        return offset_of_time(self.zone) if isinstance(self.zone, str) else self.zone

    def since(self, other: Time) -> DaysAndTimeDuration | None:
        """How long after another time; None between a local time and one with a zone."""
        mine, theirs = self.offset, other.offset
        if (mine is None) is not (theirs is None):
            return None
        return DaysAndTimeDuration(self.nanoseconds - other.nanoseconds - ((mine or 0) - (theirs or 0)) * NANOSECONDS)

    def equals(self, other: object) -> bool | None:
        order = self.compare(other)
        return None if order is None else order == 0

    def compare(self, other: object) -> int | None:
        distance = self.since(other) if isinstance(other, Time) else None
        return None if distance is None else _order(distance.nanoseconds, 0)

    def member(self, name: str) -> object:
        """``hour``, ``minute``, ``second``, ``time offset``, ``timezone``."""
        match name:
            case "hour" | "minute":
                return Decimal(getattr(self, name))
            case "second":
                return Decimal(f"{self.second}{fraction_text(self.nanosecond)}")
            case "time offset":
                offset = self.offset
                return None if offset is None else DaysAndTimeDuration(offset * NANOSECONDS)
            case "timezone":
                return self.zone if isinstance(self.zone, str) else None
        raise KeyError(name)

    def plus(self, duration: DaysAndTimeDuration) -> Time:
        """The time after a duration, round the clock."""
        return Time.from_nanoseconds(self.nanoseconds + duration.nanoseconds, self.zone)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Time) and self.nanoseconds == other.nanoseconds and self.zone == other.zone

    def __hash__(self) -> int:
        return hash((Time, self.nanoseconds, self.zone))

    def __str__(self) -> str:
        clock = f"{self.hour:02}:{self.minute:02}:{self.second:02}{fraction_text(self.nanosecond)}"
        return clock + _zone_text(self.zone)

    def __repr__(self) -> str:
        return f"Time({self})"


class DateTime(Frozen):
    """A date and a time of day, whose zone is the zone of both."""

    __slots__ = ("date", "time")

    feel_kind = "date and time"
    date: Date
    time: Time

    def __init__(self, date: Date, time: Time) -> None:
        fix = object.__setattr__
        fix(self, "date", date)
        fix(self, "time", time)

    @property
    def offset(self) -> int | None:
        """Seconds east of UTC at this moment; None for a local time."""
        zone = self.time.zone
        if isinstance(zone, str):
            return offset_at(zone, self.date.year, self.date.month, self.date.day, self.time.seconds)
        return zone

    def _local(self) -> int:
        return self.date.days * DAY_SECONDS * NANOSECONDS + self.time.nanoseconds

    def since(self, other: DateTime) -> DaysAndTimeDuration | None:
        """How long after another; None between a local one and one with a zone."""
        mine, theirs = self.offset, other.offset
        if (mine is None) is not (theirs is None):
            return None
        return DaysAndTimeDuration(self._local() - other._local() - ((mine or 0) - (theirs or 0)) * NANOSECONDS)

    def equals(self, other: object) -> bool | None:
        order = self.compare(other)
        return None if order is None else order == 0

    def compare(self, other: object) -> int | None:
        distance = self.since(other) if isinstance(other, DateTime) else None
        return None if distance is None else _order(distance.nanoseconds, 0)

    def member(self, name: str) -> object:
        """The parts of a date and those of a time."""
        if name in ("year", "month", "day", "weekday"):
            return self.date.member(name)
        if name == "time offset":
            offset = self.offset
            return None if offset is None else DaysAndTimeDuration(offset * NANOSECONDS)
        return self.time.member(name)

    def plus(self, duration: DaysAndTimeDuration | YearsAndMonthsDuration) -> DateTime:
        """The moment after a duration, in the same zone; months keep the clock, time passes on it."""
        if isinstance(duration, YearsAndMonthsDuration):
            return DateTime(self.date.plus(duration), self.time)
        zone = self.time.zone
        if isinstance(zone, str):
            # Time passes in UTC: across a change of the clocks, an hour later is an hour later.
            before = self.offset or 0
            moment = _split(self._local() + duration.nanoseconds - before * NANOSECONDS, 0)
            return moment.in_zone(zone)
        return _split(self._local() + duration.nanoseconds, zone)

    def in_zone(self, zone: str) -> DateTime:
        """The same moment on the clocks of a named zone; this one must have an offset.

        In the hour that the clocks show twice, the second time is told by its offset instead of the zone's name.
        """
        utc = self._local() - (self.offset or 0) * NANOSECONDS
        day = _split(utc, 0)
        offset, again = local_offset(zone, day.date.year, day.date.month, day.date.day, day.time.seconds)
        return _split(utc + offset * NANOSECONDS, offset if again else zone)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateTime) and self.date == other.date and self.time == other.time

    def __hash__(self) -> int:
        return hash((DateTime, self.date, self.time))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"

    def __repr__(self) -> str:
        return f"DateTime({self})"


def _split(nanoseconds: int, zone: Zone) -> DateTime:
    days, rest = divmod(nanoseconds, DAY_SECONDS * NANOSECONDS)
    return DateTime(Date.from_days(days), Time.from_nanoseconds(rest, zone))


__all__ = ["Date", "DateTime", "Time", "Zone"]
