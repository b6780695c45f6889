"""Matters as JSON lines, to be checked where no database is: their events as hashed, personal values, and seals.

A line for the file, for each matter a line followed by its events and personal values, then every seal that saw one
of them with all of its heads, as seals are exported; the last line holds the SHA-256 of everything before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.errors import NotFound
from engine.history import seals
from engine.history.report import Report
from engine.history.seals import HeadLine, HeadsDigest, SealLine
from engine.history.streams import ByChain
from engine.history.verification import verify_rows
from engine.models import HistoryEvent, PersonalValue, ProcessInstance, SealedHead
from feel.sentences import Sentence

FORMAT = "banli-matters/1"
_EVENT = tuple(column.name for column in HistoryEvent.__table__.c)
_PERSONAL = tuple(column.name for column in PersonalValue.__table__.c)
_SUBMITTED = "process_instance.submitted"


def export_matters(session: Session, root_keys: Collection[int]) -> Iterator[str]:
    """The lines of a file about these, each with its line end; raises :class:`NotFound` for an unknown one."""
    digest, count = hashlib.sha256(), 0
    for line in _lines(session, sorted(set(root_keys))):
        digest.update(line.encode())
        count += 1
        yield line
    yield _line({"end": count, "sha256": digest.hexdigest()})


def verify_exported(file: Path, kept: Path | None = None) -> Report:
    """Check an exported file by itself, and by seals that were ``kept`` elsewhere; needs no database."""
    report = Report()
    read = _Read(report, file)
    read.lines()
    if read.header is None:
        report.add("line_unreadable", Sentence("{file} is no file of exported matters.", file=str(file)))
        return report
    verify_rows(report, *read.chains())
    _verify_numbers(report, read)
    _verify_seals(report, read.seals)
    if kept is not None:
        _verify_kept(report, read, kept)
    return report


def _lines(session: Session, root_keys: Sequence[int]) -> Iterator[str]:
    yield _line({"file": FORMAT, "exported_at": _instant(clock.now()), "matters": len(root_keys)})
    for root_key in root_keys:
        root = session.get(ProcessInstance, root_key)
        if root is None or root.parent_key is not None:
            raise NotFound(Sentence("There is no such matter."))
        yield _line(
            {
                "matter": root_key,
                "business_id": root.business_id,
                "process_id": root.process_id,
                "events": root.last_sequence,
                "hash": root.last_hash,
            }
        )
        for event in session.execute(_of(HistoryEvent, root_key).order_by(HistoryEvent.sequence)).mappings():
            yield _line({"event": {**event, "occurred_at": _instant(event["occurred_at"])}})
        for value in session.execute(_of(PersonalValue, root_key).order_by(PersonalValue.digest)).mappings():
            erased = None if value["erased_at"] is None else _instant(value["erased_at"])
            yield _line({"personal": {**value, "erased_at": erased}})
    seen = select(SealedHead.seal_sequence).where(SealedHead.root_key.in_(root_keys)).distinct()
    for sequence in session.execute(seen.order_by(SealedHead.seal_sequence)).scalars().all():
        yield from seals.export_seals(session, after=sequence - 1, last=sequence)


def _of(model: type[HistoryEvent | PersonalValue], root_key: int) -> Any:
    return select(*model.__table__.c).where(model.root_key == root_key)


def _line(content: dict[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


@dataclass
class _Seal:
    line: SealLine
    heads: list[HeadLine] = field(default_factory=list)
    expected: int = 0


class _Read:
    """What an exported file says, line by line; what cannot be read is reported, the rest is read all the same."""

    def __init__(self, report: Report, file: Path) -> None:
        self._report, self._file = report, file
        self.header: dict[str, Any] | None = None
        self.matters: dict[int, dict[str, Any]] = {}
        self.events: list[dict[str, Any]] = []
        self.personal: list[dict[str, Any]] = []
        self.seals: list[_Seal] = []
        self._end: tuple[int, str] | None = None

    def lines(self) -> None:
        """Read all lines, and hold them against the last one."""
        digest, number = hashlib.sha256(), 0
        with self._file.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if self._end is not None:
                    self._unreadable(number)  # nothing stands behind the end
                    break
                try:
                    self._take(json.loads(line.decode("utf-8")))
                except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
                    self._unreadable(number)
                if self._end is None:
                    digest.update(line)
        if self._end != (number - 1, digest.hexdigest()):
            sentence = Sentence("{file} is not as it was exported; something was changed.", file=str(self._file))
            self._report.add("file_damaged", sentence)

    def chains(self) -> tuple[ByChain[Any], ByChain[Any], ByChain[Any], ByChain[Any]]:
        """The rows as a verification of the database takes them."""
        events = sorted(self.events, key=lambda row: (row["root_key"], row["sequence"]))
        heads = [
            {
                "root_key": key,
                "last_sequence": told["events"],
                "last_hash": told["hash"],
                "business_id": told["business_id"],
                "kind": "matter",
            }
            for key, told in sorted(self.matters.items())
        ]
        sealed = sorted(
            (
                {
                    "root_key": head.root_key,
                    "event_sequence": head.sequence,
                    "hash": head.hash,
                    "seal_sequence": seal.line.sequence,
                }
                for seal in self.seals
                for head in seal.heads
                if head.root_key in self.matters
            ),
            key=lambda row: (row["root_key"], row["event_sequence"], row["seal_sequence"]),
        )
        personal = sorted(self.personal, key=lambda row: row["root_key"])
        of_events, of_heads, of_sealed, of_personal = (
            ByChain[Any](iter([_Row(row) for row in rows])) for rows in (events, heads, sealed, personal)
        )
        return of_events, of_heads, of_sealed, of_personal

    def _take(self, told: dict[str, Any]) -> None:
        if self.header is None:
            if told["file"] != FORMAT:
                raise ValueError(told["file"])
            self.header = {**told, "exported_at": datetime.fromisoformat(told["exported_at"])}
        elif self.seals and len(self.seals[-1].heads) < self.seals[-1].expected:
            root_key, sequence, hash_ = told["head"]
            self.seals[-1].heads.append(HeadLine(int(root_key), int(sequence), str(hash_)))
        elif "event" in told:
            self.events.append(_event(told["event"]))
        elif "personal" in told:
            erased = told["personal"]["erased_at"]
            instant = None if erased is None else datetime.fromisoformat(erased)
            columns = {name: told["personal"][name] for name in _PERSONAL}
            self.personal.append({**columns, "root_key": int(columns["root_key"]), "erased_at": instant})
        elif "matter" in told:
            self.matters[int(told["matter"])] = {name: told[name] for name in ("business_id", "events", "hash")}
        elif "seal" in told:
            line, expected = seals.seal_of(told)
            self.seals.append(_Seal(line, expected=expected))
        else:
            self._end = (int(told["end"]), str(told["sha256"]))

    def _unreadable(self, number: int) -> None:
        sentence = Sentence("Line {line} of {file} cannot be read.", line=number, file=str(self._file))
        self._report.add("line_unreadable", sentence)


class _Row(SimpleNamespace):
    """A row as the database would give it."""

    def __init__(self, columns: dict[str, Any]) -> None:
        super().__init__(**columns)
        self._mapping = columns


def _event(told: dict[str, Any]) -> dict[str, Any]:
    columns = {name: told[name] for name in _EVENT}
    if not all(isinstance(columns[name], int) for name in ("root_key", "sequence", "process_instance_key")):
        raise ValueError(columns["sequence"])
    instant = datetime.fromisoformat(columns["occurred_at"])
    if _instant(instant) != columns["occurred_at"]:
        raise ValueError(columns["occurred_at"])
    return {**columns, "occurred_at": instant}


def _verify_numbers(report: Report, read: _Read) -> None:
    """The number that people know a matter by is the one that its own history tells."""
    told = {
        event["root_key"]: json.loads(event["details"]).get("business_id")
        for event in read.events
        if event["type"] == _SUBMITTED and _is_json(event["details"])
    }
    for root_key, matter in read.matters.items():
        if matter.get("business_id") != told.get(root_key):
            sentence = Sentence(
                "Matter {matter}: its history tells of another number than {number}.",
                matter=str(root_key),
                number=str(matter.get("business_id")),
            )
            report.add("number_differs", sentence, root_key=root_key)


def _is_json(text: Any) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, TypeError):
        return False


def _verify_seals(report: Report, found: Sequence[_Seal]) -> None:
    for seal in found:
        report.seals += 1
        digest = HeadsDigest()
        for head in seal.heads:
            digest.add(head.root_key, head.sequence, head.hash)
        line = seal.line
        computed = seals.seal_hash(
            line.sequence, line.sealed_at, line.chains, line.previous_hash, digest.hexadecimal()
        )
        if computed != line.hash:
            sentence = Sentence(
                "The exported file is damaged: its seal {seal} does not fit its heads.", seal=line.sequence
            )
            report.add("seal_broken", sentence, seal=line.sequence)


def _verify_kept(report: Report, read: _Read, kept: Path) -> None:
    """Whatever a seal that was kept elsewhere saw of these matters before the export, stands in the file."""
    hashes = {(event["root_key"], event["sequence"]): event["hash"] for event in read.events}
    exported_at = read.header["exported_at"] if read.header else clock.now()
    seal: SealLine | None = None
    for line in seals.read_seals(kept):
        if isinstance(line, SealLine):
            seal = line
            continue
        if seal is None or line.root_key not in read.matters or seal.sealed_at > exported_at:
            continue
        found = hashes.get((line.root_key, line.sequence))
        if found == line.hash:
            continue
        parameters = {"matter": str(line.root_key), "sequence": line.sequence, "seal": seal.sequence}
        if found is None:
            code = "sealed_event_missing"
            sentence = Sentence(
                "Matter {matter}: event {sequence}, which the exported seal {seal} saw, is missing.", **parameters
            )
        else:
            code = "sealed_event_differs"
            sentence = Sentence(
                "Matter {matter}: event {sequence} is not the one that the exported seal {seal} saw.", **parameters
            )
        report.add(code, sentence, root_key=line.root_key, sequence=line.sequence, seal=seal.sequence)
