"""FEEL's numbers: decimals of 34 digits, half even, in a context of our own (IEEE 754 decimal128).

The thread's ambient :mod:`decimal` context is never read, so neither another library nor a thread can
change what an expression computes.
"""

from __future__ import annotations

from decimal import (
    ROUND_HALF_EVEN,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)

PRECISION = 34
EXPONENT = 6144

CONTEXT = Context(
    prec=PRECISION,
    rounding=ROUND_HALF_EVEN,
    Emin=1 - EXPONENT,
    Emax=EXPONENT,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
#: Refuses what 34 digits cannot hold, instead of rounding it.
EXACT = Context(
    prec=PRECISION,
    rounding=ROUND_HALF_EVEN,
    Emin=1 - EXPONENT,
    Emax=EXPONENT,
    capitals=1,
    clamp=0,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow, Inexact],
)

ZERO = Decimal(0)
ONE = Decimal(1)


def plain(number: Decimal) -> str:
    """The number in plain digits, never with an exponent, never ``-0``."""
    if not number:
        number = number.copy_abs()
    return format(number, "f")


def whole(number: Decimal) -> int:
    """The number cut towards zero. Its exponent is bounded by the context, so the integer is too."""
    return int(number)
