"""Closures of unary tests: which tests of a cell are constants, and which must be computed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel import syntax, unary
from feel.compiler_tools import SIMPLE, CompilerTools
from feel.scope import Scope
from feel.values import kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.meter import Place
    from feel.syntax import Node
    from feel.unary import Test

    Run = Callable[[Scope], object]


class CompilerTests(CompilerTools):
    """The part of the compiler that compiles tests."""

    def unary_tests(self, node: syntax.UnaryTests) -> Test:
        """The test of a whole cell."""
        if not node.tests:
            return unary.anything
        test = self.tests(node.tests, self.place(node))
        return unary.negated_test(test) if node.negated else test

    def tests(self, nodes: tuple[Node, ...], place: Place) -> Test:
        """Tests of which one must be met."""
        constants = [node.value for node in nodes if isinstance(node, SIMPLE)]
        if len(nodes) > 1 and len(constants) == len(nodes) and len({kind_of(value) for value in constants}) == 1:
            return unary.members_test(list(constants), place)
        return unary.any_test([self.test(node) for node in nodes])

    def test(self, node: Node) -> Test:
        """One test."""
        place = self.place(node)
        asked = self.asks
        self.asks = False
        compared = node.operand if isinstance(node, syntax.UnaryComparison) else node
        known, value = self.constant(compared)
        if isinstance(node, syntax.UnaryComparison):
            if known:
                test = unary.comparison_test(node.operator, value, place)
            else:
                test = self.asking(unary.computed_comparison_test(node.operator, self.inner(node.operand), place))
        elif known:
            test = unary.value_test(value, place)
        else:
            run = self.inner(node)
            test = self.asking(
                unary.computed_test(run, place, asks=self.asks or isinstance(node, syntax.RangeLiteral))
            )
        self.asks = asked
        return test

    def inner(self, node: Node) -> Run:
        """An operand of a test, which may ask for ``?``."""
        self.push_fixed({"?"})
        run = self.run(node)
        self.pop()
        return run

    def asking(self, test: Test) -> Test:
        """A test that finds ``?`` in its scope."""

        def with_value(value: object, scope: Scope) -> bool | None:
            return test(value, Scope({"?": value}, scope, scope.meter))

        return with_value
