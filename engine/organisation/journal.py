"""Every change of the organisation, for ever: who changed what, from what to what, in the journal of history.

The verbs of this room call ``record`` or ``edit`` once for each act; nothing changes the organisation beside them.
An event's details say what it is about (``person``, ``unit``, ``post``, ``delegate``), and hold ``before`` and
``after``. What people are called, where they are written to and why they are away is personal: it can be erased.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy.orm import Session

from engine import history
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.history import Event, Personal
from engine.organisation import snapshot
from feel.sentences import Sentence

Subject = Literal["person", "unit", "post", "day"]
_PERSONAL = frozenset({"name", "name_en", "email", "reason"})
_MOST = 200


def record(
    session: Session,
    actor: Actor,
    event_type: str,
    about: Mapping[str, Any],
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Write one event, and give the organisation a new revision; the caller's rows go to the database with it."""
    session.flush()
    hides = "person" in about
    details = {
        **about,
        **({"before": _told(before, hides=hides)} if before else {}),
        **({"after": _told(after, hides=hides)} if after else {}),
    }
    journal = history.journal(session, history.ORGANISATION)
    history.record(session, journal, event_type, actor, details=details)
    history.flush(session, journal)
    snapshot.changed(session)


def edit(session: Session, actor: Actor, event_type: str, row: Any, about: Mapping[str, Any], **values: Any) -> bool:
    """Set columns of a row and write what that changed; False, and no event, if they were so already."""
    before = {name: getattr(row, name) for name, value in values.items() if getattr(row, name) != value}
    if not before:
        return False
    for name in before:
        setattr(row, name, values[name])
    record(session, actor, event_type, about, before=before, after={name: values[name] for name in before})
    return True


def of(
    session: Session,
    actor: Actor,
    subject: Subject | None = None,
    identifier: str = "",
    *,
    limit: int = 50,
    before: int | None = None,
) -> tuple[Event, ...]:
    """What was changed about a person, unit, post or day (all without one), the latest first.

    For administrators and auditors, and for everybody about himself.
    """
    own = subject == "person" and identifier == actor.person
    if not (own or actor.is_administrator or actor.is_auditor or actor.is_system):
        raise NotAllowed(Sentence("Only administrators and auditors read what was changed in the organisation."))
    mentions: dict[str, str] = {} if subject is None else {subject: identifier}
    if subject == "person":
        mentions["delegate"] = identifier
    return history.mentioning(session, history.ORGANISATION, mentions, limit=max(1, min(limit, _MOST)), before=before)


def _told(values: Mapping[str, Any] | None, *, hides: bool) -> dict[str, Any]:
    return {
        name: Personal(value) if hides and name in _PERSONAL and value is not None else value
        for name, value in (values or {}).items()
    }
