"""Matters that belong together: one was started by a step of the other."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class MatterLink(Base):
    """A step of the matter ``from_key`` started the matter ``to_key``; once for each job. Rows never change."""

    __tablename__ = "matter_link"

    key: Mapped[int] = mapped_column(primary_key=True)
    job_key: Mapped[int] = mapped_column(unique=True)  # of the work that started it
    from_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    to_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    element_id: Mapped[str]  # the step of the matter that it comes from
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_matter_link_from", "from_key"),
        Index("ix_matter_link_to", "to_key"),
    )
