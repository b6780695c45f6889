"""Who works here; and the acting person with the posts held at an instant."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine import calendar, models
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound
from engine.organisation import passwords, rights, snapshot
from engine.organisation.passwords import authenticate, sign_in, verify
from feel.sentences import Sentence

__all__ = [
    "actor",
    "add",
    "authenticate",
    "deactivate",
    "end_sessions",
    "get",
    "name",
    "reactivate",
    "rename",
    "set_password",
    "sign_in",
    "units_of",
    "verify",
]


def add(  # noqa: PLR0913 - a row has as many columns
    session: Session,
    actor: Actor,
    person_id: str,
    *,
    name: str,
    name_en: str | None = None,
    email: str | None = None,
    password: str | None = None,
    must_change_password: bool = False,
    language: str | None = None,
) -> models.Person:
    """Add somebody; without a password he cannot sign in."""
    rights.administrator(actor)
    rights.checked_id(person_id)
    if session.get(models.Person, person_id) is not None:
        raise Conflict(Sentence("There is a person {person} already.", person=person_id))
    person = models.Person(
        id=person_id,
        name=rights.checked_name(name),
        name_en=rights.checked_english_name(name_en),
        email=email or None,
        password_hash=None if password is None else passwords.hashed(password),
        must_change_password=must_change_password,
        active=True,
        demo=False,
        language=language,
        failed_sign_ins=0,
        session_version=1,
    )
    session.add(person)
    session.flush()
    snapshot.changed(session)
    return person


def get(session: Session, person_id: str) -> models.Person:
    """The person of that id; raises :class:`NotFound`."""
    person = session.get(models.Person, person_id)
    if person is None:
        raise NotFound(Sentence("There is no person {person}.", person=person_id))
    return person


def rename(session: Session, actor: Actor, person_id: str, *, name: str, name_en: str | None) -> None:
    """Give a person other names."""
    rights.administrator(actor)
    person = get(session, person_id)
    person.name, person.name_en = rights.checked_name(name), rights.checked_english_name(name_en)
    session.flush()
    snapshot.changed(session)


def deactivate(session: Session, actor: Actor, person_id: str) -> None:
    """Somebody leaves: he holds no post any more, and all his sessions end."""
    rights.administrator(actor)
    if actor.person == person_id:
        raise NotAllowed(Sentence("Nobody deactivates himself; another administrator can do it."))
    person = get(session, person_id)
    person.active = False
    person.session_version += 1
    session.flush()
    snapshot.changed(session)


def reactivate(session: Session, actor: Actor, person_id: str) -> None:
    """Somebody comes back, with the posts that are still assigned to him."""
    rights.administrator(actor)
    get(session, person_id).active = True
    session.flush()
    snapshot.changed(session)


def set_password(session: Session, actor: Actor, person_id: str, password: str) -> int:
    """Set a password, one's own or, as an administrator, anybody's; ends all sessions and returns the new version.

    Who was given his password by somebody else must choose another one at the next sign-in.
    """
    rights.own_or_administrator(actor, person_id)
    person = get(session, person_id)
    person.password_hash = passwords.hashed(password)
    person.must_change_password = actor.person != person_id
    person.failed_sign_ins, person.locked_until = 0, None
    person.session_version += 1
    session.flush()
    return person.session_version


def end_sessions(session: Session, actor: Actor, person_id: str) -> None:
    """Sign a person out everywhere."""
    rights.own_or_administrator(actor, person_id)
    table = models.Person
    session.execute(update(table).where(table.id == person_id).values(session_version=table.session_version + 1))


def actor(session: Session, person_id: str, at: datetime, *, token: str | None = None) -> Actor:
    """The acting person with the posts held at that instant, acting ones included; queues among them are groups."""
    organisation = snapshot.of(session)
    if not organisation.is_active(person_id):
        raise NotAllowed(Sentence("{person} does not work here.", person=person_id))
    posts = organisation.posts_of(person_id, calendar.local_date(at))
    groups = frozenset(code for code in posts if organisation.posts[code].queue)
    return Actor(person=person_id, posts=posts, groups=groups, token=token)


def units_of(session: Session, person_id: str, at: datetime, posts: Collection[str] | None = None) -> tuple[str, ...]:
    """The units in which the person holds one of ``posts`` (None: any), own posts before acting ones.

    The first is the unit that a matter started by the person belongs to.
    """
    held = snapshot.of(session).assignments(person_id, calendar.local_date(at))
    return tuple(dict.fromkeys(entry.unit_id for entry in held if posts is None or entry.post_code in posts))


def name(session: Session, person_id: str) -> str:
    """The name as stored, the id itself if nobody has it."""
    person = snapshot.of(session).people.get(person_id)
    return person.name if person else person_id
