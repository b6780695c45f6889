"""People, units and posts, with dates: who holds what, who is away, who stands in.

Whoever writes one of the tables that decide about work (all here but ``PersonSession`` and ``Notification``) gives
``OrganisationRevision`` a new value in the same transaction; ``engine.organisation.journal`` does it with each event.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value


class Person(Base):
    """Somebody who works here; who may sign in has a password hash."""

    __tablename__ = "person"

    id: Mapped[str] = mapped_column(primary_key=True)  # "U19"
    name: Mapped[str]
    name_en: Mapped[str | None]
    email: Mapped[str | None]
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    locked_at: Mapped[datetime | None]  # since when an administrator lets him not sign in
    demo: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None]  # "zh", "en"; null: the browser's
    failed_sign_ins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    session_version: Mapped[int] = mapped_column(default=1)  # raising it ends all sessions


class PersonSession(Base):
    """A sign-in of a person on a device; it is over once ended, or once the person's ``session_version`` went on."""

    __tablename__ = "person_session"

    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    signed_in_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    address: Mapped[str]
    device: Mapped[str]  # what the browser says about itself

    __table_args__ = (Index("ix_person_session_person", "person_id", "signed_in_at"),)


class Unit(Base):
    """A place in the organisation: head office, a department, an area or a store."""

    __tablename__ = "unit"

    id: Mapped[str] = mapped_column(primary_key=True)  # "S01", "A", "purchasing"
    kind: Mapped[str]  # "head_office", "department", "area", "store"
    name: Mapped[str]
    name_en: Mapped[str | None]
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("unit.id"))  # a store's area (null: none), …
    open: Mapped[bool] = mapped_column(default=True)
    calendar: Mapped[Any | None] = mapped_column(Value)  # working time; null: that of its kind


class Post(Base):
    """A position (岗位) with its grade; ``queue``: its holders work one common queue and claim.

    ``scope`` says where its holder is looked for: "organisation" (there is one for all units) or "unit" (that of
    the unit in question, else of the unit above it). ``superior`` is the post above, null for the highest.
    """

    __tablename__ = "post"

    code: Mapped[str] = mapped_column(primary_key=True)  # "store_manager"
    name: Mapped[str]
    name_en: Mapped[str | None]
    grade: Mapped[str]
    queue: Mapped[bool] = mapped_column(default=False)
    scope: Mapped[str] = mapped_column(default="organisation")  # "organisation", "unit"
    superior: Mapped[str | None] = mapped_column(ForeignKey("post.code"))


class Assignment(Base):
    """A person holds a post in a unit, from a date, perhaps to a date, perhaps acting."""

    __tablename__ = "assignment"

    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    post_code: Mapped[str] = mapped_column(ForeignKey("post.code"))
    unit_id: Mapped[str] = mapped_column(ForeignKey("unit.id"))
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)  # inclusive
    acting: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (Index("ix_assignment_post_unit", "post_code", "unit_id"),)


class Absence(Base):
    """A person is away; both days inclusive."""

    __tablename__ = "absence"

    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None]


class Delegation(Base):
    """``owner`` lets ``delegate`` act for him in some procedures (null: all), both days inclusive."""

    __tablename__ = "delegation"

    key: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    delegate_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    process_ids: Mapped[Any | None] = mapped_column(Value)
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str]
    revoked_at: Mapped[datetime | None]


class CalendarDay(Base):
    """A day that the administrator declared working or free, over what the public calendar of the country says."""

    __tablename__ = "calendar_day"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    working: Mapped[bool]
    name: Mapped[str]


class OrganisationRevision(Base):
    """One row: a key that is new with every change of the organisation, so that readers may keep a copy of it."""

    __tablename__ = "organisation_revision"

    id: Mapped[int] = mapped_column(primary_key=True)  # always 1
    revision: Mapped[int]


class Notification(Base):
    """A note in a person's inbox: a copy (抄送), a reminder, a message of the system."""

    __tablename__ = "notification"

    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    root_key: Mapped[int | None]
    kind: Mapped[str]  # "copy", "deadline", "take_over", "schedule"
    sentence: Mapped[Any] = mapped_column(Value)  # Sentence.as_json()
    # what a digest puts together: [{"task": key, "root_key": key, "sentence": Sentence JSON}, …]
    items: Mapped[Any | None] = mapped_column(Value)
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_notification_person", "person_id", "created_at", "root_key"),
        Index(
            "ix_notification_unread",
            "person_id",
            postgresql_where=text("read_at IS NULL"),
            sqlite_where=text("read_at IS NULL"),
        ),
    )
