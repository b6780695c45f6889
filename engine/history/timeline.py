"""What happened in one matter or journal, in order, with personal values where they are not erased."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from engine import clock, values
from engine.actor import Actor
from engine.errors import NotAllowed, NotFound
from engine.history.chain import flush_all, record
from engine.history.personal import DIGEST, Erased, digests, restore
from engine.models import HistoryEvent, PersonalValue
from feel.sentences import Sentence

_AT_ONCE = 500  # parameters of one statement


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
    return _events(session, root_key, rows)


def mentioning(
    session: Session, root_key: int, mentions: Mapping[str, str], *, limit: int, before: int | None = None
) -> tuple[Event, ...]:
    """The latest events whose details name one of ``mentions`` (any event without them), the latest first.

    ``{"person": "U19"}`` finds every event that says of which person it tells, if he is it.
    """
    table = HistoryEvent
    wanted = [
        table.details.contains(values.canonical({name: text})[1:-1], autoescape=True)
        for name, text in mentions.items()
    ]
    rows = (
        session.execute(
            select(*table.__table__.c)
            .where(table.root_key == root_key, *([or_(*wanted)] if wanted else []))
            .where(*([table.sequence < before] if before is not None else []))
            .order_by(table.sequence.desc())
            .limit(limit)
        )
        .mappings()
        .all()
    )
    return _events(session, root_key, rows)


def _events(session: Session, root_key: int, rows: Sequence[Any]) -> tuple[Event, ...]:
    details = [values.loads(row["details"]) for row in rows]
    known = _personal_values(session, root_key, details) if any(DIGEST in row["details"] for row in rows) else {}
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


def _personal_values(session: Session, root_key: int, details: Sequence[Any]) -> dict[str, Any]:
    """What stands behind the digests of these events, by digest."""
    wanted = sorted({digest for told in details for digest in digests(told)})
    table = PersonalValue
    known: dict[str, Any] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = session.execute(
            select(table.digest, table.value, table.erased_at).where(
                table.root_key == root_key, table.digest.in_(wanted[start : start + _AT_ONCE])
            )
        )
        for row in rows:
            known[row.digest] = Erased(row.erased_at) if row.value is None else values.loads(row.value)
    return known
