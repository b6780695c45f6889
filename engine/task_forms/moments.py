"""Dates, times of day, and dates with times: ISO 8601 texts, as Camunda 8 keeps them ("2026-11-23").

A date with time that was typed without an offset is what the organisation's clocks show.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from engine import calendar
from engine.task_forms.fields import MomentField
from engine.task_forms.formulas import FieldRefused, Setting, Surroundings, Variables, evaluate
from feel.sentences import Sentence

_YEARS = range(1900, 2200)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?")


def parse(entry: MomentField, text: str) -> str | None:
    """What was typed or chosen."""
    stripped = text.strip()
    return normalise(entry, stripped) if stripped else None


def normalise(entry: MomentField, value: Any) -> str | None:
    """The ISO text in one spelling."""
    if value is None:
        return None
    text = value if isinstance(value, str) else ""
    try:
        if entry.kind == "date":
            return _date(text).isoformat()
        if entry.kind == "time":
            return _time(text, entry)
        return _written(_datetime(text), entry)
    except ValueError as error:
        raise FieldRefused(_expected(entry)) from error


def constrain(entry: MomentField, text: str, variables: Variables, around: Surroundings) -> Iterator[Sentence]:
    """What is wrong with a moment that is there."""
    earliest = bound_of(entry, entry.not_before, variables, around)
    latest = bound_of(entry, entry.not_after, variables, around)
    if earliest is not None and _order(entry, text) < _order(entry, earliest):
        yield Sentence("This must not be before {moment}.", moment=_shown(earliest))
    if latest is not None and _order(entry, text) > _order(entry, latest):
        yield Sentence("This must not be after {moment}.", moment=_shown(latest))


def bound_of(entry: MomentField, setting: Setting, variables: Variables, around: Surroundings) -> str | None:
    """A bound as such a text: "today", "now", an ISO text, or what an expression gives."""
    if setting is None:
        return None
    local = around.local_now
    if setting in {"today", "now"}:
        words = {"date": local.date().isoformat(), "time": local.strftime("%H:%M:%S")}
        moment = datetime.combine(local.date(), time.min, local.tzinfo) if setting == "today" else local
        return words.get(entry.kind) or _written(moment, entry)
    value = evaluate(setting, variables, around)
    try:
        # FEEL's own dates and times print as ISO texts; a zone name follows an "@".
        return normalise(entry, _as_kind(entry, str(value or "").partition("@")[0])) or _missing()
    except FieldRefused as error:
        raise FieldRefused(Sentence("The limit of this field cannot be computed from the values so far.")) from error


def _as_kind(entry: MomentField, text: str) -> str:
    """A date for a date with time is its midnight; a date with time for a date is its day."""
    if entry.kind == "datetime" and _DATE.fullmatch(text):
        return f"{text}T00:00"
    return text.partition("T")[0] if entry.kind == "date" else text


def _missing() -> str:
    raise FieldRefused(Sentence("The limit of this field cannot be computed from the values so far."))


def _date(text: str) -> date:
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    day = date.fromisoformat(text)
    if day.year not in _YEARS:
        raise ValueError(text)
    return day


def _time(text: str, entry: MomentField) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError(text)
    moment = time.fromisoformat(text)
    if entry.zone == "none":
        moment = moment.replace(tzinfo=None)
    return moment.isoformat()


def _datetime(text: str) -> datetime:
    day, separator, hour = text.partition("T")
    if not separator:
        day, separator, hour = text.partition(" ")
    if not separator or not _TIME.fullmatch(hour):
        raise ValueError(text)
    moment = datetime.combine(_date(day), time.fromisoformat(hour))
    return moment.replace(tzinfo=calendar.zone_named()) if moment.tzinfo is None else moment


def _written(moment: datetime, entry: MomentField) -> str:
    if entry.zone == "utc":
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    local = moment.astimezone(calendar.zone_named())
    return local.replace(tzinfo=None).isoformat() if entry.zone == "none" else local.isoformat()


def _order(entry: MomentField, text: str) -> Any:
    if entry.kind == "datetime":
        return _datetime(text)
    return text if entry.kind == "date" else time.fromisoformat(text).replace(tzinfo=None)


def _shown(text: str) -> str:
    return text.replace("T", " ")[:16]


def _expected(entry: MomentField) -> Sentence:
    if entry.kind == "date":
        return Sentence("A date is expected here, e.g. 2026-11-23.")
    if entry.kind == "time":
        return Sentence("A time of day is expected here, e.g. 14:30.")
    return Sentence("A date with a time is expected here, e.g. 2026-11-23 14:30.")
