"""A store manager with a browser, who starts matters and does not give up when the page does not answer."""

from __future__ import annotations

import http.client
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from http.cookiejar import CookieJar

from banli.settings import DEMO_PASSWORD

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
_AWAY = (urllib.error.URLError, http.client.HTTPException, OSError)
_ALREADY = 409


class Person:
    """Somebody who signs in once and works through the pages."""

    def __init__(self, address: str, person_id: str, patience: float) -> None:
        self.id = person_id
        self.refused = 0  # requests that found nobody, or an answer 5xx
        self._address = address
        self._patience = patience
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self._token = ""

    def sign_in(self) -> None:
        """Through the page, as everybody."""
        self._again(self._sign_in)

    def ask(self, number: int) -> None:
        """Start a matter and submit its form; returns when it is known to be submitted."""
        task = self._again(self._start)
        self._again(lambda: self._submit(task, number))

    def _sign_in(self) -> int:
        token = _found(_TOKEN, self._open("/sign-in")[1])
        self._open("/sign-in", {"person": self.id, "password": DEMO_PASSWORD, "csrf_token": token, "next": "/start"})
        self._token = _found(_TOKEN, self._open("/start")[1])
        return len(self._token)

    def _start(self) -> int:
        """An answer that got lost leaves a draft behind, which nobody else ever sees."""
        address, _ = self._open("/start/faults_journey", {"csrf_token": self._token})
        return int(_found(re.compile(r"/tasks/(\d+)"), address))

    def _submit(self, task: int, number: int) -> int:
        given = {"csrf_token": self._token, "purpose": f"事项 {number}", "amount": str(number)}
        try:
            self._open(f"/tasks/{task}/complete", given)
        except urllib.error.HTTPError as error:
            if error.code != _ALREADY:  # the answer to an earlier attempt got lost, but it counted
                raise
        return task

    def _again(self, attempt: Callable[[], int]) -> int:
        """Until it works: a person who sees no page reloads it."""
        deadline = time.monotonic() + self._patience
        while True:
            try:
                return attempt()
            except urllib.error.HTTPError as error:
                if error.code < http.client.INTERNAL_SERVER_ERROR or time.monotonic() > deadline:
                    raise
            except _AWAY:
                if time.monotonic() > deadline:
                    raise
            self.refused += 1
            time.sleep(0.2)

    def _open(self, path: str, fields: Mapping[str, str] | None = None) -> tuple[str, str]:
        """Where it led, and the page."""
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(self._address + path, body, {"Sec-Fetch-Site": "same-origin"})  # noqa: S310
        with self._opener.open(request, timeout=30) as answer:
            return answer.url, answer.read().decode()


def _found(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.search(text)
    if match is None:
        raise LookupError(f"{pattern.pattern} is not in the page")
    return match.group(1)
