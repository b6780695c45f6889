"""Texts of ISO 8601 → dates, times and durations, as FEEL's functions and ``@"…"`` literals read them."""

from __future__ import annotations

import re

from feel.temporal import Date, DateTime, Time, Zone
from feel.temporal_duration import NANOSECONDS, DaysAndTimeDuration, YearsAndMonthsDuration

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9}))?"
    r"(?:(?P<utc>[Zz])|(?P<sign>[+-])(?P<hours>[0-9]{2}):(?P<minutes>[0-9]{2})(?::(?P<seconds>[0-9]{2}))?"
    r"|@(?P<zone>[A-Za-z0-9_+\-/]{1,64}))?"
)
_DATE_ONLY = re.compile(_DATE + r"\Z")
_TIME_ONLY = re.compile(_TIME + r"\Z")
_BOTH = re.compile(_DATE + "T" + _TIME + r"\Z")
_DAYS_AND_TIME = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>[0-9]{1,18})D)?"
    r"(?:T(?:(?P<hours>[0-9]{1,18})H)?(?:(?P<minutes>[0-9]{1,18})M)?"
    r"(?:(?P<seconds>[0-9]{1,18})(?:\.(?P<fraction>[0-9]{0,9}))?S)?)?\Z"
)
_YEARS_AND_MONTHS = re.compile(r"(?P<sign>-?)P(?:(?P<years>[0-9]{1,12})Y)?(?:(?P<months>[0-9]{1,12})M)?\Z")


def date_from(text: str) -> Date | None:
    """``2024-02-29``; None for a text that is no date."""
    match = _DATE_ONLY.match(text)
    return None if match is None else _date(match)


def _date(match: re.Match[str]) -> Date | None:
    try:
        return Date(int(match["year"]), int(match["month"]), int(match["day"]))
    except (ValueError, OverflowError):
        return None


def time_from(text: str) -> Time | None:
    """``10:15:30.5+01:00`` or ``10:15:30@Europe/Paris``; None for a text that is no time."""
    match = _TIME_ONLY.match(text)
    return None if match is None else _time(match)


def _time(match: re.Match[str]) -> Time | None:
    zone: Zone = None
    if match["utc"]:
        zone = 0
    elif match["sign"]:
        minutes, seconds = int(match["minutes"]), int(match["seconds"] or 0)
        if minutes > 59 or seconds > 59:  # noqa: PLR2004 - clock
            return None
        zone = int(match["hours"]) * 3600 + minutes * 60 + seconds
        zone = -zone if match["sign"] == "-" else zone
    elif match["zone"]:
        zone = match["zone"]
    nanosecond = int((match["fraction"] or "").ljust(9, "0"))
    try:
        return Time(int(match["hour"]), int(match["minute"]), int(match["second"]), nanosecond, zone)
    except ValueError:
        return None


def date_and_time_from(text: str) -> DateTime | None:
    """``2024-02-29T10:15:30Z``; a date alone is its midnight; ``24:00:00`` is the midnight after."""
    match = _BOTH.match(text)
    if match is None:
        date = date_from(text)
        return None if date is None else DateTime(date, Time(0, 0, 0))
    date = _date(match)
    if (
        date is not None
        and match["hour"] == "24"
        and not int(match["minute"] + match["second"] + (match["fraction"] or "0"))
    ):
        time = time_from("00" + text[match.start("hour") + 2 :])
        try:
            return None if time is None else DateTime(Date.from_days(date.days + 1), time)
        except OverflowError:
            return None
    time = _time(match)
    return None if date is None or time is None else DateTime(date, time)


def duration_from(text: str) -> DaysAndTimeDuration | YearsAndMonthsDuration | None:
    """``P1DT2H`` or ``P1Y2M``; None for a text that is no duration."""
    if text[-1:] in ("P", "T", ""):
        return None
    match = _DAYS_AND_TIME.match(text)
    try:
        if match is not None:
            seconds = (
                int(match["days"] or 0) * 86_400
                + int(match["hours"] or 0) * 3600
                + int(match["minutes"] or 0) * 60
                + int(match["seconds"] or 0)
            )
            total = seconds * NANOSECONDS + int((match["fraction"] or "").ljust(9, "0"))
            return DaysAndTimeDuration(-total if match["sign"] else total)
        match = _YEARS_AND_MONTHS.match(text)
        if match is not None:
            months = int(match["years"] or 0) * 12 + int(match["months"] or 0)
            return YearsAndMonthsDuration(-months if match["sign"] else months)
    except OverflowError:
        return None
    return None


def temporal_from(text: str) -> object:
    """Whatever of the four a text spells; None for none."""
    return (
        date_from(text)
        or time_from(text)
        or (date_and_time_from(text) if "T" in text else None)
        or duration_from(text)
    )
