"""The syntax tree of FEEL: immutable nodes that know their place; ``str(node)`` is FEEL again.

Two trees are equal when they mean the same text; places do not count. ``str`` writes names as they are, so
that it compiles to an equal tree in the same scope. This module is the whole tree; it holds the nodes that
make scopes and collections itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feel.syntax_node import (
    ADD,
    AND,
    ATOM,
    COMPARE,
    INSTANCE,
    LOOSE,
    MULTIPLY,
    NEGATE,
    OR,
    POSTFIX,
    POWER,
    AtLiteral,
    BooleanLiteral,
    Node,
    NullLiteral,
    NumberLiteral,
    StringLiteral,
    Type,
    inside,
    key_text,
    quote,
)
from feel.syntax_operators import (
    Argument,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Conjunction,
    Disjunction,
    Filter,
    In,
    InstanceOf,
    Name,
    Negation,
    Path,
    RangeLiteral,
    UnaryComparison,
    test_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator as Iterating


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if condition then consequence else alternative``."""

    condition: Node
    consequence: Node
    alternative: Node

    def children(self) -> Iterating[Node]:
        yield self.condition
        yield self.consequence
        yield self.alternative

    @property
    def binding(self) -> int:
        return LOOSE

    def __str__(self) -> str:
        return f"if {self.condition} then {self.consequence} else {self.alternative}"


@dataclass(frozen=True, slots=True)
class Iterator:
    """``name in source``, or ``name in source..end``."""

    name: str
    source: Node
    end: Node | None = None

    def __str__(self) -> str:
        if self.end is not None:
            return f"{self.name} in {inside(self.source, ADD)}..{inside(self.end, ADD)}"
        return f"{self.name} in {inside(self.source, OR)}"


@dataclass(frozen=True, slots=True)
class For(Node):
    """``for a in x, b in y return result``."""

    iterators: tuple[Iterator, ...]
    result: Node

    def children(self) -> Iterating[Node]:
        yield from _sources(self.iterators)
        yield self.result

    @property
    def binding(self) -> int:
        return LOOSE

    def __str__(self) -> str:
        return f"for {', '.join(map(str, self.iterators))} return {self.result}"


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """``some a in x satisfies condition`` and ``every a in x satisfies condition``."""

    quantifier: str
    iterators: tuple[Iterator, ...]
    condition: Node

    def children(self) -> Iterating[Node]:
        yield from _sources(self.iterators)
        yield self.condition

    @property
    def binding(self) -> int:
        return LOOSE

    def __str__(self) -> str:
        return f"{self.quantifier} {', '.join(map(str, self.iterators))} satisfies {self.condition}"


def _sources(iterators: tuple[Iterator, ...]) -> Iterating[Node]:
    for iterator in iterators:
        yield iterator.source
        if iterator.end is not None:
            yield iterator.end


@dataclass(frozen=True, slots=True)
class Parameter:
    """``name: type`` of a function definition; the type may be missing."""

    name: str
    type: Type | None = None

    def __str__(self) -> str:
        return self.name if self.type is None else f"{self.name}: {self.type}"


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    """``function(a: number, b) body``; ``external`` bodies are read but never run."""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False

    def children(self) -> Iterating[Node]:
        yield self.body

    @property
    def binding(self) -> int:
        return LOOSE

    def __str__(self) -> str:
        external = "external " if self.external else ""
        return f"function({', '.join(map(str, self.parameters))}) {external}{self.body}"


@dataclass(frozen=True, slots=True)
class Entry:
    """``key: value`` of a context."""

    key: str
    value: Node

    def __str__(self) -> str:
        return f"{key_text(self.key)}: {self.value}"


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """``{a: 1, "b c": a + 1}``; an entry sees those before it."""

    entries: tuple[Entry, ...]

    def children(self) -> Iterating[Node]:
        for entry in self.entries:
            yield entry.value

    def __str__(self) -> str:
        return f"{{{', '.join(map(str, self.entries))}}}"


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """``[1, 2, 3]``."""

    items: tuple[Node, ...]

    def children(self) -> Iterating[Node]:
        return iter(self.items)

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """A cell of a table: tests of which one must be met; ``-`` is no test at all; ``not(…)`` negates."""

    tests: tuple[Node, ...]
    negated: bool = False

    def children(self) -> Iterating[Node]:
        return iter(self.tests)

    def __str__(self) -> str:
        if not self.tests:
            return "-"
        tests = ", ".join(test_text(each) for each in self.tests)
        return f"not({tests})" if self.negated else tests


__all__ = [
    "ADD",
    "AND",
    "ATOM",
    "COMPARE",
    "INSTANCE",
    "LOOSE",
    "MULTIPLY",
    "NEGATE",
    "OR",
    "POSTFIX",
    "POWER",
    "Argument",
    "Arithmetic",
    "AtLiteral",
    "Between",
    "BooleanLiteral",
    "Call",
    "Comparison",
    "Conjunction",
    "ContextLiteral",
    "Disjunction",
    "Entry",
    "Filter",
    "For",
    "FunctionDefinition",
    "If",
    "In",
    "InstanceOf",
    "Iterator",
    "ListLiteral",
    "Name",
    "Negation",
    "Node",
    "NullLiteral",
    "NumberLiteral",
    "Parameter",
    "Path",
    "Quantified",
    "RangeLiteral",
    "StringLiteral",
    "Type",
    "UnaryComparison",
    "UnaryTests",
    "quote",
]
