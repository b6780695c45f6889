"""Syntax tree → closures. Names are resolved here as far as they can be; literals are computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feel import operators, syntax
from feel.builtin import BUILTIN
from feel.compiler_tests import CompilerTests
from feel.compiler_tools import NODES_PER_TICK, mentions
from feel.functions import DefinedFunction
from feel.iteration import for_run, quantified_run
from feel.limits import TREE_HEIGHT
from feel.postfix import call_run, filter_run, path_run
from feel.scope import Scope
from feel.sentences import Sentence
from feel.types import conforms, is_known
from feel.values import Range, compare, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from feel.syntax import Node

    Run = Callable[[Scope], object]


class Compiler(CompilerTests):
    """Compiles one tree; ``reads`` collects the names it needs from outside. See :class:`CompilerTools`."""

    def run(self, node: Node) -> Run:
        """The closure of an expression."""
        self.height += 1
        self.nodes += 1
        if self.height > TREE_HEIGHT:
            raise self.refused(
                node, Sentence("More than {limit} operators hang below each other.", limit=TREE_HEIGHT)
            )
        run = _COMPILE[node.__class__](self, node)
        self.height -= 1
        return run

    def literal(self, node: syntax.NumberLiteral | syntax.StringLiteral | syntax.BooleanLiteral) -> Run:
        value = node.value
        return lambda _: value

    def null(self, node: syntax.NullLiteral) -> Run:  # noqa: ARG002 - one signature for all nodes
        return lambda _: None

    def at_literal(self, node: syntax.AtLiteral) -> Run:
        value = BUILTIN.at_literal(node.text)
        if value is not None:
            return lambda _: value
        place = self.place(node)
        sentence = Sentence("“{text}” is no date, time or duration.", text=node.text[:60])
        if self.strict:
            raise self.refused(node, sentence)

        def run(scope: Scope) -> object:
            scope.meter.warn("argument", sentence, place)
            return None

        return run

    def list_literal(self, node: syntax.ListLiteral) -> Run:
        items = [self.run(item) for item in node.items]
        return lambda scope: [item(scope) for item in items]

    def context_literal(self, node: syntax.ContextLiteral) -> Run:
        known: set[str] = set()
        self.push_fixed(known)
        entries: list[tuple[str, Run]] = []
        for entry in node.entries:
            if isinstance(entry.value, syntax.FunctionDefinition):
                known.add(entry.key)  # a function may call itself
            entries.append((entry.key, self.run(entry.value)))
            known.add(entry.key)
        self.pop()
        place = self.place(node)
        keys = [key for key, _ in entries]
        twice = next((key for key in keys if keys.count(key) > 1), None) if len(set(keys)) < len(keys) else None

        def run(scope: Scope) -> object:
            values: dict[str, object] = {}
            inner = Scope(values, scope, scope.meter)
            for key, entry in entries:
                values[key] = entry(inner)
            return values

        def refuse(scope: Scope) -> object:
            scope.meter.warn("argument", Sentence("The entry “{name}” is there twice.", name=twice), place)
            return None

        return run if twice is None else refuse

    def range_literal(self, node: syntax.RangeLiteral) -> Run:
        low, high = self.run(node.low), self.run(node.high)
        low_included, high_included = node.low_included, node.high_included
        place = self.place(node)

        def run(scope: Scope) -> object:
            start, end = low(scope), high(scope)
            order = compare(start, end)
            if order is None:
                operators.incomparable(start, end, scope.meter, place)
                return None
            if order > 0:
                scope.meter.warn("argument", Sentence("A range must not end before it starts."), place)
                return None
            return Range(start, end, low_included=low_included, high_included=high_included)

        return run

    def unary_comparison(self, node: syntax.UnaryComparison) -> Run:
        operand, operator, place = self.run(node.operand), node.operator, self.place(node)

        def run(scope: Scope) -> object:
            end = operand(scope)
            if compare(end, end) is None or operator == "!=":
                scope.meter.warn("type", Sentence("“{operator}” makes no range here.", operator=operator), place)
                return None
            if operator == "=":
                return Range(end, end, low_included=True, high_included=True)
            if operator[0] == "<":
                return Range(None, end, low_included=False, high_included=operator == "<=")
            return Range(end, None, low_included=operator == ">=", high_included=False)

        return run

    def arithmetic(self, node: syntax.Arithmetic) -> Run:
        return operators.arithmetic_run(node.operator, self.run(node.left), self.run(node.right), self.place(node))

    def negation(self, node: syntax.Negation) -> Run:
        known, value = self.constant(node)
        if known:
            return lambda _: value
        return operators.negation_run(self.run(node.operand), self.place(node))

    def comparison(self, node: syntax.Comparison) -> Run:
        return operators.comparison_run(node.operator, self.run(node.left), self.run(node.right), self.place(node))

    def conjunction(self, node: syntax.Conjunction) -> Run:
        return operators.conjunction_run([self.run(each) for each in node.operands], self.place(node))

    def disjunction(self, node: syntax.Disjunction) -> Run:
        return operators.disjunction_run([self.run(each) for each in node.operands], self.place(node))

    def between(self, node: syntax.Between) -> Run:
        return operators.between_run(self.run(node.value), self.run(node.low), self.run(node.high), self.place(node))

    def in_(self, node: syntax.In) -> Run:
        value = self.run(node.value)
        test = self.tests(node.tests, self.place(node))
        return lambda scope: test(value(scope), scope)

    def instance_of(self, node: syntax.InstanceOf) -> Run:
        value, type_, place = self.run(node.value), node.type, self.place(node)

        def run(scope: Scope) -> object:
            held = value(scope)
            if held.__class__ is list or held.__class__ is dict:
                scope.meter.weigh(held)
            answer = conforms(held, type_, scope.meter.types, instance=True)
            if answer is None and not is_known(type_.name):
                scope.meter.warn("name", Sentence("There is no type “{name}”.", name=str(type_)), place)
            return answer

        return run

    def if_(self, node: syntax.If) -> Run:
        condition, consequence, alternative = (self.run(each) for each in node.children())
        place = self.place(node)

        def run(scope: Scope) -> object:
            answer = condition(scope)
            if answer is True:
                return consequence(scope)
            if answer is not False:
                kind = "null" if answer is None else "type"
                scope.meter.warn(
                    kind, Sentence("“if” needs true or false, not a {type}.", type=kind_of(answer)), place
                )
            return alternative(scope)

        return run

    def name(self, node: syntax.Name) -> Run:
        return self.lookup(node.name, self.place(node))

    def path(self, node: syntax.Path) -> Run:
        return path_run(self.run(node.source), node.name, self.place(node))

    def filter(self, node: syntax.Filter) -> Run:
        source = self.run(node.source)
        self.push_fixed({"item"})
        self.push_item()
        if isinstance(node.condition, syntax.UnaryComparison):
            test, before = self.test(node.condition), self.nodes
            item = self.lookup("item", self.place(node))
            condition: Run = lambda scope: test(item(scope), scope)  # noqa: E731 - a closure as all others
            cost = 1 + (self.nodes - before) // NODES_PER_TICK
        else:
            condition, cost = self.costed(node.condition)
        self.pop()
        self.pop()
        known, position = self.constant(node.condition)
        return filter_run(source, condition, cost, position if known else None, self.place(node))

    def call(self, node: syntax.Call) -> Run:
        if isinstance(node.function, syntax.Name):
            function = self.lookup(node.function.name, self.place(node.function), called=True)
            if self.strict:
                self.check_literals(node, node.function.name)
        else:
            function = self.run(node.function)
        positional = [self.run(each) for each in node.positional]
        named = [(each.name, self.run(each.value)) for each in node.named]
        return call_run(function, positional, named, self.place(node))

    def function_definition(self, node: syntax.FunctionDefinition) -> Run:
        if node.external:
            return self.external(node)
        parameters = node.parameters
        self.push_fixed({parameter.name for parameter in parameters})
        body, cost = self.costed(node.body)
        self.pop()
        return lambda scope: DefinedFunction("function", parameters, body, cost, scope)

    def external(self, node: syntax.FunctionDefinition) -> Run:
        """A function in Java or PMML: refused, or null and a warning when it is asked for."""
        sentence = Sentence("External functions (Java, PMML) are not run; write the body in FEEL.")
        if self.strict:
            raise self.refused(node, sentence)
        place = self.place(node)

        def run(scope: Scope) -> object:
            scope.meter.warn("type", sentence, place)
            return None

        return run

    def iterators(self, iterators: tuple[syntax.Iterator, ...]) -> list[tuple[str, Run, Run | None]]:
        """The sources, each of which sees the names before it; leaves the scopes open."""
        compiled: list[tuple[str, Run, Run | None]] = []
        for iterator in iterators:
            source = self.run(iterator.source)
            end = None if iterator.end is None else self.run(iterator.end)
            self.push_fixed({iterator.name})
            compiled.append((iterator.name, source, end))
        return compiled

    def for_(self, node: syntax.For) -> Run:
        iterators = self.iterators(node.iterators)
        partial = mentions(node.result, "partial")
        if partial:
            self.push_fixed({"partial"})
        result, cost = self.costed(node.result)
        for _ in range(len(iterators) + partial):
            self.pop()
        return for_run(iterators, result, cost, self.place(node), partial=partial)

    def quantified(self, node: syntax.Quantified) -> Run:
        iterators = self.iterators(node.iterators)
        condition, cost = self.costed(node.condition)
        for _ in iterators:
            self.pop()
        return quantified_run(iterators, condition, cost, self.place(node), every=node.quantifier == "every")


_COMPILE: dict[type, Callable[[Compiler, Any], Run]] = {
    syntax.NumberLiteral: Compiler.literal,
    syntax.StringLiteral: Compiler.literal,
    syntax.BooleanLiteral: Compiler.literal,
    syntax.NullLiteral: Compiler.null,
    syntax.AtLiteral: Compiler.at_literal,
    syntax.ListLiteral: Compiler.list_literal,
    syntax.ContextLiteral: Compiler.context_literal,
    syntax.RangeLiteral: Compiler.range_literal,
    syntax.UnaryComparison: Compiler.unary_comparison,
    syntax.Arithmetic: Compiler.arithmetic,
    syntax.Negation: Compiler.negation,
    syntax.Comparison: Compiler.comparison,
    syntax.Conjunction: Compiler.conjunction,
    syntax.Disjunction: Compiler.disjunction,
    syntax.Between: Compiler.between,
    syntax.In: Compiler.in_,
    syntax.InstanceOf: Compiler.instance_of,
    syntax.If: Compiler.if_,
    syntax.Name: Compiler.name,
    syntax.Path: Compiler.path,
    syntax.Filter: Compiler.filter,
    syntax.Call: Compiler.call,
    syntax.FunctionDefinition: Compiler.function_definition,
    syntax.For: Compiler.for_,
    syntax.Quantified: Compiler.quantified,
}
