"""Rules that never decide: others that come before them, or rank before them, cover everything they ask for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from feel.decisions.checks.analysis import shared
from feel.decisions.checks.sweep import Sweep
from feel.decisions.problems import Problem
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions.checks.analysis import AnalysedTable
    from feel.decisions.checks.limit import Limit


def shadows(table: AnalysedTable, limit: Limit) -> Iterator[Problem]:
    """The rules that FIRST or PRIORITY never comes to, and the ones that a collecting table counts twice."""
    match table.table.table.hit_policy:
        case "FIRST":
            yield from _shadowed(table, limit, [(1 << rule) - 1 for rule in range(len(table.table.table.rules))])
        case "PRIORITY":
            before = _ranked_before(table)
            if before is not None:
                yield from _shadowed(table, limit, before)
        case "COLLECT" | "RULE ORDER" | "OUTPUT ORDER":
            yield from _twice(table, limit)


def _shadowed(table: AnalysedTable, limit: Limit, before: list[int]) -> Iterator[Problem]:
    model = table.table.table
    for rule, met in enumerate(table.meeting):
        rivals = met & before[rule] & table.known
        if not rivals or not table.known >> rule & 1:
            continue
        within = [shared(tuple(column.by_rule[rule]), column.usable) for column in table.columns]
        columns = [column.swept(part) for column, part in zip(table.columns, within, strict=True)]
        sweep = Sweep(columns, limit.is_reached, 0)
        if sweep.gaps(rivals) or not sweep.complete:
            if limit.was_reached:
                return
            continue
        covering = tuple(index for index in range(len(model.rules)) if rivals >> index & 1)
        yield Problem(
            "warning",
            model.rules[rule].id,
            Sentence(
                "Rule {rule} of the table {table} never decides: the rules {others} cover everything it asks for. "
                "Remove it or move it up.",
                rule=rule + 1,
                table=table.table.owner_name,
                others=_numbers(covering),
            ),
            "shadowed_rule",
            rules=table.rule_ids((rule, *covering)),
        )


def _ranked_before(table: AnalysedTable) -> list[int] | None:
    """For each rule those whose outputs rank strictly higher; None when an output is no constant."""
    outputs = [output for output in table.table.outputs if output.is_ranked]
    if not outputs or not all(result.is_constant for output in outputs for result in output.results):
        return None
    ranks = [
        tuple(output.rank(output.results[rule].constant) for output in outputs)
        for rule in range(len(table.table.table.rules))
    ]
    return [sum(1 << other for other, rank in enumerate(ranks) if rank < mine) for mine in ranks]


def _twice(table: AnalysedTable, limit: Limit) -> Iterator[Problem]:
    """Rules of a collecting table that are the same in conditions and outputs."""
    seen: dict[object, int] = {}
    for rule in range(len(table.table.table.rules)):
        if limit.is_reached():
            return
        if not table.known >> rule & 1:
            continue
        conditions = tuple(tuple(column.by_rule[rule]) for column in table.columns)
        outputs = tuple(output.results[rule].text for output in table.table.outputs)
        first = seen.setdefault((conditions, outputs), rule)
        if first != rule:
            yield Problem(
                "warning",
                table.table.table.rules[rule].id,
                Sentence(
                    "Rules {first} and {second} of the table {table} are the same, so their output counts twice. "
                    "Remove one of them.",
                    first=first + 1,
                    second=rule + 1,
                    table=table.table.owner_name,
                ),
                "duplicate_rule",
                rules=table.rule_ids((first, rule)),
            )


def _numbers(rules: tuple[int, ...]) -> str:
    text = ", ".join(str(rule + 1) for rule in rules[:10])
    return f"{text}, …" if len(rules) > 10 else text  # noqa: PLR2004 - a line of a message
