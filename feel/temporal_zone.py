"""Time zones: an offset in seconds, or the name of a zone of the IANA database."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

#: As in ISO 8601 profiles and Java: no place on earth is further from UTC.
MAX_OFFSET = 18 * 3600
#: The last year whose every moment Python can show in every zone.
_LAST_YEAR = 9998


class UnknownZoneError(ValueError):
    """A name that is no time zone."""


@lru_cache(maxsize=256)
def zone_named(name: str) -> ZoneInfo:
    """The zone of a name, e.g. ``Europe/Paris``.

    Raises:
        UnknownZoneError: There is no such zone.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(name) from error


def _known_year(year: int) -> int:
    """A year that Python knows, in which the clocks change as in this one."""
    if year > _LAST_YEAR:
        return _LAST_YEAR - 799 + (year - _LAST_YEAR + 799) % 400
    return 4 if year < 2 else year  # noqa: PLR2004 - the first year that Python can show in every zone


def local_offset(name: str, year: int, month: int, day: int, seconds: int) -> tuple[int, bool]:
    """Seconds east of UTC of a zone at a moment in UTC, and whether its clocks show that time a second time."""
    moment = dt.datetime(_known_year(year), month, day, tzinfo=dt.UTC) + dt.timedelta(seconds=seconds)
    local = moment.astimezone(zone_named(name))
    offset = local.utcoffset() or dt.timedelta()
    again = local.fold == 1 and local.replace(fold=0).utcoffset() != offset
    return int(offset.total_seconds()), again


def offset_at(name: str, year: int, month: int, day: int, seconds: int) -> int:
    """Seconds east of UTC of a zone at a local time; of two possible ones, the earlier.

    Beyond Python's years the rules of the last known ones are taken to go on; before year 1 local mean time.
    """
    moment = dt.datetime(_known_year(year), month, day) + dt.timedelta(seconds=seconds)  # noqa: DTZ001 - local time
    offset = zone_named(name).utcoffset(moment)
    return int((offset or dt.timedelta()).total_seconds())


def offset_of_time(name: str) -> int:
    """Seconds east of UTC of a zone for a time without a date: what it was on 1 January 1970."""
    return offset_at(name, 1970, 1, 1, 0)


def offset_text(offset: int) -> str:
    """``Z``, ``+02:00`` or ``+02:45:55``."""
    if offset == 0:
        return "Z"
    minutes, seconds = divmod(abs(offset), 60)
    hours, minutes = divmod(minutes, 60)
    text = f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"
    return f"{text}:{seconds:02}" if seconds else text
