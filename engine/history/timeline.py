"""What happened in one matter, in order, with personal values where they are not erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import clock, values
from engine.actor import Actor
from engine.errors import NotAllowed, NotFound
from engine.history.chain import flush_all, record
from engine.history.personal import DIGEST, Erased, restore
from engine.models import HistoryEvent, PersonalValue
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``details`` are values again, an erased one is :class:`~engine.history.personal.Erased`."""

    root_key: int
    sequence: int
    process_instance_key: int
    type: str
    occurred_at: datetime
    actor: str
    on_behalf_of: str | None
    element_id: str | None
    details: Mapping[str, Any]
    hash: str


@dataclass(frozen=True, slots=True)
class _Place:
    key: int
    root_key: int


def timeline(session: Session, root_key: int, *, after: int = 0, limit: int | None = None) -> tuple[Event, ...]:
    """The events of a matter (or journal) by sequence, those ``after`` a sequence, at most ``limit``."""
    rows = (
        session.execute(
            select(*HistoryEvent.__table__.c)
            .where(HistoryEvent.root_key == root_key, HistoryEvent.sequence > after)
            .order_by(HistoryEvent.sequence)
            .limit(limit)
        )
        .mappings()
        .all()
    )
    details = [values.loads(row["details"]) for row in rows]
    known = _personal_values(session, root_key) if any(f'"{DIGEST}"' in row["details"] for row in rows) else {}
    return tuple(Event(**{**row, "details": restore(told, known)}) for row, told in zip(rows, details, strict=True))


def details_of(text: str) -> Mapping[str, Any]:
    """The details of an event as they are stored, personal values as digests."""
    found: Mapping[str, Any] = values.loads(text)
    return found


def erase(session: Session, actor: Actor, root_key: int, only: Collection[str] | None = None, *, reason: str) -> int:
    """Erase the personal values of a matter's events, all or ``only`` these digests; gives how many.

    The erasure is an event itself. What the matter's variables hold is not touched here. Raises
    :class:`NotAllowed` unless an administrator or the system asks.
    """
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only administrators may erase personal values."))
    standing = set(
        session.execute(
            select(PersonalValue.digest).where(PersonalValue.root_key == root_key, PersonalValue.value.is_not(None))
        ).scalars()
    )
    unknown = set(only or ()) - standing
    if unknown:
        raise NotFound(Sentence("There is no personal value {digest} to erase.", digest=min(unknown)))
    erasing = standing if only is None else set(only)
    if not erasing:
        return 0
    details = {"digests": sorted(erasing), "reason": reason}
    record(session, _Place(root_key, root_key), "personal_value.erased", actor, details=details)
    flush_all(session)
    session.execute(
        update(PersonalValue)
        .where(PersonalValue.digest.in_(erasing))
        .values(value=None, salt="", erased_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    return len(erasing)


def _personal_values(session: Session, root_key: int) -> dict[str, Any]:
    rows = session.execute(
        select(PersonalValue.digest, PersonalValue.value, PersonalValue.erased_at).where(
            PersonalValue.root_key == root_key
        )
    )
    return {row.digest: Erased(row.erased_at) if row.value is None else values.loads(row.value) for row in rows}
