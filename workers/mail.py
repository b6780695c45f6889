"""Mail by SMTP: encrypted unless the server is on this machine or the setting says otherwise, and bounded in time.

``smtp://`` begins in the clear and must become encrypted (STARTTLS); ``smtps://`` is encrypted from the beginning;
``?tls=none`` lets a server of one's own network do without.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from urllib.parse import parse_qs, unquote, urlsplit

from engine.errors import Refused
from engine.topics import TryAgain
from feel.sentences import Sentence

SECONDS = 20.0
MAXIMUM_RECIPIENTS = 50
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
_SENDER = re.compile(r" *(?:\"?(?P<name>[^<>\"\r\n]*?)\"? *<(?P<named>[^<>]+)>|(?P<bare>[^<>\s]+)) *")
_PERMANENT = 500
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. ``message_id`` (without angle brackets) is made from a key, so that a repetition is recognised."""

    message_id: str
    to: Sequence[str]
    subject: str
    text: str
    written_at: datetime
    cc: Sequence[str] = ()
    reply_to: str | None = None
    automatic: bool = True


@dataclass(frozen=True, slots=True)
class Mailer:
    """A server and who writes. ``sender`` is "Name <address>" or an address."""

    url: str = field(repr=False)
    sender: str

    def check_server(self) -> None:
        """Raises ValueError for an address of a server that cannot be used."""
        parts = urlsplit(self.url)
        tls = parse_qs(parts.query).get("tls", ["required"])
        if parts.scheme not in _PORTS or not parts.hostname or parts.port == 0 or tls not in (["required"], ["none"]):
            raise ValueError(parts.scheme)

    def check_sender(self) -> None:
        """Raises ValueError for a sender that cannot be used."""
        self._sender()

    @property
    def domain(self) -> str:
        """The sender's domain: the right half of message ids."""
        return self._sender().domain

    def send(self, mail: Mail) -> list[str]:
        """Hand the mail over; the recipients that the server refused while it took others.

        Raises :class:`TryAgain` when it could not be handed over now, :class:`Refused` when it never can.
        """
        message, recipients = self._message(mail)
        try:
            server = self._connected()
            try:
                refused = server.send_message(message, self._sender().addr_spec, recipients)
            finally:
                _part(server)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _text in error.recipients.values()]
            if all(code >= _PERMANENT for code in codes):
                raise Refused(Sentence("The mail server takes mail for none of the recipients.")) from None
            raise TryAgain(Sentence("The mail server takes no mail for the recipients just now.")) from None
        except smtplib.SMTPResponseException as error:
            sentence = Sentence("The mail server refused: {code}.", code=error.smtp_code)
            if error.smtp_code >= _PERMANENT and not isinstance(error, smtplib.SMTPAuthenticationError):
                raise Refused(sentence) from None
            raise TryAgain(sentence) from None
        except (OSError, smtplib.SMTPException) as error:
            raise TryAgain(
                Sentence("The mail server did not answer: {reason}.", reason=type(error).__name__)
            ) from None
        return sorted(refused)

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=SECONDS)
        try:
            if parts.scheme == "smtp" and not _may_be_clear(parts.query, host):
                server.starttls(context=context)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _message(self, mail: Mail) -> tuple[EmailMessage, list[str]]:
        to, cc = checked_addresses(mail.to), checked_addresses(mail.cc)
        recipients = list(dict.fromkeys([*to, *cc]))
        if not recipients or len(recipients) > MAXIMUM_RECIPIENTS:
            raise Refused(Sentence("A mail has 1 to {limit} recipients.", limit=MAXIMUM_RECIPIENTS))
        if not mail.subject.isprintable():
            raise Refused(Sentence("The subject of a mail is one line."))
        message = EmailMessage(policy=SMTP)
        message["From"] = self._sender()
        message["To"] = ", ".join(to)
        if cc:
            message["Cc"] = ", ".join(cc)
        if mail.reply_to:
            message["Reply-To"] = checked_addresses([mail.reply_to])[0]
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(mail.written_at)
        message["Message-ID"] = f"<{mail.message_id}>"
        if mail.automatic:
            message["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office replies do not answer it
        message.set_content(mail.text, cte="base64")
        return message, recipients

    def _sender(self) -> Address:
        match = _SENDER.fullmatch(self.sender)
        address = "" if match is None else match["named"] or match["bare"]
        if match is None or not _ADDRESS.fullmatch(address):
            raise ValueError(self.sender)
        return Address(match["name"] or "", addr_spec=address)


def checked_addresses(addresses: Sequence[str]) -> list[str]:
    """Addresses that can stand in a header. Raises :class:`Refused` naming the first one that cannot."""
    for address in addresses:
        if not _ADDRESS.fullmatch(address) or ".." in address:
            raise Refused(Sentence("{address} is no e-mail address.", address=address[:80]))
    return list(addresses)


def _part(server: smtplib.SMTP) -> None:
    """Say good-bye; whatever becomes of that, the mail was taken or refused before."""
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _may_be_clear(query: str, host: str) -> bool:
    if parse_qs(query).get("tls") == ["none"] or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
