"""Python's dates and times ⇄ FEEL's."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from feel.temporal import Date, DateTime, Time, Zone
from feel.temporal_duration import NANOSECONDS, DaysAndTimeDuration
from feel.temporal_zone import UnknownZoneError, zone_named

_MICROSECOND = 1000


def date_of(value: dt.date) -> Date:
    """A FEEL date."""
    return Date(value.year, value.month, value.day)


def _zone_of(zone: dt.tzinfo | None, offset: dt.timedelta | None) -> Zone:
    if isinstance(zone, ZoneInfo) and zone.key:
        if zone.key == "UTC":
            return 0
        try:
            zone_named(zone.key)
        except UnknownZoneError:
            pass
        else:
            return zone.key
    return None if offset is None else int(offset.total_seconds())


def time_of(value: dt.time) -> Time:
    """A FEEL time; a zone that depends on the date keeps its name."""
    zone = _zone_of(value.tzinfo, value.utcoffset())
    return Time(value.hour, value.minute, value.second, value.microsecond * _MICROSECOND, zone)


def date_and_time_of(value: dt.datetime) -> DateTime:
    """A FEEL date and time.

    In the hour that the clocks repeat, the second one (``fold=1``) keeps its offset instead of the zone's name,
    so that the moment stays the same.
    """
    zone: Zone = _zone_of(value.tzinfo, value.utcoffset())
    offset = value.utcoffset()
    if value.fold and isinstance(zone, str) and offset is not None and value.replace(fold=0).utcoffset() != offset:
        zone = int(offset.total_seconds())
    time = Time(value.hour, value.minute, value.second, value.microsecond * _MICROSECOND, zone)
    return DateTime(Date(value.year, value.month, value.day), time)


def duration_of(value: dt.timedelta) -> DaysAndTimeDuration:
    """A FEEL duration."""
    seconds = value.days * 86_400 + value.seconds
    return DaysAndTimeDuration(seconds * NANOSECONDS + value.microseconds * _MICROSECOND)


def python_date(value: Date) -> dt.date:
    """A Python date; raises ValueError beyond the years 1 to 9999."""
    return dt.date(value.year, value.month, value.day)


def _python_zone(zone: Zone) -> dt.tzinfo | None:
    if zone is None:
        return None
    if isinstance(zone, str):
        return zone_named(zone)
    return dt.UTC if zone == 0 else dt.timezone(dt.timedelta(seconds=zone))


def python_time(value: Time) -> dt.time:
    """A Python time; raises ValueError for what is finer than a microsecond."""
    return dt.time(value.hour, value.minute, value.second, _microseconds(value.nanosecond), _python_zone(value.zone))


def python_date_and_time(value: DateTime) -> dt.datetime:
    """A Python date and time; raises ValueError beyond Python's years or microseconds."""
    return dt.datetime.combine(python_date(value.date), python_time(value.time))


def python_duration(value: DaysAndTimeDuration) -> dt.timedelta:
    """A Python timedelta; raises ValueError or OverflowError beyond its range or microseconds."""
    return dt.timedelta(microseconds=_microseconds(value.nanoseconds))


def _microseconds(nanoseconds: int) -> int:
    whole, rest = divmod(nanoseconds, _MICROSECOND)
    if rest:
        raise ValueError("finer than a microsecond")
    return whole
