"""What every part of the compiler works with: places, errors, costs, and constants that are computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel import operators, syntax
from feel.builtin import BUILTIN
from feel.errors import FeelSyntaxError
from feel.lookup import Lookup
from feel.meter import NOWHERE, Meter, Place
from feel.scope import Scope
from feel.values import Range, compare, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.sentences import Sentence
    from feel.syntax import Node

    Run = Callable[[Scope], object]

SIMPLE = (syntax.NumberLiteral, syntax.StringLiteral, syntax.BooleanLiteral)
#: Nodes of a body that cost one tick together.
NODES_PER_TICK = 10


class CompilerTools(Lookup):
    """Compiles one tree; ``reads`` collects the names it needs from outside.

    Args:
        element_id: The element or cell, for errors and warnings.
        declared: Names of variables.
        functions: Names of host functions.
        strict: Whether literals that can have no value (``@"foo"``, ``date("2024-02-30")``, a pattern that is
            none) are errors; else they are null and a warning when they are run.
    """

    def __init__(
        self, element_id: str, declared: frozenset[str], functions: frozenset[str], *, strict: bool = False
    ) -> None:
        super().__init__(declared, functions)
        self.strict = strict
        self.element_id = element_id
        self.height = 0
        self.nodes = 0

    def place(self, node: Node) -> Place:
        """Where a node stands."""
        return Place(node.line, node.column, self.element_id)

    def run(self, node: Node) -> Run:
        """The closure of an expression."""
        raise NotImplementedError

    def refused(self, node: Node, sentence: Sentence) -> FeelSyntaxError:
        """The error that stands at a node."""
        return FeelSyntaxError(sentence, node.line, node.column, self.element_id)

    def costed(self, node: Node) -> tuple[Run, int]:
        """The closure of a body that runs many times, and the ticks of one run."""
        before = self.nodes
        run = self.run(node)
        return run, 1 + (self.nodes - before) // NODES_PER_TICK

    def constant(self, node: Node) -> tuple[bool, object]:
        """Whether a node is a constant that can be computed now, and its value."""
        if isinstance(node, SIMPLE):
            return True, node.value
        if isinstance(node, syntax.AtLiteral):
            value = BUILTIN.at_literal(node.text)
            return value is not None, value
        if isinstance(node, syntax.Negation):
            known, value = self.constant(node.operand)
            if not known or kind_of(value) != "number":
                return False, None
            return True, operators.negation_run(lambda _: value, NOWHERE)(Scope({}, None, Meter()))
        if isinstance(node, syntax.RangeLiteral):
            low_known, low = self.constant(node.low)
            high_known, high = self.constant(node.high)
            if low_known and high_known:
                order = compare(low, high)
                if order is not None and order <= 0:
                    return True, Range(low, high, low_included=node.low_included, high_included=node.high_included)
        if isinstance(node, syntax.Call):
            return self.constant_call(node)
        return False, None

    def constant_call(self, node: syntax.Call) -> tuple[bool, object]:
        """``date("2024-01-01")`` and its like, computed once."""
        if not (isinstance(node.function, syntax.Name) and node.function.name in BUILTIN.constant_of_literals):
            return False, None
        if self.is_variable(node.function.name) or node.named:
            return False, None
        arguments = [self.constant(each) for each in node.positional]
        if not all(known for known, _ in arguments):
            return False, None
        meter = Meter()
        value = BUILTIN[node.function.name].invoke(meter, [value for _, value in arguments])
        return value is not None and not meter.warnings, value

    def check_literals(self, node: syntax.Call, name: str) -> None:
        """Refuses a call that can have no result, because a pattern, date or duration in it is none."""
        if self.is_variable(name):
            return
        sentence: Sentence | None = None
        if name in BUILTIN.constant_of_literals and not node.named:
            arguments = [self.constant(each) for each in node.positional]
            if arguments and all(known for known, _ in arguments):
                meter = Meter()
                BUILTIN[name].invoke(meter, [value for _, value in arguments])
                sentence = meter.warnings[0].sentence if meter.warnings else None
        elif name in BUILTIN.with_pattern:
            sentence = BUILTIN.refused_pattern(name, _literal_arguments(node))
        if sentence is not None:
            raise self.refused(node, sentence)


def _literal_arguments(node: syntax.Call) -> dict[int | str, str]:
    """The arguments that are text literals, by position or name; others are left out."""
    arguments: dict[int | str, str] = {}
    for index, value in enumerate(node.positional):
        if isinstance(value, syntax.StringLiteral):
            arguments[index] = value.value
    for argument in node.named:
        if isinstance(argument.value, syntax.StringLiteral):
            arguments[argument.name] = argument.value.value
    return arguments


def mentions(node: Node, name: str) -> bool:
    """Whether a name stands anywhere in a tree."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, syntax.Name) and node.name == name:
            return True
        waiting.extend(node.children())
    return False
