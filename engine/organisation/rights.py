"""Who may change the organisation."""

from __future__ import annotations

import re

from engine.actor import Actor
from engine.errors import NotAllowed, Refused
from feel.sentences import Sentence

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_NAME_LENGTH = 100


def administrator(actor: Actor) -> None:
    """Refuse whoever is neither an administrator nor a part of the system (an import, the command line)."""
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only an administrator may change the organisation."))


def own_or_administrator(actor: Actor, person_id: str) -> None:
    """Refuse whoever speaks for somebody else without being an administrator."""
    if actor.person != person_id and not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only {person} or an administrator may do this.", person=person_id))


def checked_id(identifier: str) -> str:
    """An id that can stand in addresses, expressions and sentences; it never looks like a part of the system."""
    if not _ID.fullmatch(identifier):
        raise Refused(
            Sentence(
                "{id} is no usable id: letters, digits, point, hyphen and underscore, at most 64 characters.",
                id=identifier[:80] or "–",
            )
        )
    return identifier


def checked_name(name: str) -> str:
    """A name that people can read."""
    stripped = name.strip()
    if not stripped or len(stripped) > _NAME_LENGTH or not stripped.isprintable():
        raise Refused(Sentence("A name has 1 to {maximum} printable characters.", maximum=_NAME_LENGTH))
    return stripped


def checked_english_name(name: str | None) -> str | None:
    """An English name, or None."""
    return checked_name(name) if name else None
