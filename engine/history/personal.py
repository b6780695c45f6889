"""Personal values in events: the event holds a salted digest, a row beside it the value, until it is erased.

The digest of an erased value cannot be turned back by trying short texts, because the salt is erased with it.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine import values

DIGEST = "@digest"
_RESERVED = re.compile(r"@+digest")


@dataclass(frozen=True, slots=True)
class Personal:
    """Wraps a value in an event's details that a law may oblige us to erase (a name, a reason, a phone number)."""

    value: Any


@dataclass(frozen=True, slots=True)
class Erased:
    """Stands in a timeline where a personal value was erased; ``at`` is null if its row is missing."""

    at: datetime | None


def disclose(details: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The details with digests in the place of personal values, and the rows of those: digest, salt and value."""
    rows: list[dict[str, Any]] = []
    return {str(key): _disclosed(value, rows) for key, value in details.items()}, rows


def restore(details: Any, known: Mapping[str, Any]) -> Any:
    """Details with personal values in the place of their digests; ``known`` maps a digest to what is shown."""
    if isinstance(details, Mapping):
        if set(details) == {DIGEST}:
            return known.get(str(details[DIGEST]), Erased(None))
        return {_unescaped(key): restore(value, known) for key, value in details.items()}
    if isinstance(details, list):
        return [restore(item, known) for item in details]
    return details


def digests(details: Any) -> Iterator[str]:
    """The digests that the details of one event hold."""
    if isinstance(details, Mapping):
        if set(details) == {DIGEST}:
            yield str(details[DIGEST])
            return
        for value in details.values():
            yield from digests(value)
    elif isinstance(details, list):
        for item in details:
            yield from digests(item)


def digest_of(salt: str, text: str) -> str:
    """SHA-256, in hexadecimal, of the salt and the value's JSON text."""
    return hashlib.sha256(f"{salt}:{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _disclosed(value: Any, rows: list[dict[str, Any]]) -> Any:
    if value.__class__ in values.SCALARS:
        return value
    if isinstance(value, Personal):
        salt, text = secrets.token_hex(16), values.canonical(value.value)
        digest = digest_of(salt, text)
        rows.append({"digest": digest, "salt": salt, "value": text})
        return {DIGEST: digest}
    if isinstance(value, Mapping):
        return {_escaped(str(key)): _disclosed(item, rows) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_disclosed(item, rows) for item in value]
    return value


def _escaped(key: str) -> str:
    """A key of the user's own that looks like ours gets one more "@"."""
    return f"@{key}" if _RESERVED.fullmatch(key) else key


def _unescaped(key: str) -> str:
    return key[1:] if key != DIGEST and _RESERVED.fullmatch(key) else key
