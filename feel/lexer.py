"""Text → tokens, by one compiled pattern. Tokens remember where they stand; names are put together by the parser."""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from decimal import Decimal
from typing import NamedTuple

from feel.errors import FeelSyntaxError
from feel.limits import TEXT_LENGTH
from feel.numbers import CONTEXT, PRECISION
from feel.sentences import Sentence

NAME, NUMBER, STRING, AT, OPERATOR, END = "name", "number", "string", "at", "operator", "end"

# The classes of FEEL 1.5, grammar rules 28, 29 and 61 ("?" stands alone; a name may not begin with it here).
_SPACE = r"\t\n\v\f\r \u0085\u00A0\u1680\u180E\u2000-\u200B\u2028\u2029\u202F\u205F\u3000\uFEFF"
_START = (
    r"A-Z_a-z\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u167F\u1681-\u180D\u180F-\u1FFF"
    r"\u200C-\u200D\u2070-\u218F\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFEFE\uFF00-\uFFFD"
    r"\U00010000-\U000EFFFF"
)
_PART = _START + r"0-9\u00B7\u0300-\u036F\u203F-\u2040"

_TOKEN = re.compile(
    rf"""[{_SPACE}]*(?://[^\n\r]*[{_SPACE}]*|/\*(?:[^*]|\*(?!/))*\*/[{_SPACE}]*)*(?:
    (?P<name>[{_START}][{_PART}]*)
   |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
   |(?P<string>"(?:[^"\\]|\\.)*")
   |(?P<at>@[{_SPACE}]*"(?:[^"\\]|\\.)*")
   |(?P<operator>\.\.|\*\*|<=|>=|!=|->|==|[-+*/<>=()\[\]{{}},:.?'])
   |(?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|([\"'\\nrt]))")
_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_LONE = re.compile("[\ud800-\udfff]")
_LETTER = {"n": "\n", "r": "\r", "t": "\t"}


class Token(NamedTuple):
    """One token: ``text`` is the name, the operator, the digits or the value of a string."""

    kind: str
    text: str
    start: int
    end: int


class Source:
    """A text and where its lines begin."""

    __slots__ = ("_breaks", "element_id", "text")

    def __init__(self, text: str, element_id: str) -> None:
        self.text = text
        self.element_id = element_id
        self._breaks: list[int] | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        if self._breaks is None:
            self._breaks = [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", self.text))]
        line = bisect_right(self._breaks, offset)
        return line, offset - self._breaks[line - 1] + 1

    def error(self, sentence: Sentence, offset: int) -> FeelSyntaxError:
        """The error that stands at an offset."""
        line, column = self.place(offset)
        return FeelSyntaxError(sentence, line, column, self.element_id)


def tokens_of(source: Source) -> list[Token]:
    """All tokens of a text, the last one of kind ``end``.

    Raises:
        FeelSyntaxError: The text is too long, or holds a character or an unfinished string that is no FEEL.
    """
    text = source.text
    if len(text) > TEXT_LENGTH:
        raise source.error(
            Sentence(
                "The expression has {length} characters; at most {limit} are allowed.",
                length=len(text),
                limit=TEXT_LENGTH,
            ),
            0,
        )
    tokens: list[Token] = []
    offset = 0
    match_at = _TOKEN.match
    while True:
        match = match_at(text, offset)
        if match is None:
            raise _refusal(source, offset)
        kind = match.lastgroup
        start, end = match.span(kind or 0)
        if kind == STRING:
            tokens.append(Token(STRING, _unescaped(source, text[start + 1 : end - 1], start), start, end))
        elif kind == AT:
            opening = text.index('"', start)
            tokens.append(Token(AT, _unescaped(source, text[opening + 1 : end - 1], start), start, end))
        elif kind == END:
            tokens.append(Token(END, "", start, end))
            return tokens
        else:
            tokens.append(Token(kind or OPERATOR, text[start:end], start, end))
        offset = end


_LEADING = re.compile(rf"[{_SPACE}]*(?://[^\n\r]*[{_SPACE}]*|/\*(?:[^*]|\*(?!/))*\*/[{_SPACE}]*)*")


def _refusal(source: Source, offset: int) -> FeelSyntaxError:
    match = _LEADING.match(source.text, offset)
    offset = match.end() if match else offset
    character = source.text[offset]
    if character in '"@' and '"' in source.text[offset : offset + 2]:
        return source.error(Sentence("The string that begins here has no closing quotation mark."), offset)
    if source.text.startswith("/*", offset):
        return source.error(Sentence("The comment that begins here is never closed."), offset)
    return source.error(Sentence("“{character}” is no part of FEEL.", character=character), offset)


def _unescaped(source: Source, raw: str, start: int) -> str:
    if "\\" not in raw and (raw.isascii() or not _LONE.search(raw)):
        return raw

    def replaced(match: re.Match[str]) -> str:
        four, six, letter = match.groups()
        if letter is not None:
            return _LETTER.get(letter, letter)
        code = int(four or six, 16)
        if code > sys.maxunicode:
            raise source.error(Sentence("“{escape}” is no character.", escape=match.group()), start)
        return chr(code)

    text = _ESCAPE.sub(replaced, raw)
    text = _SURROGATES.sub(lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text)
    if _LONE.search(text):
        raise source.error(Sentence("The string holds half a character (a lone surrogate)."), start)
    return text


def number_of(source: Source, token: Token) -> Decimal:
    """The value of a number token.

    Raises:
        FeelSyntaxError: It has more digits than FEEL keeps, or is out of range.
    """
    text = token.text
    if len(text) <= PRECISION and "e" not in text and "E" not in text:
        return Decimal(text)
    try:
        value = CONTEXT.create_decimal(text)
    except ArithmeticError:
        value = None
    if value is None:
        raise source.error(Sentence("The number {text} is out of range.", text=text[:40]), token.start)
    return value


def name_pieces(name: str) -> tuple[tuple[str, bool], ...]:
    """A declared name as the texts of its tokens, each with whether a space stands before it.

    A name that is no sequence of tokens (it may come from a string key) cannot be written in FEEL: ``()``.
    """
    try:
        tokens = tokens_of(Source(name, ""))[:-1]
    except FeelSyntaxError:
        return ()
    if any(token.kind in (STRING, AT) for token in tokens):
        return ()
    pieces = []
    end = tokens[0].start if tokens else 0
    for token in tokens:
        pieces.append((token.text, token.start > end))
        end = token.end
    return tuple(pieces)
