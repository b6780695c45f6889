"""Arithmetic beyond two numbers: texts, dates, times, durations. None means that there is no such operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feel.meter import Meter


def add(one: object, two: object, meter: Meter) -> object:
    """``one + two``."""
    if one.__class__ is str and two.__class__ is str:
        return meter.string(one + two)  # type: ignore[operator]
    return None


def subtract(one: object, two: object, meter: Meter) -> object:
    """``one - two``."""
    return None


def multiply(one: object, two: object, meter: Meter) -> object:
    """``one * two``."""
    return None


def divide(one: object, two: object, meter: Meter) -> object:
    """``one / two``."""
    return None


def power(one: object, two: object, meter: Meter) -> object:
    """``one ** two``."""
    return None


def negate(value: object) -> object:
    """``-value``."""
    return None
