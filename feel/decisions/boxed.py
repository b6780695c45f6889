"""Boxed expressions → closures. Every FEEL text is compiled once; what is wrong goes to the problems."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from feel.decisions import model
from feel.decisions.functions import defined
from feel.decisions.tables import CompiledTable
from feel.decisions.types import ANY, ValueType, shown
from feel.iterable import items_of
from feel.meter import Place
from feel.scope import Scope
from feel.sentences import Sentence
from feel.values import Function

if TYPE_CHECKING:
    from feel.decisions.run import Code, Run
    from feel.decisions.texts import Texts


class BoxedCompiler:
    """Compiles the expressions of one decision or business knowledge model.

    Args:
        texts: Compiles FEEL texts and knows the types of the file.
        owner_id: The decision or business knowledge model, for traces.
        owner_name: Its name.
        root: Its whole logic.
        result: The type of its value.
    """

    def __init__(
        self, texts: Texts, owner_id: str, owner_name: str, root: model.BoxedExpression | None, result: ValueType
    ) -> None:
        self.texts = texts
        self.result = result
        self.root = root
        self.owner_id = owner_id
        self.owner_name = owner_name
        self.tables: list[CompiledTable] = []

    def compile(self, expression: model.BoxedExpression | None, names: tuple[str, ...]) -> Code:
        """The expression as code that sees ``names``; a missing expression is null."""
        if expression is None:
            return _null
        code = self._compile(expression, names)
        if expression.type_reference and not isinstance(expression, model.DecisionTable):
            return self._typed(code, expression)
        return code

    def _typed(self, code: Code, expression: model.BoxedExpression) -> Code:
        wanted = self.texts.types.resolve(expression.type_reference, expression.id)
        name, element_id = self.owner_name, expression.id
        if wanted is ANY:
            return code
        return lambda scope, run: run.coerce(code(scope, run), wanted, element_id, name)

    def _compile(self, expression: model.BoxedExpression, names: tuple[str, ...]) -> Code:
        match expression:
            case model.LiteralExpression():
                return self.texts.expression(expression.text, expression.id, names)
            case model.DecisionTable():
                table = CompiledTable(
                    expression, self.texts, names, self.owner_id, self.owner_name, self._table_type(expression)
                )
                self.tables.append(table)
                return table.evaluate
            case model.Context():
                return self._context(expression, names)
            case model.Invocation():
                return self._invocation(expression, names)
            case model.ListExpression():
                return _list(tuple(self.compile(item, names) for item in expression.items))
            case model.Relation():
                return self._relation(expression, names)
            case model.FunctionDefinition():
                return self.function(expression, names)
            case model.Conditional():
                return self._conditional(expression, names)
            case model.Filter():
                return self._filter(expression, names)
            case model.Iterator():
                return self._iterator(expression, names)

    def _table_type(self, table: model.DecisionTable) -> ValueType:
        if table.type_reference:
            return self.texts.types.resolve(table.type_reference, table.id)
        return self.result if table is self.root else ANY

    def _context(self, expression: model.Context, names: tuple[str, ...]) -> Code:
        entries: list[tuple[str, Code]] = []
        result: Code | None = None
        for entry in expression.entries:
            code = self._entry(entry, names)
            if entry.name:
                entries.append((entry.name, code))
                names = (*names, entry.name)
            else:
                result = code

        def evaluate(scope: Scope, run: Run) -> object:
            values: dict[str, object] = {}
            inner = Scope(values, scope, run.meter)
            for name, code in entries:
                values[name] = code(inner, run)
            return values if result is None else result(inner, run)

        return evaluate

    def _entry(self, entry: model.ContextEntry, names: tuple[str, ...]) -> Code:
        code = self.compile(entry.value, names)
        wanted = self.texts.types.resolve(entry.type_reference, entry.id)
        if wanted is ANY:
            return code
        return lambda scope, run: run.coerce(code(scope, run), wanted, entry.id, entry.name)

    def _relation(self, expression: model.Relation, names: tuple[str, ...]) -> Code:
        rows = tuple(
            tuple(zip(expression.columns, (self.compile(cell, names) for cell in row), strict=False))
            for row in expression.rows
        )

        def evaluate(scope: Scope, run: Run) -> object:
            run.meter.spend(1 + len(rows))
            return [{name: code(scope, run) for name, code in row} for row in rows]

        return evaluate

    def parameters(self, expression: model.FunctionDefinition) -> tuple[tuple[str, ValueType], ...]:
        """Name and type of each parameter."""
        return tuple(
            (each.name, self.texts.types.resolve(each.type_reference, expression.id))
            for each in expression.parameters
        )

    def body(self, expression: model.FunctionDefinition, names: tuple[str, ...]) -> Code:
        """What a function computes; external functions compute nothing and say so."""
        if expression.kind.upper() != "FEEL":
            return self._external(expression)
        return self.compile(expression.body, (*names, *(each.name for each in expression.parameters)))

    def function(self, expression: model.FunctionDefinition, names: tuple[str, ...]) -> Code:
        """The function as a value that sees what stands around it."""
        code = self.body(expression, names)
        parameters = self.parameters(expression)
        name = self.owner_name
        return lambda scope, run: defined(name, parameters, code, scope, run)

    def _external(self, expression: model.FunctionDefinition) -> Code:
        sentence = Sentence(
            "{id} is an external function of the kind {kind}, and external code is never run.",
            id=expression.id,
            kind=expression.kind,
        )
        self.texts.not_run(expression.id, sentence)

        def evaluate(_scope: Scope, run: Run) -> object:
            run.cannot("external", expression.id, sentence)
            return None

        return evaluate

    def _invocation(self, expression: model.Invocation, names: tuple[str, ...]) -> Code:
        called = self.compile(expression.called, names)
        bindings = tuple(
            (
                each.parameter.name,
                self.compile(each.value, names),
                self.texts.types.resolve(each.parameter.type_reference, expression.id),
            )
            for each in expression.bindings
        )

        def evaluate(scope: Scope, run: Run) -> object:
            function = called(scope, run)
            if not isinstance(function, Function):
                run.cannot(
                    "no_function", expression.id, Sentence("{id} calls what is no function.", id=expression.id)
                )
                return None
            arguments = {
                name: run.coerce(code(scope, run), wanted, expression.id, name) for name, code, wanted in bindings
            }
            return function.invoke_named(run.meter, arguments)

        return evaluate

    def _conditional(self, expression: model.Conditional, names: tuple[str, ...]) -> Code:
        condition = self.compile(expression.condition, names)
        then = self.compile(expression.then, names)
        otherwise = self.compile(expression.otherwise, names)

        def evaluate(scope: Scope, run: Run) -> object:
            answer = condition(scope, run)
            if answer is True:
                return then(scope, run)
            if answer is False or answer is None:
                return otherwise(scope, run)
            _no_boolean(answer, expression.id, run)
            return None

        return evaluate

    def _filter(self, expression: model.Filter, names: tuple[str, ...]) -> Code:
        source = self.compile(expression.source, names)
        with self.texts.open_scope():
            match = self.compile(expression.match, (*names, "item"))

        def evaluate(scope: Scope, run: Run) -> object:
            found: list[object] = []
            filtered = source(scope, run)
            if filtered is None:
                return None
            for item in filtered if isinstance(filtered, list) else [filtered]:
                run.meter.spend(1)
                values = {**item, "item": item} if item.__class__ is dict else {"item": item}
                answer = match(Scope(values, scope, run.meter), run)
                if answer is True:
                    found.append(item)
                elif answer is not False and answer is not None:
                    _no_boolean(answer, expression.id, run)
                    return None
            return found

        return evaluate

    def _iterator(self, expression: model.Iterator, names: tuple[str, ...]) -> Code:
        source = self.compile(expression.source, names)
        inside: Iterable[str] = (
            (expression.variable, "partial") if expression.kind == "for" else (expression.variable,)
        )
        body = self.compile(expression.body, (*names, *inside))
        variable = expression.variable

        place = Place(1, 1, expression.id)
        sees_results = "partial" in repr(expression.body)

        def collect(scope: Scope, run: Run) -> object:
            meter = run.meter
            items = items_of(source(scope, run), None, meter, place)
            if items is None:
                return None
            results: list[object] = []
            for item in items:
                meter.spend(1 + (len(results) // 10 if sees_results else 0))
                meter.check_size(len(results) + 1)
                # A scope each: a function that is defined in the body keeps the item of its turn.
                values = {variable: item, "partial": results.copy() if sees_results else []}
                results.append(body(Scope(values, scope, meter), run))
            return results

        def quantify(scope: Scope, run: Run) -> object:
            items = items_of(source(scope, run), None, run.meter, place)
            if items is None:
                return None
            deciding = expression.kind == "some"
            answer: bool | None = not deciding
            for item in items:
                run.meter.spend(1)
                met = body(Scope({variable: item}, scope, run.meter), run)
                if met is deciding:
                    return deciding
                if met.__class__ is not bool:
                    answer = None
            return answer

        return collect if expression.kind == "for" else quantify


def _null(_scope: Scope, _run: Run) -> object:
    return None


def _list(items: tuple[Code, ...]) -> Code:
    return lambda scope, run: [item(scope, run) for item in items]


def _no_boolean(answer: object, element_id: str, run: Run) -> None:
    run.cannot("type", element_id, Sentence("{value} is neither true nor false.", value=shown(answer)))
