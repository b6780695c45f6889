"""A calendar as a unit stores it, made into working time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.calendar import CalendarRefused, WorkingTime
from feel.sentences import Sentence


def read(stored: Mapping[str, object] | None, default: WorkingTime, exceptions: Mapping[date, bool]) -> WorkingTime:
    """A calendar as a unit stores it, or ``default`` of its kind; ``exceptions`` count where holidays do.

    Shape: ``{"hours": [["09:00", "18:00"]], "weekdays": [1, 2, 3], "holidays": "CN" or null, "zone": "",
    "free": ["2026-12-25"], "working": ["2026-12-26"]}``; every key may be missing. Raises :class:`CalendarRefused`.
    """
    stored = stored or {}
    unknown = set(stored) - {"hours", "weekdays", "holidays", "zone", "free", "working"}
    if unknown:
        raise CalendarRefused(Sentence("A calendar has no {names}.", names=", ".join(sorted(unknown))))
    country = stored.get("holidays", default.holidays)
    try:
        single = {date.fromisoformat(str(day)): False for day in _items(stored, "free")}
        single |= {date.fromisoformat(str(day)): True for day in _items(stored, "working")}
        hours = tuple(_interval(pair) for pair in _items(stored, "hours"))
        weekdays = frozenset(int(str(day)) for day in _items(stored, "weekdays"))
    except (ValueError, TypeError) as error:
        raise CalendarRefused(Sentence("A calendar cannot be read: {reason}.", reason=str(error))) from error
    return WorkingTime(
        hours=hours or default.hours,
        weekdays=weekdays or default.weekdays,
        holidays=None if country is None else str(country),
        exceptions={**(exceptions if country else {}), **single},
        zone=str(stored.get("zone") or default.zone),
    )


def _items(stored: Mapping[str, object], key: str) -> list[object]:
    value = stored.get(key, [])
    if not isinstance(value, list | tuple):
        raise TypeError(f"{key} is not a list")
    return list(value)


def _interval(pair: object) -> tuple[int, int]:
    if not isinstance(pair, list | tuple) or len(pair) != 2:  # noqa: PLR2004 - it opens and it closes
        raise TypeError(f"{pair} is not an interval of two times")
    return _minutes(pair[0]), _minutes(pair[1])


def _minutes(text: object) -> int:
    hours, _, minutes = str(text).partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and int(minutes) < 60):  # noqa: PLR2004 - minutes of an hour
        raise ValueError(f"{text} is not a time of day")
    return int(hours) * 60 + int(minutes)
