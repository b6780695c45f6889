"""Work that no person does: service tasks, timers, notifications; and what waits for a message or signal."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Key, Value

CREATED, COMPLETED, FAILED, CANCELED = "CREATED", "COMPLETED", "FAILED", "CANCELED"
_OPEN = text("state = 'CREATED'")
_EXTERNAL = text("state = 'CREATED' AND external")


class Job(Base):
    """One piece of work. ``key`` is the idempotency key of its effect; a lease is ``locked_until``."""

    __tablename__ = "job"

    key: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    # "service" (an element waits for it), "timer", "message", "signal", "notification" (nothing waits),
    # "deadline" (the next stage of a user task's due date), "start" (a matter that a schedule starts)
    kind: Mapped[str]
    topic: Mapped[str]  # the element's id for kinds "timer" and "deadline", the process's for "start"
    process_instance_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int | None]
    element_id: Mapped[str | None]
    element_instance: Mapped[str | None]
    state: Mapped[str]  # CREATED, COMPLETED, FAILED (an incident), CANCELED
    due_at: Mapped[datetime]
    retries: Mapped[int]
    locked_until: Mapped[datetime | None]
    worker: Mapped[str | None]
    headers: Mapped[Any] = mapped_column(Value)
    variables: Mapped[Any] = mapped_column(Value)
    external: Mapped[bool] = mapped_column(default=False)  # for a worker that comes through the API
    error: Mapped[str | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_job_due", "due_at", postgresql_where=_OPEN, sqlite_where=_OPEN),
        Index("ix_job_instance", "process_instance_key"),
        Index("ix_job_external", "topic", "due_at", postgresql_where=_EXTERNAL, sqlite_where=_EXTERNAL),
    )


class Subscription(Base):
    """An element that waits for a message or a signal."""

    __tablename__ = "subscription"

    key: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # "message" or "signal"
    name: Mapped[str]
    correlation_key: Mapped[str]  # text of the FEEL value; "" for signals
    process_instance_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    root_key: Mapped[int]
    element_id: Mapped[str]
    element_instance: Mapped[str]

    __table_args__ = (
        Index("ix_subscription_name", "kind", "name", "correlation_key"),
        Index("ix_subscription_instance", "process_instance_key"),
    )


class Message(Base):
    """A published message that nobody has taken yet; it waits until ``expires_at``."""

    __tablename__ = "message"

    key: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    correlation_key: Mapped[str]
    message_id: Mapped[str | None]
    variables: Mapped[Any] = mapped_column(Value)
    published_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    __table_args__ = (Index("ix_message_name", "name", "correlation_key"),)


class MessageReceipt(Base):
    """The id of a published message, taken or not: until ``expires_at`` the same message is not published again."""

    __tablename__ = "message_receipt"

    name: Mapped[str] = mapped_column(primary_key=True)
    correlation_key: Mapped[str] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime]

    __table_args__ = (Index("ix_message_receipt_expires_at", "expires_at"),)
