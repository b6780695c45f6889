"""The settings of what leaves the house: mail, chats, web services and their secrets.

Nothing is allowed by default but the three public chats, and those only for people who give a robot's address.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from engine import notification_channels
from engine.errors import SettingRefused
from engine.notification_channels import CHAT_ADDRESSES, EMAIL
from engine.unit_of_work import UnitOfWork
from feel.sentences import Sentence
from workers.mail import Mailer
from workers.outbound import Origin, Outbound
from workers.secrets import PREFIX, Secrets
from workers.surroundings import Surroundings

SECRETS = PREFIX
DESCRIPTIONS: Mapping[str, str] = {
    "BANLI_PUBLIC_URL": "where people reach the pages (https://…), for links in mails and chats; default: no links",
    "BANLI_SMTP_URL": "smtp://user:password@host:587 (STARTTLS) or smtps://…; ?tls=none without encryption; "
    "default: no mail",
    "BANLI_MAIL_FROM": "who writes the mails: an address, or Name <address>; needed with BANLI_SMTP_URL",
    "BANLI_CHATS": "chats that people may choose: wecom, dingtalk, feishu, each perhaps =https://… of one's own; "
    "or none; default: all three",
    "BANLI_HTTP_HOSTS": "what service tasks may call: api.example.com, *.example.org:8443, http://10.0.0.5:8080; "
    "default: nothing",
    "BANLI_HTTP_NETWORKS": "private networks that may be called all the same, such as 10.0.0.0/24; default: none",
    "BANLI_SECRET_…": "a secret that headers of service tasks name as secret:…; or a file var/secrets/…",
}


@dataclass(frozen=True, slots=True)
class Outward:
    """What may leave the house, checked. Passwords never appear in a representation."""

    public_url: str
    mailer: Mailer | None
    chats: Mapping[str, str]
    outbound: Outbound = field(repr=False)

    def offer(self) -> None:
        """Tell the engine which channels people may choose."""
        mail = {} if self.mailer is None else {EMAIL: ""}
        notification_channels.offer({**mail, **self.chats})

    def surroundings(
        self,
        unit_of_work: Callable[[], UnitOfWork],
        folder: Path,
        language: str,
        gettext_of: Callable[[str], Callable[[str], str]],
    ) -> Surroundings:
        """What service tasks outside the database are given; ``folder`` holds the files of secrets."""
        return Surroundings(
            unit_of_work=unit_of_work,
            secrets=Secrets(folder, os.environ),
            outbound=self.outbound,
            mailer=self.mailer,
            chats=self.chats,
            gettext_of=gettext_of,
            language=language,
            public_url=self.public_url,
        )


def read(environment: Mapping[str, str]) -> Outward:
    """What ``environment`` says. Raises :class:`SettingRefused` naming the setting, nothing secret."""
    return Outward(
        public_url=_public_url(environment.get("BANLI_PUBLIC_URL", "")),
        mailer=_mailer(environment.get("BANLI_SMTP_URL", ""), environment.get("BANLI_MAIL_FROM", "")),
        chats=_chats(environment.get("BANLI_CHATS", "")),
        outbound=Outbound(
            _origins(environment.get("BANLI_HTTP_HOSTS", "")), _networks(environment.get("BANLI_HTTP_NETWORKS", ""))
        ),
    )


def refused(name: str, why: Sentence) -> SettingRefused:
    """The one line with which a wrong setting stops the start."""
    return SettingRefused(Sentence("The setting {name} is wrong: {why}.", name=name, why=why))


def _public_url(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"https", "http"} or not parts.hostname or parts.query or parts.fragment):
        raise refused("BANLI_PUBLIC_URL", Sentence("it must be an address such as https://banli.example.org"))
    return text.rstrip("/")


def _mailer(url: str, sender: str) -> Mailer | None:
    if not url:
        return None
    if not sender:
        raise refused("BANLI_MAIL_FROM", Sentence("a mail needs a sender"))
    mailer = Mailer(url, sender)
    try:
        mailer.check_server()
    except ValueError:
        raise refused("BANLI_SMTP_URL", Sentence("it looks like smtp://host:587 or smtps://host")) from None
    try:
        mailer.check_sender()
    except ValueError:
        raise refused("BANLI_MAIL_FROM", Sentence("it is an address, or a name with an address in <>")) from None
    return mailer


def _chats(text: str) -> Mapping[str, str]:
    if not text:
        return CHAT_ADDRESSES
    if text.strip() == "none":
        return {}
    chats = {}
    for part in _parts(text):
        name, _sign, home = part.partition("=")
        if name not in CHAT_ADDRESSES:
            allowed = ", ".join([*CHAT_ADDRESSES, "none"])
            raise refused("BANLI_CHATS", Sentence("{text} is none of {allowed}", text=name[:40], allowed=allowed))
        try:
            Origin.parse(home or CHAT_ADDRESSES[name])
        except ValueError:
            raise refused("BANLI_CHATS", Sentence("{text} is no address of a host", text=home[:80])) from None
        chats[name] = home.rstrip("/") or CHAT_ADDRESSES[name]
    return chats


def _origins(text: str) -> tuple[Origin, ...]:
    found = []
    for part in _parts(text):
        try:
            found.append(Origin.parse(part))
        except ValueError:
            raise refused("BANLI_HTTP_HOSTS", Sentence("{text} is no address of a host", text=part[:80])) from None
    return tuple(found)


def _networks(text: str) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    found = []
    for part in _parts(text):
        try:
            found.append(ipaddress.ip_network(part))
        except ValueError:
            raise refused("BANLI_HTTP_NETWORKS", Sentence("{text} is no network", text=part[:80])) from None
    return tuple(found)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
