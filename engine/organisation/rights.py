"""Who may change the organisation, and what its ids and names may look like."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import NotAllowed, Refused
from engine.organisation.superiors import is_superior
from feel.sentences import Sentence

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_EMAIL = re.compile(r"[^\s@,;<>\"]{1,64}@[^\s@,;<>\"]{1,190}")
_NAME_LENGTH = 100
_REASON_LENGTH = 500


def administrator(actor: Actor) -> None:
    """Refuse whoever is neither an administrator nor a part of the system (an import, the command line)."""
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only an administrator may change the organisation."))


def own_or_administrator(actor: Actor, person_id: str) -> None:
    """Refuse whoever speaks for somebody else without being an administrator."""
    if actor.person != person_id and not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only {person} or an administrator may do this.", person=person_id))


def own_superior_or_administrator(session: Session, actor: Actor, person_id: str) -> None:
    """Refuse whoever speaks for somebody else without standing above him or being an administrator."""
    if actor.person == person_id or actor.is_administrator or actor.is_system:
        return
    if actor.is_auditor or not is_superior(session, actor.person, [person_id]):
        raise NotAllowed(Sentence("Only {person}, a superior or an administrator may do this.", person=person_id))


def checked_id(identifier: str, field: str) -> str:
    """An id that can stand in addresses, expressions and sentences; it never looks like a part of the system."""
    if not _ID.fullmatch(identifier):
        raise Refused(
            Sentence(
                "{id} is no usable id: letters, digits, point, hyphen and underscore, at most 64 characters.",
                id=identifier[:80] or "–",
            ),
            field=field,
        )
    return identifier


def checked_name(name: str, field: str = "name") -> str:
    """A name that people can read."""
    stripped = name.strip()
    if not stripped or len(stripped) > _NAME_LENGTH or not stripped.isprintable():
        raise Refused(Sentence("A name has 1 to {maximum} printable characters.", maximum=_NAME_LENGTH), field=field)
    return stripped


def checked_english_name(name: str | None) -> str | None:
    """An English name, or None."""
    return checked_name(name, "name_en") if name else None


def checked_email(email: str | None) -> str | None:
    """An address to write to, or None."""
    stripped = (email or "").strip()
    if stripped and not _EMAIL.fullmatch(stripped):
        raise Refused(Sentence("{email} is no e-mail address.", email=stripped[:100]), field="email")
    return stripped or None


def checked_reason(reason: str) -> str:
    """A reason that says something."""
    stripped = " ".join(reason.split())
    if not stripped:
        raise Refused(Sentence("Please give a reason."), field="reason")
    if len(stripped) > _REASON_LENGTH or not stripped.isprintable():
        raise Refused(Sentence("The reason is longer than {limit} characters.", limit=_REASON_LENGTH), field="reason")
    return stripped
