"""What stopped, where and why, until somebody puts it right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value

OPEN, RESOLVED = "OPEN", "RESOLVED"


class Incident(Base):
    """A step that failed: the instance keeps its last good state, and the step can be tried again."""

    __tablename__ = "incident"

    key: Mapped[int] = mapped_column(primary_key=True)
    process_instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int]
    job_key: Mapped[int | None]
    element_id: Mapped[str]
    kind: Mapped[str]  # expression, decision, gateway, error, token, job, assignment
    sentence: Mapped[Any] = mapped_column(Value)  # Sentence.as_json()
    values: Mapped[Any] = mapped_column(Value)
    # the command that failed, so that it can be tried again: {"command": "complete", …}
    attempt: Mapped[Any] = mapped_column(Value)
    state: Mapped[str]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_incident_open",
            "root_key",
            postgresql_where=text("state = 'OPEN'"),
            sqlite_where=text("state = 'OPEN'"),
        ),
        Index("ix_incident_instance", "process_instance_key", "state"),
    )
