"""Checks of decision tables while they are edited: every finding a sentence with its place and a counter-example.

``check`` tells, besides everything that refuses a file, what is probably not meant: gaps, overlaps, shadowed
and duplicate rules, inputs that no rule asks for, and what could not be looked into. It is bounded in time
and number, and says so when it stopped early.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from feel.decisions.checks.analysis import AnalysedTable
from feel.decisions.checks.gaps import gaps
from feel.decisions.checks.limit import Limit
from feel.decisions.checks.overlaps import overlaps
from feel.decisions.checks.shadows import shadows
from feel.decisions.compiled import read_all
from feel.decisions.document import MAXIMUM_SIZE
from feel.decisions.problems import Problem, ProblemList
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions.tables import CompiledTable

__all__ = ["check", "check_table"]

_RANK = {"error": 0, "warning": 1, "information": 2}


def check(
    xml: bytes,
    *,
    imports: Mapping[str, bytes] | None = None,
    functions: Iterable[str] = (),
    seconds: float = 2.0,
    maximum: int = 50,
    maximum_size: int = MAXIMUM_SIZE,
) -> tuple[Problem, ...]:
    """Everything that is wrong or doubtful in a file, errors first; it never raises because of the file.

    Args:
        xml: The file.
        imports: The files that it may import.
        functions: Names of the host functions that expressions may call.
        seconds: Time for each table and each kind of check.
        maximum: Findings of each kind for each table.
        maximum_size: Bytes of each file.
    """
    problems = ProblemList()
    names = tuple(sorted(set(functions)))
    graph = read_all(xml, dict(imports or {}), names, problems, maximum_size=maximum_size)
    found = list(problems.problems)
    if graph is not None:
        for table in graph.tables:
            found.extend(check_table(table, seconds=seconds, maximum=maximum))
    return tuple(sorted(found, key=lambda problem: _RANK[problem.severity]))


def check_table(table: CompiledTable, *, seconds: float = 2.0, maximum: int = 50) -> Iterator[Problem]:
    """What is doubtful in one compiled table."""
    analysed = AnalysedTable(table)
    yield from _not_analysable(analysed)
    yield from _unused(analysed)
    for each in (overlaps, gaps, shadows):
        limit = Limit(seconds, maximum)
        for problem in each(analysed, limit):
            if not limit.take():
                break
            yield problem
        if limit.was_reached:
            yield Problem(
                "information",
                table.table.id,
                Sentence(
                    "The check of the table {table} stopped after {count} findings or {seconds} seconds; there may "
                    "be more.",
                    table=table.owner_name,
                    count=limit.count,
                    seconds=f"{seconds:g}",
                ),
                "stopped",
            )


def _not_analysable(table: AnalysedTable) -> Iterator[Problem]:
    for column in table.columns:
        if column.unknown:
            yield Problem(
                "information",
                column.id,
                Sentence(
                    "Not analysable: the cells of {column} in the rules {rules} of the table {table} depend on "
                    "more than their value. Gaps and overlaps are told as far as they are certain without them.",
                    column=column.label,
                    rules=", ".join(str(rule + 1) for rule in column.unknown),
                    table=table.table.owner_name,
                ),
                "not_analysable",
                rules=table.rule_ids(column.unknown),
            )


def _unused(table: AnalysedTable) -> Iterator[Problem]:
    for column in table.columns:
        if column.is_unused:
            yield Problem(
                "information",
                column.id,
                Sentence(
                    "No rule of the table {table} asks for {column}. Remove the input if it plays no part.",
                    table=table.table.owner_name,
                    column=column.label,
                ),
                "unused_input",
            )
