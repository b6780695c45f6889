"""When processes start by themselves: one row for each timer start event in use."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base

_OPEN = text("due_at IS NOT NULL")


class Schedule(Base):
    """A timer start event of the current version of a process; the next version takes it over or ends it."""

    __tablename__ = "schedule"

    key: Mapped[int] = mapped_column(primary_key=True)
    process_id: Mapped[str]
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    element_id: Mapped[str]
    timer: Mapped[str]  # kind and text of the timer as drawn: a changed one is counted anew
    once_per: Mapped[str | None]  # "store": one matter for each open store
    due_at: Mapped[datetime | None]  # null: it never fires again
    repetitions: Mapped[int | None]  # how many firings are left; null: no limit
    last_due_at: Mapped[datetime | None]  # the firing before
    fired_at: Mapped[datetime | None]
    missed: Mapped[int | None]  # how many firings the last one stood for, because of an outage
    paused_at: Mapped[datetime | None]  # null: it fires
    paused_by: Mapped[str | None]
    pause_reason: Mapped[str | None]
    error: Mapped[str | None]  # why the next firing could not be computed
    created_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("process_id", "element_id"),
        Index("ix_schedule_due", "due_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )
