"""Instants, durations and repetitions: ISO 8601 texts and FEEL's temporal values into zone-aware datetimes.

A local date and time (without a zone) is read in the zone of the step's ``now``. Months, weeks and days are counted
on the clocks of that zone, so that "P1D" is the same time of the next day; hours, minutes and seconds elapse.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.calendar import instant_at

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d{1,9})Y)?(?:(?P<months>\d{1,9})M)?(?:(?P<weeks>\d{1,9})W)?(?:(?P<days>\d{1,9})D)?"
    r"(?:T(?:(?P<hours>\d{1,9})H)?(?:(?P<minutes>\d{1,9})M)?(?:(?P<seconds>\d{1,9}(?:\.\d{1,9})?)S)?)?"
)
_CYCLE = re.compile(r"R(?P<count>\d{0,9})/(?:(?P<start>[^/P][^/]*)/)?(?P<interval>P[^/]*)")
_ZONE_NAME = re.compile(r"(.*)@([A-Za-z_]+(?:/[A-Za-z0-9_+-]+)*)")


@dataclass(frozen=True, slots=True)
class Duration:
    """Months, days and a fixed part; months are added by the calendar, at the month's last day if it is shorter."""

    months: int
    days: int
    rest: timedelta

    def after(self, start: datetime) -> datetime | None:
        """The instant that lies this long after ``start``, in its zone; None where the calendar ends (year 9999)."""
        try:
            moved = start
            if self.months or self.days:
                year, month = divmod(start.year * 12 + start.month - 1 + self.months, 12)
                day = min(start.day, calendar.monthrange(year, month + 1)[1])
                wall = start.replace(year=year, month=month + 1, day=day, tzinfo=None) + timedelta(days=self.days)
                zone = start.tzinfo
                moved = instant_at(wall, zone) if isinstance(zone, ZoneInfo) else wall.replace(tzinfo=zone)
            return (moved.astimezone(UTC) + self.rest).astimezone(start.tzinfo)
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Cycle:
    """``repetitions`` times (None: without end) an interval, the first one counted from ``start`` or from now."""

    repetitions: int | None
    start: datetime | None
    interval: Duration


def following(interval: Duration, due_at: datetime, now: datetime) -> tuple[datetime | None, int]:
    """The first repetition of ``due_at`` after ``now`` (None: the calendar ends), and how many were missed before."""
    missed = 0
    if not interval.months and not interval.days:
        missed = max(0, (now - due_at) // interval.rest)
        due_at += missed * interval.rest
    found = interval.after(due_at)
    while found is not None and found <= now:
        missed += 1
        found = interval.after(found)
    return found, missed


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
            return datetime.fromisoformat(named[1]).replace(tzinfo=ZoneInfo(named[2]))
        parsed = datetime.fromisoformat(text)
    except (ValueError, KeyError):
        return None
    return parsed if parsed.tzinfo is not None else parsed.replace(tzinfo=now.tzinfo)


def duration(value: object) -> Duration | None:
    """A length of time; None for what is none."""
    if isinstance(value, timedelta):
        return Duration(0, 0, value)
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
        rest = timedelta(hours=parts["hours"], minutes=parts["minutes"], seconds=parts["seconds"])
    except OverflowError:
        return None
    days = int(parts["weeks"] * 7 + parts["days"])
    return Duration(sign * int(parts["years"] * 12 + parts["months"]), sign * days, sign * rest)


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
