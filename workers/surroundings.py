"""What the work outside the database needs: given once when the rooms are put together, and never global."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.unit_of_work import UnitOfWork
from workers.mail import Mailer
from workers.outbound import Outbound
from workers.secrets import Secrets


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """``gettext_of`` gives the translation of a language, ``language`` stands for people who chose none.

    ``chats`` are the chat channels with their addresses; ``public_url`` is where people reach the pages ("" unknown);
    ``mailer`` is None where no mail can be sent.
    """

    unit_of_work: Callable[[], UnitOfWork]
    secrets: Secrets
    outbound: Outbound = field(default_factory=Outbound)
    mailer: Mailer | None = None
    chats: Mapping[str, str] = field(default_factory=dict)
    gettext_of: Callable[[str], Callable[[str], str]] = lambda _language: str
    language: str = "zh"
    public_url: str = ""
