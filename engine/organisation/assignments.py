"""Who holds which post where, with dates; acting holders count like others.

Two rules of the house stand here: an auditor holds no other post (he reads everything and changes nothing), and there
is always an administrator.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from engine import calendar, clock, models
from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refused
from engine.keys import new_key
from engine.organisation import journal, people, posts, rights, units
from feel.sentences import Sentence

_AUDITOR = "auditor"


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
        raise Refused(Sentence("{person} does not work here any more.", person=person_id), field="person_id")
    posts.get(session, post_code)
    if not units.get(session, unit_id).open:
        raise Refused(Sentence("{unit} is closed.", unit=unit_id), field="unit_id")
    _in_order(starts_on, ends_on)
    assignment = models.Assignment(
        key=new_key(),
        person_id=person_id,
        post_code=post_code,
        unit_id=unit_id,
        starts_on=starts_on,
        ends_on=ends_on,
        acting=acting,
    )
    _refuse_twice(session, assignment)
    _refuse_working_auditor(session, assignment)
    session.add(assignment)
    after = {"starts_on": starts_on, "ends_on": ends_on, "acting": acting}
    journal.record(session, actor, "assignment.added", _about(assignment), after=after)
    return assignment


def get(session: Session, key: int) -> models.Assignment:
    """The assignment of that key; raises :class:`NotFound`."""
    assignment = session.get(models.Assignment, key)
    if assignment is None:
        raise NotFound(Sentence("There is no such assignment."))
    return assignment


def end(session: Session, actor: Actor, key: int, ends_on: date | None) -> None:
    """Let an assignment end with that day, or (None) go on until further notice."""
    rights.administrator(actor)
    assignment = get(session, key)
    _in_order(assignment.starts_on, ends_on)
    wanted = models.Assignment(key=key, **_about_columns(assignment), starts_on=assignment.starts_on, ends_on=ends_on)
    _refuse_twice(session, wanted)
    _refuse_working_auditor(session, wanted)
    if journal.edit(session, actor, "assignment.ended", assignment, _about(assignment), ends_on=ends_on):
        people.keep_an_administrator(session)


def remove(session: Session, actor: Actor, key: int) -> None:
    """Take back an assignment that has not begun yet; one that has is ended, since what was done under it stands."""
    rights.administrator(actor)
    assignment = get(session, key)
    if assignment.starts_on <= calendar.local_date(clock.now()):
        raise Refused(Sentence("This assignment has begun; it can be ended, not taken back."), field="ends_on")
    _take_back(session, actor, assignment)


def _take_back(session: Session, actor: Actor, assignment: models.Assignment) -> None:
    about = _about(assignment)
    session.delete(assignment)
    journal.record(session, actor, "assignment.removed", about, before={"starts_on": assignment.starts_on})


def of_person(session: Session, person_id: str) -> Sequence[models.Assignment]:
    """Everything that a person holds, held or will hold, the latest first."""
    table = models.Assignment
    own = select(table).where(table.person_id == person_id)
    return session.scalars(own.order_by(table.starts_on.desc(), table.key.desc())).all()


def _about_columns(assignment: models.Assignment) -> dict[str, str]:
    return {
        "person_id": assignment.person_id,
        "post_code": assignment.post_code,
        "unit_id": assignment.unit_id,
    }


def _about(assignment: models.Assignment) -> dict[str, str]:
    return {"person": assignment.person_id, "post": assignment.post_code, "unit": assignment.unit_id}


def end_all(session: Session, actor: Actor, person_id: str, ends_on: date) -> None:
    """Let everything that a person holds end with that day; what would begin later is taken back."""
    rights.administrator(actor)
    table = models.Assignment
    held = select(table).where(table.person_id == person_id, or_(table.ends_on.is_(None), table.ends_on > ends_on))
    for assignment in session.scalars(held).all():
        if assignment.starts_on > ends_on:
            _take_back(session, actor, assignment)
        else:
            end(session, actor, assignment.key, ends_on)


def _in_order(starts_on: date, ends_on: date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Refused(
            Sentence("The last day {end} is before the first day {start}.", end=ends_on, start=starts_on),
            field="ends_on",
        )


def _at_the_same_time(assignment: models.Assignment) -> list[ColumnElement[bool]]:
    """Other assignments of the person that share a day with this one."""
    table = models.Assignment
    conditions = [
        table.person_id == assignment.person_id,
        table.key != assignment.key,
        or_(table.ends_on.is_(None), table.ends_on >= assignment.starts_on),
    ]
    if assignment.ends_on is not None:
        conditions.append(table.starts_on <= assignment.ends_on)
    return conditions


def _refuse_twice(session: Session, assignment: models.Assignment) -> None:
    table = models.Assignment
    query = select(table.key).where(
        *_at_the_same_time(assignment),
        table.post_code == assignment.post_code,
        table.unit_id == assignment.unit_id,
    )
    if session.scalar(query.limit(1)) is not None:
        raise Conflict(
            Sentence(
                "{person} holds {post} in {unit} already.",
                person=assignment.person_id,
                post=assignment.post_code,
                unit=assignment.unit_id,
            ),
            field="post_code",
        )


def _refuse_working_auditor(session: Session, assignment: models.Assignment) -> None:
    table = models.Assignment
    other = table.post_code != _AUDITOR if assignment.post_code == _AUDITOR else table.post_code == _AUDITOR
    if session.scalar(select(table.key).where(*_at_the_same_time(assignment), other).limit(1)) is not None:
        raise Refused(
            Sentence("An auditor reads everything and changes nothing, so an auditor holds no other post."),
            field="post_code",
        )
