"""FEEL texts of a file → compiled expressions: one place for syntax errors, undeclared names and constants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import feel
from feel import syntax
from feel.builtin import BUILTIN
from feel.decisions.cells import NotConstant, region_of
from feel.errors import EvaluationWarning, FeelSyntaxError, UndeclaredName
from feel.evaluation import Kind
from feel.numbers import CONTEXT
from feel.scope import Scope
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions.item_definitions import TypeLibrary
    from feel.decisions.problems import ProblemList
    from feel.decisions.regions import Region
    from feel.decisions.run import Code, Run
    from feel.decisions.types import ValueType
    from feel.meter import Meter

_MOMENT = frozenset({"now", "today"})
_CONSTANT_NODES = (
    syntax.NumberLiteral,
    syntax.StringLiteral,
    syntax.BooleanLiteral,
    syntax.AtLiteral,
    syntax.Negation,
    syntax.Arithmetic,
    syntax.Call,
)
"""What a constant may be made of; calls only of built-in functions."""


class Texts:
    """Compiles the texts of one file.

    Args:
        types: The types of the file; set after it was built, as its allowed values are texts too.
        functions: Names of host functions.
        problems: Where syntax errors go; those of undeclared names are in ``undeclared``, name → elements.
    """

    types: TypeLibrary

    def __init__(self, functions: tuple[str, ...], problems: ProblemList) -> None:
        self.functions = functions
        self.problems = problems
        self._open = 0
        self.members: tuple[str, ...] = ()
        self.variable_types: dict[str, ValueType] = {}
        self.undeclared: dict[str, list[str]] = {}
        self._constants: dict[str, object] = {}

    def compile(self, text: str, element_id: str, names: tuple[str, ...], kind: Kind) -> feel.Expression | None:
        """The compiled text; None (with a problem) when it is no FEEL."""
        try:
            return self._declaring(text, element_id, names, kind)
        except FeelSyntaxError as error:
            sentence = Sentence(
                "“{text}” is no FEEL: {reason} (line {line}, column {column})",
                text=text if len(text) <= 80 else text[:79] + "…",  # noqa: PLR2004 - a line of a message
                reason=error.sentence,
                line=error.line,
                column=error.column,
            )
            self.problems.error(element_id, "syntax", sentence)
            return None

    def _declaring(self, text: str, element_id: str, names: tuple[str, ...], kind: Kind) -> feel.Expression:
        """The compiled text; names that nothing declares are noted, all of them, and are null when it is run."""
        while True:
            try:
                expression = feel.compile(
                    text,
                    names,
                    kind=kind,
                    element_id=element_id,
                    functions=self.functions,
                    members=self.members,
                    strict=self.problems.strict and not self._open,
                )
            except UndeclaredName as error:
                if error.name in names:
                    raise
                self.undeclared.setdefault(error.name, []).append(element_id)
                names = (*names, error.name)
                continue
            if not self._open:
                for name in sorted(expression.free.difference(names, self.functions, BUILTIN)):
                    self.undeclared.setdefault(name, []).append(element_id)
            return expression

    @contextmanager
    def open_scope(self) -> Iterator[None]:
        """Where the entries of an item are names too, which nobody can know before it is run."""
        self._open += 1
        yield
        self._open -= 1

    def not_run(self, element_id: str, sentence: Sentence) -> None:
        """Something that is refused rather than run."""
        self.problems.error(element_id, "not_run", sentence)

    def expression(self, text: str, element_id: str, names: tuple[str, ...]) -> Code:
        """An expression as code; an empty one is a problem."""
        if not text:
            self.problems.error(
                element_id, "missing_expression", Sentence("{id} is empty. Fill it in.", id=element_id)
            )
            return _unusable(element_id)
        compiled = self.compile(text, element_id, names, "expression")
        return _unusable(element_id) if compiled is None else _running(compiled)

    def cell(self, text: str, element_id: str, names: tuple[str, ...]) -> feel.Expression | None:
        """The unary tests of a cell."""
        return self.compile(text, element_id, names, "unary tests")

    def value_tests(
        self, text: str, element_id: str, names: tuple[str, ...] = ()
    ) -> Callable[[object, Meter], object] | None:
        """Unary tests of a value that is given; None (with a problem) when they are no FEEL."""
        compiled = self.compile(text, element_id, names, "unary tests")
        if compiled is None:
            return None
        test = compiled.test
        return lambda value, meter: test(value, Scope({"?": value}, None, meter))

    def region(self, tests: syntax.Node, names: tuple[str, ...]) -> Region | None:
        """What the tests of a cell accept, None when that depends on more than the value."""
        if not isinstance(tests, syntax.UnaryTests):
            return None
        return region_of(tests, lambda node: self.constant(node, names))

    def constant(self, node: syntax.Node, names: tuple[str, ...]) -> object:
        """The value of a node that depends on nothing.

        Raises:
            NotConstant: It depends on a variable, on the moment or on the host, or has no value.
        """
        match node:
            case syntax.NumberLiteral() | syntax.StringLiteral() | syntax.BooleanLiteral():
                return node.value
            case syntax.Negation(operand=syntax.NumberLiteral(value=number)):
                return CONTEXT.minus(number)
        if not self._is_closed(node, names):
            raise NotConstant
        text = str(node)
        if text not in self._constants:
            value = feel.compile(text).evaluate({}).value
            self._constants[text] = value
        found = self._constants[text]
        if found is None:
            raise NotConstant
        return found

    def _is_closed(self, node: syntax.Node, names: tuple[str, ...]) -> bool:
        if not isinstance(node, _CONSTANT_NODES):
            return False
        if isinstance(node, syntax.Call):
            called = node.function
            if not isinstance(called, syntax.Name) or called.name in _MOMENT:
                return False
            if called.name in names or called.name in self.functions:
                return False
            arguments = (*node.positional, *(each.value for each in node.named))
            return all(self._is_closed(each, names) for each in arguments)
        return all(self._is_closed(each, names) for each in node.children())


def _running(compiled: feel.Expression) -> Code:
    run = compiled.run
    return lambda scope, _: run(scope)


def _unusable(element_id: str) -> Code:
    def evaluate(_scope: Scope, run: Run) -> object:
        run.meter.warnings.append(
            EvaluationWarning(Sentence("{id} is no FEEL and was not run.", id=element_id), 1, 1, element_id, "type")
        )
        return None

    return evaluate
