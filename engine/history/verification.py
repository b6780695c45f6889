"""Verify everything that was ever recorded: chains, heads, seals, personal values, files, archived documents.

One pass over each table in the order of chains, in one snapshot of the database. A change shows once, where it was
made: after a broken event the next one is held against the hash that is stored there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import simplejson
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine import values
from engine.errors import Refused
from engine.history import streams
from engine.history.archived_documents import verify_archived_documents
from engine.history.attached_files import verify_attached_files
from engine.history.chain import JOURNAL_NAMES, event_hash
from engine.history.deployed_files import verify_deployed_files
from engine.history.personal import digest_of, digests
from engine.history.report import Report
from engine.history.seal_verification import verify_exported_seals, verify_seals
from engine.history.streams import ByChain
from feel.sentences import Sentence


def verify(session: Session, seals: Path | None = None) -> Report:
    """Recompute every hash and hold it against what is stored; ``seals`` is a file that was exported earlier.

    The session must be fresh (nothing read yet), so that all of it is one snapshot. Raises :class:`Refused` when
    the file of seals cannot be read; what was altered is in the report.
    """
    _take_one_snapshot(session)
    report = Report()
    with streams.any_bytes_as_text(session):
        for part in _PARTS:
            try:
                part(session, report)
            except (DBAPIError, ValueError, TypeError) as error:  # rows that no column of ours could hold
                sentence = Sentence("The history cannot be read to its end: {reason}", reason=str(error))
                report.add("unreadable", sentence)
        if seals is not None:
            verify_exported_seals(session, report, seals)
    return report


def verify_matter(session: Session, root_key: int) -> Report:
    """The same for one matter: its chain, what the seals saw of it, its personal values and its attached files."""
    _take_one_snapshot(session)
    report = Report()
    with streams.any_bytes_as_text(session):
        try:
            verify_rows(report, *(stream(session, root_key) for stream in _STREAMS))
            verify_attached_files(session, report, root_key)
        except (DBAPIError, ValueError, TypeError) as error:  # rows that no column of ours could hold
            sentence = Sentence("The history cannot be read to its end: {reason}", reason=str(error))
            report.add("unreadable", sentence)
    return report


def verify_chains(session: Session, report: Report) -> None:
    """Every event, head, sealed head and personal value, chain by chain."""
    verify_rows(report, *(stream(session) for stream in _STREAMS))


def verify_rows(
    report: Report, events: ByChain[Any], heads: ByChain[Any], sealed: ByChain[Any], personal: ByChain[Any]
) -> None:
    """The same of rows, wherever they come from."""
    _Chains(report, events, heads, sealed, personal).verify()


_STREAMS = (streams.events, streams.heads, streams.sealed_heads, streams.personal_values)


_PARTS = (verify_chains, verify_seals, verify_deployed_files, verify_attached_files, verify_archived_documents)


def _take_one_snapshot(session: Session) -> None:
    """Or a matter that moves meanwhile would look altered. SQLite gives one snapshot to every reader."""
    if streams.is_sqlite(session):
        return
    if not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    elif session.execute(text("SHOW transaction_isolation")).scalar_one() == "read committed":
        raise RuntimeError("History is verified in a session that has read nothing yet.")


class _Chains:
    """All streams side by side, chain by chain."""

    def __init__(
        self,
        report: Report,
        events: ByChain[Any],
        heads: ByChain[Any],
        sealed: ByChain[Any],
        personal: ByChain[Any],
    ) -> None:
        self._report = report
        self._events = events
        self._heads = heads
        self._sealed = sealed
        self._personal = personal

    def verify(self) -> None:
        """Go through all chains that anything is known of."""
        while True:
            keys = [one.root_key for one in (self._events, self._heads, self._sealed, self._personal)]
            known = [key for key in keys if key is not None]
            if not known:
                return
            self._report.chains += 1
            self._verify_chain(min(known))

    def _verify_chain(self, root_key: int) -> None:
        expected = next(self._heads.take(root_key), None)
        self._root_key = root_key
        business_id = None if expected is None else expected.business_id
        self._matter = business_id or JOURNAL_NAMES.get(root_key) or str(root_key)
        sealed = self._sealed.take(root_key)
        self._next_sealed = next(sealed, None)
        named: set[str] = set()
        sequence, previous_hash = 0, ""
        for event in self._events.take(root_key):
            self._report.events += 1
            self._verify_numbers(sequence + 1, event.sequence)
            columns = _columns(event)
            if columns is None or event_hash(columns, previous_hash) != event.hash:
                self._changed(event)
            self._verify_sealed(event, sealed)
            named.update(_digests(event.details))
            sequence, previous_hash = event.sequence, event.hash
        self._verify_head(expected, sequence, previous_hash)
        self._verify_cut_off(sealed)
        self._verify_personal_values(named)

    def _verify_numbers(self, expected: int, found: int) -> None:
        if found != expected:
            sentence = Sentence(
                "Matter {matter}: the events {first} to {last} are missing.",
                matter=self._matter,
                first=expected,
                last=found - 1,
            )
            self._report.add("event_missing", sentence, root_key=self._root_key, sequence=expected)

    def _changed(self, event: Any) -> None:
        sentence = Sentence(
            "Matter {matter}: event {sequence} ({type}) is not what was recorded, or the one before it is not.",
            matter=self._matter,
            sequence=event.sequence,
            type=event.type,
        )
        self._report.add("event_changed", sentence, root_key=self._root_key, sequence=event.sequence)

    def _verify_sealed(self, event: Any, sealed: Iterator[Any]) -> None:
        self._missing_before(event.sequence, sealed)
        while self._next_sealed is not None and self._next_sealed.event_sequence == event.sequence:
            if self._next_sealed.hash != event.hash:
                sentence = Sentence(
                    "Matter {matter}: event {sequence} is not the one that seal {seal} saw.",
                    matter=self._matter,
                    sequence=event.sequence,
                    seal=self._next_sealed.seal_sequence,
                )
                self._add_sealed("sealed_event_differs", sentence, self._next_sealed)
            self._next_sealed = next(sealed, None)

    def _missing_before(self, sequence: int | None, sealed: Iterator[Any]) -> None:
        """Heads that a seal saw, at events that are not there (all that are left, when ``sequence`` is None)."""
        while self._next_sealed is not None and (sequence is None or self._next_sealed.event_sequence < sequence):
            sentence = Sentence(
                "Matter {matter}: event {sequence}, which seal {seal} saw, is missing.",
                matter=self._matter,
                sequence=self._next_sealed.event_sequence,
                seal=self._next_sealed.seal_sequence,
            )
            self._add_sealed("sealed_event_missing", sentence, self._next_sealed)
            self._next_sealed = next(sealed, None)

    def _add_sealed(self, code: str, sentence: Sentence, head: Any) -> None:
        self._report.add(
            code, sentence, root_key=self._root_key, sequence=head.event_sequence, seal=head.seal_sequence
        )

    def _verify_cut_off(self, sealed: Iterator[Any]) -> None:
        self._missing_before(None, sealed)

    def _verify_head(self, expected: Any, sequence: int, hash_: str) -> None:
        if expected is None:
            if sequence:
                sentence = Sentence("Matter {matter} has a history, but the matter is gone.", matter=self._matter)
                self._report.add("no_matter", sentence, root_key=self._root_key)
        elif expected.last_sequence > sequence:
            sentence = Sentence(
                "Matter {matter}: the end is cut off after event {sequence}; there were {count} events.",
                matter=self._matter,
                sequence=sequence,
                count=expected.last_sequence,
            )
            self._report.add("head_missing", sentence, root_key=self._root_key, sequence=sequence + 1)
        elif (expected.last_sequence, expected.last_hash) != (sequence, hash_):
            sentence = Sentence(
                "Matter {matter}: the matter does not end in its last event ({sequence}).",
                matter=self._matter,
                sequence=sequence,
            )
            self._report.add("head_differs", sentence, root_key=self._root_key, sequence=sequence)
        elif sequence == 0 and expected.kind == "matter":
            sentence = Sentence("Matter {matter} has no history at all.", matter=self._matter)
            self._report.add("no_history", sentence, root_key=self._root_key)

    def _verify_personal_values(self, named: set[str]) -> None:
        for row in self._personal.take(self._root_key):
            if row.digest not in named:
                self._personal_value("personal_value_unknown", row.digest)
            named.discard(row.digest)
            is_erased = row.erased_at is not None and row.salt == ""
            if not is_erased if row.value is None else digest_of(row.salt, row.value) != row.digest:
                self._personal_value("personal_value_changed", row.digest)
        for digest in sorted(named):
            self._personal_value("personal_value_missing", digest)

    def _personal_value(self, code: str, digest: str) -> None:
        parameters = {"matter": self._matter, "digest": digest[:12]}
        sentence = {
            "personal_value_unknown": Sentence(
                "Matter {matter}: the personal value {digest}… belongs to none of its events.", **parameters
            ),
            "personal_value_changed": Sentence(
                "Matter {matter}: the personal value {digest}… is not what was recorded.", **parameters
            ),
            "personal_value_missing": Sentence(
                "Matter {matter}: the personal value {digest}… is missing, and was not erased.", **parameters
            ),
        }[code]
        self._report.add(code, sentence, root_key=self._root_key)


def _digests(details: str) -> Iterator[str]:
    """The digests in an event's details; what is no JSON any more was found by its hash."""
    try:
        yield from digests(values.loads(details))
    except (Refused, ValueError, RecursionError, simplejson.JSONDecodeError):
        return


def _columns(event: Any) -> dict[str, Any] | None:
    """The event's columns with its instant as such; None when SQLite holds what is no instant as we write it."""
    columns = dict(event._mapping)  # noqa: SLF001 - the documented mapping of a row
    stored = columns["occurred_at"]
    if isinstance(stored, datetime):
        return columns
    try:
        instant = datetime.fromisoformat(stored)
    except (ValueError, TypeError):
        return None
    if instant.tzinfo is not None or instant.strftime("%Y-%m-%d %H:%M:%S.%f") != stored:
        return None
    columns["occurred_at"] = instant.replace(tzinfo=UTC)
    return columns
