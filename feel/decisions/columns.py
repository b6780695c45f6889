"""A column of conditions, compiled: which rules remain for a value, by one search instead of one test a rule.

Cells whose region is known are answered by the bit sets of :mod:`feel.decisions.regions`; the others, and
every cell where the value is null or of another type, by running their unary tests.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING

from feel import syntax
from feel.decisions.cells import ANALYSED, NotConstant
from feel.decisions.plain_cells import plain_region
from feel.decisions.regions import Line, Region, rules_by_segment
from feel.decisions.types import ANY, ConstrainedType, Tests, shown
from feel.errors import LimitExceeded
from feel.meter import Meter
from feel.scope import Scope
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel import Expression
    from feel.decisions.model import TableInput, Text
    from feel.decisions.run import Run
    from feel.decisions.texts import Texts
    from feel.errors import EvaluationWarning

_SEARCHED: dict[str, type] = {"number": Decimal, "string": str, "boolean": bool}
"""Kinds whose FEEL order and equality are Python's."""

Noted = list[tuple[int, "EvaluationWarning"]]
"""Warnings of cells with the rule they are of."""


class Cell:
    """One cell: its text and its region (None where unknown).

    Attributes:
        is_plain: Whether the region was read without the parser; then the tests are compiled when they are
            first needed, which for most cells is never.
    """

    __slots__ = ("_compile", "_test", "accepts_any", "id", "is_plain", "region", "text")

    def __init__(self, cell: Text, texts: Texts, names: tuple[str, ...]) -> None:
        self.id = cell.id
        self.text = cell.text
        self.accepts_any = cell.text in {"", "-"}
        self.region: Region | None = None if self.accepts_any else plain_region(cell.text)
        self.is_plain = self.accepts_any or self.region is not None
        self._test: Expression | None = None
        self._compile = partial(texts.cell, cell.text, cell.id, names)
        if not self.is_plain:
            self._test = self._compile()
            if self._test is not None:
                self.region = texts.region(self._test.syntax, names)
                self.accepts_any = self.region is not None and self.region.is_any

    @property
    def mentions_null(self) -> bool:
        """Whether its author thought of null: ``null``, ``not(null)``, ``!= null``."""
        if self.region is None or self._test is None:
            return False
        return any(
            isinstance(each.operand if isinstance(each, syntax.UnaryComparison) else each, syntax.NullLiteral)
            for each in self._test.syntax.children()
        )

    @property
    def test(self) -> Expression | None:
        """Its compiled tests; None where the text is no FEEL."""
        if self._test is None and self.is_plain and not self.accepts_any:
            # Two threads may both compile it; both get the same.
            self._test = self._compile()
        return self._test


class Column:
    """An input of a table with its cells, one for each rule."""

    def __init__(self, column: TableInput, cells: tuple[Text, ...], texts: Texts, names: tuple[str, ...]) -> None:
        self.id = column.id
        self.label = column.label
        self.text = column.expression.text
        self.expression = texts.expression(column.expression.text, column.expression.id, names)
        self.type = texts.types.resolve(column.type_reference, column.id)
        self.declared = texts.variable_types.get(self.text, ANY) if self.type is ANY else self.type
        self.allowed: Tests | None = None
        self.allowed_text = ""
        self.allowed_region: Region | None = None
        self._allow(column.allowed_values, texts, names)
        self.cells = tuple(Cell(cell, texts, names) for cell in cells)
        self._keep_comparable()
        self.rules = (1 << len(cells)) - 1
        self.kind = self.declared.kind if self.declared.kind in ANALYSED else self._common_kind()
        self._build()

    def _allow(self, allowed: Text | None, texts: Texts, names: tuple[str, ...]) -> None:
        """The values the input may have: those of the table, else those of its type."""
        if allowed is not None:
            self.allowed = texts.value_tests(allowed.text, allowed.id, names)
            self.allowed_text = allowed.text
        elif isinstance(self.declared, ConstrainedType):
            self.allowed_text = self.declared.text
        if self.allowed_text:
            compiled = texts.compile(self.allowed_text, self.id, names, "unary tests")
            self.allowed_region = None if compiled is None else texts.region(compiled.syntax, names)

    def _keep_comparable(self) -> None:
        """Forget all regions where values of one kind have no order, e.g. times with and without a zone."""
        regions = [cell.region for cell in self.cells if cell.region is not None]
        kinds = {region.kind for region in regions}
        if self.allowed_region is not None:
            regions.append(self.allowed_region)
        try:
            for kind in kinds:
                Line(region for region in regions if region.kind == kind)
        except NotConstant:
            self.allowed_region = None
            for cell in self.cells:
                if not cell.accepts_any:
                    cell.region = None

    def _common_kind(self) -> str:
        kinds = Counter(cell.region.kind for cell in self.cells if cell.region is not None and cell.region.kind)
        return kinds.most_common(1)[0][0] if kinds else ""

    def _build(self) -> None:
        def known(cell: Cell) -> bool:
            return cell.accepts_any or (cell.region is not None and cell.region.kind in {"", self.kind})

        regions = [cell.region if cell.region is not None and known(cell) else None for cell in self.cells]
        self.anything = _bits(index for index, cell in enumerate(self.cells) if cell.accepts_any)
        self.tested = _bits(index for index, cell in enumerate(self.cells) if not known(cell))
        self.handles_null = any(cell.mentions_null for cell in self.cells)
        self.searched: type | None = _SEARCHED.get(self.kind)
        self.line = Line(region for region in regions if region is not None)
        self.stretches = [
            self.line.stretches(region) if region is not None else [(0, self.line.null)] if known(cell) else []
            for region, cell in zip(regions, self.cells, strict=True)
        ]
        self.by_segment = rules_by_segment(self.line.count, self.stretches)
        # Where only points tell values apart, a dictionary finds the segment.
        between = set(self.by_segment[0 : self.line.null : 2])
        self.elsewhere = self.by_segment[0]
        self.by_point: dict[object, int] | None = None
        if len(between) == 1 and self.searched is not None:
            self.by_point = {value: self.by_segment[2 * i + 1] for i, value in enumerate(self.line.points)}

    def value(self, scope: Scope, run: Run, table_id: str) -> object:
        """The value of the input, as its type wants it and among its allowed values."""
        warnings = run.meter.warnings
        before = len(warnings)
        value = self.expression(scope, run)
        if value is None:
            if run.escalate and len(warnings) > before and not self.handles_null:
                run.refuse(
                    "null_comparison",
                    self.id,
                    Sentence(
                        "The input {input} of the table {table} has no value: {reason}",
                        input=self.label,
                        table=table_id,
                        reason=warnings[before].sentence,
                    ),
                )
            return None
        if self.type is not ANY:
            value = run.coerce(value, self.type, self.id, self.label)
        if self.allowed is not None and value is not None and self.allowed(value, run.meter) is not True:
            run.cannot(
                "allowed_values",
                self.id,
                Sentence(
                    "{value} is not among the allowed values {allowed} of the input {input}.",
                    value=shown(value),
                    allowed=self.allowed_text,
                    input=self.label,
                ),
                {self.label: value},
            )
            return None
        return value

    def narrow(self, active: int, value: object, scope: Scope, run: Run, noted: Noted) -> int:
        """The rules among ``active`` whose cell the value meets; warnings of cells are put into ``noted``."""
        if value.__class__ is self.searched:
            remaining = active & self._found(value)
            tested = active & self.tested
        elif value is None and self.handles_null:
            remaining = active & self.by_segment[self.line.null]
            tested = active & self.tested
        else:
            remaining = active & self.anything
            tested = active & ~self.anything
        if tested:
            remaining |= self._tested(tested, value, scope, run, noted)
        return remaining

    def _found(self, value: object) -> int:
        if self.by_point is not None:
            return self.by_point.get(value, self.elsewhere)
        return self.by_segment[self.line.segment(value)]

    def _tested(self, rules: int, value: object, scope: Scope, run: Run, noted: Noted) -> int:
        meter = run.meter
        warnings = meter.warnings
        met = 0
        while rules:
            bit = rules & -rules
            rules ^= bit
            test = self.cells[bit.bit_length() - 1].test
            before = len(warnings)
            if test is not None and test.test(value, scope) is True:
                met |= bit
            if len(warnings) > before:
                noted.extend((bit.bit_length() - 1, warning) for warning in warnings[before:])
        return met

    def answers(self, value: object, scope: Scope, run: Run) -> list[bool | None]:
        """What every cell says to the value, for a trace; None where it cannot be said.

        Cells that the evaluation itself did not reach are run on an account of their own, so that a trace
        changes neither the result nor what it may spend.
        """
        unknown = 0
        if value.__class__ is self.searched:
            met = self._found(value)
            unknown = self.tested
        elif value is None and self.handles_null:
            met = self.by_segment[self.line.null]
            unknown = self.tested
        else:
            met = self.anything
            unknown = self.rules & ~self.anything
        # The bits from the first rule on, as text: the fastest way to a list of booleans.
        found: list[bool | None] = [bit == "1" for bit in f"{met:0{len(self.cells)}b}"[::-1]]
        if unknown:
            meter = Meter(run.meter.limits, run.meter.now, run.meter.functions, run.meter.types)
            seen = Scope(scope.values, scope.parent, meter)
            for index, cell in enumerate(self.cells):
                if unknown >> index & 1:
                    found[index] = _answer(cell.test, value, seen)
        return found


def _answer(test: Expression | None, value: object, scope: Scope) -> bool | None:
    if test is None:
        return None
    try:
        return test.test(value, scope)
    except LimitExceeded:
        return None


def _bits(rules: object) -> int:
    return reduce(or_, (1 << rule for rule in rules), 0)  # type: ignore[attr-defined]
