"""Texts: no white space at their ends, no control characters, lengths in characters, patterns by RE2."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from engine.task_forms.fields import TextField
from engine.task_forms.formulas import FieldRefused, Surroundings, Variables, evaluate
from feel.sentences import Sentence

LONGEST_LINE = 2_000
LONGEST_TEXT = 20_000

_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_PHONE = re.compile(r"\+?[0-9]{1,4}([ -]?[0-9]{2,}){1,6}")
_PHONE_DIGITS = range(5, 16)


def parse(_field: TextField, text: str) -> str | None:
    """What was typed; browsers post line ends as CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip() or None


def normalise(entry: TextField, value: Any) -> str | None:
    """The text without white space at its ends, None if nothing is left."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise FieldRefused(Sentence("A text is expected here."))
    text = value.replace("\r\n", "\n").strip()
    limit = LONGEST_TEXT if entry.multiline else LONGEST_LINE
    if len(text) > limit:
        raise FieldRefused(_too_long(limit, text))
    allowed = "\n\t" if entry.multiline else ""
    # printable: no control characters, nor a few others that are looked at one by one
    if not text.isprintable() and any(
        unicodedata.category(character) in {"Cc", "Cs"} and character not in allowed for character in text
    ):
        raise FieldRefused(Sentence("The text holds characters that cannot be shown; please type it again."))
    return text or None


def constrain(entry: TextField, text: str, variables: Variables, around: Surroundings) -> Iterator[Sentence]:
    """What is wrong with a text that is there."""
    least = _length(evaluate(entry.minimum_length, variables, around))
    most = _length(evaluate(entry.maximum_length, variables, around))
    if least is not None and len(text) < least:
        yield Sentence(
            "At least {minimum} characters are needed; these are {length}.", minimum=least, length=len(text)
        )
    if most is not None and len(text) > most:
        yield _too_long(most, text)
    if entry.pattern is not None and entry.pattern.search(text) is None:
        if entry.pattern_message:
            yield Sentence("{message}", message=Sentence(entry.pattern_message))
        else:
            yield Sentence("This does not have the form that is asked for.")
    if entry.format == "email" and not _EMAIL.fullmatch(text):
        yield Sentence("This is no e-mail address, e.g. name@example.com.")
    if entry.format == "phone" and not (_PHONE.fullmatch(text) and _digits(text) in _PHONE_DIGITS):
        yield Sentence("This is no telephone number, e.g. 13800138000 or +86 10 12345678.")


def _too_long(limit: int, text: str) -> Sentence:
    return Sentence("At most {maximum} characters are allowed; these are {length}.", maximum=limit, length=len(text))


def _digits(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _length(value: object) -> int | None:
    if value is None:
        return None
    try:
        return int(str(value))
    except ValueError as error:
        raise FieldRefused(Sentence("The length that is allowed here cannot be computed.")) from error
