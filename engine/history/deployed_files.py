"""Verify the deployed files: what is executed and shown today is what the journal of deployments tells of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import values
from engine.errors import Refused
from engine.history.chain import DEPLOYMENTS
from engine.history.report import Report
from engine.models import HistoryEvent, Resource
from feel.sentences import Sentence

DEPLOYED = "deployment.created"
"""The event that tells of a deployment; its details name each file with the hashes of content and compiled form."""


def told_of(path: str, content: bytes, compiled: bytes | None) -> dict[str, Any]:
    """What the journal tells of a file."""
    return {
        "path": path,
        "sha256": hashlib.sha256(content).hexdigest(),
        "compiled_sha256": None if compiled is None else hashlib.sha256(compiled).hexdigest(),
    }


def verify_deployed_files(session: Session, report: Report) -> None:
    """Each file has the content and the compiled form that were deployed."""
    told = {(file["path"], file["sha256"], file["compiled_sha256"]) for file in _told(session)}
    rows = session.execute(
        select(Resource.path, Resource.sha256, Resource.content, Resource.compiled).order_by(Resource.key),
        execution_options={"yield_per": 20},
    )
    for row in rows:
        now = told_of(row.path, row.content, row.compiled)
        if now["sha256"] != row.sha256:
            report.add("file_changed", Sentence("The deployed file {path} is not what was deployed.", path=row.path))
        elif (now["path"], now["sha256"], now["compiled_sha256"]) not in told:
            sentence = Sentence("The deployed file {path} is not one that the journal tells of.", path=row.path)
            report.add("file_unknown", sentence)


def _told(session: Session) -> Iterator[Any]:
    details = session.execute(
        select(HistoryEvent.details)
        .where(HistoryEvent.root_key == DEPLOYMENTS, HistoryEvent.type == DEPLOYED)
        .order_by(HistoryEvent.sequence)
    ).scalars()
    for text in details:
        try:
            yield from values.loads(text)["files"]
        except (Refused, ValueError, TypeError, KeyError):
            continue  # altered: the chain says so
