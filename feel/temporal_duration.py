"""FEEL's two durations: days and time (exact nanoseconds), years and months (whole months)."""

from __future__ import annotations

from decimal import Decimal

from feel.numbers import CONTEXT

NANOSECONDS = 1_000_000_000
_DAY = 86_400 * NANOSECONDS
#: Bounds that no sum or product may leave: about 3 × 10¹³ years, and 8 × 10¹⁰ years.
MAX_NANOSECONDS = 10**30
MAX_MONTHS = 10**12


def fraction_text(nanoseconds: int) -> str:
    """``.5`` for half a second; nothing for none."""
    return f".{nanoseconds:09}".rstrip("0") if nanoseconds else ""


class DaysAndTimeDuration:
    """A length of time in nanoseconds, e.g. ``P1DT2H``; ``str`` gives the normal form of ISO 8601.

    Raises:
        OverflowError: It is beyond 10³⁰ nanoseconds.
    """

    __slots__ = ("nanoseconds",)

    feel_kind = "days and time duration"
    nanoseconds: int

    def __init__(self, nanoseconds: int) -> None:
        if not -MAX_NANOSECONDS < nanoseconds < MAX_NANOSECONDS:
            raise OverflowError("duration out of range")
        object.__setattr__(self, "nanoseconds", nanoseconds)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} cannot be changed")

    def equals(self, other: object) -> bool | None:
        return self == other

    def compare(self, other: object) -> int | None:
        if not isinstance(other, DaysAndTimeDuration):
            return None
        return (self.nanoseconds > other.nanoseconds) - (self.nanoseconds < other.nanoseconds)

    def member(self, name: str) -> object:
        """``days``, ``hours``, ``minutes``, ``seconds``, each with the sign of the whole."""
        sign = -1 if self.nanoseconds < 0 else 1
        rest, fraction = divmod(abs(self.nanoseconds), NANOSECONDS)
        match name:
            case "days":
                return Decimal(sign * (rest // 86_400))
            case "hours":
                return Decimal(sign * (rest // 3600 % 24))
            case "minutes":
                return Decimal(sign * (rest // 60 % 60))
            case "seconds":
                seconds = Decimal(f"{rest % 60}{fraction_text(fraction)}")
                return seconds if sign > 0 else CONTEXT.minus(seconds)
        raise KeyError(name)

    def plus(self, other: DaysAndTimeDuration) -> DaysAndTimeDuration:
        """The sum."""
        return DaysAndTimeDuration(self.nanoseconds + other.nanoseconds)

    def negated(self) -> DaysAndTimeDuration:
        """The same length backwards."""
        return DaysAndTimeDuration(-self.nanoseconds)

    def times(self, factor: Decimal) -> DaysAndTimeDuration:
        """The product, rounded to nanoseconds."""
        return DaysAndTimeDuration(_bounded(CONTEXT.multiply(Decimal(self.nanoseconds), factor), MAX_NANOSECONDS))

    def divided(self, divisor: Decimal) -> DaysAndTimeDuration:
        """The quotient, rounded to nanoseconds."""
        return DaysAndTimeDuration(_bounded(CONTEXT.divide(Decimal(self.nanoseconds), divisor), MAX_NANOSECONDS))

    def ratio(self, other: DaysAndTimeDuration) -> Decimal:
        """How often the other fits into this."""
        return CONTEXT.divide(Decimal(self.nanoseconds), Decimal(other.nanoseconds))

    def absolute(self) -> DaysAndTimeDuration:
        """The same length forwards."""
        return DaysAndTimeDuration(abs(self.nanoseconds))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DaysAndTimeDuration) and self.nanoseconds == other.nanoseconds

    def __hash__(self) -> int:
        return hash((DaysAndTimeDuration, self.nanoseconds))

    def __str__(self) -> str:
        if not self.nanoseconds:
            return "PT0S"
        days, rest = divmod(abs(self.nanoseconds), _DAY)
        seconds, fraction = divmod(rest, NANOSECONDS)
        hours, seconds = divmod(seconds, 3600)
        minutes, seconds = divmod(seconds, 60)
        text = ("-P" if self.nanoseconds < 0 else "P") + (f"{days}D" if days else "")
        time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        if seconds or fraction:
            time += f"{seconds}{fraction_text(fraction)}S"
        return f"{text}T{time}" if time else text

    def __repr__(self) -> str:
        return f"DaysAndTimeDuration({self})"


class YearsAndMonthsDuration:
    """A number of months, e.g. ``P1Y2M``; ``str`` gives the normal form of ISO 8601.

    Raises:
        OverflowError: It is beyond 10¹² months.
    """

    __slots__ = ("months",)

    feel_kind = "years and months duration"
    months: int

    def __init__(self, months: int) -> None:
        if not -MAX_MONTHS < months < MAX_MONTHS:
            raise OverflowError("duration out of range")
        object.__setattr__(self, "months", months)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name} cannot be changed")

    def equals(self, other: object) -> bool | None:
        return self == other

    def compare(self, other: object) -> int | None:
        if not isinstance(other, YearsAndMonthsDuration):
            return None
        return (self.months > other.months) - (self.months < other.months)

    def member(self, name: str) -> object:
        """``years`` and ``months``, each with the sign of the whole."""
        sign = -1 if self.months < 0 else 1
        match name:
            case "years":
                return Decimal(sign * (abs(self.months) // 12))
            case "months":
                return Decimal(sign * (abs(self.months) % 12))
        raise KeyError(name)

    def plus(self, other: YearsAndMonthsDuration) -> YearsAndMonthsDuration:
        """The sum."""
        return YearsAndMonthsDuration(self.months + other.months)

    def negated(self) -> YearsAndMonthsDuration:
        """The same length backwards."""
        return YearsAndMonthsDuration(-self.months)

    def times(self, factor: Decimal) -> YearsAndMonthsDuration:
        """The product, cut to whole months."""
        return YearsAndMonthsDuration(_cut(CONTEXT.multiply(Decimal(self.months), factor)))

    def divided(self, divisor: Decimal) -> YearsAndMonthsDuration:
        """The quotient, cut to whole months."""
        return YearsAndMonthsDuration(_cut(CONTEXT.divide(Decimal(self.months), divisor)))

    def ratio(self, other: YearsAndMonthsDuration) -> Decimal:
        """How often the other fits into this."""
        return CONTEXT.divide(Decimal(self.months), Decimal(other.months))

    def absolute(self) -> YearsAndMonthsDuration:
        """The same length forwards."""
        return YearsAndMonthsDuration(abs(self.months))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, YearsAndMonthsDuration) and self.months == other.months

    def __hash__(self) -> int:
        return hash((YearsAndMonthsDuration, self.months))

    def __str__(self) -> str:
        if not self.months:
            return "P0M"
        years, months = divmod(abs(self.months), 12)
        sign = "-P" if self.months < 0 else "P"
        return sign + (f"{years}Y" if years else "") + (f"{months}M" if months else "")

    def __repr__(self) -> str:
        return f"YearsAndMonthsDuration({self})"


def _bounded(number: Decimal, bound: int) -> int:
    if abs(number) >= bound:
        raise OverflowError("duration out of range")
    return int(number.to_integral_value(context=CONTEXT))


def _cut(number: Decimal) -> int:
    if abs(number) >= MAX_MONTHS:
        raise OverflowError("duration out of range")
    return int(number)
