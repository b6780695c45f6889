"""Verify the seals: each by its heads and the one before, and those in the database by those that were exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.history.report import Report
from engine.history.seals import HeadLine, HeadsDigest, SealLine, read_seals, seal_hash
from engine.models import HistoryEvent, Seal, SealedHead
from feel.sentences import Sentence

_PAGE = 1000


def verify_seals(session: Session, report: Report) -> None:
    """Every seal is what its heads and the seal before make it, none is missing in between, none has stray heads."""
    heads = _Heads(session)
    sequence, previous_hash = 0, ""
    for seal in session.execute(select(Seal).order_by(Seal.sequence)).scalars():
        report.seals += 1
        _report_gap(report, sequence + 1, seal.sequence)
        _report_strays(report, heads.before(seal.sequence))
        computed = seal_hash(seal.sequence, seal.sealed_at, seal.chains, previous_hash, heads.digest(seal.sequence))
        if computed != seal.hash or seal.previous_hash != previous_hash:
            sentence = Sentence(
                "Seal {seal} is not what was sealed, or the one before it is not.", seal=seal.sequence
            )
            report.add("seal_broken", sentence, seal=seal.sequence)
        sequence, previous_hash = seal.sequence, seal.hash
    _report_strays(report, heads.before(None))


def verify_exported_seals(session: Session, report: Report, file: Path) -> None:
    """Every exported seal is still there, the same; where it is not, its heads are held against the events."""
    kept: SealLine | None = None
    is_stored = True
    digest = HeadsDigest()
    for line in read_seals(file):
        if isinstance(line, SealLine):
            _verify_file(report, kept, digest)
            kept, digest = line, HeadsDigest()
            is_stored = _is_stored(session, report, line)
            continue
        digest.add(line.root_key, line.sequence, line.hash)
        if not is_stored and kept is not None:
            _verify_event(session, report, kept, line)
    _verify_file(report, kept, digest)


class _Heads:
    """All sealed heads in the order of seals and chains, read once."""

    def __init__(self, session: Session) -> None:
        statement = select(
            SealedHead.seal_sequence, SealedHead.root_key, SealedHead.event_sequence, SealedHead.hash
        ).order_by(SealedHead.seal_sequence, SealedHead.root_key)
        self._rows: Iterator[Any] = iter(session.execute(statement, execution_options={"yield_per": _PAGE}))
        self._next: Any = next(self._rows, None)

    def before(self, sequence: int | None) -> list[int]:
        """Numbers of seals before this one (all that are left, for None) that heads name; they are passed over."""
        strays: list[int] = []
        while self._next is not None and (sequence is None or self._next.seal_sequence < sequence):
            if not strays or strays[-1] != self._next.seal_sequence:
                strays.append(self._next.seal_sequence)
            self._next = next(self._rows, None)
        return strays

    def digest(self, sequence: int) -> str:
        """The digest of the heads of this seal."""
        digest = HeadsDigest()
        while self._next is not None and self._next.seal_sequence == sequence:
            digest.add(self._next.root_key, self._next.event_sequence, self._next.hash)
            self._next = next(self._rows, None)
        return digest.hexadecimal()


def _report_gap(report: Report, expected: int, found: int) -> None:
    if found != expected:
        sentence = Sentence("The seals {first} to {last} are missing.", first=expected, last=found - 1)
        report.add("seal_missing", sentence, seal=expected)


def _report_strays(report: Report, strays: list[int]) -> None:
    for sequence in strays:
        sentence = Sentence("There are heads of seal {seal}, but the seal itself is missing.", seal=sequence)
        report.add("head_without_seal", sentence, seal=sequence)


def _is_stored(session: Session, report: Report, kept: SealLine) -> bool:
    stored = session.execute(select(Seal.hash).where(Seal.sequence == kept.sequence)).scalar_one_or_none()
    if stored == kept.hash:
        return True
    if stored is None:
        sentence = Sentence("Seal {seal} was exported and is missing now.", seal=kept.sequence)
        report.add("seal_missing", sentence, seal=kept.sequence)
    else:
        sentence = Sentence("Seal {seal} is not the one that was exported.", seal=kept.sequence)
        report.add("seal_differs", sentence, seal=kept.sequence)
    return False


def _verify_event(session: Session, report: Report, kept: SealLine, head: HeadLine) -> None:
    stored = session.execute(
        select(HistoryEvent.hash).where(
            HistoryEvent.root_key == head.root_key, HistoryEvent.sequence == head.sequence
        )
    ).scalar_one_or_none()
    if stored == head.hash:
        return
    parameters = {"matter": str(head.root_key), "sequence": head.sequence, "seal": kept.sequence}
    if stored is None:
        sentence = Sentence(
            "Matter {matter}: event {sequence}, which the exported seal {seal} saw, is missing.", **parameters
        )
        code = "sealed_event_missing"
    else:
        sentence = Sentence(
            "Matter {matter}: event {sequence} is not the one that the exported seal {seal} saw.", **parameters
        )
        code = "sealed_event_differs"
    report.add(code, sentence, root_key=head.root_key, sequence=head.sequence, seal=kept.sequence)


def _verify_file(report: Report, kept: SealLine | None, digest: HeadsDigest) -> None:
    """The file itself may have been altered too."""
    if kept is None:
        return
    computed = seal_hash(kept.sequence, kept.sealed_at, kept.chains, kept.previous_hash, digest.hexadecimal())
    if computed != kept.hash:
        sentence = Sentence(
            "The exported file is damaged: its seal {seal} does not fit its heads.", seal=kept.sequence
        )
        report.add("seal_broken", sentence, seal=kept.sequence)
