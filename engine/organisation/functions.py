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
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy.orm import Session

import feel
from engine import calendar, cron
from engine.errors import NotFound
from engine.organisation import calendars, people, resolvers, snapshot
from engine.organisation.register_functions import RegisterFunctions
from engine.organisation.register_functions import text as _text
from engine.organisation.resolvers import Circumstances, Record
from engine.organisation.snapshot import Organisation
from feel.sentences import Sentence

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
    return _Bound(session, at, process_id, warn or _log_warning)


def _log_warning(sentence: Sentence) -> None:
    _log.warning("%s", sentence)


class _Bound(RegisterFunctions, Mapping[str, Callable[..., Any]]):
    """Every function by its name; one is made when it is asked for, for a step asks for two or three."""

    METHODS: ClassVar[dict[str, str]] = {
        **RegisterFunctions.METHODS,
        "line": "line",
        "superior": "superior",
        "holders": "holders",
        "working hours": "working_hours",
        "working days": "working_days",
        "person name": "person_name",
        "unit name": "unit_name",
        "area of": "area_of",
        "people with post": "people_with_post",
        "units of kind": "units_of_kind",
        "next time": "next_time",
        "previous time": "previous_time",
    }

    def __init__(
        self, session: Session, at: datetime, process_id: str | None, warn: Callable[[Sentence], None]
    ) -> None:
        super().__init__(session)
        self._at = at
        self._process_id = process_id
        self._warn = warn

    def __getitem__(self, name: str) -> Callable[..., Any]:
        function: Callable[..., Any] = getattr(self, self.METHODS[name])
        return function

    def __iter__(self) -> Iterator[str]:
        return iter(self.METHODS)

    def __len__(self) -> int:
        return len(self.METHODS)

    @property
    def _organisation(self) -> Organisation:
        return snapshot.of(self._session)

    @property
    def _circumstances(self) -> Circumstances:
        return Circumstances(calendar.local_date(self._at), self._process_id)

    def line(self, store: object = None) -> dict[str, object]:
        return self._resolved(resolvers.line, _text(store, "store"))

    def superior(self, person: object = None) -> dict[str, object]:
        return self._resolved(resolvers.superior, _text(person, "person") or "–")

    def holders(self, post: object = None, unit: object = None) -> dict[str, object]:
        return self._resolved(resolvers.holders, _text(post, "post") or "–", _text(unit, "unit"))

    def _resolved(self, resolver: Callable[..., Record], *given: str | None) -> dict[str, object]:
        """What the resolver says: the same all day long, while nothing changes in the organisation."""
        organisation, circumstances = self._organisation, self._circumstances
        return organisation.derived(
            (resolver, given, circumstances), lambda: resolver(organisation, *given, circumstances).as_json()
        )

    def person_name(self, id: object = None) -> str | None:  # noqa: A002 - the name that diagrams may write
        identifier = _text(id, "id")
        return None if identifier is None else people.name(self._session, identifier)

    def unit_name(self, id: object = None) -> str | None:  # noqa: A002 - the name that diagrams may write
        identifier = _text(id, "id")
        unit = self._organisation.units.get(identifier or "")
        return identifier if unit is None else unit.name

    def area_of(self, store: object = None) -> str | None:
        units = self._organisation.units
        unit = units.get(_text(store, "store") or "")
        above = None if unit is None else units.get(unit.parent_id or "")
        return above.id if above is not None and above.kind == "area" else None

    def working_hours(self, start: object, n: object, unit: object = None) -> datetime:
        return self._counted(calendar.working_hours, start, _number(n), unit)

    def working_days(self, start: object, n: object, unit: object = None) -> datetime:
        days = _number(n)
        if days != int(days):
            raise feel.ValueRefused(Sentence("Working days are counted in whole days, not {days}.", days=days))
        return self._counted(calendar.working_days, start, int(days), unit)

    def _counted(self, count: _Counted, start: object, n: Decimal | int, unit: object) -> datetime:
        try:
            hours = calendars.of_unit(self._session, _text(unit, "unit"))
            due = count(_instant(start, hours.zone), n, hours)
        except (calendar.CalendarRefused, NotFound) as refused:
            raise feel.ValueRefused(refused.sentence) from refused
        for warning in due.warnings:
            self._warn(warning)
        return due.at.astimezone(calendar.zone_named(hours.zone))

    def people_with_post(self, post: object = None, unit: object = None) -> list[dict[str, object]]:
        return _choices(self._organisation, _text(post, "post"), _text(unit, "unit"), self._circumstances)

    def units_of_kind(self, kind: object = None) -> list[dict[str, object]]:
        wanted = _text(kind, "kind")
        return [
            {"value": entry.id, "label": entry.name}
            for entry in sorted(self._organisation.units.values(), key=lambda entry: entry.id)
            if entry.open and wanted in {None, entry.kind}
        ]

    def next_time(self, cron: object = None, start: object = None) -> datetime | None:
        return _by_cron(cron, start, self._at, forwards=True)

    def previous_time(self, cron: object = None, start: object = None) -> datetime | None:
        return _by_cron(cron, start, self._at, forwards=False)


#: The names, for compiling expressions without a session.
NAMES: frozenset[str] = frozenset(_Bound.METHODS)


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
