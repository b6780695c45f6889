"""The smallest pieces of an expression: literals, brackets, names, and what begins with a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel import syntax
from feel.errors import UndeclaredName
from feel.lexer import AT, NAME, NUMBER, OPERATOR, STRING, number_of
from feel.names import KEYWORDS, Layer, joined, run_of_words
from feel.parser_tools import ParserTools
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.lexer import Token
    from feel.syntax import Node


class Pieces(ParserTools):
    """The part of the parser that reads the smallest pieces."""

    def primary(self) -> Node:
        """A literal, a name, or something in brackets."""
        token = self.tokens[self.index]
        kind = token.kind
        if kind == NAME:
            return self.word(token)
        if kind == NUMBER:
            self.index += 1
            return self.at(token, syntax.NumberLiteral, number_of(self.source, token))
        if kind == STRING:
            self.index += 1
            return self.at(token, syntax.StringLiteral, token.text)
        if kind == AT:
            self.index += 1
            return self.at(token, syntax.AtLiteral, token.text)
        if kind == OPERATOR:
            if token.text == "(":
                return self.parenthesis(token)
            if token.text in ("[", "]"):
                return self.bracket(token)
            if token.text == "{":
                return self.context(token)
            if token.text == "?":
                self.index += 1
                return self.at(token, syntax.Name, "?")
        raise self.unexpected(token)

    def parenthesis(self, token: Token) -> Node:
        """``(value)``, ``(low..high]`` or ``(< 5)``."""
        self.index += 1
        node = self.expression_or_test()
        following = self.tokens[self.index]
        if following.text == ".." and following.kind == OPERATOR:
            return self.range_from(token, node, low_included=False)
        self.expect(")")
        return node

    def bracket(self, token: Token) -> Node:
        """A list, or a range that begins with ``[`` or ``]``."""
        self.index += 1
        included = token.text == "["
        first = self.tokens[self.index]
        if included and first.text == "]" and first.kind == OPERATOR and not self.begins_range(first):
            self.index += 1
            return self.at(token, syntax.ListLiteral, ())
        items = [self.expression_or_test()]
        following = self.tokens[self.index]
        if following.text == ".." and following.kind == OPERATOR:
            return self.range_from(token, items[0], low_included=included)
        if not included:
            raise self.unexpected(following, "..")
        while self.tokens[self.index].text == "," and self.tokens[self.index].kind == OPERATOR:
            self.index += 1
            items.append(self.expression_or_test())
        self.expect("]")
        return self.at(token, syntax.ListLiteral, tuple(items))

    def begins_range(self, token: Token) -> bool:
        """Whether the ``]`` of ``[]1..2[]`` opens a range rather than closing an empty list."""
        following = self.tokens[self.index + 1]
        if not (self.begins(following) and following.start == token.end and following.kind != OPERATOR):
            return False
        after = self.tokens[self.index + 2]
        return after.text == ".." and after.kind == OPERATOR

    def range_from(self, token: Token, low: Node, *, low_included: bool) -> Node:
        """The rest of a range after its lower end."""
        self.expect("..")
        self.enter()
        in_endpoint, self.in_endpoint = self.in_endpoint, True
        high = self.binary(syntax.ADD)
        self.in_endpoint = in_endpoint
        self.depth -= 1
        closing = self.tokens[self.index]
        if closing.kind != OPERATOR or closing.text not in ("]", ")", "["):
            raise self.unexpected(closing, "]")
        self.index += 1
        return self.at(token, syntax.RangeLiteral, low, high, low_included, closing.text == "]")

    def context(self, token: Token) -> Node:
        """``{key: value, …}``."""
        self.index += 1
        layer = Layer()
        self.locals.append(layer)
        entries: list[syntax.Entry] = []
        while self.tokens[self.index].text != "}" or self.tokens[self.index].kind != OPERATOR:
            if entries:
                self.expect(",")
            key = self.key()
            if self.tokens[self.index].text == "function":
                layer.add(key)  # a function may call itself
            value = self.expression_or_test()
            layer.add(key)
            self.seen_members.add(key)
            entries.append(syntax.Entry(key, value))
        self.index += 1
        self.locals.pop()
        return self.at(token, syntax.ContextLiteral, tuple(entries))

    def key(self) -> str:
        """The key of an entry with its colon."""
        token = self.tokens[self.index]
        if token.kind == STRING:
            self.index += 1
            self.expect(":")
            return token.text
        end = self.colon_after_name()
        if not end:
            raise self.unexpected(token)
        name = joined(self.tokens, self.index, end)
        self.index = end + 1
        return name

    def word(self, token: Token) -> Node:
        """A keyword or a name."""
        best = self.longest((*self.locals, *self.globals))
        if token.text in KEYWORDS and (best is None or best[0] == 1):
            return self.keyword(token)
        end = run_of_words(self.tokens, self.index)
        if best is not None and self.index + best[0] >= end:
            self.index += best[0]
            return self.at(token, syntax.Name, best[1])
        name = joined(self.tokens, self.index, end)
        if self.strict and not self.inside_item and not self.known(name):
            line, column = self.source.place(token.start)
            raise UndeclaredName(
                Sentence("Nothing is called “{name}” here.", name=name), line, column, self.source.element_id, name
            )
        self.index = end
        return self.at(token, syntax.Name, name)

    def keyword(self, token: Token) -> Node:
        """What begins with a reserved word."""
        self.index += 1
        match token.text:
            case "true" | "false":
                return self.at(token, syntax.BooleanLiteral, token.text == "true")
            case "null":
                return self.at(token, syntax.NullLiteral)
            case "if":
                condition = self.expression()
                self.expect("then")
                consequence = self.expression()
                self.expect("else")
                return self.at(token, syntax.If, condition, consequence, self.expression())
            case "function":
                return self.function(token)
            case _:
                return self.iteration(token)

    def iteration(self, token: Token) -> Node:
        """``for …``, ``some …``, ``every …``."""
        layer = Layer()
        iterators: list[syntax.Iterator] = []
        # The sources see the iterators before them, never their own name.
        self.locals.append(layer)
        while not iterators or self.tokens[self.index].text == ",":
            if iterators:
                self.expect(",")
            name = self.declared_until(("in",))
            self.expect("in")
            iterators.append(self.source_of(name))
            layer.add(name)
        if token.text == "for":
            self.expect("return")
            layer.add("partial")
        else:
            self.expect("satisfies")
        body = self.expression()
        self.locals.pop()
        if token.text == "for":
            return self.at(token, syntax.For, tuple(iterators), body)
        return self.at(token, syntax.Quantified, token.text, tuple(iterators), body)

    def source_of(self, name: str) -> syntax.Iterator:
        """What an iterator runs over: an expression, or ``low..high`` without brackets."""
        source = self.expression()
        if self.tokens[self.index].text != ".." or self.tokens[self.index].kind != OPERATOR:
            return syntax.Iterator(name, source)
        self.index += 1
        return syntax.Iterator(name, source, self.expression())

    def function(self, token: Token) -> Node:
        """``function(a: number, b) body``."""
        self.expect("(")
        layer = Layer()
        parameters: list[syntax.Parameter] = []
        while self.tokens[self.index].text != ")":
            if parameters:
                self.expect(",")
            name = self.declared_until((":", ",", ")"))
            if name in layer.names:
                raise self.source.error(Sentence("The parameter “{name}” is there twice.", name=name), token.start)
            layer.add(name)
            kind = None
            if self.tokens[self.index].text == ":":
                self.index += 1
                kind = self.type()
            parameters.append(syntax.Parameter(name, kind))
        self.index += 1
        external = self.tokens[self.index].text == "external" and self.tokens[self.index].kind == NAME
        if external:
            self.index += 1
        self.locals.append(layer)
        body = self.expression()
        self.locals.pop()
        return self.at(token, syntax.FunctionDefinition, tuple(parameters), body, external)
