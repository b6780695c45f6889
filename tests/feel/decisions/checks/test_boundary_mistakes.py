"""Twenty boundary mistakes, put at random into a complete table of 1,000 rules, are all found and called so."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from feel import decisions
from tests.feel.decisions.files import table_file

SIDES = 10
STEP = 100
INPUTS = [("金额", "number"), ("天数", "number"), ("折扣", "number"), ("加急", "boolean"), ("备注", "string")]


def cell(part: int, *, low_closed: bool = False, high_closed: bool = True) -> str:
    """One of ten stretches that together are all numbers."""
    if part == 0:
        return f"<{'=' if high_closed else ''} {STEP}"
    if part == SIDES - 1:
        return f">{'=' if low_closed else ''} {part * STEP}"
    return f"{'[' if low_closed else '('}{part * STEP}..{(part + 1) * STEP}{']' if high_closed else ')'}"


def table(mistakes: dict[tuple[int, int], str]) -> bytes:
    """A cube of 10 × 10 × 10 rules; a mistake closes or opens one end of one cell of one rule."""
    rules = []
    for number in range(SIDES**3):
        parts = (number % SIDES, number // SIDES % SIDES, number // SIDES**2)
        row = []
        for column, part in enumerate(parts):
            mistake = mistakes.get((number, column), "")
            row.append(cell(part, low_closed=mistake == "closed", high_closed=mistake != "opened"))
        rules.append(([*row, "-", "-"], [str(number)]))
    return table_file(INPUTS, ["o"], rules)


@pytest.mark.parametrize("seed", range(5))
def test_all_of_twenty_are_found(seed):
    chance = random.Random(seed)  # noqa: S311 - repeatable chance, no secret
    mistakes: dict[tuple[int, int], str] = {}
    for number in chance.sample(range(SIDES**3), 20):
        column = chance.randrange(3)
        part = (number % SIDES, number // SIDES % SIDES, number // SIDES**2)[column]
        possible = [kind for kind, end in (("closed", 0), ("opened", SIDES - 1)) if part != end]
        mistakes[number, column] = chance.choice(possible)
    found = decisions.check(table(mistakes))
    called = {problem.code for problem in found} - {"unused_input"}
    assert called <= {"boundary_overlap", "boundary_gap"}
    compiled = decisions.compile(table(mistakes))
    for (number, column), kind in mistakes.items():
        parts = [number % SIDES, number // SIDES % SIDES, number // SIDES**2]
        value = Decimal(STEP * (parts[column] + (kind == "opened")))
        label = INPUTS[column][0]
        if kind == "closed":
            told = [p for p in found if p.code == "boundary_overlap" and f"r{number + 1}" in p.rules]
        else:
            told = [p for p in found if p.code == "boundary_gap"]
        assert any(problem.example[label] == str(value) for problem in told)
    for problem in found:
        if problem.code.startswith("boundary"):
            variables = {
                label: Decimal(text) for label, text in problem.example.items() if label in {"金额", "天数", "折扣"}
            }
            with pytest.raises(decisions.DecisionError):
                compiled.evaluate("d", {**variables, "加急": True, "备注": ""}, trace=False)


def test_without_a_mistake_nothing_is_found():
    assert {problem.code for problem in decisions.check(table({}))} == {"unused_input"}
