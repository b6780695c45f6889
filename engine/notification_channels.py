"""By which channels a person wants to be told: everybody chooses for himself, an administrator for nobody.

The page of notifications is always there; e-mail is on until somebody switches it off; a chat is off until somebody
gives the address of its robot. That address is a secret: it is checked, kept, and never shown again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refused
from engine.models import NotificationChannel, Person
from feel.sentences import Sentence

EMAIL = "email"
CHAT_ADDRESSES: Mapping[str, str] = {
    "wecom": "https://qyapi.weixin.qq.com",
    "dingtalk": "https://oapi.dingtalk.com",
    "feishu": "https://open.feishu.cn",
}
"""Where the chats live unless an installation says otherwise: 企业微信, 钉钉, 飞书."""

CHAT_PATHS: Mapping[str, tuple[str, str]] = {
    "wecom": ("/cgi-bin/webhook/send", "key"),
    "dingtalk": ("/robot/send", "access_token"),
    "feishu": ("/open-apis/bot/v2/hook/", ""),
}
"""Path and parameter of a robot's address; without a parameter its token is the end of the path."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,200}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{8,200}")
_LONGEST = 500
_offered: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Choice:
    """One channel as a person sees it. ``is_set``: an address is known; ``shown``: that of e-mail, for chats ""."""

    channel: str
    enabled: bool
    is_set: bool
    shown: str = ""


def offer(channels: Mapping[str, str]) -> None:
    """Say which channels this installation has, with where each lives ("" for e-mail); nothing is offered before."""
    _offered.clear()
    _offered.update(channels)


def offered() -> Mapping[str, str]:
    """The channels of this installation with where each lives."""
    return dict(_offered)


def choices(session: Session, person_id: str) -> tuple[Choice, ...]:
    """What the person chose, for every channel on offer."""
    chosen = _chosen(session, person_id)
    person = session.get_one(Person, person_id)
    return tuple(_choice(channel, chosen.get(channel), person) for channel in _offered)


def reaching(session: Session, person_id: str) -> tuple[str, ...]:
    """The channels by which the person is to be told."""
    if not _offered:
        return ()
    return tuple(one.channel for one in choices(session, person_id) if one.enabled and one.is_set)


def address(session: Session, person_id: str, channel: str) -> Mapping[str, Any] | None:
    """Where the person's robot is told, for whoever delivers; None if there is none (any more)."""
    row = session.get(NotificationChannel, (person_id, channel))
    return None if row is None or not row.enabled else row.address


def choose(
    session: Session, actor: Actor, channel: str, *, enabled: bool, webhook: str = "", secret: str = ""
) -> Choice:
    """Switch a channel of the actor's own on or off; ``webhook`` is the address of a chat's robot ("": as before).

    ``secret`` signs what is sent, where the robot asks for it. Raises :class:`Refused` for an address that is none.
    """
    if channel not in _offered:
        raise NotFound(Sentence("There is no such channel."))
    if actor.is_system:
        raise NotAllowed(Sentence("Everybody chooses for himself how he is told."))
    row = session.get(NotificationChannel, (actor.person, channel))
    if row is None:
        row = NotificationChannel(person_id=actor.person, channel=channel, enabled=False, address=None)
        session.add(row)
    if channel != EMAIL and (webhook.strip() or secret.strip()):
        row.address = checked_webhook(channel, webhook, secret)
    if enabled and channel != EMAIL and row.address is None:
        raise Refused(Sentence("Give the address of the robot first; the chat shows it when a robot is added."))
    row.enabled = enabled
    row.changed_at = clock.now()
    session.flush()
    return _choice(channel, row, session.get_one(Person, actor.person))


def forget(session: Session, actor: Actor, channel: str) -> None:
    """Throw the address of a chat's robot away."""
    row = session.get(NotificationChannel, (actor.person, channel))
    if row is not None:
        row.address, row.enabled, row.changed_at = None, False, clock.now()


def checked_webhook(channel: str, webhook: str, secret: str = "") -> dict[str, str]:
    """Token and secret of a robot's address, which must be one of the very chat. Raises :class:`Refused`."""
    home = urlsplit(_offered[channel])
    path, parameter = CHAT_PATHS[channel]
    expected = f"{_offered[channel]}{path}" + (f"?{parameter}=…" if parameter else "…")
    refused = Refused(Sentence("This is no address of a robot. It looks like this: {example}", example=expected))
    text = webhook.strip()
    try:
        given = urlsplit(text)
        query = parse_qs(given.query, strict_parsing=bool(given.query), max_num_fields=5)
    except ValueError:
        raise refused from None
    if len(text) > _LONGEST or (given.scheme, given.netloc) != (home.scheme, home.netloc) or given.fragment:
        raise refused
    if parameter:
        (token,) = query.get(parameter, [""])[:1]
        is_there = given.path.rstrip("/") == path
    else:
        token = given.path.removeprefix(path).rstrip("/")
        is_there = given.path.startswith(path)
    if not is_there or not _TOKEN.fullmatch(token):
        raise refused
    signing = secret.strip()
    if not signing:
        return {"token": token}
    if channel == "wecom":
        raise Refused(Sentence("A robot of this chat takes no secret."))
    if not _SECRET.fullmatch(signing):
        raise Refused(Sentence("This is no secret of a robot: letters and digits only."))
    return {"token": token, "secret": signing}


def _chosen(session: Session, person_id: str) -> dict[str, NotificationChannel]:
    found = session.execute(select(NotificationChannel).where(NotificationChannel.person_id == person_id))
    return {row.channel: row for row in found.scalars()}


def _choice(channel: str, row: NotificationChannel | None, person: Person) -> Choice:
    if channel == EMAIL:
        return Choice(channel, row is None or row.enabled, bool(person.email), person.email or "")
    return Choice(channel, row is not None and row.enabled, row is not None and row.address is not None)
