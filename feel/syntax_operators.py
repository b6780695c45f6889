"""The nodes of names, paths, calls, operators and tests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feel.syntax_node import (
    ADD,
    AND,
    COMPARE,
    INSTANCE,
    MULTIPLY,
    NEGATE,
    OR,
    POSTFIX,
    POWER,
    Node,
    NumberLiteral,
    Type,
    inside,
)

if TYPE_CHECKING:
    from collections.abc import Iterator as Iterating


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable, parameter, entry or function, spelt as it was declared."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``source.name``: an entry of a context, or a part of a date, time, duration or range."""

    source: Node
    name: str

    def children(self) -> Iterating[Node]:
        yield self.source

    @property
    def binding(self) -> int:
        return POSTFIX

    def __str__(self) -> str:
        # A number would swallow the dot.
        source = f"({self.source})" if isinstance(self.source, NumberLiteral) else inside(self.source, POSTFIX)
        return f"{source}.{self.name}"


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``source[condition]``: the items that meet a condition, or one item by its position."""

    source: Node
    condition: Node

    def children(self) -> Iterating[Node]:
        yield self.source
        yield self.condition

    @property
    def binding(self) -> int:
        return POSTFIX

    def __str__(self) -> str:
        return f"{inside(self.source, POSTFIX)}[{self.condition}]"


@dataclass(frozen=True, slots=True)
class Argument:
    """``name: value`` in a call."""

    name: str
    value: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``function(1, 2)`` or ``function(a: 1, b: 2)``; one of the two tuples is empty."""

    function: Node
    positional: tuple[Node, ...]
    named: tuple[Argument, ...]

    def children(self) -> Iterating[Node]:
        yield self.function
        yield from self.positional
        for argument in self.named:
            yield argument.value

    @property
    def binding(self) -> int:
        return POSTFIX

    def __str__(self) -> str:
        arguments = ", ".join(
            [str(value) for value in self.positional] + [f"{each.name}: {each.value}" for each in self.named]
        )
        return f"{inside(self.function, POSTFIX)}({arguments})"


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """``-operand``."""

    operand: Node

    def children(self) -> Iterating[Node]:
        yield self.operand

    @property
    def binding(self) -> int:
        return NEGATE

    def __str__(self) -> str:
        return f"-{inside(self.operand, NEGATE)}"


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left operator right`` with ``+ - * / **``; all of them group to the left."""

    operator: str
    left: Node
    right: Node

    def children(self) -> Iterating[Node]:
        yield self.left
        yield self.right

    @property
    def binding(self) -> int:
        return ADD if self.operator in "+-" else POWER if self.operator == "**" else MULTIPLY

    def __str__(self) -> str:
        binding = self.binding
        return f"{inside(self.left, binding)} {self.operator} {inside(self.right, binding + 1)}"


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """``left operator right`` with ``= != < <= > >=``."""

    operator: str
    left: Node
    right: Node

    def children(self) -> Iterating[Node]:
        yield self.left
        yield self.right

    @property
    def binding(self) -> int:
        return COMPARE

    def __str__(self) -> str:
        return f"{inside(self.left, COMPARE)} {self.operator} {inside(self.right, ADD)}"


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    """``a and b and c``."""

    operands: tuple[Node, ...]

    def children(self) -> Iterating[Node]:
        return iter(self.operands)

    @property
    def binding(self) -> int:
        return AND

    def __str__(self) -> str:
        return " and ".join(inside(each, COMPARE) for each in self.operands)


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    """``a or b or c``."""

    operands: tuple[Node, ...]

    def children(self) -> Iterating[Node]:
        return iter(self.operands)

    @property
    def binding(self) -> int:
        return OR

    def __str__(self) -> str:
        return " or ".join(inside(each, AND) for each in self.operands)


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high``, both ends included."""

    value: Node
    low: Node
    high: Node

    def children(self) -> Iterating[Node]:
        yield self.value
        yield self.low
        yield self.high

    @property
    def binding(self) -> int:
        return COMPARE

    def __str__(self) -> str:
        return f"{inside(self.value, COMPARE)} between {inside(self.low, ADD)} and {inside(self.high, ADD)}"


@dataclass(frozen=True, slots=True)
class In(Node):
    """``value in test`` or ``value in (test, test)``."""

    value: Node
    tests: tuple[Node, ...]

    def children(self) -> Iterating[Node]:
        yield self.value
        yield from self.tests

    @property
    def binding(self) -> int:
        return COMPARE

    def __str__(self) -> str:
        return f"{inside(self.value, COMPARE)} in ({', '.join(test_text(each) for each in self.tests)})"


@dataclass(frozen=True, slots=True)
class UnaryComparison(Node):
    """``< 5``: a test of the value at hand; in parentheses ``(< 5)`` it is a range."""

    operator: str
    operand: Node

    def children(self) -> Iterating[Node]:
        yield self.operand

    def __str__(self) -> str:
        return f"({self.operator} {inside(self.operand, ADD)})"


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """``[low..high]``, with ``(`` or ``)`` where an end is open."""

    low: Node
    high: Node
    low_included: bool
    high_included: bool

    def children(self) -> Iterating[Node]:
        yield self.low
        yield self.high

    def __str__(self) -> str:
        opening = "[" if self.low_included else "("
        closing = "]" if self.high_included else ")"
        return f"{opening}{inside(self.low, ADD)}..{inside(self.high, ADD)}{closing}"


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``value instance of type``."""

    value: Node
    type: Type

    def children(self) -> Iterating[Node]:
        yield self.value

    @property
    def binding(self) -> int:
        return INSTANCE

    def __str__(self) -> str:
        return f"{inside(self.value, INSTANCE)} instance of {self.type}"


def test_text(node: Node) -> str:
    """A test as it stands in a list of tests, where a comparison needs no parentheses."""
    return str(node)[1:-1] if isinstance(node, UnaryComparison) else str(node)
