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
FAR = 40
_FURTHEST: int = 10**FAR
#: Ticks of a power, root, logarithm or exponential: they take as long as ten calls.
TRANSCENDENTAL = 10

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
    """The number cut towards zero; beyond 10⁴⁰ it is 10⁴⁰, further than any position, length or year.

    Python takes milliseconds to write out an integer of 6,000 digits, which a loop could ask for again and again.
    """
    if number.adjusted() > FAR:
        return -_FURTHEST if number < 0 else _FURTHEST
    return int(number)


def is_whole(number: Decimal) -> bool:
    """Whether a number has no fraction."""
    return number.adjusted() > PRECISION or int(number) == number
