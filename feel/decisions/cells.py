"""A cell of conditions as a region of values, read off its syntax tree; None where that cannot be done.

Only what is certain is turned into a region: comparisons with constants, ranges, lists of them, ``not``
and ``null``. A cell with a variable, ``?`` or a function of the moment has no region: it is evaluated by
itself, and the checks say that they could not look into it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from feel import syntax
from feel.decisions.regions import ANYTHING, EVERYTHING, Interval, Region, complement, point
from feel.values import compare, kind_of

ANALYSED = frozenset(
    {
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)
"""Kinds of values that stand on a line."""


class NotConstant(Exception):  # noqa: N818 - a signal between the modules of this package
    """The node has no value without an evaluation."""


Constant = Callable[[syntax.Node], object]
"""Gives the value of a node that depends on nothing, or raises :class:`NotConstant`."""


class Placed:
    """A date, time or duration on the line of its kind: FEEL's order as Python's operators."""

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def _order(self, other: object) -> int:
        order = compare(self.value, other.value) if isinstance(other, Placed) else None
        if order is None:
            raise NotConstant
        return order

    def __lt__(self, other: object) -> bool:
        return self._order(other) < 0

    def __gt__(self, other: object) -> bool:
        return self._order(other) > 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Placed) and self._order(other) == 0

    __hash__ = None  # type: ignore[assignment]


def place(value: object) -> object:
    """The place of a value on the line of its kind: something with ``<``, ``>`` and ``==``."""
    return value if isinstance(value, Decimal | str | bool) else Placed(value)


def region_of(tests: syntax.UnaryTests, constant: Constant) -> Region | None:
    """The values that the tests accept, None when they cannot be told from the text alone."""
    if not tests.tests:
        return ANYTHING
    union = _Union(constant)
    try:
        for test in tests.tests:
            union.add(test)
        return union.negated() if tests.negated else union.region()
    except NotConstant:
        return None


class _Union:
    def __init__(self, constant: Constant) -> None:
        self.constant = constant
        self.kind = ""
        self.intervals: list[Interval] = []
        self.null = False
        self.null_unknown = False

    def add(self, test: syntax.Node) -> None:
        """One of the tests; each widens the union."""
        match test:
            case syntax.NullLiteral():
                self.null = True
            case syntax.UnaryComparison():
                self._comparison(test)
            case syntax.RangeLiteral():
                low, high = self._end(test.low), self._end(test.high)
                if low > high:  # type: ignore[operator]
                    raise NotConstant
                self.intervals.append(Interval(low, high, test.low_included, test.high_included))
                self.null_unknown = True
            case syntax.ListLiteral():
                for item in test.items:
                    if isinstance(item, syntax.ListLiteral | syntax.UnaryComparison):
                        raise NotConstant
                    self.add(item)
            case _:
                self.intervals.append(point(self._point(test)))

    def _comparison(self, test: syntax.UnaryComparison) -> None:
        if isinstance(test.operand, syntax.NullLiteral):
            self._comparison_with_null(test.operator)
            return
        match test.operator:
            case "<" | "<=":
                end = self._end(test.operand)
                self.intervals.append(Interval(high=end, high_included=test.operator == "<="))
                self.null_unknown = True
            case ">" | ">=":
                end = self._end(test.operand)
                self.intervals.append(Interval(low=end, low_included=test.operator == ">="))
                self.null_unknown = True
            case "=":
                self.intervals.append(point(self._point(test.operand)))
            case _:
                self.intervals.extend(complement((point(self._point(test.operand)),)))
                self.null = True

    def _comparison_with_null(self, operator: str) -> None:
        if operator == "=":
            self.null = True
        elif operator == "!=":
            self.intervals.append(EVERYTHING)
        else:
            raise NotConstant

    def _point(self, node: syntax.Node) -> object:
        value = self.constant(node)
        kind = kind_of(value)
        if kind not in ANALYSED or (self.kind and kind != self.kind):
            raise NotConstant
        self.kind = kind
        return place(value)

    def _end(self, node: syntax.Node) -> object:
        end = self._point(node)
        if self.kind == "boolean":  # false and true have no order
            raise NotConstant
        return end

    def region(self) -> Region:
        """The union."""
        return Region(self.kind, tuple(self.intervals), self.null)

    def negated(self) -> Region:
        """What is not in the union. A comparison with null is null, and not(null) is null: no match."""
        return Region(self.kind, complement(self.intervals), not self.null and not self.null_unknown)
