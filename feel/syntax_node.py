"""What all nodes of FEEL's syntax tree are, how their texts are put together, and the literals."""

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


def key_text(name: str) -> str:
    """The key of an entry, quoted where it must be."""
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


def inside(node: Node, binding: int) -> str:
    """A node as a part of one that binds at a level, in parentheses where it binds less tightly."""
    return f"({node})" if node.binding < binding else str(node)


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
