"""How notifications leave the house: the channels that each person chose, and what went out by them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value


class NotificationChannel(Base):
    """A person's choice for one channel: "email", "wecom", "dingtalk" or "feishu"."""

    __tablename__ = "notification_channel"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool]
    # where a chat's robot is told, which is its secret and never shown again: {"token": …, "secret": …}
    address: Mapped[Any | None] = mapped_column(Value)
    changed_at: Mapped[datetime]


class Delivery(Base):
    """One notification on its way by one channel; the primary key lets it go out by each channel once."""

    __tablename__ = "delivery"

    notification_key: Mapped[int] = mapped_column(ForeignKey("notification.key"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    job_key: Mapped[int]
    begun_at: Mapped[datetime | None]  # the first attempt: from then on the notification stays as it is
    delivered_at: Mapped[datetime | None]  # set as soon as the other side has taken it
    given_up_at: Mapped[datetime | None]

    __table_args__ = (Index("ix_delivery_job", "job_key"),)
