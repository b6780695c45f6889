"""Work on procedures before it is published: drafts, what was tried of them, who approved; and who owns what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value

OPEN, PUBLISHED, DISCARDED = "open", "published", "discarded"


class ProcessOwner(Base):
    """Somebody who may change and publish a process; one that nobody owns is open to every process owner."""

    __tablename__ = "process_owner"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime]
    given_by: Mapped[str]


class Draft(Base):
    """Changes of one pack over the deployment ``base_key`` (None: the pack is new), in the hands of ``holder``."""

    __tablename__ = "draft"

    key: Mapped[int] = mapped_column(primary_key=True)
    pack: Mapped[str]
    title: Mapped[str]
    base_key: Mapped[int | None] = mapped_column(ForeignKey("deployment.key"))
    holder: Mapped[str] = mapped_column(ForeignKey("person.id"))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    state: Mapped[str]
    deployment_key: Mapped[int | None] = mapped_column(ForeignKey("deployment.key"))  # what it became

    __table_args__ = (Index("ix_draft_state", "state", "pack"),)


class DraftFile(Base):
    """A file as the draft has it; ``content`` None takes it out of the pack. ``revision`` counts its saves."""

    __tablename__ = "draft_file"

    draft_key: Mapped[int] = mapped_column(ForeignKey("draft.key"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    revision: Mapped[int]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class DraftRun(Base):
    """One run of the scenarios on exactly the files that ``fingerprint`` names; ``passed`` None: it runs."""

    __tablename__ = "draft_run"

    key: Mapped[int] = mapped_column(primary_key=True)
    draft_key: Mapped[int] = mapped_column(ForeignKey("draft.key"))
    fingerprint: Mapped[str]
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    beat_at: Mapped[datetime]  # the last sign of life
    ended_at: Mapped[datetime | None]
    done: Mapped[int]
    total: Mapped[int]
    passed: Mapped[bool | None]
    report: Mapped[Any | None] = mapped_column(Value)  # null while it runs

    __table_args__ = (Index("ix_draft_run_draft", "draft_key", "key"),)


class DraftApproval(Base):
    """A second person agreed to exactly these files (``fingerprint``)."""

    __tablename__ = "draft_approval"

    draft_key: Mapped[int] = mapped_column(ForeignKey("draft.key"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    approved_at: Mapped[datetime]
    comment: Mapped[str | None]
