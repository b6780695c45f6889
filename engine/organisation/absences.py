"""When people are away; everybody enters his own, an administrator anybody's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import models
from engine.actor import Actor
from engine.errors import NotFound, Refused
from engine.keys import new_key
from engine.organisation import people, rights, snapshot
from feel.sentences import Sentence


def add(
    session: Session, actor: Actor, person_id: str, *, starts_on: date, ends_on: date, reason: str | None = None
) -> models.Absence:
    """Enter that a person is away; both days inclusive."""
    rights.own_or_administrator(actor, person_id)
    people.get(session, person_id)
    if ends_on < starts_on:
        raise Refused(Sentence("The last day {end} is before the first day {start}.", end=ends_on, start=starts_on))
    text = rights.checked_name(reason) if reason else None
    absence = models.Absence(key=new_key(), person_id=person_id, starts_on=starts_on, ends_on=ends_on, reason=text)
    session.add(absence)
    session.flush()
    snapshot.changed(session)
    return absence


def remove(session: Session, actor: Actor, key: int) -> None:
    """Take an absence back."""
    absence = session.get(models.Absence, key)
    if absence is None:
        raise NotFound(Sentence("There is no such absence."))
    rights.own_or_administrator(actor, absence.person_id)
    session.delete(absence)
    session.flush()
    snapshot.changed(session)


def of_person(session: Session, actor: Actor, person_id: str) -> Sequence[models.Absence]:
    """The absences of a person, the latest first."""
    rights.own_or_administrator(actor, person_id)
    table = models.Absence
    return session.scalars(select(table).where(table.person_id == person_id).order_by(table.starts_on.desc())).all()
