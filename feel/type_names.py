"""The types that ``instance of`` and parameters name, read from tokens."""

from __future__ import annotations

from feel.lexer import NAME, NUMBER, OPERATOR, STRING
from feel.names import joined, run_of_words
from feel.parser_tools import ParserTools
from feel.sentences import Sentence
from feel.syntax import Type

_LONG = (
    ("days", "and", "time", "duration"),
    ("years", "and", "months", "duration"),
    ("date", "and", "time"),
)
_DURATIONS = {"dayTimeDuration": "days and time duration", "yearMonthDuration": "years and months duration"}


class TypeNames(ParserTools):
    """The part of the parser that reads types."""

    def type(self) -> Type:
        """A type, e.g. ``list<number>``."""
        self.enter()
        kind = self._type()
        self.depth -= 1
        return kind

    def _type(self) -> Type:
        token = self.tokens[self.index]
        if token.kind != NAME:
            raise self.unexpected(token)
        for words in _LONG:
            if tuple(each.text for each in self.tokens[self.index : self.index + len(words)]) == words:
                self.index += len(words)
                return Type(" ".join(words))
        opened = self.tokens[self.index + 1].text == "<"
        if token.text in ("list", "range") and opened:
            self.index += 2
            part = self.type()
            self.expect(">")
            return Type(token.text, (part,))
        if token.text == "context" and opened:
            return self._context_type()
        if token.text == "function" and opened:
            return self._function_type()
        return Type(self._qualified_name())

    def _qualified_name(self) -> str:
        start = self.index
        end = run_of_words(self.tokens, start)
        while (
            self.tokens[end].text == "." and self.tokens[end].kind == OPERATOR and self.tokens[end + 1].kind == NAME
        ):
            end = run_of_words(self.tokens, end + 1)
        self.index = end
        name = joined(self.tokens, start, end)
        return _DURATIONS.get(name, name)

    def _context_type(self) -> Type:
        self.index += 2
        entries: list[str] = []
        parts: list[Type] = []
        while True:
            start = self.index
            while self.tokens[self.index].kind in (NAME, NUMBER, STRING):
                self.index += 1
            if start == self.index or self.tokens[self.index].text != ":":
                raise self.unexpected(self.tokens[self.index], ":")
            entries.append(joined(self.tokens, start, self.index))
            self.index += 1
            parts.append(self.type())
            token = self.tokens[self.index]
            self.index += 1
            if token.text == ">":
                return Type("context", tuple(parts), tuple(entries))
            if token.text != ",":
                raise self.unexpected(token, ">")

    def _function_type(self) -> Type:
        self.index += 2
        parts: list[Type] = []
        while self.tokens[self.index].text != ">":
            if parts:
                self.expect(",")
            parts.append(self.type())
        self.index += 1
        if self.tokens[self.index].text != "->":
            raise self.source.error(
                Sentence("“{wanted}” is missing after the type of a function.", wanted="->"),
                self.tokens[self.index].start,
            )
        self.index += 1
        return Type("function", tuple(parts), result=self.type())
