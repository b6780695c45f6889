"""Closures for arithmetic and comparison. Numbers take the short way; everything else explains itself when null."""

from __future__ import annotations

from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import TYPE_CHECKING

from feel import arithmetic
from feel.numbers import CONTEXT, TRANSCENDENTAL
from feel.sentences import Sentence
from feel.values import compare, equal, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Meter, Place
    from feel.scope import Scope

    Run = Callable[[Scope], object]


def arithmetic_run(operator: str, left: Run, right: Run, place: Place) -> Run:
    """``left operator right``."""
    decimal_operation = {
        "+": CONTEXT.add,
        "-": CONTEXT.subtract,
        "*": CONTEXT.multiply,
        "/": CONTEXT.divide,
        "**": CONTEXT.power,
    }[operator]
    other = {
        "+": arithmetic.add,
        "-": arithmetic.subtract,
        "*": arithmetic.multiply,
        "/": arithmetic.divide,
        "**": arithmetic.power,
    }[operator]

    cost = TRANSCENDENTAL if operator == "**" else 0

    def run(scope: Scope) -> object:
        one = left(scope)
        two = right(scope)
        if one.__class__ is Decimal and two.__class__ is Decimal:
            if cost:
                scope.meter.spend(cost)
            try:
                return decimal_operation(one, two)
            except (Overflow, DivisionByZero, InvalidOperation):
                _no_number(scope.meter, operator, one, two, place)
                return None
        meter = scope.meter
        if one is None or two is None:
            meter.warn("null", Sentence("“{operator}” was given null.", operator=operator), place)
            return None
        meter.place = place
        try:
            result = other(one, two, meter)
        except (Overflow, DivisionByZero, InvalidOperation, OverflowError):
            _no_number(meter, operator, one, two, place)
            return None
        if result is None:
            meter.warn(
                "type",
                Sentence(
                    "“{operator}” cannot be computed between {left} and {right}.",
                    operator=operator,
                    left=kind_of(one),
                    right=kind_of(two),
                ),
                place,
            )
        return result

    return run


def _no_number(meter: Meter, operator: str, one: object, two: object, place: Place) -> None:
    meter.warn(
        "arithmetic",
        Sentence(
            "{left} {operator} {right} has no result.", left=str(one)[:60], operator=operator, right=str(two)[:60]
        ),
        place,
    )


def negation_run(operand: Run, place: Place) -> Run:
    """``-operand``."""

    def run(scope: Scope) -> object:
        value = operand(scope)
        if value.__class__ is Decimal:
            return CONTEXT.minus(value)
        if value is None:
            scope.meter.warn("null", Sentence("“{operator}” was given null.", operator="-"), place)
            return None
        result = arithmetic.negate(value)
        if result is None:
            scope.meter.warn("type", Sentence("A {type} has no negative.", type=kind_of(value)), place)
        return result

    return run


def answer_equal(one: object, two: object, meter: Meter, place: Place) -> bool | None:
    """``one = two`` with the work counted and a warning where it cannot be said."""
    kind = one.__class__
    if kind is list or kind is dict:
        meter.weigh(one)
    answer = equal(one, two)
    if answer is None:
        incomparable(one, two, meter, place)
    return answer


def incomparable(one: object, two: object, meter: Meter, place: Place) -> None:
    """Warns that two values have no order or cannot be equal."""
    if one is None or two is None:
        meter.warn(
            "null", Sentence("Null cannot be compared with {type}.", type=kind_of(two if one is None else one)), place
        )
    else:
        meter.warn(
            "type",
            Sentence("{left} cannot be compared with {right}.", left=kind_of(one), right=kind_of(two)),
            place,
        )


def comparison_run(operator: str, left: Run, right: Run, place: Place) -> Run:
    """``left operator right``."""
    if operator in ("=", "!="):
        return _equality_run(left, right, place, negated=operator == "!=")
    decide = ORDER[operator]

    def run(scope: Scope) -> object:
        one = left(scope)
        two = right(scope)
        order = compare(one, two)
        if order is None:
            incomparable(one, two, scope.meter, place)
            return None
        return decide(order)

    return run


#: What an order (negative, zero, positive) means for each operator.
ORDER: dict[str, Callable[[int], bool]] = {
    "<": (0).__gt__,
    "<=": (0).__ge__,
    ">": (0).__lt__,
    ">=": (0).__le__,
}


def _equality_run(left: Run, right: Run, place: Place, *, negated: bool) -> Run:
    def run(scope: Scope) -> object:
        one = left(scope)
        two = right(scope)
        if one.__class__ is two.__class__ and (one.__class__ is str or one.__class__ is Decimal):
            return (one == two) is not negated
        answer = answer_equal(one, two, scope.meter, place)
        return None if answer is None else answer is not negated

    return run


def between_run(value: Run, low: Run, high: Run, place: Place) -> Run:
    """``value between low and high``."""

    def run(scope: Scope) -> object:
        middle = value(scope)
        below = low(scope)
        above = high(scope)
        first = compare(below, middle)
        second = compare(middle, above)
        if first is None:
            incomparable(below, middle, scope.meter, place)
            return None
        if second is None:
            incomparable(middle, above, scope.meter, place)
            return None
        return first <= 0 and second <= 0

    return run


def conjunction_run(operands: list[Run], place: Place) -> Run:
    """``a and b and …``: false wins, then null, then true."""
    return _logic_run(operands, place, "and", decisive=False)


def disjunction_run(operands: list[Run], place: Place) -> Run:
    """``a or b or …``: true wins, then null, then false."""
    return _logic_run(operands, place, "or", decisive=True)


def _logic_run(operands: list[Run], place: Place, word: str, *, decisive: bool) -> Run:
    def run(scope: Scope) -> object:
        answer: bool | None = not decisive
        for operand in operands:
            value = operand(scope)
            if value is decisive:
                return decisive
            if value is None or value.__class__ is not bool:
                answer = None
                if value is not None:
                    scope.meter.warn(
                        "type",
                        Sentence(
                            "“{operator}” needs true or false, not a {type}.", operator=word, type=kind_of(value)
                        ),
                        place,
                    )
        return answer

    return run
