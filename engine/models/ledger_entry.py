"""Ledgers: what procedures write down for good, with a unit, a day and an amount."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value


class LedgerEntry(Base):
    """One line of a ledger; once for each job. The database itself refuses UPDATE and DELETE."""

    __tablename__ = "ledger_entry"

    key: Mapped[int] = mapped_column(primary_key=True)
    job_key: Mapped[int] = mapped_column(unique=True)  # of the work that wrote it
    ledger: Mapped[str]  # "petty_cash"
    unit_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))
    day: Mapped[date] = mapped_column(Date)
    amount: Mapped[Any | None] = mapped_column(Value)  # a decimal; null for a line without one
    entry_values: Mapped[Any] = mapped_column(Value)  # whatever else belongs to it, by name
    root_key: Mapped[int] = mapped_column(ForeignKey("process_instance.key"))
    element_id: Mapped[str]
    created_at: Mapped[datetime]

    __table_args__ = (
        Index("ix_ledger_entry_ledger", "ledger", "unit_id", "day"),
        Index("ix_ledger_entry_root", "root_key"),
    )
