"""People before the pages: each signs in once, and then does what people do, again and again.

A visitor comes over real HTTP with one kept connection. Standard library only, and little work of its own: the
visitors share the machine with the server that they measure. A caller asks the application itself, without a server
between, as ``bench/growth.py`` does to see small differences.
"""

from __future__ import annotations

import http.client
import io
import re
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

PASSWORD = "banli-demo"  # noqa: S105 - of the fictitious people
STORE_MANAGERS = tuple(f"U{number}" for number in range(19, 30))
_RESTS_SECONDS = 3.0  # servers of ours keep a connection for five
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
Headers = Sequence[tuple[str, str]]
Answer = tuple[int, dict[str, str], bytes]


class Guest(ABC):
    """One person who is signed in."""

    def __init__(self, person: str) -> None:
        self._cookies: SimpleCookie = SimpleCookie()
        page = self.get("/sign-in").decode()
        form = {"person": person, "password": PASSWORD, "csrf_token": _TOKEN.search(page)[1]}  # type: ignore[index]
        status, _headers, _text = self.ask("POST", "/sign-in", form)
        if status not in (302, 303):
            raise RuntimeError(f"{person} could not sign in: {status}")
        self._token = _TOKEN.search(self.get("/account/password").decode())[1]  # type: ignore[index]

    @abstractmethod
    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Headers, bytes]: ...

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> Answer:
        """Status, headers and body."""
        headers = {
            "Cookie": "; ".join(f"{name}={one.value}" for name, one in self._cookies.items()),
            "Accept-Language": "zh",
        }
        body = b""
        if form is not None:
            body = urlencode(form).encode()
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        status, told, text = self._send(method, path, headers, body)
        for name, value in told:
            if name.lower() == "set-cookie":
                self._cookies.load(value)
        return status, {name.lower(): value for name, value in told}, text

    def get(self, path: str) -> bytes:
        """A page."""
        status, _headers, body = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        return body

    def post(self, path: str, form: dict[str, str]) -> str:
        """Post a form; gives the path that the answer leads to."""
        status, headers, body = self.ask("POST", path, {**form, "csrf_token": self._token})
        if status != 303:
            raise RuntimeError(f"{path}: {status} {body.decode()[:2000]}")
        return urlsplit(headers["location"]).path


class Visitor(Guest):
    """A person who comes over HTTP."""

    def __init__(self, address: str, person: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
        self._used = time.monotonic()
        super().__init__(person)

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Headers, bytes]:
        if time.monotonic() - self._used > _RESTS_SECONDS:  # the server is about to close it, or has done so
            self._connection.close()
        try:
            self._connection.request(method, path, body or None, headers)
            response = self._connection.getresponse()
        except http.client.RemoteDisconnected:
            if method != "GET":  # a server may close what rested; a browser asks again, but posts nothing twice
                raise
            self._connection.close()
            self._connection.request(method, path, None, headers)
            response = self._connection.getresponse()
        answer = response.status, response.getheaders(), response.read()
        self._used = time.monotonic()
        return answer


class Caller(Guest):
    """A person who asks the WSGI application itself."""

    def __init__(self, application: Callable[..., Iterable[bytes]], person: str) -> None:
        self._application = application
        super().__init__(person)

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, Headers, bytes]:
        path, _question, query = path.partition("?")
        environment: dict[str, Any] = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "CONTENT_LENGTH": str(len(body)), "SERVER_NAME": "localhost", "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(),
            "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
            "CONTENT_TYPE": headers.pop("Content-Type", ""),
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
        }  # fmt: skip
        begun: list[tuple[str, Headers]] = []
        chunks = self._application(environment, lambda status, told, _error=None: begun.append((status, told)))
        try:
            answered = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        status, told = begun[-1]
        return int(status.split()[0]), told, answered


def at_once(visits: Sequence[Callable[[], None]]) -> float:
    """Run each visit in a thread of its own, all beginning together; gives the seconds until the last one ended."""
    failures: list[Exception] = []
    line = threading.Barrier(len(visits) + 1)

    def work(visit: Callable[[], None]) -> None:
        line.wait()
        try:
            visit()
        except Exception as failure:  # told to whoever waits for the threads
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(visit,)) for visit in visits]
    for thread in threads:
        thread.start()
    line.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if failures:
        raise failures[0]
    return seconds
