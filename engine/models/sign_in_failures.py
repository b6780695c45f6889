"""Failed sign-ins by address, counted for all processes together."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from engine.models.base import Base


class SignInFailures(Base):
    """How often sign-ins from an address failed since ``since``; forgotten when its window is over."""

    __tablename__ = "sign_in_failures"

    address: Mapped[str] = mapped_column(primary_key=True)  # IPv4, or the /64 network of an IPv6 address
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(index=True)
