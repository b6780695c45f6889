"""What search and statistics know of a matter: derived from it, kept beside it, and made anew whenever it moved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base

WORDS_INDEX = "matter_words"
"""On SQLite, the full-text table over ``words``; PostgreSQL has an index on the column itself."""


class MatterRecord(Base):
    """One submitted matter. ``sequence`` is the event of its history up to which the row tells."""

    __tablename__ = "matter_record"

    root_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)
    sequence: Mapped[int]
    words: Mapped[Any] = mapped_column(
        TSVECTOR().with_variant(Text(), "sqlite")
    )  # as search asks for them; "" on SQLite
    # of an ended matter, for statistics; null while it runs
    process_id: Mapped[str]
    store: Mapped[str | None]
    starter: Mapped[str | None]
    month: Mapped[str | None]  # in which it ended, on the organisation's calendar: "2026-11"
    seconds: Mapped[int | None]  # from its submission to its end
    is_finished: Mapped[bool]  # it reached an end of its diagram; false where it was withdrawn or cancelled
    is_rejected: Mapped[bool]
    returns: Mapped[int]  # how often an approval sent it back
    dated: Mapped[int]  # completed tasks that had a due date, and how many of them were done by then
    on_time: Mapped[int]

    __table_args__ = (
        # all that figures are made of: they are added up without a look at any row
        Index(
            "ix_matter_record_month",
            "month",
            "process_id",
            "store",
            "starter",
            "is_finished",
            "seconds",
            "is_rejected",
            "returns",
            "dated",
            "on_time",
        ),
        Index("ix_matter_record_words", "words", postgresql_using="gin"),
    )


class MatterAmount(Base):
    """An amount of money that a form of the matter names, in hundredths."""

    __tablename__ = "matter_amount"

    root_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    hundredths: Mapped[int]

    __table_args__ = (Index("ix_matter_amount_hundredths", "hundredths", "root_key"),)


class StepFigure(Base):
    """How long one step took in the matters of a procedure and unit that ended in a month, added up."""

    __tablename__ = "step_figure"

    month: Mapped[str] = mapped_column(primary_key=True)
    root_process_id: Mapped[str] = mapped_column(primary_key=True)
    store: Mapped[str] = mapped_column(primary_key=True)  # "" for none
    process_id: Mapped[str] = mapped_column(primary_key=True)  # of the step: the procedure, or one that it calls
    element_id: Mapped[str] = mapped_column(primary_key=True)
    tasks: Mapped[int]
    waiting_seconds: Mapped[int]
    working_seconds: Mapped[int]


class MatterView(Base):
    """Somebody looked at a matter, or took it away as a file. Rows never change."""

    __tablename__ = "matter_view"

    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str]
    root_key: Mapped[int | None]  # null: a list of matters
    kind: Mapped[str]  # "page", "audit", "file", "document", "package", "pdf", "lines", "search", "excel"
    details: Mapped[str | None]  # what was searched for, or which file
    viewed_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_matter_view_root", "root_key", "viewed_at"),
        Index("ix_matter_view_person", "person_id", "viewed_at"),
        Index("ix_matter_view_viewed_at", "viewed_at"),
    )
