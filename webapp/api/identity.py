"""Who asks: by HTTP Basic with id and password, or by an access token. Nothing is remembered between requests.

A cookie is never looked at: the API takes no part in sessions, and so needs no guard against forged forms. A token
may come as a bearer, as the password of Basic, or as what ``/oauth/token`` made of it.

Checking a password takes 30 ms of computing on purpose; one that was right is therefore known for some minutes, as a
keyed hash in this process alone, and only for as long as the person's password stays the same.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, cast

from flask import current_app, g, request
from sqlalchemy import select

from engine import access_tokens, clock, models
from engine.access_tokens import PREFIX, Recognised
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.organisation import passwords, people, sign_in_failures
from feel.sentences import Sentence
from webapp.api import oauth
from webapp.api.problems import TooMany, Unauthorized
from webapp.languages import LANGUAGES
from webapp.surroundings import reading, surroundings, write

_KNOWN_SECONDS = 300.0
_KNOWN_PEOPLE = 1000
_LONGEST = 4096


class Known:
    """Passwords that were right lately, as keyed hashes; the key lives as long as this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._key = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, tuple[str, float]] = OrderedDict()

    def has(self, person_id: str, password: str, password_hash: str) -> bool:
        """Whether this password was right for what the person's stored hash is now."""
        with self._lock:
            stored, until = self._known.get(self._digest(person_id, password), ("", 0.0))
        return until > time.monotonic() and hmac.compare_digest(stored, password_hash)

    def add(self, person_id: str, password: str, password_hash: str) -> None:
        """It was right."""
        with self._lock:
            self._known[self._digest(person_id, password)] = (password_hash, time.monotonic() + _KNOWN_SECONDS)
            while len(self._known) > _KNOWN_PEOPLE:
                self._known.popitem(last=False)

    def _digest(self, person_id: str, password: str) -> bytes:
        text = f"{person_id}\0{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, text, hashlib.sha256)


class WithoutCookies:
    """Takes the cookies off requests to the API before anything can read them."""

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Pass the request on."""
        if environ.get("PATH_INFO", "").startswith(("/v2/", "/oauth/")):
            environ.pop("HTTP_COOKIE", None)
        return self._application(environ, start_response)


def actor() -> Actor:
    """Who asks; raises :class:`NotAllowed` where nobody was asked who he is."""
    found = g.get("api_actor")
    if found is None:
        raise NotAllowed(Sentence("Please sign in."))
    return cast("Actor", found)


def identify(right: str | None) -> None:
    """Find out who asks, and refuse a token that is not for this kind of work (None: anybody may ask)."""
    g.language = request.accept_languages.best_match(LANGUAGES) or current_app.config["BANLI_LANGUAGE"]
    if right is None:
        return
    person_id, token = _person()
    if token is not None and right not in token.rights:
        raise NotAllowed(Sentence("This token is not for “{right}”.", right=right))
    try:
        g.api_actor = people.actor(reading(), person_id, clock.now(), token=None if token is None else token.name)
    except NotAllowed as error:
        raise Unauthorized(error.sentence) from error


def _person() -> tuple[str, Recognised | None]:
    scheme, _separator, given = request.headers.get("Authorization", "").partition(" ")
    given = given.strip()
    if not given or len(given) > _LONGEST:
        raise _nobody()
    found: tuple[str, Recognised | None] | None = None
    if scheme.lower() == "bearer":
        found = _bearer(given)
    elif scheme.lower() == "basic":
        found = _basic(given)
    if found is None:
        raise _nobody()
    return found


def recognised(person_id: str, secret: str) -> Recognised | None:
    """The access token of that person, for OAuth; failures count as those of passwords do."""
    token = access_tokens.recognise(reading(), secret[:_LONGEST])
    if token is None or token.person_id != person_id:
        _count_failure()
        return None
    return token


def _count_failure() -> None:
    """One more failure from this address; who has too many waits, and is not even written down."""
    address = request.remote_addr or ""
    _refuse_guessing(address)
    write(sign_in_failures.add, address)


def _refuse_guessing(address: str) -> None:
    if sign_in_failures.too_many(reading(), address):
        raise TooMany(Sentence("Too many failed attempts from this place. Please wait ten minutes."))


def _bearer(given: str) -> tuple[str, Recognised | None] | None:
    if given.startswith(PREFIX):
        return _token(given)
    key = oauth.read(given, surroundings().settings.secret_key)
    token = None if key is None else access_tokens.by_key(reading(), key)
    return None if token is None else (token.person_id, token)


def _basic(given: str) -> tuple[str, Recognised | None] | None:
    try:
        person_id, separator, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if not separator or "\0" in person_id:
        return None
    if secret.startswith(PREFIX):
        found = _token(secret)
        return found if found is not None and found[0] == person_id else None
    return (person_id, None) if _password(person_id, secret) else None


def _token(secret: str) -> tuple[str, Recognised | None] | None:
    token = access_tokens.recognise(reading(), secret)
    if token is None:
        _count_failure()
        return None
    if not token.was_used_lately:
        write(access_tokens.used, token.key)
    return token.person_id, token


def _password(person_id: str, password: str) -> bool:
    table = models.Person
    row = (
        reading()
        .execute(
            select(table.password_hash, table.locked_until, table.must_change_password).where(
                table.id == person_id, table.active.is_(True), table.locked_at.is_(None)
            )
        )
        .one_or_none()
    )
    known: Known = current_app.extensions["banli_known_passwords"]
    stored = None if row is None else row.password_hash
    locked = row is not None and row.locked_until is not None and clock.now() < row.locked_until
    if stored is None or locked or not known.has(person_id, password, stored):
        address = request.remote_addr or ""
        _refuse_guessing(address)
        with current_app.extensions["banli_password_checks"]:
            attempt = passwords.verify(reading(), person_id, password)
        if write(passwords.sign_in, attempt, address).person_id is None:
            return False
        if attempt.hash_checked is not None:
            known.add(person_id, password, attempt.hash_checked)
    if row is not None and row.must_change_password:
        raise NotAllowed(Sentence("Sign in on the pages first, and choose a password of your own."))
    return True


def _nobody() -> Unauthorized:
    return Unauthorized(Sentence("Sign in by HTTP Basic with your id and password, or with an access token."))
