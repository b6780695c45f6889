"""The archive: what a matter had decided, written down for good, with its files, its digest and a number.

A document is one canonical JSON text: the matter, its values at this step, the digests of its files, and how far its
history went. Personal values stay out of it, since nothing in an archive can be erased; their names are listed.
Whoever may see the matter reads its documents; administrators and auditors look through the archive.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, or_, select
from sqlalchemy.orm import Session

from engine import calendar, clock, counters, deployments, process_instances, values
from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refused
from engine.execution import personal, presentation
from engine.keys import new_key
from engine.models import ArchiveEntry, ArchiveFile, ProcessInstance, UserTask
from engine.models.user_task import COMPLETED
from engine.process_instances.reading import containing
from engine.process_instances.rights import may_see
from engine.stored_files import ATTACHMENT
from engine.topics import Work
from engine.user_tasks import attached
from feel.sentences import Sentence

FORMAT = "banli-archive/1"
MAXIMUM_PAGE = 200
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LONGEST = 2_000_000
_TITLE = 200


@dataclass(frozen=True, slots=True)
class Page:
    """Documents, the latest first; ``total`` counts all that were asked for."""

    rows: Sequence[ArchiveEntry]
    total: int


def add(
    session: Session,
    work: Work,
    archive: str,
    *,
    title: str | None = None,
    given: Mapping[str, Any] | None = None,
    files: Collection[str] | None = None,
    years: int | None = None,
) -> ArchiveEntry:
    """Archive the matter of a job; the same job once more gives the document that is there.

    ``given``: the values to archive (None: all variables that are no personal ones); ``files``: the variables whose
    files go along (None: all files of the matter); ``years``: how long it is kept (None: for good). Raises
    :class:`Refused`.
    """
    known = session.execute(select(ArchiveEntry).where(ArchiveEntry.job_key == work.key)).scalar_one_or_none()
    if known is not None:
        return known
    if not _NAME.fullmatch(archive):
        raise Refused(
            Sentence("{name} is no name of an archive: small letters, digits and underscores.", name=archive[:80])
        )
    root = session.get_one(ProcessInstance, work.root_key)
    process = deployments.process(session, root.definition_key)
    archived_at = clock.now()
    series = f"DA-{calendar.local_date(archived_at):%Y}"
    entry = ArchiveEntry(
        key=new_key(),
        job_key=work.key,
        number=f"{series}-{counters.following(session, series):06d}",
        archive=archive,
        title=(title or presentation.title(process, work.variables))[:_TITLE],
        unit_id=root.store,
        keep_until=_years_after(calendar.local_date(archived_at), years),
        root_key=root.key,
        element_id=work.element_id,
        archived_at=archived_at,
    )
    papers = list(_files(session, work, files))
    entry.document = _document(session, entry, root, work, given, papers)
    entry.sha256 = digest(entry.document)
    session.add(entry)
    session.flush()
    if papers:
        rows = [{"entry_key": entry.key, "attachment_key": row.key, "sha256": row.sha256} for row in papers]
        session.execute(insert(ArchiveFile), rows)
    return entry


def digest(document: str) -> str:
    """SHA-256 of a document in hexadecimal."""
    return hashlib.sha256(document.encode()).hexdigest()


def get(session: Session, key: int, actor: Actor) -> ArchiveEntry:
    """The document of that key; :class:`NotFound` unless the actor may see its matter."""
    entry = session.get(ArchiveEntry, key)
    if entry is None or not may_see(session, actor, session.get_one(ProcessInstance, entry.root_key)):
        raise NotFound(Sentence("There is no such document, or it is not open to you."))
    return entry


def of_matter(session: Session, root_key: int, actor: Actor) -> Sequence[ArchiveEntry]:
    """What was archived of a matter, in order."""
    process_instances.get(session, root_key, actor)
    statement = select(ArchiveEntry).where(ArchiveEntry.root_key == root_key)
    return session.scalars(statement.order_by(ArchiveEntry.key)).all()


def names(session: Session, actor: Actor) -> Sequence[str]:
    """The archives that something was written into."""
    _refuse_strangers(actor)
    return session.scalars(select(ArchiveEntry.archive).distinct().order_by(ArchiveEntry.archive)).all()


def listed(
    session: Session, actor: Actor, *, archive: str | None = None, text: str = "", page: int = 1, size: int = 30
) -> Page:
    """Documents of an archive or of all, with that text in their title or number."""
    _refuse_strangers(actor)
    statement = select(ArchiveEntry)
    if archive:
        statement = statement.where(ArchiveEntry.archive == archive)
    if text.strip():
        pattern = containing(text)
        found = (ArchiveEntry.title, ArchiveEntry.number)
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in found)))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    size = max(1, min(size, MAXIMUM_PAGE))
    latest = statement.order_by(ArchiveEntry.archived_at.desc(), ArchiveEntry.key.desc())
    return Page(session.scalars(latest.limit(size).offset((max(1, page) - 1) * size)).all(), total)


def may_look_through(actor: Actor) -> bool:
    """Whether the actor may look through the archive."""
    return actor.is_administrator or actor.is_auditor or actor.is_system


def _document(
    session: Session,
    entry: ArchiveEntry,
    root: ProcessInstance,
    work: Work,
    given: Mapping[str, Any] | None,
    papers: Sequence[Any],
) -> str:
    definition = deployments.definition(session, root.definition_key)
    held_back = personal.names(session, (root.definition_key, *_called(session, work)))
    shown = given if given is not None else {k: v for k, v in work.variables.items() if k not in held_back}
    text = values.canonical(
        {
            "format": FORMAT,
            "number": entry.number,
            "archive": entry.archive,
            "title": entry.title,
            "archived_at": entry.archived_at,
            "keep_until": entry.keep_until,
            "matter": {
                "key": str(root.key),
                "number": root.business_id,
                "process": root.process_id,
                "name": definition.name,
                "version": definition.version,
                "starter": root.starter,
                "unit": root.store,
                "submitted_at": root.submitted_at,
                "step": entry.element_id,
            },
            "history": {"sequence": root.last_sequence, "hash": root.last_hash},
            "values": shown,
            "withheld": sorted(held_back & set(work.variables)) if given is None else [],
            "files": [
                {"key": str(row.key), "name": row.name, "sha256": row.sha256, "size": row.size} for row in papers
            ],
        }
    )
    if len(text) > _LONGEST:
        raise Refused(Sentence("The values are too large for a document of the archive."))
    return text


def _called(session: Session, work: Work) -> Iterator[int]:
    if work.process_instance_key != work.root_key:
        yield session.get_one(ProcessInstance, work.process_instance_key).definition_key


def _files(session: Session, work: Work, variables: Collection[str] | None) -> Iterator[Any]:
    """Submitted files of the matter: those that variables hold now, and (without ``variables``) all that came before.

    The step's own task is not written yet, so what it submitted is known by the variables alone.
    """
    named = work.variables if variables is None else {name: work.variables.get(name) for name in variables}
    if variables is not None and (missing := [name for name in variables if work.variables.get(name) is None]):
        raise Refused(Sentence("There is no variable {name} with files to archive.", name=missing[0][:80]))
    held = {int(key) for key in attached.keys(dict(named)) if key.isdecimal()}
    rows = session.execute(
        attached.rows()
        .add_columns(UserTask.state)
        .join(UserTask, UserTask.key == ATTACHMENT.c.user_task_key)
        .where(ATTACHMENT.c.root_key == work.root_key)
        .order_by(UserTask.key, ATTACHMENT.c.uploaded_at, ATTACHMENT.c.key)
    )
    for row in rows:
        if row.key in held or (variables is None and row.state == COMPLETED):
            yield row


def _years_after(day: date, years: int | None) -> date | None:
    if years is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + years, day=28)


def _refuse_strangers(actor: Actor) -> None:
    if not may_look_through(actor):
        raise NotAllowed(Sentence("Only administrators and auditors may look through the archive."))
