"""Personal access tokens: what a program shows in the place of its person's password."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base, Value


class AccessToken(Base):
    """A secret of a person, known by its hash alone, with the kinds of work that it may be used for."""

    __tablename__ = "access_token"

    key: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]  # what the history tells beside the person
    secret_sha256: Mapped[str] = mapped_column(unique=True)  # 256 random bits need no slow hash
    rights: Mapped[Any] = mapped_column(Value)  # ["read", "tasks", …]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
