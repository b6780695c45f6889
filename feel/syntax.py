"""The syntax tree of FEEL: immutable nodes that know their place; ``str(node)`` is FEEL again.

Two trees are equal when they mean the same text; places do not count. ``str`` writes names as they are, so
that it compiles to an equal tree in the same scope.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from feel.numbers import plain

if TYPE_CHECKING:
    from collections.abc import Iterator as Iterating
    from decimal import Decimal

# How tightly a node binds, from the loosest: what stands inside a tighter one needs parentheses.
LOOSE, OR, AND, COMPARE, ADD, MULTIPLY, POWER, INSTANCE, NEGATE, POSTFIX, ATOM = range(11)

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_PLAIN_KEY = re.compile(r"[A-Za-z_\u4E00-\u9FFF][A-Za-z0-9_\u4E00-\u9FFF]*\Z")
_RESERVED = frozenset(
    [
        "true",
        "false",
        "null",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "function",
        "and",
        "or",
        "between",
        "instance",
        "of",
        "not",
    ]
)


def quote(text: str) -> str:
    """The text as a FEEL string literal."""
    return '"' + "".join(_ESCAPES.get(character, character) for character in text) + '"'


def _key(name: str) -> str:
    return name if _PLAIN_KEY.match(name) and name not in _RESERVED else quote(name)


@dataclass(frozen=True, slots=True, eq=True)
class Node:
    """One piece of syntax; ``line`` and ``column`` count from 1."""

    line: int = field(default=1, compare=False, repr=False, kw_only=True)
    column: int = field(default=1, compare=False, repr=False, kw_only=True)

    def children(self) -> Iterating[Node]:
        """The nodes directly below."""
        return iter(())

    @property
    def binding(self) -> int:
        """How tightly the node binds."""
        return ATOM


def _inside(node: Node, binding: int) -> str:
    return f"({node})" if node.binding < binding else str(node)


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    """``12.50``; never negative, as the minus is an operator."""

    value: Decimal

    def __str__(self) -> str:
        return plain(self.value)


@dataclass(frozen=True, slots=True)
class StringLiteral(Node):
    """``"text"``."""

    value: str

    def __str__(self) -> str:
        return quote(self.value)


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
    """``true`` or ``false``."""

    value: bool

    def __str__(self) -> str:
        return "true" if self.value else "false"


@dataclass(frozen=True, slots=True)
class NullLiteral(Node):
    """``null``."""

    def __str__(self) -> str:
        return "null"


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """``@"2024-02-29"``: a date, time, date and time or duration."""

    text: str

    def __str__(self) -> str:
        return "@" + quote(self.text)


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
        source = f"({self.source})" if isinstance(self.source, NumberLiteral) else _inside(self.source, POSTFIX)
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
        return f"{_inside(self.source, POSTFIX)}[{self.condition}]"


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
        return f"{_inside(self.function, POSTFIX)}({arguments})"


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
        return f"-{_inside(self.operand, NEGATE)}"


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
        return f"{_inside(self.left, binding)} {self.operator} {_inside(self.right, binding + 1)}"


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
        return f"{_inside(self.left, COMPARE)} {self.operator} {_inside(self.right, ADD)}"


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
        return " and ".join(_inside(each, COMPARE) for each in self.operands)


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
        return " or ".join(_inside(each, AND) for each in self.operands)


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
        return f"{_inside(self.value, COMPARE)} between {_inside(self.low, ADD)} and {_inside(self.high, ADD)}"


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
        return f"{_inside(self.value, COMPARE)} in ({', '.join(_test(each) for each in self.tests)})"


@dataclass(frozen=True, slots=True)
class UnaryComparison(Node):
    """``< 5``: a test of the value at hand; in parentheses ``(< 5)`` it is a range."""

    operator: str
    operand: Node

    def children(self) -> Iterating[Node]:
        yield self.operand

    def __str__(self) -> str:
        return f"({self.operator} {_inside(self.operand, ADD)})"


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
        return f"{opening}{_inside(self.low, ADD)}..{_inside(self.high, ADD)}{closing}"


@dataclass(frozen=True, slots=True)
class Type:
    """The name of a type and what it is made of.

    Attributes:
        name: ``number`` …, ``list``, ``range``, ``context``, ``function`` or the name of an item definition.
        parts: The type of the items (list, range), of the entries (context), of the parameters (function).
        entries: The names of a context's entries.
        result: What a function gives.
    """

    name: str
    parts: tuple[Type, ...] = ()
    entries: tuple[str, ...] = ()
    result: Type | None = None

    def __str__(self) -> str:
        if self.name == "context" and self.entries:
            entries = zip(self.entries, self.parts, strict=True)
            return f"context<{', '.join(f'{name}: {part}' for name, part in entries)}>"
        if self.name == "function" and self.result is not None:
            return f"function<{', '.join(map(str, self.parts))}> -> {self.result}"
        return f"{self.name}<{self.parts[0]}>" if self.parts else self.name


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
        return f"{_inside(self.value, INSTANCE)} instance of {self.type}"


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
            return f"{self.name} in {_inside(self.source, ADD)}..{_inside(self.end, ADD)}"
        return f"{self.name} in {_inside(self.source, OR)}"


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
        return f"{_key(self.key)}: {self.value}"


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
        tests = ", ".join(_test(each) for each in self.tests)
        return f"not({tests})" if self.negated else tests


def _test(node: Node) -> str:
    return str(node)[1:-1] if isinstance(node, UnaryComparison) else str(node)
