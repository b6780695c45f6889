"""Where a person is signed in: each sign-in with its device, ended one by one or all at once.

The rows stay for a while after a session is over: they are the record of who signed in when and from where.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotFound
from engine.keys import new_key
from engine.models import Person, PersonSession
from engine.organisation import rights, snapshot
from engine.statements import Statement
from feel.sentences import Sentence

SEEN_EVERY = timedelta(minutes=10)
"""How exactly it is known when a session was used last."""

_KEPT = timedelta(days=365)
_LONGEST = 300
_LISTED = 50


def begin(session: Session, person_id: str, version: int, *, address: str, device: str) -> int:
    """Remember a sign-in that succeeded; gives the key of the session."""
    now = clock.now()
    session.execute(
        delete(PersonSession).where(PersonSession.person_id == person_id, PersonSession.seen_at < now - _KEPT)
    )
    row = PersonSession(
        key=new_key(),
        person_id=person_id,
        version=version,
        signed_in_at=now,
        seen_at=now,
        address=_printable(address),
        device=_printable(device),
    )
    session.add(row)
    session.flush()
    return row.key


class Opened(NamedTuple):
    """A session that is not over, and the person who opened it."""

    seen_at: datetime
    name: str
    name_en: str | None
    language: str | None
    session_version: int
    must_change_password: bool


_OPENED = Statement(
    select(
        PersonSession.seen_at,
        Person.name,
        Person.name_en,
        Person.language,
        Person.session_version,
        Person.must_change_password,
        snapshot.REVISION.label("organisation"),
    )
    .join(Person, Person.id == PersonSession.person_id)
    .where(
        PersonSession.key == bindparam("key"),
        PersonSession.person_id == bindparam("person"),
        PersonSession.ended_at.is_(None),
        Person.active.is_(True),
    )
)


def opened(session: Session, key: int, person_id: str) -> Opened | None:
    """When the session of that person was used last, and who it is; None once it is over or the person has left.

    Asked by every page, so it is one statement. Whether the session's version still counts is for the caller to see.
    """
    found = _OPENED.one_or_none(session, {"key": key, "person": person_id}) if key < 1 << 63 else None
    if found is None:
        return None
    *columns, revision = found
    snapshot.arrived(session, revision)  # the page asks next what the person is allowed to
    return Opened(*columns)


def seen(session: Session, key: int) -> None:
    """The session was used just now."""
    session.execute(update(PersonSession).where(PersonSession.key == key).values(seen_at=clock.now()))


def end(session: Session, actor: Actor, key: int) -> None:
    """Sign out on one device: one's own, or as an administrator anybody's. Once more changes nothing."""
    row = session.get(PersonSession, key)
    if row is None or not (row.person_id == actor.person or actor.is_administrator):
        raise NotFound(Sentence("There is no such session."))
    if row.ended_at is None:
        row.ended_at = clock.now()
        session.flush()


def of_person(session: Session, actor: Actor, person_id: str, *, only_open: bool) -> Sequence[PersonSession]:
    """Where a person is signed in, or was; the one used last first."""
    rights.own_or_administrator(actor, person_id)
    found = select(PersonSession).where(PersonSession.person_id == person_id)
    if only_open:
        current = select(Person.session_version).where(Person.id == person_id).scalar_subquery()
        found = found.where(PersonSession.ended_at.is_(None), PersonSession.version == current)
    return session.scalars(found.order_by(PersonSession.seen_at.desc()).limit(_LISTED)).all()


def _printable(text: str) -> str:
    return "".join(character for character in text if character.isprintable())[:_LONGEST]
