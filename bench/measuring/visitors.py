"""People before the pages, over real HTTP: each signs in once and then does what store managers do, again and again.

Standard library only, and little work of its own: the visitors share the machine with the server that they measure.
"""

from __future__ import annotations

import http.client
import re
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

PASSWORD = "banli-demo"  # noqa: S105 - of the fictitious people
STORE_MANAGERS = tuple(f"U{number}" for number in range(19, 30))
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_REQUEST = {
    "purpose": "更换前厅地毯",
    "category": "carpet",
    "lines.0.item": "防滑地毯",
    "lines.0.qty": "1",
    "lines.0.unit": "块",
    "lines.0.est_price": "150.00",
    "needed_by": "2099-12-31",
}


@dataclass
class Times:
    """Milliseconds of each request, by what was asked for."""

    inbox: list[float] = field(default_factory=list)
    open: list[float] = field(default_factory=list)
    submit: list[float] = field(default_factory=list)

    def add(self, other: Times) -> None:
        """Those of another visitor too."""
        self.inbox += other.inbox
        self.open += other.open
        self.submit += other.submit


class Visitor:
    """One person with one kept connection."""

    def __init__(self, address: str, person: str) -> None:
        parts = urlsplit(address)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=60)
        self._cookies: SimpleCookie = SimpleCookie()
        self.times = Times()
        page = self.get("/sign-in")
        form = {"person": person, "password": PASSWORD, "csrf_token": _TOKEN.search(page)[1]}  # type: ignore[index]
        status, _headers, _text = self.ask("POST", "/sign-in", form)
        if status not in (302, 303):
            raise RuntimeError(f"{person} could not sign in: {status}")
        self._token = _TOKEN.search(self.get("/account/password"))[1]  # type: ignore[index]

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, Any, str]:
        """Status, headers and text."""
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self._cookies.items())}
        body = None
        if form is not None:
            body = urlencode(form)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        except http.client.RemoteDisconnected:
            if method != "GET":  # a server may close what rested; a browser asks again, but posts nothing twice
                raise
            self._connection.close()
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
        text = response.read().decode()
        for cookie in response.headers.get_all("Set-Cookie", []):
            self._cookies.load(cookie)
        return response.status, response.headers, text

    def get(self, path: str) -> str:
        """A page."""
        status, _headers, text = self.ask("GET", path)
        if status != 200:
            raise RuntimeError(f"{path}: {status}")
        return text

    def once(self) -> None:
        """See the inbox, start a request, open its form, submit it."""
        begun = time.perf_counter()
        self.get("/inbox")
        self.times.inbox.append((time.perf_counter() - begun) * 1000)
        _status, headers, _text = self.ask("POST", "/start/procurement_request", {"csrf_token": self._token})
        task = urlsplit(headers["Location"]).path
        begun = time.perf_counter()
        self.get(task)
        self.times.open.append((time.perf_counter() - begun) * 1000)
        begun = time.perf_counter()
        status, _headers, text = self.ask("POST", f"{task}/complete", {**_REQUEST, "csrf_token": self._token})
        self.times.submit.append((time.perf_counter() - begun) * 1000)
        if status != 303:
            raise RuntimeError(f"{task}: {status} {text[:2000]}")


def visit(address: str, count: int, rounds: int) -> tuple[Times, float]:
    """``count`` visitors at once, each ``rounds`` times; gives all times, and the seconds that it took together."""
    visitors = [Visitor(address, STORE_MANAGERS[number % len(STORE_MANAGERS)]) for number in range(count)]
    failures: list[Exception] = []

    def work(visitor: Visitor) -> None:
        try:
            for _ in range(rounds):
                visitor.once()
        except Exception as failure:  # told to whoever waits for the threads
            failures.append(failure)

    threads = [threading.Thread(target=work, args=(visitor,)) for visitor in visitors]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begun
    if failures:
        raise failures[0]
    times = Times()
    for visitor in visitors:
        times.add(visitor.times)
    return times, seconds
