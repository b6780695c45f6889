"""Who works here; and the acting person with the posts held at an instant."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendar, clock, models
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.organisation import journal, passwords, rights, snapshot
from engine.organisation.passwords import authenticate, sign_in, verify
from feel.sentences import Sentence

__all__ = [
    "actor",
    "add",
    "authenticate",
    "deactivate",
    "edit",
    "end_sessions",
    "get",
    "keep_an_administrator",
    "lock",
    "name",
    "reactivate",
    "set_language",
    "set_password",
    "sign_in",
    "units_of",
    "unlock",
    "verify",
]

LANGUAGES = ("zh", "en")
_ADMINISTRATOR = "sysadmin"


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
    rights.checked_id(person_id, "person_id")
    if session.get(models.Person, person_id) is not None:
        raise Conflict(Sentence("There is a person {person} already.", person=person_id), field="person_id")
    person = models.Person(
        id=person_id,
        name=rights.checked_name(name),
        name_en=rights.checked_english_name(name_en),
        email=rights.checked_email(email),
        password_hash=None if password is None else passwords.hashed(password),
        must_change_password=must_change_password,
        active=True,
        demo=False,
        language=_language(language),
        failed_sign_ins=0,
        session_version=1,
    )
    session.add(person)
    after = {"name": person.name, "name_en": person.name_en, "email": person.email}
    journal.record(session, actor, "person.added", {"person": person_id}, after=after)
    return person


def get(session: Session, person_id: str, field: str = "person_id") -> models.Person:
    """The person of that id; raises :class:`NotFound`."""
    person = session.get(models.Person, person_id)
    if person is None:
        raise NotFound(Sentence("There is no person {person}.", person=person_id), field=field)
    return person


def edit(
    session: Session, actor: Actor, person_id: str, *, name: str, name_en: str | None, email: str | None
) -> None:
    """Give a person other names or another address."""
    values = {
        "name": rights.checked_name(name),
        "name_en": rights.checked_english_name(name_en),
        "email": rights.checked_email(email),
    }
    _change(session, actor, person_id, "person.changed", **values)


def set_language(session: Session, actor: Actor, person_id: str, language: str | None) -> None:
    """The language that a person reads and is written to in; None: that of the browser."""
    rights.own_or_administrator(actor, person_id)
    person = get(session, person_id)
    journal.edit(session, actor, "person.changed", person, {"person": person_id}, language=_language(language))


def deactivate(session: Session, actor: Actor, person_id: str) -> None:
    """Somebody leaves: he holds no post any more, and all his sessions end."""
    rights.administrator(actor)
    if actor.person == person_id:
        raise NotAllowed(Sentence("Nobody deactivates himself; another administrator can do it."))
    if _change(session, actor, person_id, "person.left", active=False):
        get(session, person_id).session_version += 1
        keep_an_administrator(session)


def reactivate(session: Session, actor: Actor, person_id: str) -> None:
    """Somebody comes back, with the posts that are still assigned to him."""
    _change(session, actor, person_id, "person.returned", active=True)


def lock(session: Session, actor: Actor, person_id: str) -> None:
    """Let a person not sign in until further notice, and end all his sessions; posts and tasks stay his."""
    rights.administrator(actor)
    if actor.person == person_id:
        raise NotAllowed(Sentence("Nobody locks himself out; another administrator can do it."))
    if _change(session, actor, person_id, "person.locked", locked_at=clock.now()):
        get(session, person_id).session_version += 1
        keep_an_administrator(session)


def unlock(session: Session, actor: Actor, person_id: str) -> None:
    """Let a person sign in again, also at once after too many failures."""
    _change(session, actor, person_id, "person.unlocked", locked_at=None, failed_sign_ins=0, locked_until=None)


def set_password(session: Session, actor: Actor, person_id: str, password: str, *, for_once: bool = False) -> int:
    """Set a password, one's own or, as an administrator, anybody's; ends all sessions and returns the new version.

    Who was given his password by somebody else, or ``for_once``, must choose another one at the next sign-in.
    """
    rights.own_or_administrator(actor, person_id)
    person = get(session, person_id)
    person.password_hash = passwords.hashed(password)
    person.must_change_password = for_once or actor.person != person_id
    person.failed_sign_ins, person.locked_until = 0, None
    person.session_version += 1
    journal.record(session, actor, "person.password_set", {"person": person_id})
    return person.session_version


def end_sessions(session: Session, actor: Actor, person_id: str) -> None:
    """Sign a person out everywhere."""
    rights.own_or_administrator(actor, person_id)
    get(session, person_id).session_version += 1
    journal.record(session, actor, "person.sessions_ended", {"person": person_id})


def keep_an_administrator(session: Session) -> None:
    """Refuse what leaves nobody who could administer the system today; where nobody could before, anything goes."""
    session.flush()
    today = calendar.local_date(clock.now())
    holders = {
        entry.person_id: entry
        for entry in snapshot.of(session).by_post.get(_ADMINISTRATOR, ())
        if entry.starts_on <= today
    }
    able = select(models.Person.id).where(
        models.Person.id.in_(sorted(holders)), models.Person.active, models.Person.locked_at.is_(None)
    )
    left = [held for held in session.scalars(able) if holders[held].holds_on(today)]
    if holders and not left:
        raise Refused(Sentence("There must be an administrator who can sign in. Appoint another one first."))


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


def _change(session: Session, actor: Actor, person_id: str, event_type: str, **values: object) -> bool:
    rights.administrator(actor)
    return journal.edit(session, actor, event_type, get(session, person_id), {"person": person_id}, **values)


def _language(language: str | None) -> str | None:
    if language is None or language in LANGUAGES:
        return language
    raise Refused(Sentence("The language is one of {languages}.", languages=", ".join(LANGUAGES)), field="language")
