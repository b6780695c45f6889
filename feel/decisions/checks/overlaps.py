"""Rules that apply together: errors under UNIQUE and ANY, a single shared value being a boundary mistake."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from feel.decisions.checks.wording import box_text, example, example_text
from feel.decisions.problems import Problem
from feel.sentences import Sentence
from feel.values import equal

if TYPE_CHECKING:
    from feel.decisions.checks.analysis import AnalysedTable
    from feel.decisions.checks.limit import Limit
    from feel.decisions.checks.sweep import Box


def overlaps(table: AnalysedTable, limit: Limit) -> Iterator[Problem]:
    """The pairs of rules that apply together, as far as the hit policy minds."""
    policy = table.table.table.hit_policy
    if policy in {"COLLECT", "RULE ORDER", "OUTPUT ORDER"}:
        return
    for first, second in _pairs(table, limit):
        if policy == "ANY" and _same_outputs(table, first, second):
            continue
        box = tuple(column.common(column.by_rule[first], column.by_rule[second]) for column in table.columns)
        yield _finding(table, first, second, box)


def _pairs(table: AnalysedTable, limit: Limit) -> Iterator[tuple[int, int]]:
    for first, met in enumerate(table.meeting):
        if not table.known >> first & 1:
            continue
        # Only later rules: every pair once.
        later = met & table.known & ~((2 << first) - 1)
        while later:
            if limit.is_reached():
                return
            bit = later & -later
            later ^= bit
            yield first, bit.bit_length() - 1


def _same_outputs(table: AnalysedTable, first: int, second: int) -> bool:
    """Whether two rules certainly give the same."""
    for output in table.table.outputs:
        one, other = output.results[first], output.results[second]
        if one.text == other.text:
            continue
        if not (one.is_constant and other.is_constant and equal(one.constant, other.constant) is True):
            return False
    return True


def _finding(table: AnalysedTable, first: int, second: int, box: Box) -> Problem:
    model = table.table.table
    rules = (first, second)
    found = example(table.columns, box)
    values = {
        "table": table.table.owner_name,
        "first": first + 1,
        "second": second + 1,
        "policy": model.hit_policy,
        "example": example_text(found),
    }
    is_error = model.hit_policy in {"UNIQUE", "ANY"}
    boundary = _boundary(table, first, second, box)
    if boundary:
        code = "boundary_overlap"
        sentence = Sentence(
            "Boundary mistake in the table {table}: {example} meets rules {first} and {second}, which share of "
            "{column} only this value. Exclude it from one of them.",
            **values,
            column=boundary,
        )
    elif all(column.by_rule[first] == column.by_rule[second] for column in table.columns):
        code = "duplicate_rule"
        sentence = Sentence(
            "Rules {first} and {second} of the table {table} have the same conditions, under the hit policy "
            "{policy}. Remove one of them.",
            **values,
        )
    else:
        code = "overlap"
        sentence = Sentence(
            "{example} meets rules {first} and {second} of the table {table}, under the hit policy {policy}. Both "
            "apply where {region}.",
            **values,
            region=box_text(table.columns, box),
        )
    return Problem(
        "error" if is_error else "information",
        model.rules[second].id,
        sentence,
        code,
        rules=table.rule_ids(rules),
        example=found,
    )


def _boundary(table: AnalysedTable, first: int, second: int, box: Box) -> str:
    """The label of the input of which two wider cells share one single value, "" without one."""
    for column, common in zip(table.columns, box, strict=True):
        cells = (column.by_rule[first], column.by_rule[second])
        if column.is_point(common) and not any(column.is_point(tuple(cell)) for cell in cells):
            return column.label
    return ""
