"""A column of results: constants are computed once, everything is checked against type and allowed values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel import syntax
from feel.decisions.cells import NotConstant
from feel.decisions.model import Text
from feel.decisions.plain_cells import plain_constant
from feel.decisions.types import ANY, ConstrainedType, ContextType, ListType, ValueType, shown
from feel.meter import Meter
from feel.scope import Scope
from feel.sentences import Sentence
from feel.values import equal

if TYPE_CHECKING:
    from feel import Expression
    from feel.decisions.model import TableOutput
    from feel.decisions.run import Run
    from feel.decisions.texts import Texts


class Result:
    """A cell of results: a constant, or an expression."""

    __slots__ = ("constant", "expression", "id", "is_constant", "text")

    def __init__(self, cell: Text, texts: Texts, names: tuple[str, ...]) -> None:
        self.id = cell.id
        self.text = cell.text
        self.constant: object = None
        self.is_constant = not cell.text
        self.expression: Expression | None = None
        if cell.text:
            self.constant = plain_constant(cell.text)
            self.is_constant = self.constant is not None
        if self.is_constant:
            return
        self.expression = texts.compile(cell.text, cell.id, names, "expression")
        if self.expression is None or isinstance(self.expression.syntax, syntax.NullLiteral):
            self.is_constant = True
        else:
            try:
                self.constant = texts.constant(self.expression.syntax, names)
                self.is_constant = True
            except NotConstant:
                pass


def declared_type(result: ValueType, name: str, *, is_only: bool, is_list: bool) -> ValueType:
    """The type that the type of a table's result gives to one of its outputs; any where it says nothing."""
    if is_list and isinstance(result, ListType):
        result = result.item
    if is_only:
        return result
    return result.entries.get(name, ANY) if isinstance(result, ContextType) else ANY


class OutputColumn:
    """An output of a table with its cells, one for each rule.

    Args:
        output: What the file says.
        cells: Its cells.
        texts: Compiles them.
        names: The names that they see.
        declared: The type that the decision gives to the output, where the output itself has none.
    """

    def __init__(
        self,
        output: TableOutput,
        cells: tuple[Text, ...],
        texts: Texts,
        names: tuple[str, ...],
        declared: ValueType,
    ) -> None:
        self.id = output.id
        self.name = output.name
        self.label = output.label
        self.type = texts.types.resolve(output.type_reference, output.id)
        self.results = tuple(Result(cell, texts, names) for cell in cells)
        self.default = None if output.default is None else Result(output.default, texts, names)
        self.choices: tuple[object, ...] = ()
        self.tests: tuple[Expression, ...] = ()
        allowed = output.allowed_values
        if allowed is None:
            # The type of the output, or of the decision, may list its values instead of the table.
            constrained = declared if self.type is ANY else self.type
            if isinstance(constrained, ConstrainedType):
                allowed = Text(output.id, constrained.text)
        self.allowed_text = "" if allowed is None else allowed.text
        if allowed is not None:
            self._allow(allowed, texts, names)
        self.is_ranked = bool(self.tests)
        self._settled = tuple(self._settle(result) for result in self.results)

    def _allow(self, allowed: Text, texts: Texts, names: tuple[str, ...]) -> None:
        """The list of output values, as tests in the order of their priority."""
        compiled = texts.compile(allowed.text, allowed.id, names, "unary tests")
        if compiled is None or not isinstance(compiled.syntax, syntax.UnaryTests):
            return
        if compiled.syntax.negated:
            self.tests = (compiled,)
            return
        tests, choices = [], []
        for test in compiled.syntax.tests:
            alone = texts.compile(str(syntax.UnaryTests((test,))), allowed.id, names, "unary tests")
            if alone is not None:
                tests.append(alone)
            try:
                choices.append(texts.constant(test, names))
            except NotConstant:
                choices.append(None)
        self.tests = tuple(tests)
        self.choices = tuple(choices)

    def _settle(self, result: Result) -> tuple[bool, object]:
        """Whether a constant needs no more checks, and its final value."""
        if not result.is_constant or isinstance(result.constant, list | dict):
            return False, None
        meter = Meter()
        coerced = self.type.coerce(result.constant, meter)
        fits = coerced is result.constant and (coerced is None or self.allows(coerced, meter))
        return fits, coerced

    def allows(self, value: object, meter: Meter) -> bool:
        """Whether the value is among the output values (always, where there is no list of them)."""
        return not self.tests or any(
            test.test(value, Scope({"?": value}, None, meter)) is True for test in self.tests
        )

    def rank(self, value: object) -> int:
        """The place of a value in the list of output values; those that are not in it come last."""
        for index, choice in enumerate(self.choices):
            if choice is not None and equal(choice, value) is True:
                return index
        meter = Meter()
        for index, test in enumerate(self.tests):
            if test.test(value, Scope({"?": value}, None, meter)) is True:
                return index
        return len(self.tests)

    def value(self, rule: int, scope: Scope, run: Run) -> object:
        """The output of a rule."""
        settled, value = self._settled[rule]
        return value if settled else self._computed(self.results[rule], scope, run)

    def default_value(self, scope: Scope, run: Run) -> object:
        """The default output; null without one."""
        return None if self.default is None else self._computed(self.default, scope, run)

    def _computed(self, result: Result, scope: Scope, run: Run) -> object:
        meter = run.meter
        before = len(meter.warnings)
        value = result.constant if result.expression is None else result.expression.run(scope)
        if value is None:
            if run.escalate and len(meter.warnings) > before:
                run.refuse(
                    "null_output",
                    result.id,
                    Sentence(
                        "The output {text} has no value: {reason}",
                        text=result.text,
                        reason=meter.warnings[before].sentence,
                    ),
                )
            return None
        if self.type is not ANY:
            value = run.coerce(value, self.type, result.id, self.label or self.name or self.id)
        if value is not None and not self.allows(value, meter):
            run.cannot(
                "allowed_values",
                result.id,
                Sentence(
                    "The output {value} is not among the output values {allowed}.",
                    value=shown(value),
                    allowed=self.allowed_text,
                ),
            )
            return None
        return value
