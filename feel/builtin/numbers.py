"""Numeric functions (DMN 1.5, table 76) and the conversions to numbers."""

from __future__ import annotations

import re
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from typing import TYPE_CHECKING

from feel.builtin.registry import NoResult, builtin
from feel.numbers import CONTEXT, PRECISION, TRANSCENDENTAL, ZERO, is_whole, whole
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.meter import Meter

#: The exponents of IEEE 754 decimal128.
MIN_SCALE, MAX_SCALE = -6111, 6176
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\Z")


def number_from(text: str) -> Decimal:
    """The number that a text spells in plain digits."""
    text = text.strip()
    if not _NUMBER.match(text):
        raise NoResult(Sentence("“{text}” is no number.", text=text[:60]))
    number = CONTEXT.create_decimal(text)
    if not number.is_finite():
        raise NoResult(Sentence("“{text}” is no number.", text=text[:60]))
    return number


@builtin("number", "from: string")
def number(meter: Meter, text: str) -> object:
    """number("1234.56")."""
    meter.spend(len(text) >> 5)
    return number_from(text)


@builtin("number", "from: string", "grouping separator?: any", "decimal separator?: any")
def number_with_separators(
    meter: Meter, text: str, grouping: object = None, decimal_separator: object = None
) -> object:
    """number("1.234,56", ".", ",")."""
    meter.spend(len(text) >> 5)
    if grouping not in (None, " ", ",", "."):
        raise NoResult(Sentence("The grouping separator must be a space, a comma, a period or null."))
    if decimal_separator not in (None, ".", ","):
        raise NoResult(Sentence("The decimal separator must be a comma, a period or null."))
    if grouping is not None and grouping == decimal_separator:
        raise NoResult(Sentence("The two separators must differ."))
    if grouping is not None:
        text = text.replace(str(grouping), "")
    if decimal_separator is not None and decimal_separator != ".":
        if "." in text:
            raise NoResult(Sentence("“{text}” is no number.", text=text[:60]))
        text = text.replace(",", ".")
    return number_from(text)


def rounded(value: Decimal, scale: Decimal, rounding: str) -> Decimal:
    """A number with so many digits after the point; a negative scale rounds before the point."""
    digits = whole(scale)
    if not MIN_SCALE <= digits <= MAX_SCALE:
        raise NoResult(Sentence("The scale {scale} is out of range.", scale=str(scale)))
    if not value:
        return ZERO
    if value.adjusted() + digits >= PRECISION:
        # More digits than a number has: it is as precise as it gets.
        return value
    result = value.quantize(Decimal(1).scaleb(-digits), rounding=rounding, context=CONTEXT)
    return CONTEXT.plus(result) if digits >= 0 else Decimal(format(result, "f"))


def _declare_rounding(name: str, rounding: str, *, scale_optional: bool = False) -> None:
    question = "?" if scale_optional else ""

    @builtin(name, "n: number", f"scale{question}: number")
    def implementation(meter: Meter, n: Decimal, scale: Decimal | None = ZERO) -> object:
        return rounded(n, ZERO if scale is None else scale, rounding)


_declare_rounding("decimal", ROUND_HALF_EVEN)
_declare_rounding("floor", ROUND_FLOOR, scale_optional=True)
_declare_rounding("ceiling", ROUND_CEILING, scale_optional=True)
_declare_rounding("round up", ROUND_UP)
_declare_rounding("round down", ROUND_DOWN)
_declare_rounding("round half up", ROUND_HALF_UP)
_declare_rounding("round half down", ROUND_HALF_DOWN)


@builtin("abs", "n: number")
def absolute(meter: Meter, n: Decimal) -> object:
    """abs(-10) = 10."""
    return n.copy_abs()


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(meter: Meter, dividend: Decimal, divisor: Decimal) -> object:
    """The remainder with the sign of the divisor."""
    if not divisor:
        raise NoResult(Sentence("The divisor is zero."))
    quotient = CONTEXT.divide(dividend, divisor)
    if quotient.adjusted() >= PRECISION:
        raise NoResult(Sentence("The quotient has more than {digits} digits.", digits=PRECISION))
    rest = CONTEXT.remainder(dividend, divisor)
    return CONTEXT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest


@builtin("sqrt", "number: number")
def square_root(meter: Meter, n: Decimal) -> object:
    """sqrt(16) = 4."""
    if n < 0:
        raise NoResult(Sentence("A negative number has no square root."))
    meter.spend(TRANSCENDENTAL)
    return CONTEXT.sqrt(n)


@builtin("log", "number: number")
def logarithm(meter: Meter, n: Decimal) -> object:
    """The natural logarithm."""
    if n <= 0:
        raise NoResult(Sentence("Only a positive number has a logarithm."))
    meter.spend(TRANSCENDENTAL)
    return CONTEXT.ln(n)


@builtin("exp", "number: number")
def exponential(meter: Meter, n: Decimal) -> object:
    """e to the power of n."""
    meter.spend(TRANSCENDENTAL)
    return CONTEXT.exp(n)


def _is_even(n: Decimal) -> bool:
    # Beyond 34 digits a number ends in zeros.
    return n.adjusted() >= PRECISION or int(n) % 2 == 0


@builtin("odd", "number: number")
def odd(meter: Meter, n: Decimal) -> object:
    """odd(5) = true; a number that is not whole is neither odd nor even."""
    return is_whole(n) and not _is_even(n)


@builtin("even", "number: number")
def even(meter: Meter, n: Decimal) -> object:
    """even(2) = true."""
    return is_whole(n) and _is_even(n)


@builtin("not", "negand: any")
def negation(meter: Meter, negand: object) -> object:
    """not(true) = false; what is neither true nor false gives null."""
    return None if negand.__class__ is not bool else not negand
