"""Archive document (inside): files the matter in the archive, with its values, its files and a digest, once a job.

Inputs: ``archive`` (its name, a header), ``title`` (that of the matter), ``values`` (a context; all variables that
are no personal ones), ``files`` (the variables whose files go along; all files of the matter), ``years`` (how long it
is kept; for good). Returns ``archive_entry``: {number, sha256}.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from engine import archive
from engine.errors import Refused
from engine.topics import Work
from feel.sentences import Sentence


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Archive it."""
    inputs = work.inputs
    years = inputs.get("years")
    if years is not None and years != int(years):
        raise Refused(Sentence("A document is kept for whole years, not for {years}.", years=years))
    entry = archive.add(
        session,
        work,
        inputs["archive"],
        title=inputs.get("title"),
        given=inputs.get("values"),
        files=inputs.get("files"),
        years=None if years is None else int(years),
    )
    return {"archive_entry": {"number": entry.number, "sha256": entry.sha256}}
