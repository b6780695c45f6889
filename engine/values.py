"""Variables to text and back, exactly: JSON with decimals kept digit for digit, and tags for what JSON lacks.

Numbers are ``int`` or ``Decimal``, never binary floats. Dates, times and durations become
``{"@type": "date", "@text": "2026-11-23"}``; an object of the user's own that has a key "@type" is wrapped, so every
shape survives a round trip. Text is compact and in the order of insertion: it is stored as text, never as JSONB,
which would reorder keys and change decimals.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import orjson
import simplejson

from engine.errors import Refused
from feel.sentences import Sentence

MAXIMUM_DEPTH = 120
MAXIMUM_LENGTH = 8_000_000
_TYPE, _TEXT, _OBJECT = "@type", "@text", "@object"
_ENCODER = simplejson.JSONEncoder(ensure_ascii=False, separators=(",", ":"), use_decimal=True)
_SORTING_ENCODER = simplejson.JSONEncoder(ensure_ascii=False, separators=(",", ":"), use_decimal=True, sort_keys=True)
_DECODER = simplejson.JSONDecoder(parse_float=Decimal)  # made once: making one costs more than a small text
_NEEDS_PATIENCE = re.compile(r"[0-9](?:[.eE]|[0-9]{18})")
"""Where a number may have a point, an exponent or more than 64 bits, which the quick decoder takes for floats."""
SCALARS = frozenset({str, int, bool, type(None)})
"""What is the same in JSON as in Python; exact classes, for a test that costs nearly nothing."""
_DECODED = SCALARS | {Decimal}
_SEQUENCES = frozenset({list, tuple})
_NESTING = _SEQUENCES | {dict}
_EMPTY: dict[type, str] = {dict: "{}", list: "[]", tuple: "[]"}
_TAGGED = {
    date: "date",
    datetime: "datetime",
    time: "time",
    timedelta: "timedelta",
}
_leaves: set[object] = {*_DECODED, *_TAGGED}
"""What the encoder takes as it is, or hands to :func:`_stand_in`; with what :func:`register` adds."""


def dumps(value: object) -> str:
    """JSON text of ``value``; raises :class:`Refused` for a float, an unknown type, or what is too deep or long."""
    if not value and value.__class__ in _EMPTY:  # nearly every row has some
        return _EMPTY[value.__class__]
    text = _text(value, 0, _ENCODER)
    if len(text) > MAXIMUM_LENGTH:
        raise Refused(Sentence("The values are too large: {length} characters.", length=len(text)))
    return text


def same(one: object, other: object) -> bool:
    """Whether both would be stored as the same text: 1, 1.0 and true are three values."""
    if one.__class__ in SCALARS and other.__class__ in SCALARS:
        return one.__class__ is other.__class__ and one == other
    return dumps(one) == dumps(other)


def canonical(value: object) -> str:
    """The same with sorted keys: the text that the history hashes."""
    return _text(value, orjson.OPT_SORT_KEYS, _SORTING_ENCODER)


def canonical_bytes(plain: Mapping[str, str | int | None]) -> bytes:
    """The bytes of :func:`canonical` for one level of plain texts and numbers, which need no second look.

    An altered row may hold what UTF-8 cannot: it has bytes all the same.
    """
    try:
        return orjson.dumps(plain, None, orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError:
        return canonical(plain).encode("utf-8", "surrogatepass")


def untagged(value: object) -> str:
    """JSON text for readers of plain JSON: dates, times and durations are their ISO texts."""
    return _encode(_untagged(value), 0, _ENCODER)


def _untagged(value: Any) -> Any:
    if value.__class__ in SCALARS:
        return value
    if isinstance(value, Mapping):
        return {str(key): _untagged(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_untagged(item) for item in value]
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():g}S"
    return str(value)


def loads(text: str) -> Any:
    """The value of a text that :func:`dumps` made, or of any JSON; numbers with a point become ``Decimal``."""
    if _NEEDS_PATIENCE.search(text) is None:
        try:
            value = orjson.loads(text)
        except orjson.JSONDecodeError:  # halves of surrogate pairs, and what is no JSON
            pass
        else:
            return _rich(value) if _TYPE in text or "\\u" in text else value
    return _rich(_DECODER.decode(text))


def _text(value: object, options: int, patient: simplejson.JSONEncoder) -> str:
    """The text at once where nothing needs a second look, which is nearly always; else of a copy made plain."""
    if _is_plain(value, 0):
        try:
            return orjson.dumps(value, _stand_in, options | orjson.OPT_PASSTHROUGH_DATETIME).decode()
        except orjson.JSONEncodeError:  # keys that are no texts, and what the patient encoder is for
            pass
    return _encode(_plain(value, 0), options, patient)


def _is_plain(value: Any, depth: int) -> bool:
    """Whether all of it has classes that we know exactly, and no key "@type": nothing that JSON would mistake."""
    kind = value.__class__
    if kind not in _NESTING:
        return kind in _leaves
    if depth > MAXIMUM_DEPTH:
        return False
    items = value
    if kind is dict:
        if _TYPE in value:
            return False
        items = value.values()
    for item in items:  # noqa: SIM110 - a generator would cost half as much again
        if item.__class__ not in _leaves and not _is_plain(item, depth + 1):
            return False
    return True


def _stand_in(value: object) -> object:
    """What JSON has no shape for."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(_decimal(value)))
    return _tagged_text(value)


def _encode(plain: object, options: int, patient: simplejson.JSONEncoder) -> str:
    """By the quick encoder; numbers beyond 64 bits and halves of surrogate pairs are left to the patient one."""
    try:
        return orjson.dumps(plain, _digits, options).decode()
    except orjson.JSONEncodeError:
        text: str = patient.encode(plain)
        return text


def _digits(value: object) -> orjson.Fragment:
    """A decimal as it is written."""
    if isinstance(value, Decimal):
        return orjson.Fragment(str(value))
    raise TypeError(type(value).__name__)


def _plain(value: Any, depth: int) -> object:
    kind = value.__class__  # the exact class is tested first: it is quick, and nearly all values have one of these
    if kind in SCALARS:
        return value
    if kind is Decimal:
        return _decimal(value)
    if kind in _TAGGED:
        return _tagged_text(value)
    if depth > MAXIMUM_DEPTH:
        raise Refused(Sentence("The values are nested too deeply."))
    if kind is dict or (kind not in _SEQUENCES and isinstance(value, Mapping)):
        plain = {
            str(key): item if item.__class__ in SCALARS else _plain(item, depth + 1) for key, item in value.items()
        }
        return {_TYPE: "object", _OBJECT: plain} if _TYPE in plain else plain
    if kind in _SEQUENCES or isinstance(value, list | tuple):
        return [item if item.__class__ in SCALARS else _plain(item, depth + 1) for item in value]
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, str | int):
        return value
    return _tagged_text(value)


def _tagged_text(value: object) -> object:
    """What JSON has no shape for, as a type and a text."""
    kind = _TAGGED.get(type(value))
    if kind == "timedelta" and isinstance(value, timedelta):
        return {_TYPE: kind, _TEXT: f"{value.days}:{value.seconds}:{value.microseconds}"}
    if kind is not None and isinstance(value, date | time):
        return {_TYPE: kind, _TEXT: value.isoformat()}
    foreign = _foreign(value)
    if foreign is not None:
        return foreign
    raise Refused(Sentence("A value of type {type} cannot be stored.", type=type(value).__name__))


def _decimal(value: Decimal) -> Decimal:
    if not value.is_finite():
        raise Refused(Sentence("A number must be finite."))
    if value.as_tuple().exponent > 0:  # type: ignore[operator] # finite, so the exponent is an int
        return Decimal(format(value, "f"))  # plain digits, no exponent
    return value


def _foreign(value: object) -> object | None:
    """Tag a FEEL temporal value by the registry that :func:`register` filled."""
    for kind, (cls, _parse) in _FOREIGN.items():
        if type(value) is cls:
            return {_TYPE: kind, _TEXT: str(value)}
    return None


_FOREIGN: dict[str, tuple[type, Any]] = {}


def register(kind: str, cls: type, parse: Any) -> None:
    """Let values of ``cls`` be stored under ``kind`` as ``str(value)`` and read back by ``parse(text)``."""
    _FOREIGN[kind] = (cls, parse)
    _leaves.add(cls)


def _rich(value: Any) -> Any:
    """A decoded value with what its tags say; the decoder makes exact lists and dictionaries."""
    if value.__class__ is list:
        return [item if item.__class__ in _DECODED else _rich(item) for item in value]
    if value.__class__ is dict:
        if _TYPE not in value:
            return {key: item if item.__class__ in _DECODED else _rich(item) for key, item in value.items()}
        kind = value[_TYPE]
        if kind == "object" and _OBJECT in value:
            return {key: _rich(item) for key, item in value[_OBJECT].items()}
        if isinstance(kind, str) and isinstance(value.get(_TEXT), str):
            return _tagged(kind, value[_TEXT])
        return {key: _rich(item) for key, item in value.items()}
    return value


def _tagged(kind: str, text: str) -> object:
    if kind == "date":
        return date.fromisoformat(text)
    if kind == "datetime":
        return datetime.fromisoformat(text)
    if kind == "time":
        return time.fromisoformat(text)
    if kind == "timedelta" and (parts := re.fullmatch(r"(-?\d+):(\d+):(\d+)", text)):
        days, seconds, microseconds = (int(part) for part in parts.groups())
        return timedelta(days, seconds, microseconds)
    if kind in _FOREIGN:
        return _FOREIGN[kind][1](text)
    raise Refused(Sentence("A stored value has the unknown type {type}.", type=kind))
