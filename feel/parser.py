"""Tokens → syntax tree.

A name is the longest one in scope that the tokens spell; what nothing declares is joined from the words that
stand beside each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel import syntax
from feel.errors import FeelSyntaxError, UndeclaredName
from feel.lexer import END, NAME, OPERATOR
from feel.names import Layer, joined, run_of_words
from feel.parser_pieces import Pieces
from feel.sentences import Sentence
from feel.type_names import TypeNames

if TYPE_CHECKING:
    from feel.lexer import Token
    from feel.syntax import Node

_ADDITIVE = frozenset({"+", "-"})
_MULTIPLICATIVE = frozenset({"*", "/"})
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
_TIGHT = frozenset({"+", "-", "*", "/", "**", ".", "[", "(", ".."})


class Parser(TypeNames, Pieces):
    """One text being parsed: its two entries, operators, paths, calls and tests."""

    def expression_text(self) -> Node:
        """The whole text as an expression."""
        node = self.expression()
        self.finish()
        return node

    def unary_tests_text(self) -> Node:
        """The whole text as the unary tests of a cell."""
        token = self.tokens[0]
        if token.text == "-" and self.tokens[1].kind == END:
            return self.at(token, syntax.UnaryTests, ())
        if token.text == "not" and self.tokens[1].text == "(":
            self.index = 2
            try:
                tests = self.tests()
                self.expect(")")
                if self.tokens[self.index].kind == END:
                    return self.at(token, syntax.UnaryTests, tests, True)
            except UndeclaredName:
                raise
            except FeelSyntaxError:
                # e.g. "not(a) and b": an expression that begins with the function not(); its own errors follow.
                pass
            self.index = 0
            self.seen_members = Layer()
        tests = self.tests()
        self.finish()
        return self.at(token, syntax.UnaryTests, tests)

    def expression(self) -> Node:
        """Any expression."""
        self.enter()
        in_endpoint, self.in_endpoint = self.in_endpoint, False
        node = self.binary(syntax.OR)
        self.in_endpoint = in_endpoint
        self.depth -= 1
        return node

    def binary(self, level: int) -> Node:  # noqa: PLR0912 - one branch for each kind of operator, on the hot path
        """Operators that bind at least as tightly as ``level``, by precedence climbing."""
        left = self.unary()
        tokens = self.tokens
        while True:
            token = tokens[self.index]
            text = token.text
            if token.kind == OPERATOR:
                if text in _ADDITIVE:
                    binding = syntax.ADD
                elif text in _MULTIPLICATIVE:
                    binding = syntax.MULTIPLY
                elif text == "**":
                    binding = syntax.POWER
                elif text in _COMPARISONS:
                    if level > syntax.COMPARE:
                        return left
                    self.index += 1
                    left = self.at(token, syntax.Comparison, text, left, self.binary(syntax.ADD))
                    continue
                else:
                    if text == "==":
                        raise self.source.error(Sentence("FEEL compares with “=”, not with “==”."), token.start)
                    return left
                if binding < level:
                    return left
                self.index += 1
                left = self.at(token, syntax.Arithmetic, text, left, self.binary(binding + 1))
            elif token.kind == NAME:
                node = self.word_operator(left, token, level)
                if node is None:
                    return left
                left = node
            else:
                return left

    def word_operator(self, left: Node, token: Token, level: int) -> Node | None:
        """``and``, ``or``, ``between``, ``in``, ``instance of``, or none of them."""
        text = token.text
        if text == "and" and level <= syntax.AND:
            return self.at(token, syntax.Conjunction, self.operands(left, "and", syntax.COMPARE))
        if text == "or" and level <= syntax.OR:
            return self.at(token, syntax.Disjunction, self.operands(left, "or", syntax.AND))
        if text == "between" and level <= syntax.COMPARE:
            self.index += 1
            low = self.binary(syntax.ADD)
            self.expect("and")
            return self.at(token, syntax.Between, left, low, self.binary(syntax.ADD))
        if text == "in" and level <= syntax.COMPARE:
            self.index += 1
            return self.at(token, syntax.In, left, self.tests_after_in())
        if text == "instance" and self.tokens[self.index + 1].text == "of" and level <= syntax.INSTANCE:
            self.index += 2
            return self.at(token, syntax.InstanceOf, left, self.type())
        return None

    def operands(self, first: Node, word: str, level: int) -> tuple[Node, ...]:
        """The operands of ``and`` or ``or``, in one row however many there are."""
        operands = [first]
        while self.tokens[self.index].text == word and self.tokens[self.index].kind == NAME:
            self.index += 1
            operands.append(self.binary(level))
        return tuple(operands)

    def unary(self) -> Node:
        """A minus, or what stands without one."""
        token = self.tokens[self.index]
        if token.text == "-" and token.kind == OPERATOR:
            self.index += 1
            self.enter()
            operand = self.unary()
            self.depth -= 1
            return self.at(token, syntax.Negation, operand)
        return self.postfix(self.primary())

    def postfix(self, node: Node) -> Node:
        """What follows a value: ``.name``, ``[…]``, ``(…)``."""
        while True:
            token = self.tokens[self.index]
            if token.kind != OPERATOR:
                return node
            if token.text == ".":
                self.index += 1
                node = self.at(token, syntax.Path, node, self.member())
            elif token.text == "[":
                if self.in_endpoint and not self.begins(self.tokens[self.index + 1]):
                    return node
                self.index += 1
                self.inside_item += 1
                condition = self.expression_or_test()
                self.inside_item -= 1
                self.expect("]")
                node = self.at(token, syntax.Filter, node, condition)
            elif token.text == "(":
                node = self.call(node, token)
            else:
                return node

    def member(self) -> str:
        """The name after a dot."""
        token = self.tokens[self.index]
        if token.kind != NAME:
            raise self.unexpected(token)
        best = self.longest((self.members, self.seen_members))
        end = run_of_words(self.tokens, self.index)
        if best is not None and self.index + best[0] >= end:
            self.index += best[0]
            return best[1]
        name = joined(self.tokens, self.index, end)
        self.index = end
        return name

    def call(self, function: Node, token: Token) -> Node:
        """The arguments of a call, by position or by name."""
        self.expect("(")
        positional: list[Node] = []
        named: list[syntax.Argument] = []
        while self.tokens[self.index].text != ")" or self.tokens[self.index].kind != OPERATOR:
            if positional or named:
                self.expect(",")
            end = self.colon_after_name()
            here = self.tokens[self.index]
            if (end and positional) or (named and not end):
                raise self.source.error(
                    Sentence("Arguments are given either all by position or all by name."), here.start
                )
            if end:
                name = joined(self.tokens, self.index, end)
                self.index = end + 1
                if any(each.name == name for each in named):
                    raise self.source.error(Sentence("The argument “{name}” is given twice.", name=name), here.start)
                named.append(syntax.Argument(name, self.expression_or_test()))
            else:
                positional.append(self.expression_or_test())
        self.index += 1
        return self.at(token, syntax.Call, function, tuple(positional), tuple(named))

    def tests(self) -> tuple[Node, ...]:
        """Tests with commas between."""
        tests = [self.expression_or_test()]
        while self.tokens[self.index].text == "," and self.tokens[self.index].kind == OPERATOR:
            self.index += 1
            tests.append(self.expression_or_test())
        return tuple(tests)

    def expression_or_test(self) -> Node:
        """An expression; where it begins with a comparison it is a test of the value at hand."""
        token = self.tokens[self.index]
        if token.kind == OPERATOR and token.text in _COMPARISONS:
            self.index += 1
            self.enter()
            operand = self.binary(syntax.ADD)
            self.depth -= 1
            return self.at(token, syntax.UnaryComparison, token.text, operand)
        # The same as expression(), without a frame of its own on Python's stack.
        self.enter()
        in_endpoint, self.in_endpoint = self.in_endpoint, False
        node = self.binary(syntax.OR)
        self.in_endpoint = in_endpoint
        self.depth -= 1
        return node

    def tests_after_in(self) -> tuple[Node, ...]:
        """What stands after ``in``: one test, or several in parentheses."""
        token = self.tokens[self.index]
        if token.text == "(" and token.kind == OPERATOR:
            start = self.index
            self.index += 1
            tests = self.tests()
            following = self.tokens[self.index]
            if following.text == ")" and following.kind == OPERATOR:
                after = self.tokens[self.index + 1]
                if after.kind != OPERATOR or after.text not in _TIGHT:
                    self.index += 1
                    return tests
            # "(1..5]", "(a) + 1": the parenthesis belongs to the expression.
            self.index = start
        elif token.kind == OPERATOR and token.text in _COMPARISONS:
            return (self.expression_or_test(),)
        return (self.binary(syntax.ADD),)
