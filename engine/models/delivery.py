"""How notifications leave the house: the channels that each person chose, and what went out by them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class NotificationChannel(Base):
    """A person's choice for one channel: "email", "wecom", "dingtalk" or "feishu"."""

    __tablename__ = "notification_channel"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    address: Mapped[str | None]  # a chat's address, which is its secret: never shown again; null for e-mail
    changed_at: Mapped[datetime]


class Delivery(Base):
    """One notification on its way by one channel; the primary key lets it go out by each channel once."""

    __tablename__ = "delivery"

    notification_key: Mapped[int] = mapped_column(ForeignKey("notification.key"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    job_key: Mapped[int]
    delivered_at: Mapped[datetime | None]  # set as soon as the other side has taken it
    given_up_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_delivery_job", "job_key"),)
