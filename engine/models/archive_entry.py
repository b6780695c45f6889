"""Archived documents: what a matter had decided, written down for good with the digests of its files."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class ArchiveEntry(Base):
    """One archived document; once for each job. The database itself refuses UPDATE and DELETE."""

    __tablename__ = "archive_entry"

    key: Mapped[int] = mapped_column(primary_key=True)
    job_key: Mapped[int] = mapped_column(unique=True)  # of the work that archived it
    number: Mapped[str] = mapped_column(unique=True)  # "DA-2026-000001"
    archive: Mapped[str]  # "contracts"
    title: Mapped[str]
    unit_id: Mapped[str | None]
    keep_until: Mapped[date | None] = mapped_column(Date)  # null: for good
    document: Mapped[str]  # canonical JSON text
    sha256: Mapped[str]  # of the document
    root_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    element_id: Mapped[str]
    archived_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_archive_entry_archive", "archive", "archived_at"),
        Index("ix_archive_entry_root", "root_key"),
    )


class ArchiveFile(Base):
    """A file of an archived document: its bytes cannot go while the row stands, and the row never goes."""

    __tablename__ = "archive_file"

    entry_key: Mapped[int] = mapped_column(ForeignKey("archive_entry.key"), primary_key=True)
    attachment_key: Mapped[int] = mapped_column(ForeignKey("attachment.key"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
