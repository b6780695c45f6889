"""Who holds which post where, with dates; acting holders count like others."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import models
from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refused
from engine.keys import new_key
from engine.organisation import people, posts, rights, snapshot, units
from feel.sentences import Sentence


def add(
    session: Session,
    actor: Actor,
    person_id: str,
    post_code: str,
    unit_id: str,
    *,
    starts_on: date,
    ends_on: date | None = None,
    acting: bool = False,
) -> models.Assignment:
    """Let a person hold a post in a unit; both days inclusive."""
    rights.administrator(actor)
    if not people.get(session, person_id).active:
        raise Refused(Sentence("{person} does not work here any more.", person=person_id))
    posts.get(session, post_code)
    if not units.get(session, unit_id).open:
        raise Refused(Sentence("{unit} is closed.", unit=unit_id))
    _in_order(starts_on, ends_on)
    _once(session, person_id, post_code, unit_id, starts_on, ends_on)
    assignment = models.Assignment(
        key=new_key(),
        person_id=person_id,
        post_code=post_code,
        unit_id=unit_id,
        starts_on=starts_on,
        ends_on=ends_on,
        acting=acting,
    )
    session.add(assignment)
    session.flush()
    snapshot.changed(session)
    return assignment


def end(session: Session, actor: Actor, key: int, ends_on: date) -> None:
    """Let an assignment end with that day."""
    rights.administrator(actor)
    assignment = session.get(models.Assignment, key)
    if assignment is None:
        raise NotFound(Sentence("There is no such assignment."))
    _in_order(assignment.starts_on, ends_on)
    assignment.ends_on = ends_on
    session.flush()
    snapshot.changed(session)


def end_all(session: Session, actor: Actor, person_id: str, ends_on: date) -> None:
    """Let everything that a person holds end with that day; what would begin later is taken back."""
    rights.administrator(actor)
    table = models.Assignment
    held = select(table).where(table.person_id == person_id, or_(table.ends_on.is_(None), table.ends_on > ends_on))
    for assignment in session.scalars(held).all():
        if assignment.starts_on > ends_on:
            session.delete(assignment)
        else:
            assignment.ends_on = ends_on
    session.flush()
    snapshot.changed(session)


def _in_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Refused(Sentence("The last day {end} is before the first day {start}.", end=ends_on, start=starts_on))


def _once(
    session: Session, person_id: str, post_code: str, unit_id: str, starts_on: date, ends_on: date | None
) -> None:
    table = models.Assignment
    query = select(table.key).where(
        table.person_id == person_id,
        table.post_code == post_code,
        table.unit_id == unit_id,
        or_(table.ends_on.is_(None), table.ends_on >= starts_on),
    )
    if ends_on is not None:
        query = query.where(table.starts_on <= ends_on)
    if session.scalar(query.limit(1)) is not None:
        raise Conflict(
            Sentence("{person} holds {post} in {unit} already.", person=person_id, post=post_code, unit=unit_id)
        )
