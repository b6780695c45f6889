"""Values for which no rule applies, unless the hit policy or a default output makes that harmless."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from feel.decisions.checks.sweep import Sweep
from feel.decisions.checks.wording import box_text, example, example_text
from feel.decisions.model import SINGLE_HIT
from feel.decisions.problems import Problem
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.decisions.checks.analysis import AnalysedTable
    from feel.decisions.checks.limit import Limit
    from feel.decisions.checks.sweep import Box

_ATTEMPTS = 20
"""Gaps that a sweep may meet for each one that is told: many become one when they are put together."""


def gaps(table: AnalysedTable, limit: Limit) -> Iterator[Problem]:
    """The boxes without a rule, each with a counter-example; single values first, as they are mistakes."""
    if table.table.table.hit_policy not in SINGLE_HIT or table.table.has_default or not table.columns:
        return
    sweep = Sweep([column.swept() for column in table.columns], limit.is_reached, limit.maximum * _ATTEMPTS)
    found = [part for box in sweep.gaps(table.rules) for part in _split(table, box)]
    found.sort(key=lambda part: not part[1])
    for box, boundary in found:
        yield _finding(table, box, boundary)
    if not sweep.complete:
        limit.was_reached = True


def _split(table: AnalysedTable, box: Box) -> list[tuple[Box, str]]:
    """The box with each single value of an ordered input by itself, and the label of that input ("" for none)."""
    for index, column in enumerate(table.columns):
        points = [stretch for stretch in box[index] if column.is_point((stretch,)) and stretch not in column.usable]
        if points:
            wide = tuple(stretch for stretch in box[index] if stretch not in points)
            parts: list[tuple[Box, str]] = [
                ((*box[:index], (each,), *box[index + 1 :]), column.label) for each in points
            ]
            return parts + (_split(table, (*box[:index], wide, *box[index + 1 :])) if wide else [])
    return [(box, "")]


def _finding(table: AnalysedTable, box: Box, boundary: str) -> Problem:
    found = example(table.columns, box)
    values = {
        "table": table.table.owner_name,
        "region": box_text(table.columns, box),
        "example": example_text(found),
    }
    if boundary:
        sentence = Sentence(
            "Boundary mistake in the table {table}: no rule for {region}, e.g. {example}. Include this one value of "
            "{column} in the rule below or above it.",
            **values,
            column=boundary,
        )
    else:
        sentence = Sentence(
            "No rule of the table {table} for {region}, e.g. {example}. Add a rule or a default output.", **values
        )
    return Problem("warning", table.table.table.id, sentence, "boundary_gap" if boundary else "gap", example=found)
