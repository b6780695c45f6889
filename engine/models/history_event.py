"""What happened, for ever: append-only and chained by hashes; the database itself refuses UPDATE and DELETE."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class HistoryEvent(Base):
    """One event of one matter. ``hash`` covers every other column and the hash of the event before."""

    __tablename__ = "history_event"

    root_key: Mapped[int] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, 3, … without gaps
    process_instance_key: Mapped[int]
    type: Mapped[str]  # "user_task.completed"
    occurred_at: Mapped[datetime]
    actor: Mapped[str]
    on_behalf_of: Mapped[str | None]
    element_id: Mapped[str | None]
    details: Mapped[str]  # canonical JSON text, hashed as it stands
    hash: Mapped[str]

    __table_args__ = (
        Index("ix_history_event_occurred_at", "occurred_at"),
        Index(
            "ix_history_event_decision",
            "occurred_at",
            postgresql_where=text("type = 'decision.evaluated'"),
            sqlite_where=text("type = 'decision.evaluated'"),
        ),
    )


class Journal(Base):
    """A chain of acts that belong to no matter ("deployments"); its row is the lock and keeps the head."""

    __tablename__ = "journal"

    key: Mapped[int] = mapped_column(primary_key=True)  # a small number, below every key that the client makes
    last_sequence: Mapped[int] = mapped_column(default=0)
    last_hash: Mapped[str] = mapped_column(default="")


class PersonalValue(Base):
    """A personal value that an event holds only as a salted digest; erasing it keeps the chain whole."""

    __tablename__ = "personal_value"

    digest: Mapped[str] = mapped_column(primary_key=True)
    root_key: Mapped[int] = mapped_column(index=True)
    salt: Mapped[str]  # "" once erased: with it, a short value could be found again by trying
    value: Mapped[str | None]  # JSON text; null once erased
    erased_at: Mapped[datetime | None]


class Seal(Base):
    """The heads of all chains at a moment, in one hash that can be kept elsewhere; seals are chained too."""

    __tablename__ = "seal"

    sequence: Mapped[int] = mapped_column(primary_key=True)
    sealed_at: Mapped[datetime]
    chains: Mapped[int]  # how many chains it covers in all, those that did not move included
    previous_hash: Mapped[str]
    hash: Mapped[str]


class SealedHead(Base):
    """The head of one matter as a seal saw it; only heads that moved since the seal before are written."""

    __tablename__ = "sealed_head"

    seal_sequence: Mapped[int] = mapped_column(primary_key=True)
    root_key: Mapped[int] = mapped_column(primary_key=True)
    event_sequence: Mapped[int]
    hash: Mapped[str]

    __table_args__ = (Index("ix_sealed_head_root", "root_key"),)
