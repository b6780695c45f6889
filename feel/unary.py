"""Closures for unary tests: ``(value, scope) → True, False or None``. Constant tests touch no scope at all."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.operators import ORDER, answer_equal, incomparable
from feel.sentences import Sentence
from feel.values import Range, compare, equal, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Meter, Place
    from feel.scope import Scope

    Run = Callable[[Scope], object]
    Test = Callable[[object, Scope], bool | None]


def anything(value: object, scope: Scope) -> bool | None:  # noqa: ARG001 - the test "-" asks nothing
    """The test ``-``."""
    return True


def comparison_test(operator: str, constant: object, place: Place) -> Test:
    """``< 5`` with a constant."""
    if operator in ("=", "!="):
        return _equality_test(constant, place, negated=operator == "!=")
    decide = ORDER[operator]
    if constant.__class__ is Decimal:
        return _number_test(operator, constant, place)

    def test(value: object, scope: Scope) -> bool | None:
        order = compare(value, constant)
        if order is None:
            incomparable(value, constant, scope.meter, place)
            return None
        return decide(order)

    return test


def _number_test(operator: str, constant: Decimal, place: Place) -> Test:
    # What a table of thresholds runs most: one type check, one comparison.
    number = Decimal
    method = {"<": constant.__gt__, "<=": constant.__ge__, ">": constant.__lt__, ">=": constant.__le__}[operator]

    def test(value: object, scope: Scope) -> bool | None:
        if value.__class__ is number:
            return method(value)
        incomparable(value, constant, scope.meter, place)
        return None

    return test


def _equality_test(constant: object, place: Place, *, negated: bool) -> Test:
    def test(value: object, scope: Scope) -> bool | None:
        answer = answer_equal(value, constant, scope.meter, place)
        return None if answer is None else answer is not negated

    return test


def value_test(constant: object, place: Place) -> Test:
    """A constant value as a test: equality, membership of a list or range."""
    kind = constant.__class__
    if kind is str or kind is Decimal or kind is bool:

        def test(value: object, scope: Scope) -> bool | None:
            if value.__class__ is kind:
                return value == constant
            return met(value, constant, scope.meter, place)

        return test
    if kind is Range:
        return _range_test(constant, place)  # type: ignore[arg-type]
    return lambda value, scope: met(value, constant, scope.meter, place)


def _range_test(constant: Range, place: Place) -> Test:
    low, high = constant.low, constant.high
    if low.__class__ is not Decimal or high.__class__ is not Decimal:
        return lambda value, scope: _held(constant, value, scope.meter, place)
    above = low.__le__ if constant.low_included else low.__lt__
    below = high.__ge__ if constant.high_included else high.__gt__
    number = Decimal

    def test(value: object, scope: Scope) -> bool | None:
        if value.__class__ is number:
            return above(value) and below(value)
        incomparable(value, low, scope.meter, place)
        return None

    return test


def _held(range_: Range, value: object, meter: Meter, place: Place) -> bool | None:
    held = range_.holds(value)
    if held is None:
        incomparable(value, range_.high if range_.low is None else range_.low, meter, place)
    return held


def met(value: object, wanted: object, meter: Meter, place: Place) -> bool | None:
    """Whether a value meets a test that is a value: it is equal to it, or in it."""
    if wanted.__class__ is Range:
        if value.__class__ is Range:
            return equal(value, wanted)
        return _held(wanted, value, meter, place)
    if wanted.__class__ is list:
        meter.weigh(wanted)
        if value.__class__ is list and equal(value, wanted) is True:
            return True
        return any(_met_by(item, value) for item in wanted)
    if wanted is None or value is None:
        return value is wanted
    return answer_equal(value, wanted, meter, place)


def _met_by(item: object, value: object) -> bool:
    if item.__class__ is Range and value.__class__ is not Range:
        return item.holds(value) is True
    return equal(item, value) is True


def computed_test(run: Run, place: Place, *, asks: bool) -> Test:
    """A computed value as a test; ``asks`` says that it is about ``?`` and so gives the answer itself."""

    def test(value: object, scope: Scope) -> bool | None:
        wanted = run(scope)
        if wanted.__class__ is bool and (asks or value.__class__ is not bool):
            return wanted
        if asks and wanted is None:
            return None
        return met(value, wanted, scope.meter, place)

    return test


def computed_comparison_test(operator: str, run: Run, place: Place) -> Test:
    """``< limit`` with a computed operand."""
    if operator in ("=", "!="):
        negated = operator == "!="

        def equality(value: object, scope: Scope) -> bool | None:
            answer = answer_equal(value, run(scope), scope.meter, place)
            return None if answer is None else answer is not negated

        return equality
    decide = ORDER[operator]

    def test(value: object, scope: Scope) -> bool | None:
        wanted = run(scope)
        order = compare(value, wanted)
        if order is None:
            incomparable(value, wanted, scope.meter, place)
            return None
        return decide(order)

    return test


def any_test(tests: list[Test]) -> Test:
    """Several tests of which one must be met: true wins, then null, then false."""
    if len(tests) == 1:
        return tests[0]

    def test(value: object, scope: Scope) -> bool | None:
        answer: bool | None = False
        for each in tests:
            met_ = each(value, scope)
            if met_ is True:
                return True
            if met_ is None:
                answer = None
        return answer

    return test


def members_test(constants: list[object], place: Place) -> Test:
    """``"a", "b", "c"``: constants of one simple type, looked up at once."""
    kind = constants[0].__class__
    wanted = frozenset(constants)

    def test(value: object, scope: Scope) -> bool | None:
        if value.__class__ is kind:
            return value in wanted
        if value is not None:
            scope.meter.warn(
                "type",
                Sentence("{left} cannot be compared with {right}.", left=kind_of(value), right=kind_of(constants[0])),
                place,
            )
        return False if value is None else None

    return test


def negated_test(test: Test) -> Test:
    """``not(…)``."""

    def negated(value: object, scope: Scope) -> bool | None:
        answer = test(value, scope)
        return None if answer is None else not answer

    return negated
