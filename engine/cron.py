"""Cron expressions, as Camunda 8 writes them: six fields, seconds first, counted on the clocks of a time zone.

Second, minute, hour, day of the month, month, day of the week (0 or 7 is Sunday, MON to SUN), and the short forms
``@yearly``, ``@monthly``, ``@weekly``, ``@daily``, ``@hourly``. Lists, ranges, steps, ``?`` for any day and ``L`` for
the last day of the month are understood. A day must fit both day fields. Where clocks skip a time, it comes at the
moment of skipping; where they show it twice, the first counts.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.calendar import instant_at
from feel.sentences import Sentence

_SHORT = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_FIELDS = ((0, 59), (0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_MONTHS = {name.upper(): number for number, name in enumerate(months.month_abbr) if name}
_WEEKDAYS = {"SUN": 0, "MON": 1, "TUE": 2, "WED": 3, "THU": 4, "FRI": 5, "SAT": 6}
_NAMES: Mapping[int, Mapping[str, int]] = {4: _MONTHS, 5: _WEEKDAYS}
_DAY_OF_MONTH, _DAY_OF_WEEK, _LAST = 3, 5, 32
_SEARCHED_DAYS = 366 * 40  # the 29th of February on a given weekday may be 40 years away
_LENGTH = 200
_CHANGE = timedelta(hours=3)  # clocks are never moved by more


class CronRefused(ValueError):  # noqa: N818 - reads as what it is, like the errors of the engine
    """A text is no cron expression; ``sentence`` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Cron:
    """The values that each field may have; ``days`` may hold 32, the last day of whatever month."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]  # 0 Sunday … 6 Saturday

    def after(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """The next time after ``instant`` (UTC); None if there is none within 40 years."""
        local = instant.astimezone(zone).replace(tzinfo=None)
        for number in range(_SEARCHED_DAYS):
            day = local.date() + timedelta(days=number)
            if not self._fits(day):
                continue
            for moment in self._times():
                wall = datetime.combine(day, moment)
                if wall < local - _CHANGE:
                    continue
                found = instant_at(wall, zone)
                if found > instant:
                    return found.astimezone(UTC)
        return None

    def before(self, instant: datetime, zone: ZoneInfo) -> datetime | None:
        """The last time at or before ``instant`` (UTC); None if there was none within 40 years."""
        local = instant.astimezone(zone).replace(tzinfo=None)
        for number in range(_SEARCHED_DAYS):
            day = local.date() - timedelta(days=number)
            if not self._fits(day):
                continue
            for moment in reversed(list(self._times())):
                wall = datetime.combine(day, moment)
                if wall > local + _CHANGE:
                    continue
                found = instant_at(wall, zone)
                if found <= instant:
                    return found.astimezone(UTC)
        return None

    def _fits(self, day: date) -> bool:
        if day.month not in self.months or day.isoweekday() % 7 not in self.weekdays:
            return False
        is_last = day.day == months.monthrange(day.year, day.month)[1]
        return day.day in self.days or (is_last and _LAST in self.days)

    def _times(self) -> Iterator[time]:
        for hour in self.hours:
            for minute in self.minutes:
                for second in self.seconds:
                    yield time(hour, minute, second)


def looks_like_cron(text: str) -> bool:
    """Whether the text can only be meant as a cron expression, right or wrong."""
    return text.startswith("@") or len(text.split()) > 1


def read(text: str) -> Cron:
    """The cron expression of a text; raises :class:`CronRefused`."""
    fields = _SHORT.get(text.strip().lower(), text).split()
    if len(fields) != len(_FIELDS) or len(text) > _LENGTH:
        raise CronRefused(
            Sentence(
                "A cron expression has six fields (second, minute, hour, day, month, weekday), such as "
                "“0 0 9 * * MON”; “{text}” has not.",
                text=text[:_LENGTH],
            )
        )
    values = [_field(number, field, text) for number, field in enumerate(fields)]
    seconds, minutes, hours, days, in_months, weekdays = values
    return Cron(
        tuple(sorted(seconds)),
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        frozenset(days),
        frozenset(in_months),
        frozenset(weekday % 7 for weekday in weekdays),
    )


def _field(number: int, field: str, text: str) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        found |= _part(number, part, text)
    return found


def _part(number: int, part: str, text: str) -> set[int]:
    low, high = _FIELDS[number]
    if number == _DAY_OF_WEEK:
        high = 6
    span, slash, step = part.partition("/")
    if slash and not (step.isdecimal() and int(step) > 0):
        raise _unreadable(part, text)
    if number == _DAY_OF_MONTH and part.upper() == "L":
        return {_LAST}
    if span == "*" or (span == "?" and number in {_DAY_OF_MONTH, _DAY_OF_WEEK} and not slash):
        first, last = low, high
    else:
        start, dash, end = span.partition("-")
        first = _value(number, start, part, text)
        last = _value(number, end, part, text) if dash else (high if slash else first)
    if number == _DAY_OF_WEEK and last == 0 < first:  # FRI-SUN
        last = 7
    if last < first:
        raise _unreadable(part, text)
    return set(range(first, last + 1, int(step) if slash else 1))


def _value(number: int, word: str, part: str, text: str) -> int:
    named = _NAMES.get(number, {}).get(word.upper())
    if named is not None:
        return named
    low, high = _FIELDS[number]
    if not word.isdecimal() or not word.isascii() or not low <= int(word) <= high:
        raise _unreadable(part, text)
    return int(word)


def _unreadable(part: str, text: str) -> CronRefused:
    return CronRefused(
        Sentence("“{part}” in the cron expression “{text}” cannot be read.", part=part[:40], text=text[:_LENGTH])
    )
