"""Files that people attached: bytes once for each content, and who attached them where under which name.

They stand in the database with everything else: one transaction, one backup, and every machine sees them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class StoredFile(Base):
    """The bytes of a file as they were uploaded, named by their SHA-256. Rows never change."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str]  # by its content
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class Attachment(Base):
    """A file at a field of a user task. Rows never change; those of an open task are its draft's, and may go."""

    __tablename__ = "attachment"

    key: Mapped[int] = mapped_column(primary_key=True)  # random: nobody can walk through them
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    name: Mapped[str]
    uploaded_by: Mapped[str]
    uploaded_at: Mapped[datetime]
    root_key: Mapped[int]
    user_task_key: Mapped[int] = mapped_column(ForeignKey("user_task.key"))
    field: Mapped[str]  # path of the field in the form, without numbers of rows: "candidates.resume"

    __table_args__ = (
        Index("ix_attachment_sha256", "sha256"),
        Index("ix_attachment_root", "root_key"),
        Index("ix_attachment_user_task", "user_task_key"),
    )
