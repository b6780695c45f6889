"""Tokens → syntax tree.

A name is the longest one in scope that the tokens spell; what nothing declares is joined from the words that
stand beside each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel import syntax
from feel.errors import FeelSyntaxError, UndeclaredName
from feel.lexer import AT, END, NAME, NUMBER, OPERATOR, STRING, Source, Token, number_of, tokens_of
from feel.limits import NESTING
from feel.names import KEYWORDS, Layer, joined, layer_of, run_of_words
from feel.sentences import Sentence
from feel.type_names import TypeNames

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.syntax import Node

_ADDITIVE = frozenset({"+", "-"})
_MULTIPLICATIVE = frozenset({"*", "/"})
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})
# What an expression may begin with; after "[" it tells a filter from the old open end "]1..3[".
_OPENINGS = frozenset({"(", "[", "{", "-", "]", "<", "<=", ">", ">=", "=", "!=", "?"})
_NAME_SIGNS = frozenset({".", "/", "-", "'", "+", "*", "**", "?"})
_TIGHT = frozenset({"+", "-", "*", "/", "**", ".", "[", "(", ".."})


class Parser(TypeNames):
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

    # -- the two entries -------------------------------------------------------------------------------

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

    # -- tools -----------------------------------------------------------------------------------------

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

    # -- operators, from the loosest ---------------------------------------------------------------------

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

    # -- paths, filters, calls ---------------------------------------------------------------------------

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

    @staticmethod
    def begins(token: Token) -> bool:
        """Whether an expression may begin with a token."""
        if token.kind == OPERATOR:
            return token.text in _OPENINGS and token.text != "]"
        return token.kind != END and token.text not in ("and", "or", "then", "else", "return", "satisfies", "in")

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

    # -- tests -------------------------------------------------------------------------------------------

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

    # -- the smallest pieces -----------------------------------------------------------------------------

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

    # -- words -------------------------------------------------------------------------------------------

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

    def known(self, name: str) -> bool:
        """Whether a name is in scope."""
        return any(name in layer.names for layer in (*self.locals, *self.globals))

    def longest(self, layers: tuple[Layer, ...]) -> tuple[int, str] | None:
        """The longest name of several scopes that begins here; the first scope wins among equals."""
        best: tuple[int, str] | None = None
        for layer in layers:
            found = layer.match(self.tokens, self.index)
            if found is not None and (best is None or found[0] > best[0]):
                best = found
        return best

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
