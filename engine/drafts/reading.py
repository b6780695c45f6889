"""A draft as it would be published: the files of its base with its own changes laid over them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.content import Content, Pack
from engine.content.pack import sha256
from engine.deployments import examined, files
from engine.drafts import rights
from engine.errors import NotFound, Problem
from engine.models import Draft, DraftFile
from engine.models.draft import OPEN
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class File:
    """A file of a draft: ``revision`` 0 is that of the base; ``content`` None is taken out of the pack."""

    path: str
    content: bytes | None
    revision: int
    changed_by: str = ""
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft with its base and its changes. ``fingerprint`` names exactly what would be published."""

    draft: Draft
    base: Mapping[str, bytes]
    changes: Mapping[str, File]

    @property
    def pack(self) -> Pack:
        """The whole pack as the draft has it."""
        taken_out = {path for path, file in self.changes.items() if file.content is None}
        own = {path: file.content for path, file in self.changes.items() if file.content is not None}
        whole = {path: content for path, content in self.base.items() if path not in taken_out} | own
        return Pack(self.draft.pack, dict(sorted(whole.items())), is_whole=True)

    @property
    def differing(self) -> tuple[str, ...]:
        """The paths whose content is another than that of the base."""
        return tuple(path for path, file in sorted(self.changes.items()) if file.content != self.base.get(path))

    @property
    def fingerprint(self) -> str:
        """One hash over all files."""
        lines = [f"{path} {sha256(content)}" for path, content in self.pack.files.items()]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def file(self, path: str) -> File:
        """One file as the draft has it; raises :class:`NotFound` for what is neither in it nor in its base."""
        if path in self.changes:
            return self.changes[path]
        if path in self.base:
            return File(path, self.base[path], 0)
        raise NotFound(Sentence("The draft has no file {file}.", file=path))


def get(session: Session, key: int, actor: Actor) -> DraftView:
    """A draft for somebody who works on procedures; raises :class:`NotFound`."""
    return view(session, rights.opened(session, key, actor))


def view(session: Session, draft: Draft) -> DraftView:
    """A draft whose row is at hand."""
    base = {} if draft.base_key is None else files.pack(session, draft.base_key).files
    rows = session.scalars(select(DraftFile).where(DraftFile.draft_key == draft.key).order_by(DraftFile.path))
    changes = {row.path: File(row.path, row.content, row.revision, row.changed_by, row.changed_at) for row in rows}
    return DraftView(draft, base, changes)


def open_drafts(session: Session, actor: Actor, pack: str | None = None) -> Sequence[Draft]:
    """The drafts that are worked on, the last changed first; nothing for whoever does not work on procedures."""
    if not rights.may_open(actor):
        return []
    found = select(Draft).where(Draft.state == OPEN).order_by(Draft.changed_at.desc(), Draft.key.desc())
    if pack is not None:
        found = found.where(Draft.pack == pack)
    return session.scalars(found).all()


def problems(session: Session, found: DraftView) -> tuple[Content, Sequence[Problem]]:
    """The draft compiled, with everything that stands against publishing it."""
    return examined(session, found.pack)
