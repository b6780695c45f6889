"""When people are away; everybody enters his own, a superior or an administrator somebody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import models
from engine.actor import Actor
from engine.errors import NotFound, Refused
from engine.keys import new_key
from engine.organisation import journal, people, rights
from feel.sentences import Sentence

_LONGEST = 731  # days: two years of leave are entered in parts


def add(
    session: Session, actor: Actor, person_id: str, *, starts_on: date, ends_on: date, reason: str | None = None
) -> models.Absence:
    """Enter that a person is away; both days inclusive."""
    rights.own_superior_or_administrator(session, actor, person_id)
    if not people.get(session, person_id).active:
        raise Refused(Sentence("{person} does not work here any more.", person=person_id), field="person_id")
    if ends_on < starts_on:
        raise Refused(
            Sentence("The last day {end} is before the first day {start}.", end=ends_on, start=starts_on),
            field="ends_on",
        )
    if (ends_on - starts_on).days > _LONGEST:
        raise Refused(Sentence("An absence is entered for at most {days} days.", days=_LONGEST), field="ends_on")
    text = rights.checked_reason(reason) if reason else None
    absence = models.Absence(key=new_key(), person_id=person_id, starts_on=starts_on, ends_on=ends_on, reason=text)
    session.add(absence)
    journal.record(session, actor, "absence.added", {"person": person_id}, after=_dates(absence) | {"reason": text})
    return absence


def remove(session: Session, actor: Actor, key: int) -> None:
    """Take an absence back."""
    absence = session.get(models.Absence, key)
    if absence is None:
        raise NotFound(Sentence("There is no such absence."))
    rights.own_superior_or_administrator(session, actor, absence.person_id)
    session.delete(absence)
    journal.record(session, actor, "absence.removed", {"person": absence.person_id}, before=_dates(absence))


def of_person(session: Session, actor: Actor, person_id: str) -> Sequence[models.Absence]:
    """The absences of a person, the latest first."""
    rights.own_superior_or_administrator(session, actor, person_id)
    table = models.Absence
    return session.scalars(select(table).where(table.person_id == person_id).order_by(table.starts_on.desc())).all()


def _dates(absence: models.Absence) -> dict[str, object]:
    return {"starts_on": absence.starts_on, "ends_on": absence.ends_on}
