"""What every part of the parser works with: the tokens, the scopes, and the errors that say where."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel.lexer import AT, END, NAME, NUMBER, OPERATOR, STRING, Source, Token, tokens_of
from feel.limits import NESTING
from feel.names import Layer, joined, layer_of
from feel.sentences import Sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.errors import FeelSyntaxError
    from feel.syntax import Node, Type

# What an expression may begin with; after "[" it tells a filter from the old open end "]1..3[".
_OPENINGS = frozenset({"(", "[", "{", "-", "]", "<", "<=", ">", ">=", "=", "!=", "?"})
_NAME_SIGNS = frozenset({".", "/", "-", "'", "+", "*", "**", "?"})


class ParserTools:
    """One text being parsed.

    Args:
        source: The text.
        names: Declared names.
        functions: Names of host functions and built-in functions.
        members: Names of context entries, which may follow a dot.
        strict: Whether an undeclared name is an error.
    """

    def __init__(
        self,
        source: Source,
        names: tuple[str, ...],
        functions: tuple[Layer, ...],
        members: tuple[str, ...],
        *,
        strict: bool,
    ) -> None:
        self.source = source
        self.tokens: list[Token] = tokens_of(source)
        self.index = 0
        self.depth = 0
        self.strict = strict
        self.globals = (layer_of(names), *functions)
        self.locals: list[Layer] = []
        self.members = layer_of(members)
        self.seen_members = Layer()
        self.in_endpoint = False
        self.inside_item = 0

    def at(self, token: Token, make: Callable[..., Node], *parts: object) -> Node:
        """A node that stands where a token stands."""
        line, column = self.source.place(token.start)
        return make(*parts, line=line, column=column)

    def expect(self, text: str) -> Token:
        """Takes the token that must come next."""
        token = self.tokens[self.index]
        if token.text != text or token.kind not in (OPERATOR, NAME):
            raise self.unexpected(token, text)
        self.index += 1
        return token

    def unexpected(self, token: Token, wanted: str = "") -> FeelSyntaxError:
        """The error for a token that does not fit."""
        found = self.source.text[token.start : token.end][:40]
        if token.kind == END:
            if wanted:
                sentence = Sentence("The expression ends where “{wanted}” is missing.", wanted=wanted)
            else:
                sentence = Sentence("The expression ends too early.")
        elif wanted:
            sentence = Sentence("“{wanted}” is missing before “{found}”.", wanted=wanted, found=found)
        else:
            sentence = Sentence("“{found}” does not belong here.", found=found)
        return self.source.error(sentence, token.start)

    def finish(self) -> None:
        """Refuses what follows a complete expression."""
        token = self.tokens[self.index]
        if token.kind != END:
            raise self.unexpected(token)

    def enter(self) -> None:
        """Goes one level deeper."""
        self.depth += 1
        if self.depth > NESTING:
            raise self.source.error(
                Sentence("The expression is nested more than {limit} levels deep.", limit=NESTING),
                self.tokens[self.index].start,
            )

    @staticmethod
    def begins(token: Token) -> bool:
        """Whether an expression may begin with a token."""
        if token.kind == OPERATOR:
            return token.text in _OPENINGS and token.text != "]"
        return token.kind != END and token.text not in ("and", "or", "then", "else", "return", "satisfies", "in")

    def colon_after_name(self) -> int:
        """The index of the colon when the next tokens are a name and a colon, else 0."""
        end = self.index
        if self.tokens[end].kind != NAME:
            return 0
        while self.tokens[end].kind in (NAME, NUMBER) or self.tokens[end].text in _NAME_SIGNS:
            if self.tokens[end].kind in (STRING, AT):
                return 0
            end += 1
        return end if self.tokens[end].text == ":" and self.tokens[end].kind == OPERATOR else 0

    def declared_until(self, ends: tuple[str, ...]) -> str:
        """A name that is being declared, up to one of the given tokens."""
        start = self.index
        if self.tokens[start].kind != NAME:
            raise self.unexpected(self.tokens[start])
        end = start + 1
        while self.tokens[end].text not in ends:
            if self.tokens[end].kind not in (NAME, NUMBER) and self.tokens[end].text not in _NAME_SIGNS:
                raise self.unexpected(self.tokens[end], ends[0])
            end += 1
        self.index = end
        return joined(self.tokens, start, end)

    def longest(self, layers: tuple[Layer, ...]) -> tuple[int, str] | None:
        """The longest name of several scopes that begins here; the first scope wins among equals."""
        best: tuple[int, str] | None = None
        for layer in layers:
            found = layer.match(self.tokens, self.index)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        return best

    def known(self, name: str) -> bool:
        """Whether a name is in scope."""
        return any(name in layer.names for layer in (*self.locals, *self.globals))

    # -- what the parts of the parser ask of each other -------------------------------------------------

    def expression(self) -> Node:
        """Any expression."""
        raise NotImplementedError

    def expression_or_test(self) -> Node:
        """An expression, or a test such as ``< 5``."""
        raise NotImplementedError

    def binary(self, level: int) -> Node:
        """Operators that bind at least as tightly as ``level``."""
        raise NotImplementedError

    def type(self) -> Type:
        """A type."""
        raise NotImplementedError
