"""What is wrong with a table whatever its inputs: types of cells, allowed values, misuse of the hit policy.

These are errors when a file is compiled, so that a table which can only fail is never deployed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from feel import syntax
from feel.decisions.regions import Line
from feel.decisions.types import shown
from feel.meter import Meter
from feel.sentences import Sentence
from feel.values import kind_of

if TYPE_CHECKING:
    from feel.decisions.columns import Column
    from feel.decisions.outputs import OutputColumn, Result
    from feel.decisions.tables import CompiledTable
    from feel.decisions.texts import Texts


def check_statically(table: CompiledTable, texts: Texts) -> None:
    """Note what is wrong with the table; in a lenient compilation as warnings."""
    for column in table.columns:
        _input_cells(column, table, texts)
    for output in table.outputs:
        _output_cells(output, table, texts)
    _hit_policy(table, texts)


def _input_cells(column: Column, table: CompiledTable, texts: Texts) -> None:
    for index, cell in enumerate(column.cells):
        number = index + 1
        if cell.region is not None and column.kind and cell.region.kind not in {"", column.kind}:
            texts.problems.error(
                cell.id,
                "cell_type",
                Sentence(
                    "Rule {rule} of the table {table} compares the input {input}, a {kind}, with a {other}: {text}",
                    rule=number,
                    table=table.owner_name,
                    input=column.label,
                    kind=column.kind,
                    other=cell.region.kind,
                    text=cell.text,
                ),
            )
        elif not cell.is_plain and cell.test is not None and _is_never_met(cell.test.syntax, texts):
            texts.problems.error(
                cell.id,
                "empty_range",
                Sentence(
                    "Rule {rule} of the table {table} can never apply: no value of {input} is in {text}.",
                    rule=number,
                    table=table.owner_name,
                    input=column.label,
                    text=cell.text,
                ),
            )
        elif _is_never_allowed(column, index):
            texts.problems.error(
                cell.id,
                "value_not_allowed",
                Sentence(
                    "Rule {rule} of the table {table} can never apply: {text} is not among the allowed values "
                    "{allowed} of {input}.",
                    rule=number,
                    table=table.owner_name,
                    text=cell.text,
                    allowed=column.allowed_text,
                    input=column.label,
                ),
            )


def _is_never_met(tests: syntax.Node, texts: Texts) -> bool:
    """Whether every test of a cell is a range that holds nothing, e.g. ``[300..200]``."""
    if not isinstance(tests, syntax.UnaryTests) or tests.negated or not tests.tests:
        return False
    return all(isinstance(test, syntax.RangeLiteral) and _is_empty(test, texts) for test in tests.tests)


def _is_empty(range_: syntax.RangeLiteral, texts: Texts) -> bool:
    closed = syntax.RangeLiteral(range_.low, range_.high, low_included=True, high_included=True)
    region = texts.region(syntax.UnaryTests((closed,)), ())
    if region is None:
        backwards = syntax.RangeLiteral(range_.high, range_.low, low_included=True, high_included=True)
        return texts.region(syntax.UnaryTests((backwards,)), ()) is not None
    return region.intervals[0].is_point and not (range_.low_included and range_.high_included)


def _is_never_allowed(column: Column, index: int) -> bool:
    """Whether a cell asks only for values that the input cannot have."""
    region, allowed = column.cells[index].region, column.allowed_region
    if region is None or allowed is None or region.null or region.kind != allowed.kind or not region.intervals:
        return False
    line = Line((region, allowed))
    possible = line.stretches(allowed)
    return not any(low <= last and first <= high for low, high in line.stretches(region) for first, last in possible)


def _output_cells(output: OutputColumn, table: CompiledTable, texts: Texts) -> None:
    cells = [(f"{index}", result) for index, result in enumerate(output.results, 1)]
    if output.default is not None:
        cells.append(("-", output.default))
    for number, result in cells:
        if not result.text:
            texts.problems.warning(
                result.id,
                "empty_output",
                Sentence(
                    "Rule {rule} of the table {table} leaves the output {output} empty, which gives null.",
                    rule=number,
                    table=table.owner_name,
                    output=output.label or output.id,
                ),
            )
        elif result.is_constant and result.constant is not None:
            _output_constant(output, result, number, table, texts)


def _output_constant(output: OutputColumn, result: Result, number: str, table: CompiledTable, texts: Texts) -> None:
    meter = Meter()
    violation = output.type.violation(result.constant, meter)
    if violation is not None and output.type.fits(result.constant, meter):
        violation = None
    if violation is not None:
        texts.problems.error(
            result.id,
            "output_type",
            Sentence(
                "Rule {rule} of the table {table} gives the output {output} a wrong value: {reason}",
                rule=number,
                table=table.owner_name,
                output=output.label or output.id,
                reason=violation.sentence,
            ),
        )
    elif not output.allows(result.constant, meter):
        texts.problems.error(
            result.id,
            "output_not_allowed",
            Sentence(
                "Rule {rule} of the table {table} gives {value}, which is not among the output values {allowed} of "
                "{output}.",
                rule=number,
                table=table.owner_name,
                value=shown(result.constant),
                allowed=output.allowed_text,
                output=output.label or output.id,
            ),
        )


def _hit_policy(table: CompiledTable, texts: Texts) -> None:
    model = table.table
    if model.hit_policy in {"PRIORITY", "OUTPUT ORDER"} and not any(output.is_ranked for output in table.outputs):
        texts.problems.error(
            model.id,
            "without_priority",
            Sentence(
                "The table {table} has the hit policy {policy}, but no output lists its values in the order of their "
                "priority. Add the output values.",
                table=table.owner_name,
                policy=model.hit_policy,
            ),
        )
    if model.aggregation and len(table.outputs) > 1:
        texts.problems.error(
            model.id,
            "aggregation_of_several",
            Sentence(
                "The table {table} aggregates by {aggregation}, which needs exactly one output; it has {count}.",
                table=table.owner_name,
                aggregation=model.aggregation,
                count=len(table.outputs),
            ),
        )
    if model.aggregation == "SUM" and table.outputs:
        for result in table.outputs[0].results:
            if result.is_constant and result.constant is not None and kind_of(result.constant) != "number":
                texts.problems.error(
                    result.id,
                    "sum_of_no_number",
                    Sentence(
                        "The table {table} sums up its outputs, but {text} is no number.",
                        table=table.owner_name,
                        text=result.text,
                    ),
                )
