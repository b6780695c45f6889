"""Instants, durations and repetitions: ISO 8601 texts and FEEL's temporal values into zone-aware datetimes.

A local date and time (without a zone) is read in the zone of the step's ``now``.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,9})?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<count>\d{0,9})/(?:(?P<start>[^/P][^/]*)/)?(?P<interval>P[^/]*)")
_ZONE_NAME = re.compile(r"(.*)@([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*)")


@dataclass(frozen=True, slots=True)
class Duration:
    """Months and a fixed part; months are added by the calendar, at the month's last day if it is shorter."""

    months: int
    rest: timedelta

    def after(self, start: datetime) -> datetime | None:
        """The instant that lies this long after ``start``; None where the calendar ends before (year 9999)."""
        try:
            if self.months:
                year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
                day = min(start.day, calendar.monthrange(year, month + 1)[1])
                start = start.replace(year=year, month=month + 1, day=day)
            return start + self.rest
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Cycle:
    """``repetitions`` times (None: without end) an interval, the first one counted from ``start`` or from now."""

    repetitions: int | None
    start: datetime | None
    interval: Duration


def instant(value: object, now: datetime) -> datetime | None:
    """A point in time; None for what is none."""
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=now.tzinfo)
    if isinstance(value, date):
        return datetime.combine(value, time(), now.tzinfo)
    text = str(value).strip()
    named = _ZONE_NAME.fullmatch(text)
    try:
        if named is not None:
            from zoneinfo import ZoneInfo  # noqa: PLC0415 - only few timers name a zone

            return datetime.fromisoformat(named[1]).replace(tzinfo=ZoneInfo(named[2]))
        parsed = datetime.fromisoformat(text)
    except (ValueError, KeyError):
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=now.tzinfo)


def duration(value: object) -> Duration | None:
    """A length of time; None for what is none."""
    if isinstance(value, timedelta):
        return Duration(0, value)
    text = str(value).strip()
    match = _DURATION.fullmatch(text)
    if match is None or text.endswith(("P", "T")):
        return None
    parts = {
        name: float(part) if name == "seconds" else int(part)
        for name, part in match.groupdict("0").items()
        if name != "sign"
    }
    sign = -1 if match["sign"] else 1
    try:
        rest = timedelta(
            weeks=parts["weeks"],
            days=parts["days"],
            hours=parts["hours"],
            minutes=parts["minutes"],
            seconds=parts["seconds"],
        )
    except OverflowError:
        return None
    return Duration(sign * int(parts["years"] * 12 + parts["months"]), sign * rest)


def cycle(value: object, now: datetime) -> Cycle | None:
    """A repetition, e.g. "R3/PT10S"; None for what is none."""
    match = _CYCLE.fullmatch(str(value).strip())
    if match is None:
        return None
    interval = duration(match["interval"])
    start = instant(match["start"], now) if match["start"] else None
    if interval is None or (match["start"] and start is None):
        return None
    return Cycle(int(match["count"]) if match["count"] else None, start, interval)
