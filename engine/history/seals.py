"""Seals: every hour the heads of all chains in one hash, which can be kept on another machine.

A seal writes only the heads that moved since the seal before and carries that one's hash, so that the last seal
covers every chain. Exported seals are JSON lines: a line for each seal, followed by a line for each of its heads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, insert, select, text
from sqlalchemy.orm import Session

from engine import clock, values
from engine.errors import Refused
from engine.models import Journal, ProcessInstance, Seal, SealedHead
from feel.sentences import Sentence

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class HeadLine:
    """The head of one chain as a seal saw it."""

    root_key: int
    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class SealLine:
    """One seal, without its heads."""

    sequence: int
    sealed_at: datetime
    chains: int
    previous_hash: str
    hash: str


class HeadsDigest:
    """The hash of the heads that a seal writes, fed one by one in the order of their root keys."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()

    def add(self, root_key: int, sequence: int, hash_: str) -> None:
        """The next head."""
        self._sha256.update(f"{root_key}:{sequence}:{hash_}\n".encode("utf-8", "surrogatepass"))

    def hexadecimal(self) -> str:
        """The hash of all of them."""
        return self._sha256.hexdigest()


def seal_hash(sequence: int, sealed_at: datetime, chains: int, previous_hash: str, heads: str) -> str:
    """SHA-256, in hexadecimal, of the canonical JSON of a seal's columns, its heads' digest and the hash before."""
    covered = {
        "sequence": sequence,
        "sealed_at": sealed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "chains": chains,
        "previous_hash": previous_hash,
        "heads": heads,
    }
    return hashlib.sha256(values.canonical(covered).encode("utf-8", "surrogatepass")).hexdigest()


def seal(session: Session) -> Seal:
    """Seal the heads of all chains, and give the new seal. One seal at a time; writers of matters go on meanwhile."""
    return _seal(session, _last(session))


def seal_when_due(session: Session, every: timedelta) -> Seal | None:
    """Seal if the last seal is as old as ``every``; None if it is younger. Asked twice at once, it seals once."""
    before = _last(session)
    if before is not None and clock.now() - before.sealed_at < every:
        return None
    return _seal(session, before)


def _last(session: Session) -> Seal | None:
    """The last seal, under the lock that lets one transaction seal at a time."""
    if session.get_bind().dialect.name != "sqlite":  # there, the writer's transaction is alone already
        session.execute(text("LOCK TABLE seal IN SHARE ROW EXCLUSIVE MODE"))
    return session.execute(select(Seal).order_by(Seal.sequence.desc()).limit(1)).scalar_one_or_none()


def _seal(session: Session, before: Seal | None) -> Seal:
    sequence = 1 if before is None else before.sequence + 1
    heads, added = HeadsDigest(), 0
    for page in _moved(session):
        rows = []
        for key, last_sequence, last_hash, was_sealed in page:
            heads.add(key, last_sequence, last_hash)
            added += not was_sealed
            rows.append(
                {"seal_sequence": sequence, "root_key": key, "event_sequence": last_sequence, "hash": last_hash}
            )
        session.execute(insert(SealedHead), rows)
    new = Seal(
        sequence=sequence,
        sealed_at=clock.now(),
        chains=added + (0 if before is None else before.chains),
        previous_hash="" if before is None else before.hash,
    )
    new.hash = seal_hash(sequence, new.sealed_at, new.chains, new.previous_hash, heads.hexadecimal())
    session.add(new)
    session.flush()
    return new


def _moved(session: Session) -> Iterator[list[tuple[int, int, str, bool]]]:
    """The heads that no seal has seen yet, page by page in the order of keys; journals have the small ones."""
    for statement, key in (
        (_moved_heads(Journal), Journal.key),
        (_moved_heads(ProcessInstance).where(ProcessInstance.parent_key.is_(None)), ProcessInstance.key),
    ):
        after = -1
        while page := session.execute(statement.where(key > after).order_by(key).limit(_PAGE)).all():
            yield [(row[0], row[1], row[2], row[3]) for row in page]
            after = page[-1][0]


def _moved_heads(model: type[Journal | ProcessInstance]) -> Select[int, int, str, bool]:
    of_chain: ColumnElement[bool] = SealedHead.root_key == model.key
    seen = exists().where(
        and_(of_chain, SealedHead.event_sequence == model.last_sequence, SealedHead.hash == model.last_hash)
    )
    return select(model.key, model.last_sequence, model.last_hash, exists().where(of_chain)).where(
        ~seen, model.last_sequence > 0
    )


def export_seals(session: Session, *, after: int = 0, last: int | None = None) -> Iterator[str]:
    """The seals after that sequence (to ``last``) as lines of JSON, oldest first, each with its line end."""
    statement = select(Seal).where(Seal.sequence > after).order_by(Seal.sequence)
    if last is not None:
        statement = statement.where(Seal.sequence <= last)
    for row in session.execute(statement).scalars():
        count = session.execute(
            select(func.count()).select_from(SealedHead).where(SealedHead.seal_sequence == row.sequence)
        ).scalar_one()
        yield _line(
            {
                "seal": row.sequence,
                "sealed_at": row.sealed_at.isoformat(timespec="microseconds"),
                "chains": row.chains,
                "previous_hash": row.previous_hash,
                "hash": row.hash,
                "heads": count,
            }
        )
        heads = session.execute(
            select(SealedHead.root_key, SealedHead.event_sequence, SealedHead.hash)
            .where(SealedHead.seal_sequence == row.sequence)
            .order_by(SealedHead.root_key),
            execution_options={"yield_per": _PAGE},
        )
        for head in heads:
            yield _line({"head": [head.root_key, head.event_sequence, head.hash]})


def read_seals(file: Path) -> Iterator[SealLine | HeadLine]:
    """The lines of an exported file. Raises :class:`Refused`, naming file and line, for what is no exported seal."""
    with file.open(encoding="utf-8") as lines:
        try:
            yield from _parsed(file, lines)
        except UnicodeDecodeError as error:
            raise Refused(Sentence("{file} is no file of exported seals.", file=str(file))) from error


def _parsed(file: Path, lines: Iterable[str]) -> Iterator[SealLine | HeadLine]:
    expected = 0  # heads still to come
    for number, line in enumerate(lines, start=1):
        try:
            parsed, expected = _read_line(json.loads(line), expected)
        except (ValueError, TypeError, KeyError) as error:
            sentence = Sentence("Line {line} of {file} is no exported seal.", line=number, file=str(file))
            raise Refused(sentence) from error
        yield parsed
    if expected:
        raise Refused(Sentence("{file} ends in the middle of a seal.", file=str(file)))


def _read_line(parsed: Any, expected: int) -> tuple[SealLine | HeadLine, int]:
    """The line, and how many heads are to come after it."""
    if expected:
        root_key, sequence, hash_ = parsed["head"]
        return HeadLine(int(root_key), int(sequence), str(hash_)), expected - 1
    return seal_of(parsed)


def seal_of(parsed: Any) -> tuple[SealLine, int]:
    """A seal's line, and how many heads are to come after it."""
    seal_line = SealLine(
        int(parsed["seal"]),
        datetime.fromisoformat(parsed["sealed_at"]),
        int(parsed["chains"]),
        str(parsed["previous_hash"]),
        str(parsed["hash"]),
    )
    return seal_line, int(parsed["heads"])


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, separators=(",", ":")) + "\n"
