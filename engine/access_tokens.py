"""Personal access tokens: a secret that a program shows, shown to its person once, kept as a hash, limited in rights.

A token never lets anybody do more than its person may: it names the kinds of work it is for, and the commands ask for
the person's own rights besides. It ends by itself, when it is revoked, and when its person leaves.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine import clock, history
from engine.actor import Actor
from engine.errors import FormRefused, NotAllowed, NotFound, Refused
from engine.keys import new_key
from engine.models import AccessToken, Person
from engine.organisation import rights
from feel.sentences import Sentence

PREFIX = "banli_"
READ, TASKS, JOBS, MESSAGES, DEPLOY, OPERATE = "read", "tasks", "jobs", "messages", "deploy", "operate"
RIGHTS = (READ, TASKS, JOBS, MESSAGES, DEPLOY, OPERATE)
"""What a token may be for: read; start matters and do tasks; do jobs; send messages; deploy; operate matters."""

LONGEST_DAYS = 366
MOST_TOKENS = 50
_USED_AGAIN = timedelta(hours=1)  # when it was used last is told to the hour, so that reading stays reading


@dataclass(frozen=True, slots=True)
class Recognised:
    """The token behind a secret: whose it is, and for what."""

    key: int
    person_id: str
    name: str
    rights: frozenset[str]
    was_used_lately: bool


def create(
    session: Session, actor: Actor, name: str, *, kinds: Collection[str], days: int
) -> tuple[AccessToken, str]:
    """A new token of the actor, and its secret, which nobody can read again. Raises :class:`FormRefused`."""
    if actor.is_system or actor.token is not None:
        raise NotAllowed(Sentence("A token is made by its person, signed in with the password."))
    problems = _problems(session, actor, name, kinds, days)
    if problems:
        raise FormRefused(problems)
    secret = PREFIX + secrets.token_urlsafe(32)
    now = clock.now()
    token = AccessToken(
        key=new_key(),
        person_id=actor.person,
        name=name.strip(),
        secret_sha256=_hash(secret),
        rights=[kind for kind in RIGHTS if kind in kinds],
        created_at=now,
        expires_at=now + timedelta(days=days),
        last_used_at=None,
        revoked_at=None,
    )
    session.add(token)
    session.flush()
    _told(session, actor, "access_token.created", token)
    return token, secret


def revoke(session: Session, actor: Actor, key: int) -> None:
    """End a token at once: one's own, or anybody's as an administrator."""
    token = session.get(AccessToken, key, with_for_update=True)
    if token is None or (token.person_id != actor.person and not actor.is_administrator):
        raise NotFound(Sentence("There is no such token."))
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        session.flush()
        _told(session, actor, "access_token.revoked", token)


def listed(session: Session, actor: Actor) -> Sequence[AccessToken]:
    """The actor's tokens that still work, the newest first."""
    return session.execute(_living(actor.person).order_by(AccessToken.key.desc())).scalars().all()


def recognise(session: Session, secret: str) -> Recognised | None:
    """The living token of that secret, of somebody who works here and is not locked out."""
    if not secret.startswith(PREFIX):
        return None
    return _recognised(session, AccessToken.secret_sha256 == _hash(secret))


def by_key(session: Session, key: int) -> Recognised | None:
    """The living token of that key, for what was signed in its name."""
    return _recognised(session, AccessToken.key == key)


def used(session: Session, key: int) -> None:
    """Remember that a token was used."""
    session.execute(update(AccessToken).where(AccessToken.key == key).values(last_used_at=clock.now()))


def _recognised(session: Session, condition: Any) -> Recognised | None:
    now = clock.now()
    token = session.execute(
        select(AccessToken)
        .join(Person, Person.id == AccessToken.person_id)
        .where(condition, AccessToken.revoked_at.is_(None), AccessToken.expires_at > now)
        .where(Person.active.is_(True), Person.locked_at.is_(None))
    ).scalar_one_or_none()
    if token is None:
        return None
    lately = token.last_used_at is not None and token.last_used_at > now - _USED_AGAIN
    return Recognised(token.key, token.person_id, token.name, frozenset(token.rights), lately)


def _living(person_id: str) -> Any:
    return select(AccessToken).where(
        AccessToken.person_id == person_id, AccessToken.revoked_at.is_(None), AccessToken.expires_at > clock.now()
    )


def _problems(
    session: Session, actor: Actor, name: str, kinds: Collection[str], days: int
) -> dict[str, list[Sentence]]:
    found: dict[str, list[Sentence]] = {}
    try:
        named = rights.checked_name(name)
    except Refused as refused:
        found["name"] = [refused.sentence]
    else:
        if session.execute(_living(actor.person).where(AccessToken.name == named)).first() is not None:
            found["name"] = [Sentence("You have a token of this name already.")]
    if not kinds or not set(kinds) <= set(RIGHTS):
        found["rights"] = [Sentence("Say what the token is for.")]
    if not 1 <= days <= LONGEST_DAYS:
        found["days"] = [Sentence("A token lives for 1 to {limit} days.", limit=LONGEST_DAYS)]
    living = session.execute(select(func.count()).select_from(_living(actor.person).subquery())).scalar_one()
    if living >= MOST_TOKENS:
        found.setdefault("name", []).append(
            Sentence("You have {limit} tokens. Revoke one that you do not need any more.", limit=MOST_TOKENS)
        )
    return found


def _told(session: Session, actor: Actor, event: str, token: AccessToken) -> None:
    journal = history.journal(session, history.ORGANISATION)
    details = {
        "access_token": token.key,
        "name": token.name,
        "person": token.person_id,
        "rights": list(token.rights),
        "expires_at": token.expires_at,
    }
    history.record(session, journal, event, actor, details=details)
    history.flush(session, journal)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
