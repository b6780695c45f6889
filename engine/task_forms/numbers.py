"""Numbers: exact decimals, written in plain ASCII digits; what could be read in two ways is refused."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.task_forms.fields import ComputedField, NumberField
from engine.task_forms.formulas import FieldRefused, Setting, Surroundings, Variables, evaluate
from feel.sentences import Sentence

_PLAIN = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_EXPONENT = re.compile(r"[+-]?[0-9]*\.?[0-9]+[eE][+-]?[0-9]+")
_SEPARATED = re.compile(r"[+-]?[0-9]{1,3}([,， '’_ ][0-9]{2,4})+(\.[0-9]*)?")
_MONEY_DIGITS = 2
_LONGEST = 34  # digits, as FEEL has


def parse(entry: NumberField, text: str) -> Decimal | int | None:
    """The number that was typed."""
    stripped = text.strip()
    if not stripped:
        return None
    if not _PLAIN.fullmatch(stripped):
        raise FieldRefused(_why_not(stripped))
    return normalise(entry, Decimal(stripped) if len(stripped) <= _LONGEST + 2 else stripped)


def normalise(entry: NumberField, value: Any) -> Decimal | int | None:
    """An int for a field without decimals, else a Decimal with the digits as given."""
    if value is None:
        return None
    if isinstance(value, str) and len(value) > _LONGEST:
        raise FieldRefused(_too_long())
    if isinstance(value, bool | float) or not isinstance(value, int | Decimal):
        raise FieldRefused(Sentence("A number is expected here."))
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise FieldRefused(Sentence("A number is expected here."))
    if exponent > 0:
        raise FieldRefused(Sentence("Write the number in full, without an exponent."))
    if len(number.as_tuple().digits) > _LONGEST or -exponent > _LONGEST:
        raise FieldRefused(_too_long())
    allowed = _decimals(entry)
    if allowed is not None and -exponent > allowed:
        raise FieldRefused(_too_many_decimals(entry, allowed))
    return int(number) if allowed == 0 else number


def constrain(
    entry: NumberField, number: Decimal | int, variables: Variables, around: Surroundings
) -> Iterator[Sentence]:
    """What is wrong with a number that is there."""
    least, most = (_bound(bound, variables, around) for bound in (entry.minimum, entry.maximum))
    over, under = (_bound(bound, variables, around) for bound in (entry.more_than, entry.less_than))
    if least is not None and number < least:
        yield Sentence("This must be at least {minimum}.", minimum=least)
    if most is not None and number > most:
        yield Sentence("This must be at most {maximum}.", maximum=most)
    if over is not None and number <= over:
        yield Sentence("This must be more than {bound}.", bound=over)
    if under is not None and number >= under:
        yield Sentence("This must be less than {bound}.", bound=under)


def computed(entry: ComputedField, value: Any) -> Any:
    """What an expression gave, money rounded half up to two decimals."""
    if entry.money and isinstance(value, Decimal | int) and not isinstance(value, bool):
        return Decimal(value).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    return value


def bound_of(setting: Setting, variables: Variables, around: Surroundings) -> Decimal | None:
    """The bound for a page's input; None where there is none or it cannot be computed yet."""
    try:
        return _bound(setting, variables, around)
    except FieldRefused:
        return None


def _bound(setting: Setting, variables: Variables, around: Surroundings) -> Decimal | None:
    if setting is None:
        return None
    value = evaluate(setting, variables, around)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise FieldRefused(Sentence("The limit of this field cannot be computed from the values so far."))
    return Decimal(value)


def _decimals(entry: NumberField) -> int | None:
    if entry.money:
        return _MONEY_DIGITS if entry.digits is None else min(entry.digits, _MONEY_DIGITS)
    return entry.digits


def _too_many_decimals(entry: NumberField, allowed: int) -> Sentence:
    if allowed == 0:
        return Sentence("A whole number is expected here.")
    if entry.money:
        return Sentence("An amount has at most two decimals.")
    return Sentence("At most {digits} decimals are allowed.", digits=allowed)


def _too_long() -> Sentence:
    return Sentence("A number has at most {digits} digits.", digits=_LONGEST)


def _why_not(text: str) -> Sentence:
    if _EXPONENT.fullmatch(text):
        return Sentence("Write the number in full, without an exponent.")
    if _SEPARATED.fullmatch(text):
        return Sentence("Write the number without separators between thousands, e.g. 1000.50.")
    if any(unicodedata.decimal(character, None) is not None and not character.isascii() for character in text):
        return Sentence("Write the number with the digits 0 to 9 (half width).")
    return Sentence("“{text}” is no number.", text=text[:40])
