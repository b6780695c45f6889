"""Verify attached files: their bytes are what was uploaded, and history names each one that stands in a matter."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import simplejson
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import values
from engine.errors import Refused
from engine.history.report import Report
from engine.models import Attachment, HistoryEvent, StoredFile, UserTask
from engine.models.user_task import COMPLETED
from feel.sentences import Sentence

_EVENT = "user_task.completed"
_MENTION = '"attachments"'
_PAGE = 5  # files of some megabytes each


def verify_attached_files(session: Session, report: Report, only: int | None = None) -> None:
    """Every stored file (or every one of a matter) has its SHA-256, and attachments and history name one another."""
    _verify_contents(session, report, only)
    told = _told(session, only)
    _verify_attachments(session, report, told, only)
    for (root_key, key), (sha256, sequence) in sorted(told.items()):  # what is left is there no more
        sentence = Sentence(
            "The file {key} ({digest}…), attached to matter {matter}, is missing.",
            key=key,
            digest=sha256[:12],
            matter=str(root_key),
        )
        report.add("attachment_missing", sentence, root_key=root_key, sequence=sequence)


def _verify_contents(session: Session, report: Report, only: int | None) -> None:
    statement = select(StoredFile.sha256, StoredFile.size, StoredFile.content).order_by(StoredFile.sha256)
    if only is not None:
        attached = select(Attachment.sha256).where(Attachment.root_key == only)
        statement = statement.where(StoredFile.sha256.in_(attached))
    rows = session.execute(statement, execution_options={"yield_per": _PAGE})
    for row in rows:
        report.files += 1
        if hashlib.sha256(row.content).hexdigest() != row.sha256 or len(row.content) != row.size:
            sentence = Sentence("The stored file {digest}… is not what was uploaded.", digest=row.sha256[:12])
            report.add("stored_file_changed", sentence)


def _verify_attachments(
    session: Session, report: Report, told: dict[tuple[int, str], tuple[str, int]], only: int | None
) -> None:
    """Each attachment of a completed task is one that its matter's history names; found ones leave ``told``."""
    rows = session.execute(
        select(Attachment.key, Attachment.root_key, Attachment.name, Attachment.sha256)
        .join(UserTask, UserTask.key == Attachment.user_task_key)
        .where(UserTask.state == COMPLETED, *([] if only is None else [Attachment.root_key == only]))
        .order_by(Attachment.root_key, Attachment.key)
    )
    for row in rows:
        sha256, sequence = told.pop((row.root_key, str(row.key)), (None, None))
        if sha256 != row.sha256:
            sentence = Sentence(
                "The file {name} of matter {matter} is not one that its history tells of.",
                name=row.name,
                matter=str(row.root_key),
            )
            code = "attachment_unknown" if sha256 is None else "attachment_changed"
            report.add(code, sentence, root_key=row.root_key, sequence=sequence)


def _told(session: Session, only: int | None) -> dict[tuple[int, str], tuple[str, int]]:
    """What history tells: for a matter and the key of an attachment, its SHA-256 and the number of the event."""
    events = session.execute(
        select(HistoryEvent.root_key, HistoryEvent.sequence, HistoryEvent.details)
        .where(
            HistoryEvent.type == _EVENT,
            HistoryEvent.details.contains(_MENTION, autoescape=True),
            *([] if only is None else [HistoryEvent.root_key == only]),
        )
        .order_by(HistoryEvent.root_key, HistoryEvent.sequence),
        execution_options={"yield_per": 1000},
    )
    return {
        (event.root_key, file["key"]): (file["sha256"], event.sequence)
        for event in events
        for file in _files(event.details)
    }


def _files(details: str) -> Iterator[Mapping[str, str]]:
    """The files in an event's details; what is none of ours any more was altered, and the chain says so."""
    try:
        told: Any = values.loads(details)
    except (Refused, ValueError, RecursionError, simplejson.JSONDecodeError):
        return
    for file in told.get("attachments", ()) if isinstance(told, Mapping) else ():
        if isinstance(file, Mapping) and isinstance(file.get("key"), str) and isinstance(file.get("sha256"), str):
            yield file
