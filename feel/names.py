"""Names at parse time: which names are in scope, and which of them a row of tokens spells, the longest first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from feel.lexer import NAME, NUMBER, Token, name_pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

# Each spelling: the texts of its tokens with whether a space stands before, and the name as it was declared.
Spelling = tuple[tuple[tuple[str, bool], ...], str]

KEYWORDS = frozenset({"true", "false", "null", "if", "for", "some", "every", "function"})
#: Words that end a name which nothing declares.
INFIX = frozenset({"and", "or", "in", "between", "then", "else", "return", "satisfies", "external"})


class Layer:
    """The names of one scope, found by their first token."""

    __slots__ = ("names", "spellings")

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names: set[str] = set()
        self.spellings: dict[str, list[Spelling]] = {}
        for name in names:
            self.add(name)

    def add(self, name: str) -> None:
        """Declares a name."""
        if name in self.names:
            return
        self.names.add(name)
        pieces = ((name, False),) if name.isalnum() and name[0].isalpha() else name_pieces(name)
        if pieces:
            spellings = self.spellings.setdefault(pieces[0][0], [])
            spellings.append((pieces, name))
            spellings.sort(key=lambda spelling: -len(spelling[0]))

    def match(self, tokens: list[Token], index: int) -> tuple[int, str] | None:
        """The longest name that begins at a token: how many tokens it takes, and the name."""
        for pieces, name in self.spellings.get(tokens[index].text, ()):
            if _spells(tokens, index, pieces):
                return len(pieces), name
        return None


def _spells(tokens: list[Token], index: int, pieces: tuple[tuple[str, bool], ...]) -> bool:
    # A space inside a name must stand in the text too: "a-b" is a name, "a - b" stays a subtraction.
    if index + len(pieces) > len(tokens):
        return False
    for step in range(1, len(pieces)):
        token = tokens[index + step]
        text, spaced = pieces[step]
        if token.text != text or (token.start > tokens[index + step - 1].end) is not spaced:
            return False
    return True


@lru_cache(maxsize=512)
def layer_of(names: tuple[str, ...]) -> Layer:
    """The shared layer of declared names. It is never changed after it was made."""
    return Layer(names)


def joined(tokens: list[Token], start: int, end: int) -> str:
    """Tokens as one name: a space where the text has space, nothing where it has none."""
    parts = [tokens[start].text]
    for index in range(start + 1, end):
        if tokens[index].start > tokens[index - 1].end:
            parts.append(" ")
        parts.append(tokens[index].text)
    return "".join(parts)


def run_of_words(tokens: list[Token], index: int) -> int:
    """Where the words end that stand beside each other from a token on (FEEL has no operator "nothing")."""
    end = index + 1
    while True:
        token = tokens[end]
        if token.kind == NAME:
            if token.text in INFIX or (token.text == "instance" and tokens[end + 1].text == "of"):
                return end
        elif token.kind != NUMBER:
            return end
        end += 1
