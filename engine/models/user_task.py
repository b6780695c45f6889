"""What waits for a person, or waited: the rows of every inbox."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Key, Value

CREATED, COMPLETED, CANCELED = "CREATED", "COMPLETED", "CANCELED"


class UserTask(Base):
    """One user task of one instance; it duplicates what an inbox row shows, so that the inbox reads one table."""

    __tablename__ = "user_task"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    process_instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int]
    definition_key: Mapped[int]
    process_id: Mapped[str]
    element_id: Mapped[str]
    element_instance: Mapped[str]
    name: Mapped[str]
    form_key: Mapped[int | None]  # of form_definition
    state: Mapped[str]  # CREATED, COMPLETED, CANCELED
    assignee: Mapped[str | None]
    on_behalf_of: Mapped[str | None]  # the owner, when a delegate is the assignee
    resolution: Mapped[Any] = mapped_column(Value)  # why this person: {"rule": Sentence JSON, "persons": [...]}
    priority: Mapped[int] = mapped_column(default=50)
    created_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    begun_at: Mapped[datetime | None]  # first claimed by whom did it, or first opened by who has it
    due_at: Mapped[datetime | None]
    take_over_from: Mapped[datetime | None]  # from then on a superior may take the task over; null: never
    follow_up_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None]
    draft: Mapped[Any | None] = mapped_column(Value)
    properties: Mapped[Any] = mapped_column(Value)  # the element's plain properties
    # what the inbox row shows of its matter
    business_id: Mapped[str | None]
    title: Mapped[str | None]
    starter: Mapped[str]
    store: Mapped[str | None]
    summary: Mapped[Any] = mapped_column(Value)  # [[name, value], …], two or three key values

    __table_args__ = (
        Index(
            "ix_user_task_assignee",
            "assignee",
            "due_at",
            postgresql_where=text("state = 'CREATED'"),
            sqlite_where=text("state = 'CREATED'"),
        ),
        Index(
            "ix_user_task_open_due",
            "due_at",
            "store",
            postgresql_where=text("state = 'CREATED'"),
            sqlite_where=text("state = 'CREATED'"),
        ),
        Index(
            "ix_user_task_owner",
            "on_behalf_of",
            postgresql_where=text("on_behalf_of IS NOT NULL"),
            sqlite_where=text("on_behalf_of IS NOT NULL"),
        ),
        # with the matter behind: whose matters are whose is read out of these indexes alone
        Index(
            "ix_user_task_completed_by",
            "completed_by",
            "completed_at",
            "root_key",
            postgresql_where=text("completed_by IS NOT NULL"),
            sqlite_where=text("completed_by IS NOT NULL"),
        ),
        Index("ix_user_task_assignee_key", "assignee", "key", "root_key"),
        Index("ix_user_task_state", "state", "key"),
        # with the state: without it SQLite, which has no statistics, goes through everything that is open
        Index("ix_user_task_root", "root_key", "state"),
    )


class UserTaskCandidate(Base):
    """Who may claim an open task: a group (a post's queue) or a person. Removed when the task ends."""

    __tablename__ = "user_task_candidate"

    user_task_key: Mapped[int] = mapped_column(ForeignKey("user_task.key"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # "group", "person"; "excluded": may not, though in a group
    id: Mapped[str] = mapped_column(primary_key=True)

    __table_args__ = (Index("ix_user_task_candidate_id", "kind", "id", "user_task_key"),)


class UserTaskMute(Base):
    """A person wants no reminders of one task; overdue notices come all the same."""

    __tablename__ = "user_task_mute"

    user_task_key: Mapped[int] = mapped_column(ForeignKey("user_task.key"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
