"""HTTP to the world: only to origins on a list, only to public addresses, bounded in time and size.

A name is resolved once; every address that it gives is checked, and the connection goes to the very address that was
checked, so that a name which changes its mind in between (DNS rebinding) leads nowhere else. Proxies of the
environment are not used. Redirects are followed within one origin only.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urljoin, urlsplit

from engine.errors import Refused
from engine.topics import TryAgain
from feel.sentences import Sentence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

MAXIMUM_ANSWER = 1_000_000
"""Bytes of an answer's body."""

MAXIMUM_REDIRECTS = 3
LONGEST_PAUSE = timedelta(hours=1)
"""What a ``Retry-After`` may ask for at most."""

_PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"(?:\*\.)?[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_CHUNK = 65_536
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_FOLLOWED = {307, 308}
_FOLLOWED_BY_GET = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port; ``host`` "*.example.org" means every host below it."""

    scheme: str
    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Origin:
        """Of "api.example.org", "*.example.org:8443" or "http://10.0.0.5:8080". Raises ValueError."""
        parts = urlsplit(text if "://" in text else f"https://{text}")
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
        is_bare = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password)
        if parts.scheme not in _PORTS or not is_bare or not _HOST.fullmatch(host):
            raise ValueError(text)
        return cls(parts.scheme, host.strip("[]"), parts.port or _PORTS[parts.scheme])

    def covers(self, other: Origin) -> bool:
        """Whether ``other`` is this origin, or below it."""
        if (self.scheme, self.port) != (other.scheme, other.port):
            return False
        return other.host.endswith(self.host[1:]) if self.host.startswith("*.") else other.host == self.host


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outbound:
    """What may be asked. ``networks``: private ones that may be connected to all the same."""

    origins: tuple[Origin, ...] = ()
    networks: tuple[Network, ...] = ()
    maximum_answer: int = MAXIMUM_ANSWER
    _context: ssl.SSLContext = field(default_factory=ssl.create_default_context, repr=False, compare=False)

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        seconds: float = 10.0,
    ) -> Answer:
        """Ask, and give the whole answer, whatever its status.

        Raises :class:`Refused` for what may not be asked or is too large, :class:`TryAgain` when nobody answers in
        time. No message holds more of the address than the host, since the rest may be secret.
        """
        deadline = time.monotonic() + seconds
        for _redirect in range(MAXIMUM_REDIRECTS + 1):
            parts, origin = self._checked(url)
            answer = self._ask(method, parts, origin, dict(headers or {}), body, deadline)
            location = answer.headers.get("location", "")
            if answer.status not in (_FOLLOWED_BY_GET if method in {"GET", "HEAD"} else _FOLLOWED) or not location:
                return answer
            target = urljoin(url, location)
            if self._checked(target)[1] != origin:
                raise Refused(Sentence("{host} sends us to another host; that is not followed.", host=origin.host))
            url = target
        raise Refused(Sentence("{host} sends us from one address to the next.", host=urlsplit(url).hostname))

    def _checked(self, url: str) -> tuple[SplitResult, Origin]:
        """The parts of an address that may be asked for."""
        wrong = Refused(Sentence("This is no address of a web service that could be called."))
        if not url.isprintable() or any(character.isspace() or character == "\\" for character in url):
            raise wrong
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").rstrip(".")
            named = host if ":" in host else host.encode("idna").decode("ascii").lower()
            origin = Origin(parts.scheme, named, parts.port or _PORTS.get(parts.scheme, 0))
        except (ValueError, UnicodeError):
            raise wrong from None
        if origin.scheme not in _PORTS or not origin.host or parts.username is not None:
            raise wrong
        if not any(allowed.covers(origin) for allowed in self.origins):
            raise Refused(
                Sentence(
                    "{origin} may not be called. An administrator can allow it in the setting {setting}.",
                    origin=f"{origin.scheme}://{origin.host}:{origin.port}",
                    setting="BANLI_HTTP_HOSTS",
                )
            )
        return parts, origin

    def _addresses(self, origin: Origin) -> list[str]:
        """The addresses of a host, all of them allowed."""
        try:
            found = socket.getaddrinfo(origin.host, origin.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise TryAgain(Sentence("The host {host} is not known here.", host=origin.host)) from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        for text in addresses:
            if not self._is_allowed(ipaddress.ip_address(text)):
                raise Refused(
                    Sentence(
                        "{host} has the private address {address}. An administrator can allow it in the setting "
                        "{setting}.",
                        host=origin.host,
                        address=text,
                        setting="BANLI_HTTP_NETWORKS",
                    )
                )
        return addresses

    def _is_allowed(self, address: Address) -> bool:
        inner = _inner(address)
        if any(inner.version == network.version and inner in network for network in self.networks):
            return True
        return inner.is_global and not inner.is_multicast and not inner.is_reserved and not inner.is_unspecified

    def _ask(
        self,
        method: str,
        parts: SplitResult,
        origin: Origin,
        headers: dict[str, str],
        body: bytes | None,
        deadline: float,
    ) -> Answer:
        addresses = self._addresses(origin)
        connection = _Connection(origin, addresses, deadline, self._context if origin.scheme == "https" else None)
        over = threading.Timer(max(0.0, deadline - time.monotonic()), connection.abort)
        over.daemon = True
        over.start()
        try:
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body=body, headers={"Accept-Encoding": "identity", **headers})
            return self._answer(connection.getresponse(), origin)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, ValueError) and not isinstance(error, OSError):
                raise Refused(Sentence("A header or the address holds characters that it must not hold.")) from None
            reason = Sentence("no answer in time") if connection.was_aborted else type(error).__name__
            raise TryAgain(Sentence("{host} did not answer: {reason}.", host=origin.host, reason=reason)) from None
        finally:
            over.cancel()
            connection.close()

    def _answer(self, response: http.client.HTTPResponse, origin: Origin) -> Answer:
        headers = {name.lower(): value for name, value in response.getheaders()}
        if headers.get("content-encoding", "identity").lower() not in {"identity", ""}:
            raise Refused(Sentence("{host} answers compressed, although we asked it not to.", host=origin.host))
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > self.maximum_answer:
                raise Refused(
                    Sentence(
                        "The answer of {host} is longer than {limit} bytes.",
                        host=origin.host,
                        limit=self.maximum_answer,
                    )
                )
        if response.length:  # http.client passes over an answer that was cut off
            raise http.client.IncompleteRead(bytes(body), response.length)
        return Answer(response.status, headers, bytes(body))


class _Connection(http.client.HTTPConnection):
    """A connection to one of the checked addresses; the name is for the certificate and the ``Host`` header."""

    def __init__(
        self, origin: Origin, addresses: Iterable[str], deadline: float, context: ssl.SSLContext | None
    ) -> None:
        super().__init__(origin.host, origin.port)
        self.default_port = _PORTS[origin.scheme]
        self.was_aborted = False
        self._addresses = tuple(addresses)
        self._deadline = deadline
        self._context = context
        self._plain: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the first checked address that answers."""
        error: OSError = TimeoutError()
        for address in self._addresses:
            left = self._deadline - time.monotonic()
            if left <= 0:
                break
            try:
                self._plain = socket.create_connection((address, self.port), left)
            except OSError as refused:
                error = refused
                continue
            self.sock = self._plain
            if self._context is not None:
                self.sock = self._context.wrap_socket(self._plain, server_hostname=self.host)
            return
        raise error

    def abort(self) -> None:
        """The time is over: whatever reads or writes now ends."""
        self.was_aborted = True
        for open_socket in (self.sock, self._plain):
            if open_socket is not None:
                try:
                    open_socket.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue  # closed already


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the other side asked us to wait (seconds or a date); None if it did not, or unreadably."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned: datetime = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(zoned - now, timedelta(0)), LONGEST_PAUSE)


def _inner(address: Address) -> Address:
    """The IPv4 address that an IPv6 address leads to, where it leads to one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else address)
