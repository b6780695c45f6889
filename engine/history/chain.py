"""Append to a chain: ``record`` an act in words, ``flush`` the buffer in one INSERT, each event hashed with the last.

A chain is a matter's (its root instance keeps the head) or a journal's. Whoever flushes holds the lock of the chain's
row; the primary key (root, sequence) is the second guard. What was recorded and not flushed stops the commit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import Executable, Table, bindparam, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine import clock, values
from engine.actor import Actor
from engine.errors import NotFound, Refused
from engine.history.personal import DIGEST, disclose
from engine.models import HistoryEvent, Journal, PersonalValue, ProcessInstance
from engine.sessions import after_rollback, before_commit
from engine.statements import Outbox, Statement
from feel.sentences import Sentence

DEPLOYMENTS = 1
"""The journal of what was deployed by whom."""

ORGANISATION = 2
"""The journal of changes to people, posts, absences and delegations."""

SCHEDULES = 3
"""The journal of schedules: what fired, and who paused, resumed and ran them."""

JOURNAL_NAMES = {DEPLOYMENTS: "deployments", ORGANISATION: "organisation", SCHEDULES: "schedules"}

MAXIMUM_JOURNAL = 1000
"""Keys up to here are journals; every key that a client makes is larger."""

_BUFFER = "history"
_EVENTS: Table = HistoryEvent.__table__  # type: ignore[assignment] # declarative's type says FromClause
_PERSONAL_VALUES: Table = PersonalValue.__table__  # type: ignore[assignment] # the same
_INSERT_EVENTS, _INSERT_PERSONAL_VALUES = Statement(insert(_EVENTS)), Statement(insert(_PERSONAL_VALUES))
_THIS_JOURNAL = Journal.key == bindparam("journal")
_JOURNAL = Statement(select(Journal.last_sequence, Journal.last_hash).where(_THIS_JOURNAL).with_for_update())
_MOVE_JOURNAL = Statement(
    update(Journal)
    .where(_THIS_JOURNAL)
    .values(last_sequence=bindparam("sequence"), last_hash=bindparam("hash"))
)  # fmt: skip


class Place(Protocol):
    """Where something happened: an instance (or a journal) and the root whose chain tells of it."""

    @property
    def key(self) -> int:
        """The instance itself."""

    @property
    def root_key(self) -> int:
        """The matter."""


class Chain(Protocol):
    """The row that keeps a chain's head: a root instance or a journal."""

    last_sequence: int
    last_hash: str

    @property
    def key(self) -> int:
        """The root key of its events."""


@dataclass(slots=True)
class HeldJournal:
    """A journal under the lock of its row: the place and the chain of acts that belong to no matter."""

    key: int
    last_sequence: int
    last_hash: str

    @property
    def root_key(self) -> int:
        """The key of its chain."""
        return self.key


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a chain; sequence 0 and hash "" before the first."""

    sequence: int = 0
    hash: str = ""


@dataclass(slots=True)
class _Buffer:
    events: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    personal_values: dict[int, list[dict[str, Any]]] = field(default_factory=dict)


def record(
    session: Session,
    place: Place,
    type: str,  # noqa: A002 - the trade's word for what kind of event it is
    actor: Actor,
    element_id: str | None = None,
    details: Mapping[str, Any] | None = None,
    *,
    on_behalf_of: str | None = None,
    occurred_at: datetime | None = None,
) -> None:
    """Remember that something happened at ``place``; it is written by the next :func:`flush` of its root.

    ``type`` is past tense and dotted ("user_task.completed"). ``details`` are variables-like values; wrap what is
    personal and might have to be erased in :class:`~engine.history.personal.Personal`. ``occurred_at`` is now unless
    given. Raises :class:`Refused` for text that no database can store.
    """
    buffer = _buffer_of(session)
    told = details or {}
    text, personal_values = _told({**told, "token": actor.token} if actor.token else told)
    if not (text.isascii() or _is_storable(text)):
        raise Refused(Sentence("The text contains characters that cannot be stored. Please type it again."))
    if personal_values:
        buffer.personal_values.setdefault(place.root_key, []).extend(personal_values)
    buffer.events.setdefault(place.root_key, []).append(
        {
            "root_key": place.root_key,
            "process_instance_key": place.key,
            "type": type,
            "occurred_at": (occurred_at or clock.now()).astimezone(UTC),
            "actor": actor.person,
            "on_behalf_of": on_behalf_of,
            "element_id": element_id,
            "details": text,
        }
    )


def flush(session: Session, chain: Chain, outbox: Outbox | None = None) -> Head:
    """Write what was recorded for this chain in one INSERT, and set its new head on ``chain``.

    The caller holds the row's lock and saves ``last_sequence`` and ``last_hash`` with it (an ORM row does that by
    itself, a plain one in the caller's own UPDATE); a journal's are saved here. Gives the new head, or the old one
    when nothing was recorded. With an ``outbox`` the events go with what else the caller sends.
    """
    writes = Outbox() if outbox is None else outbox
    head = _append(session, chain.key, Head(chain.last_sequence, chain.last_hash), writes)
    if head.sequence != chain.last_sequence:
        chain.last_sequence, chain.last_hash = head.sequence, head.hash
        if isinstance(chain, HeldJournal):
            moved = {"journal": chain.key, "sequence": head.sequence, "hash": head.hash}
            writes.add(_MOVE_JOURNAL, moved, touching=1)
    if outbox is None:
        writes.send(session)
    return head


def flush_all(session: Session) -> None:
    """Write all that was recorded: lock each chain's row, INSERT, and save its head. For commands without a step."""
    session.flush()  # a matter may have been added in this transaction
    for root_key in sorted(_buffer_of(session).events):
        if root_key <= MAXIMUM_JOURNAL:
            flush(session, journal(session, root_key))
            continue
        table = ProcessInstance
        found = session.execute(
            select(table.last_sequence, table.last_hash).where(table.key == root_key).with_for_update()
        ).one_or_none()
        if found is None:
            raise NotFound(Sentence("There is no such matter."))
        writes = Outbox()
        head = _append(session, root_key, Head(*found), writes)
        writes.send(session)
        session.execute(
            update(table)
            .where(table.key == root_key)
            .values(last_sequence=head.sequence, last_hash=head.hash)
            .execution_options(synchronize_session="evaluate")
        )


def _begun(dialect: str) -> Executable:
    begun: Any = (sqlite_insert if dialect == "sqlite" else postgresql_insert)(Journal)
    statement: Executable = begun.on_conflict_do_nothing()
    return statement


_BEGIN_JOURNAL = Statement(_begun)


def journal(session: Session, key: int) -> HeldJournal:
    """The journal of that key (:data:`DEPLOYMENTS`, :data:`ORGANISATION`, …), locked for this transaction."""
    found = _JOURNAL.one_or_none(session, {"journal": key})
    if found is None:  # whoever comes first begins it, and two may come at once
        beginning = Outbox()
        beginning.add(_BEGIN_JOURNAL, {"key": key, "last_sequence": 0, "last_hash": ""})
        beginning.send(session)
        found = _JOURNAL.one(session, {"journal": key})
    return HeldJournal(key, found.last_sequence, found.last_hash)


def event_hash(columns: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 in hexadecimal: the canonical JSON of every column but ``hash``, and of the hash before."""
    covered = {
        "root_key": columns["root_key"],
        "sequence": columns["sequence"],
        "process_instance_key": columns["process_instance_key"],
        "type": columns["type"],
        "occurred_at": _told_at(columns["occurred_at"].astimezone(UTC)),
        "actor": columns["actor"],
        "on_behalf_of": columns["on_behalf_of"],
        "element_id": columns["element_id"],
        "details": columns["details"],
        "previous_hash": previous_hash,
    }
    return hashlib.sha256(values.canonical_bytes(covered)).hexdigest()


def _append(session: Session, root_key: int, head: Head, writes: Outbox) -> Head:
    buffer = _buffer_of(session)
    events = buffer.events.pop(root_key, [])
    personal_values = buffer.personal_values.pop(root_key, [])
    sequence, last_hash = head.sequence, head.hash
    for columns in events:
        columns["sequence"] = sequence = sequence + 1
        columns["hash"] = last_hash = event_hash(columns, last_hash)
    writes.add_all(
        _INSERT_PERSONAL_VALUES, [{"root_key": root_key, "erased_at": None, **row} for row in personal_values]
    )
    writes.add_all(_INSERT_EVENTS, events)
    return Head(sequence, last_hash)


def _told(details: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """The details as text, and the rows of what is personal in them."""
    try:
        text = values.canonical(details)
    except Refused:  # something personal, which only becomes text once it is disclosed; or what really cannot be told
        pass
    else:
        if DIGEST not in text:  # nothing in it looks like what stands for a personal value
            return text, []
    disclosed, personal_values = disclose(details)
    return values.canonical(disclosed), personal_values


def _is_storable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:  # half of a surrogate pair
        return False
    return True


def _buffer_of(session: Session) -> _Buffer:
    buffer: _Buffer | None = session.info.get(_BUFFER)
    if buffer is None:
        buffer = session.info[_BUFFER] = _Buffer()
    return buffer


@lru_cache(64)  # all that a step records happened at one instant
def _told_at(utc: datetime) -> str:
    return utc.isoformat(timespec="microseconds")


def _recorded_roots(session: Session) -> Collection[int]:
    return _buffer_of(session).events


@before_commit
def _refuse_to_lose(session: Session) -> None:
    """A commit without the history that belongs to it is a mistake in our code, never something to pass over."""
    if session.in_nested_transaction():
        return  # a savepoint is released; the commit is still to come
    if _BUFFER in session.info and _recorded_roots(session):
        roots = ", ".join(str(key) for key in sorted(_recorded_roots(session)))
        raise RuntimeError(f"History was recorded for {roots} and not flushed; the commit was stopped.")


@after_rollback
def _forget(session: Session) -> None:
    session.info.pop(_BUFFER, None)
