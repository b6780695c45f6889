"""Secrets by reference: a header names one (``secret:SMS_KEY``), and its value is looked up when it is sent.

The value stands in the environment (``BANLI_SECRET_SMS_KEY``) or in a file ``var/secrets/SMS_KEY`` that its owner
alone may read. It never becomes a variable, a job, a history event or a line of a log.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from engine.errors import Refused
from engine.topics.inputs import SECRET
from feel.sentences import Sentence

PREFIX = "BANLI_SECRET_"
_OWN = frozenset({"KEY"})  # BANLI_SECRET_KEY signs sessions and is nobody's to send
_LONGEST = 10_000
REDACTED = "•••"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Where secrets are found."""

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    def fill(self, text: str, used: set[str]) -> str:
        """The text with values in the place of the names; ``used`` collects the values. Raises :class:`Refused`."""
        parts, end = [], 0
        for match in SECRET.finditer(text):
            value = self.value(match[1])
            used.add(value)
            parts += [text[end : match.start()], value]
            end = match.end()
        return "".join([*parts, text[end:]])

    def value(self, name: str) -> str:
        """The value of one secret. Raises :class:`Refused` if there is none, or others could read its file."""
        if name in _OWN:
            raise Refused(Sentence("The secret {name} belongs to the system itself.", name=name))
        given = self.environment.get(PREFIX + name)
        if given:
            return given
        file = self.folder / name
        try:
            descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError:
            raise Refused(
                Sentence(
                    "There is no secret {name}. Set {variable}, or write it to var/secrets/{name}.",
                    name=name,
                    variable=PREFIX + name,
                )
            ) from None
        with os.fdopen(descriptor, encoding="utf-8") as opened:
            if stat.S_IMODE(os.fstat(opened.fileno()).st_mode) & 0o077:
                raise Refused(
                    Sentence(
                        "Others can read var/secrets/{name}. Let its owner alone read it (chmod 600).", name=name
                    )
                )
            return opened.read(_LONGEST).strip()


def redacted(text: str, values: Iterable[str]) -> str:
    """The text without the values: the other side may repeat what it was sent."""
    for value in sorted(filter(None, values), key=len, reverse=True):
        text = text.replace(value, REDACTED)
    return text
