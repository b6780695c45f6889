"""Python values ⇄ FEEL values.

| Python | FEEL |
|---|---|
| None, bool, str | the same |
| int, Decimal of at most 34 digits | number |
| list, tuple | list |
| Mapping with text keys | context |
| datetime.date, time, datetime | date, time, date and time |
| datetime.timedelta | days and time duration |

A float is refused: its decimal digits are an accident, and money must not depend on one. NaN, infinities,
numbers of more than 34 digits, lone surrogates and anything else are refused too.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from feel.errors import ValueRefused
from feel.limits import VALUE_DEPTH
from feel.numbers import EXACT
from feel.sentences import Sentence
from feel.temporal import Date, DateTime, Time
from feel.temporal_duration import DaysAndTimeDuration, YearsAndMonthsDuration
from feel.temporal_python import (
    date_and_time_of,
    date_of,
    duration_of,
    python_date,
    python_date_and_time,
    python_duration,
    python_time,
    time_of,
)
from feel.values import Function, Range

if TYPE_CHECKING:
    from collections.abc import Callable

_FEEL = (Range, Function, Date, Time, DateTime, DaysAndTimeDuration, YearsAndMonthsDuration)
_TO_PYTHON: dict[type, Callable[[Any], object]] = {
    Date: python_date,
    Time: python_time,
    DateTime: python_date_and_time,
    DaysAndTimeDuration: python_duration,
}
_SMALL = 10**33
_LONE = re.compile("[\ud800-\udfff]")


def from_python(value: object, depth: int = 0) -> object:
    """The FEEL value of a Python value; lists and mappings are copied.

    Raises:
        ValueRefused: The value has no FEEL counterpart, or is nested too deeply.
    """
    kind = value.__class__
    if kind is str:
        if not value.isascii() and _LONE.search(str(value)):  # type: ignore[attr-defined]
            raise ValueRefused(Sentence("A text holds half a character (a lone surrogate)."))
        return value
    if kind is Decimal:
        return _decimal(value)  # type: ignore[arg-type]
    if kind is bool or value is None:
        return value
    if kind is int:
        return Decimal(value) if -_SMALL < value < _SMALL else _decimal(value)  # type: ignore[arg-type, operator]
    if depth > VALUE_DEPTH:
        raise ValueRefused(Sentence("A value is nested more than {limit} levels deep.", limit=VALUE_DEPTH))
    if kind is dict or isinstance(value, Mapping):
        return _context(value, depth)  # type: ignore[arg-type]
    if isinstance(value, list | tuple):
        return [from_python(item, depth + 1) for item in value]
    return _other(value)


def _decimal(value: Decimal | int) -> Decimal:
    try:
        number = EXACT.create_decimal(value)
    except ArithmeticError:
        number = None
    if number is None or not number.is_finite():
        raise ValueRefused(Sentence("The number {number} does not fit into 34 digits.", number=_shown(value)))
    return number


def _shown(value: Decimal | int) -> str:
    if isinstance(value, int) and value.bit_length() > 256:  # noqa: PLR2004 - Python refuses to print huge integers
        return "…"
    return str(value)[:60]


def _context(value: Mapping[object, object], depth: int) -> dict[str, object]:
    context: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise ValueRefused(Sentence("“{key}” is no name of an entry: names are texts.", key=repr(key)[:60]))
        context[str(key)] = from_python(item, depth + 1)
    return context


def _temporal(convert: Callable[[Any], object], value: dt.datetime | dt.time) -> object:
    try:
        return convert(value)
    except ValueError:
        raise ValueRefused(Sentence("The time zone of {value} is no FEEL zone.", value=str(value))) from None


def to_python(value: object) -> object:
    """The Python value of a FEEL value: the temporal types become those of :mod:`datetime`.

    Numbers stay Decimal; years and months durations, ranges and functions have no counterpart and stay as they are.

    Raises:
        ValueRefused: A date beyond the years 1 to 9999, or a time finer than a microsecond.
    """
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    convert = _TO_PYTHON.get(value.__class__)
    if convert is None:
        return value
    try:
        return convert(value)
    except (ValueError, OverflowError):
        raise ValueRefused(Sentence("Python has no value for {value}.", value=str(value))) from None


def _other(value: object) -> object:
    if isinstance(value, _FEEL):
        return value
    if isinstance(value, dt.datetime):
        return _temporal(date_and_time_of, value)
    if isinstance(value, dt.date):
        return date_of(value)
    if isinstance(value, dt.time):
        return _temporal(time_of, value)
    if isinstance(value, dt.timedelta):
        return duration_of(value)
    if isinstance(value, bool | int):  # an IntEnum and its like
        return from_python(int(value))
    if isinstance(value, str):
        return from_python(str.__str__(value))
    if isinstance(value, Decimal):
        return _decimal(Decimal(value))
    if isinstance(value, float):
        raise ValueRefused(Sentence("A binary float ({number}) is refused: pass a Decimal.", number=repr(value)))
    raise ValueRefused(Sentence("A {type} is no FEEL value.", type=type(value).__name__))
