"""Arithmetic beyond two numbers: texts, dates, times, durations. None means that there is no such operation."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.temporal import Date, DateTime, Time
from feel.temporal_duration import DaysAndTimeDuration, YearsAndMonthsDuration

if TYPE_CHECKING:
    from feel.meter import Meter

_DURATIONS = (DaysAndTimeDuration, YearsAndMonthsDuration)


def add(one: object, two: object, meter: Meter) -> object:
    """``one + two``: texts are joined; a duration is added to a duration, date, time or date and time."""
    if isinstance(one, str) and isinstance(two, str):
        meter.check_length(len(one) + len(two))
        return meter.string(one + two)
    if isinstance(one, _DURATIONS):
        if isinstance(two, _DURATIONS):
            return _sum(one, two)
        return _moved(two, one)
    return _moved(one, two)


def _sum(one: object, two: object) -> object:
    if isinstance(one, DaysAndTimeDuration) and isinstance(two, DaysAndTimeDuration):
        return one.plus(two)
    if isinstance(one, YearsAndMonthsDuration) and isinstance(two, YearsAndMonthsDuration):
        return one.plus(two)
    return None


def _moved(moment: object, duration: object) -> object:
    if isinstance(moment, Date | DateTime) and isinstance(duration, _DURATIONS):
        return moment.plus(duration)
    if isinstance(moment, Time) and isinstance(duration, DaysAndTimeDuration):
        return moment.plus(duration)
    return None


def subtract(one: object, two: object, meter: Meter) -> object:  # noqa: ARG001 - one signature for all operators
    """``one - two``: a duration from a duration or moment; a moment from a moment gives a duration."""
    if isinstance(two, _DURATIONS):
        if isinstance(one, _DURATIONS):
            return _sum(one, two.negated())
        return _moved(one, two.negated())
    if isinstance(one, Time) and isinstance(two, Time):
        return one.since(two)
    if isinstance(one, Date | DateTime) and isinstance(two, Date | DateTime):
        return _at(one).since(_at(two))
    return None


def _at(moment: Date | DateTime) -> DateTime:
    return moment.at_midnight_utc() if isinstance(moment, Date) else moment


def multiply(one: object, two: object, meter: Meter) -> object:  # noqa: ARG001 - one signature for all operators
    """``one * two``: a duration so many times."""
    if isinstance(one, _DURATIONS) and isinstance(two, Decimal):
        return one.times(two)
    if isinstance(two, _DURATIONS) and isinstance(one, Decimal):
        return two.times(one)
    return None


def divide(one: object, two: object, meter: Meter) -> object:  # noqa: ARG001 - one signature for all operators
    """``one / two``: a part of a duration, or how often one duration fits into another of its kind."""
    if isinstance(one, _DURATIONS):
        if isinstance(two, Decimal):
            return one.divided(two)
        if one.__class__ is two.__class__:
            return one.ratio(two)  # type: ignore[arg-type]
    return None


def power(one: object, two: object, meter: Meter) -> object:  # noqa: ARG001 - one signature for all operators
    """``one ** two``: for numbers only."""
    return None


def negate(value: object) -> object:
    """``-value``: a duration backwards."""
    return value.negated() if isinstance(value, _DURATIONS) else None
