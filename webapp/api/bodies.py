"""JSON in and out: numbers are exact decimals both ways, and what no database can store is refused at the door."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import simplejson
from flask import Response, request

from engine.errors import FormRefused
from engine.values import untagged
from feel.sentences import Sentence

JSON = "application/json"
_LARGEST_EXPONENT = 400


class BodyRefused(FormRefused):
    """The body itself cannot be read."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__({"": [sentence]})


class NotJson(BodyRefused):
    """The body is of another kind than JSON."""


def read() -> Any:
    """The JSON of the request; an empty body is an empty object. Raises :class:`BodyRefused`."""
    raw = request.get_data(cache=False)
    if not raw.strip():
        return {}
    if not (request.mimetype == JSON or request.mimetype.endswith("+json")):
        raise NotJson(Sentence("Send JSON, with the content type application/json."))
    try:
        found = _DECODER.decode(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError, ArithmeticError) as error:
        raise BodyRefused(Sentence("The body is no JSON that can be read.")) from error
    if b"\\u" in raw and not _is_storable(found):
        raise BodyRefused(Sentence("The text contains characters that cannot be stored. Please type it again."))
    return found


def write(answer: Any, status: int = 200) -> Response:
    """A response of plain values, decimals and instants."""
    return Response(untagged(answer), status=status, mimetype=JSON)


def instant(value: datetime) -> str:
    """An instant with its offset, to the millisecond, as clients parse it."""
    return value.isoformat(timespec="milliseconds")


def _number(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite() or abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(text)
    return number


def _no_number(text: str) -> Any:
    raise ValueError(text)


_DECODER = simplejson.JSONDecoder(parse_float=_number, parse_constant=_no_number)


def _is_storable(value: Any) -> bool:
    """PostgreSQL stores no NUL, and nothing stores half of a surrogate pair."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, Mapping):
        return all(_is_storable(key) and _is_storable(item) for key, item in value.items())
    return not isinstance(value, list) or all(_is_storable(item) for item in value)
