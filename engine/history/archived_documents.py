"""Verify archived documents: each is what history tells of, has its digest, and names the files that it holds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import simplejson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import values
from engine.errors import Refused
from engine.history.report import Report
from engine.models import ArchiveEntry, ArchiveFile, HistoryEvent
from feel.sentences import Sentence

_EVENT = "job.completed"
_MENTION = '"archive_entry"'


def verify_archived_documents(session: Session, report: Report) -> None:
    """Documents, their files and history name one another."""
    told = dict(_told(session))
    held: dict[int, set[tuple[str, str]]] = {}
    files = session.execute(select(ArchiveFile.entry_key, ArchiveFile.attachment_key, ArchiveFile.sha256))
    for entry_key, attachment_key, sha256 in files:
        held.setdefault(entry_key, set()).add((str(attachment_key), sha256))
    rows = session.execute(
        select(
            ArchiveEntry.key,
            ArchiveEntry.root_key,
            ArchiveEntry.number,
            ArchiveEntry.sha256,
            ArchiveEntry.document,
        ).order_by(ArchiveEntry.root_key, ArchiveEntry.key),
        execution_options={"yield_per": 100},
    )
    for row in rows:
        report.documents += 1
        digest, sequence = told.pop((row.root_key, row.number), (None, None))
        there = hashlib.sha256(row.document.encode("utf-8", "surrogatepass")).hexdigest()
        if not there == row.sha256 == digest or _named(row.document) != held.get(row.key, set()):
            sentence = Sentence("The archived document {number} is not what was archived.", number=row.number)
            report.add("archived_document_changed", sentence, root_key=row.root_key, sequence=sequence)
    for (root_key, number), (_sha256, sequence) in sorted(told.items()):  # what is left is there no more
        sentence = Sentence("The archived document {number} is missing.", number=number)
        report.add("archived_document_missing", sentence, root_key=root_key, sequence=sequence)


def _told(session: Session) -> Iterator[tuple[tuple[int, str], tuple[str, int]]]:
    """What history tells: for a matter and a number, the digest and the number of the event."""
    events = session.execute(
        select(HistoryEvent.root_key, HistoryEvent.sequence, HistoryEvent.details)
        .where(HistoryEvent.type == _EVENT, HistoryEvent.details.contains(_MENTION, autoescape=True))
        .order_by(HistoryEvent.root_key, HistoryEvent.sequence),
        execution_options={"yield_per": 1000},
    )
    for event in events:
        found = _read(event.details)
        if found.get("topic") != "archive_document":
            continue
        entry = (found.get("variables") or {}).get("archive_entry") or {}
        if isinstance(entry.get("number"), str) and isinstance(entry.get("sha256"), str):
            yield (event.root_key, entry["number"]), (entry["sha256"], event.sequence)


def _named(document: str) -> set[tuple[str, str]]:
    files = _read(document).get("files") or ()
    return {(file["key"], file["sha256"]) for file in files if isinstance(file, dict) and "sha256" in file}


def _read(text: str) -> dict[str, Any]:
    """The values of a text; nothing of what was altered so that it cannot be read."""
    try:
        found = values.loads(text)
    except (Refused, ValueError, RecursionError, simplejson.JSONDecodeError):
        return {}
    return found if isinstance(found, dict) else {}
