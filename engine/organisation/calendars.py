"""The working time of units, and the days that the administrator declares working or free."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendar, models
from engine.actor import Actor
from engine.errors import NotFound
from engine.organisation import journal, rights, snapshot, stored_calendars
from engine.organisation.snapshot import Organisation
from feel.sentences import Sentence


def of_kind(kind: str) -> calendar.WorkingTime:
    """The working time of a unit that has none of its own: stores 09–21 daily, all else that of the head office."""
    return calendar.STORE if kind == "store" else calendar.HEAD_OFFICE


def of_unit(session: Session, unit_id: str | None) -> calendar.WorkingTime:
    """The working time of a unit, the head office's for None; raises :class:`NotFound`."""
    organisation = snapshot.of(session)
    return organisation.derived((calendar.WorkingTime, unit_id), partial(_of_unit, organisation, unit_id))


def _of_unit(organisation: Organisation, unit_id: str | None) -> calendar.WorkingTime:
    if unit_id is None:
        return stored_calendars.read(None, calendar.HEAD_OFFICE, organisation.calendar_days)
    unit = organisation.units.get(unit_id)
    if unit is None:
        raise NotFound(Sentence("There is no unit {unit}.", unit=unit_id))
    return stored_calendars.read(unit.calendar, of_kind(unit.kind), organisation.calendar_days)


def declared(session: Session, year: int) -> Sequence[models.CalendarDay]:
    """The days of a year that the administrator declared working or free, in order; all others are as published."""
    table = models.CalendarDay
    of_year = table.day.between(date(year, 1, 1), date(year, 12, 31))
    return session.scalars(select(table).where(of_year).order_by(table.day)).all()


def set_day(session: Session, actor: Actor, day: date, *, working: bool, name: str) -> None:
    """Declare one day working or free wherever public holidays count, over what the public calendar says."""
    rights.administrator(actor)
    values = {"working": working, "name": rights.checked_name(name)}
    stored, about = session.get(models.CalendarDay, day), {"day": day.isoformat()}
    if stored is None:
        session.add(models.CalendarDay(day=day, **values))
        journal.record(session, actor, "calendar_day.declared", about, after=values)
    else:
        journal.edit(session, actor, "calendar_day.declared", stored, about, **values)


def unset_day(session: Session, actor: Actor, day: date) -> None:
    """Let the public calendar decide about that day again."""
    rights.administrator(actor)
    stored = session.get(models.CalendarDay, day)
    if stored is not None:
        before = {"working": stored.working, "name": stored.name}
        session.delete(stored)
        journal.record(session, actor, "calendar_day.withdrawn", {"day": day.isoformat()}, before=before)
