"""The employee register: how people are employed, and how many a store may have in each post, at which salary."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value


class Employment(Base):
    """A person is employed, from a day, perhaps to a day; whoever comes back gets a row of his own again.

    ``probation_ends_on`` stays after the probation is over; ``confirmed_on`` says that it was passed.
    """

    __tablename__ = "employment"

    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    post_code: Mapped[str] = mapped_column(ForeignKey("post.code"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    contract_type: Mapped[str]  # "fixed", "open", "task"
    contract_months: Mapped[int | None]  # of a fixed contract
    starts_on: Mapped[date] = mapped_column(Date)
    probation_ends_on: Mapped[date | None] = mapped_column(Date)  # inclusive; null: no probation was agreed
    confirmed_on: Mapped[date | None] = mapped_column(Date)
    reviewed_for: Mapped[date | None] = mapped_column(Date)  # the end of probation whose review has begun
    health_certificate_until: Mapped[date | None] = mapped_column(Date)  # inclusive
    ends_on: Mapped[date | None] = mapped_column(Date)  # inclusive; null: employed
    rehire_blocked: Mapped[bool] = mapped_column(default=False)
    hiring_key: Mapped[int | None] = mapped_column(ForeignKey("process_instance.key"))  # the matter that hired him
    hiring_element_id: Mapped[str | None]  # its step that did

    __table_args__ = (
        Index("ix_employment_person", "person_id", "starts_on"),
        Index("ix_employment_unit", "unit_id", "post_code"),
    )


class HeadcountPlan(Base):
    """How many people a store may employ in a post, and the monthly salary that it pays them, in yuan."""

    __tablename__ = "headcount_plan"

    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    post_code: Mapped[str] = mapped_column(ForeignKey("post.code"), primary_key=True)
    planned: Mapped[int]
    salary_min: Mapped[Any] = mapped_column(Value)  # a decimal
    salary_max: Mapped[Any] = mapped_column(Value)  # a decimal
