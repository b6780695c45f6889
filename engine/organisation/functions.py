"""What diagrams, tables and forms may ask the organisation, as FEEL functions bound to a session and an instant.

``line(store)``, ``superior(person)``, ``holders(post, unit)`` give a record ``{persons, rule, owner}`` that an
assignment takes as it is; ``working hours(from, n, unit)`` and ``working days(from, n, unit)`` give a date and time;
``person name(id)`` and ``unit name(id)`` a text; ``area of(store)`` the id of its area, or null; ``people with
post(post, unit)`` and ``units of kind(kind)`` the choices of a form;
``next time(cron, start)`` and ``previous time(cron, start)`` a date and time. ``register_functions`` adds those about
the employee register.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

import feel
from engine import calendar, cron
from engine.errors import NotFound
from engine.organisation import calendars, people, register_functions, resolvers, snapshot
from engine.organisation.register_functions import text as _text
from engine.organisation.resolvers import Circumstances, Record
from engine.organisation.snapshot import Organisation
from feel.sentences import Sentence

#: The names, for compiling expressions without a session.
NAMES: frozenset[str] = register_functions.NAMES | frozenset(
    {
        "line",
        "superior",
        "holders",
        "working hours",
        "working days",
        "person name",
        "unit name",
        "area of",
        "people with post",
        "units of kind",
        "next time",
        "previous time",
    }
)

_log = logging.getLogger(__name__)
_Counted = Callable[[datetime, Any, calendar.WorkingTime], calendar.Due]


def bound(
    session: Session,
    at: datetime,
    process_id: str | None = None,
    warn: Callable[[Sentence], None] | None = None,
) -> Mapping[str, Callable[..., Any]]:
    """The functions as they answer at ``at`` in that procedure (whose delegations then count).

    ``warn`` is told what a calendar could not know; without it, that goes to the log. A function that is given
    something it cannot work with raises :class:`feel.ValueRefused`. Nothing is read before the first call.
    """
    circumstances = Circumstances(calendar.local_date(at), process_id)
    report = warn or (lambda sentence: _log.warning("%s", sentence))

    def answer(record: Record) -> dict[str, object]:
        return record.as_json()

    def line(store: object = None) -> dict[str, object]:
        return answer(resolvers.line(snapshot.of(session), _text(store, "store"), circumstances))

    def superior(person: object = None) -> dict[str, object]:
        return answer(resolvers.superior(snapshot.of(session), _text(person, "person") or "–", circumstances))

    def holders(post: object = None, unit: object = None) -> dict[str, object]:
        code = _text(post, "post") or "–"
        return answer(resolvers.holders(snapshot.of(session), code, _text(unit, "unit"), circumstances))

    def person_name(id: object = None) -> str | None:  # noqa: A002 - the name that diagrams may write
        identifier = _text(id, "id")
        return None if identifier is None else people.name(session, identifier)

    def unit_name(id: object = None) -> str | None:  # noqa: A002 - the name that diagrams may write
        identifier = _text(id, "id")
        unit = snapshot.of(session).units.get(identifier or "")
        return identifier if unit is None else unit.name

    def area_of(store: object = None) -> str | None:
        units = snapshot.of(session).units
        unit = units.get(_text(store, "store") or "")
        above = None if unit is None else units.get(unit.parent_id or "")
        return above.id if above is not None and above.kind == "area" else None

    def counted(count: _Counted, start: object, n: Decimal | int, unit: object) -> datetime:
        try:
            hours = calendars.of_unit(session, _text(unit, "unit"))
            due = count(_instant(start, hours.zone), n, hours)
        except (calendar.CalendarRefused, NotFound) as refused:
            raise feel.ValueRefused(refused.sentence) from refused
        for warning in due.warnings:
            report(warning)
        return due.at.astimezone(calendar.zone_named(hours.zone))

    def working_hours(start: object, n: object, unit: object = None) -> datetime:
        return counted(calendar.working_hours, start, _number(n), unit)

    def working_days(start: object, n: object, unit: object = None) -> datetime:
        days = _number(n)
        if days != int(days):
            raise feel.ValueRefused(Sentence("Working days are counted in whole days, not {days}.", days=days))
        return counted(calendar.working_days, start, int(days), unit)

    def people_with_post(post: object = None, unit: object = None) -> list[dict[str, object]]:
        code, place = _text(post, "post"), _text(unit, "unit")
        return _choices(snapshot.of(session), code, place, circumstances)

    def units_of_kind(kind: object = None) -> list[dict[str, object]]:
        wanted = _text(kind, "kind")
        found = snapshot.of(session).units.values()
        return [
            {"value": entry.id, "label": entry.name}
            for entry in sorted(found, key=lambda entry: entry.id)
            if entry.open and wanted in {None, entry.kind}
        ]

    def next_time(cron: object = None, start: object = None) -> datetime | None:
        return _by_cron(cron, start, at, forwards=True)

    def previous_time(cron: object = None, start: object = None) -> datetime | None:
        return _by_cron(cron, start, at, forwards=False)

    return {
        "line": line,
        "superior": superior,
        "holders": holders,
        "working hours": working_hours,
        "working days": working_days,
        "person name": person_name,
        "unit name": unit_name,
        "area of": area_of,
        "people with post": people_with_post,
        "units of kind": units_of_kind,
        "next time": next_time,
        "previous time": previous_time,
        **register_functions.bound(session),
    }


def _choices(
    organisation: Organisation, post: str | None, unit: str | None, now: Circumstances
) -> list[dict[str, object]]:
    """Who can be chosen: those who hold the post (any post, if none is named), in that unit; the absent too."""
    if post is None:
        found = [
            person.id
            for person in organisation.people.values()
            if person.active
            and (unit is None or unit in {held.unit_id for held in organisation.assignments(person.id, now.day)})
        ]
    else:
        found = list(organisation.holders(post, unit, now.day))
    return [{"value": person, "label": organisation.people[person].name} for person in sorted(found)]


def _by_cron(text: object, start: object, at: datetime, *, forwards: bool) -> datetime | None:
    """The first time of a cron expression after an instant, or the last one until then."""
    zone = calendar.zone_named()
    try:
        times = cron.read(_text(text, "cron") or "")
    except cron.CronRefused as refused:
        raise feel.ValueRefused(refused.sentence) from refused
    since = at if start is None else _instant(start, "")
    found = times.after(since, zone) if forwards else times.before(since, zone)
    return None if found is None else found.astimezone(zone)


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise feel.ValueRefused(Sentence("Working time is counted in numbers, not {value}.", value=str(value)[:60]))
    return Decimal(value)


def _instant(value: object, zone: str) -> datetime:
    """A FEEL date and time (or date: its midnight); without a zone it is what clocks of the unit show."""
    moment = feel.to_python(value)
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            moment = None
    if isinstance(moment, date) and not isinstance(moment, datetime):
        moment = datetime.combine(moment, time.min)
    if not isinstance(moment, datetime):
        raise feel.ValueRefused(
            Sentence("Working time is counted from a date and time, not {value}.", value=str(value)[:60])
        )
    return moment if moment.tzinfo else moment.replace(tzinfo=calendar.zone_named(zone))
