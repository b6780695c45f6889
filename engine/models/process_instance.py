"""A running or ended process: to people a matter (事项). Its state is bytes of the runtime, null once it ended."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.keys import new_key
from engine.models.base import Base, Key, Value

ACTIVE, COMPLETED, CANCELED = "ACTIVE", "COMPLETED", "CANCELED"


class ProcessInstance(Base):
    """One instance. A called process has a row of its own with ``parent_key``; its root's row is the lock of both."""

    __tablename__ = "process_instance"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    definition_key: Mapped[int] = mapped_column(ForeignKey("process_definition.key"))
    process_id: Mapped[str]
    root_key: Mapped[int]  # own key for a root
    parent_key: Mapped[int | None]
    parent_element_instance: Mapped[str | None]  # the call activity in the parent that waits for this one
    business_id: Mapped[str | None] = mapped_column(unique=True)  # "PR-20261123-001", roots only, from submission on
    title: Mapped[str | None]
    state: Mapped[str]  # ACTIVE, COMPLETED, CANCELED
    outcome: Mapped[str | None]  # id of the end event reached, or why it was cancelled
    suspended: Mapped[bool] = mapped_column(default=False)
    starter: Mapped[str]
    store: Mapped[str | None]  # the unit that the matter belongs to ("S01", a department)
    started_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]  # null: a draft that only the starter sees
    ended_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=0)
    state_bytes: Mapped[bytes | None] = mapped_column(LargeBinary)
    last_sequence: Mapped[int] = mapped_column(default=0)  # head of the history chain, roots only
    last_hash: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        Index(
            "ix_process_instance_root",
            "root_key",
            postgresql_where=text("parent_key IS NOT NULL"),
            sqlite_where=text("parent_key IS NOT NULL"),
        ),
        Index(
            "ix_process_instance_parent",
            "parent_key",
            postgresql_where=text("parent_key IS NOT NULL"),
            sqlite_where=text("parent_key IS NOT NULL"),
        ),
        Index("ix_process_instance_starter", "starter", "started_at"),
        Index("ix_process_instance_process_store", "process_id", "store", "submitted_at"),
        Index("ix_process_instance_state", "state", "started_at"),
        Index(
            "ix_process_instance_submitted",
            "submitted_at",
            "key",
            postgresql_where=text("parent_key IS NULL AND submitted_at IS NOT NULL"),
            sqlite_where=text("parent_key IS NULL AND submitted_at IS NOT NULL"),
        ),
        Index("ix_process_instance_ended", "state", "ended_at"),
        Index("ix_process_instance_started", "started_at"),
        Index("ix_process_instance_definition", "definition_key", "state"),
    )


class Variable(Base):
    """The projection of one variable, for search, API and pages; the state holds what the runtime works with."""

    __tablename__ = "variable"

    process_instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    scope: Mapped[str]  # element instance id, "" for the process
    name: Mapped[str]
    value: Mapped[Any] = mapped_column(Value(keep_none=True))
    # the API speaks of a variable by one number
    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False, default=new_key)

    __table_args__ = (UniqueConstraint("process_instance_key", "scope", "name"),)


class Counter(Base):
    """The last number given out under a name ("PR-20261123"), for business ids that people can say."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
