"""What CI says of figures, and the table that a run becomes."""

from __future__ import annotations

import json

import pytest

from bench import check, table


@pytest.mark.parametrize(
    ("now", "is_worse"),
    [(1.0, False), (1.33, False), (1.34, True), (0.2, False)],
    ids=["same", "a third", "more", "better"],
)
def test_a_figure_may_worsen_by_a_third(now, is_worse):
    assert check.worse({"inbox": now}, {"inbox": 1.0}) == (["inbox"] if is_worse else [])


def test_what_was_never_recorded_is_told():
    assert check.worse({"new": 0.1}, {}) == ["new"]


def test_every_figure_is_recorded_once_and_is_a_number():
    recorded = json.loads(check.RECORDED.read_text())
    assert len(recorded) > 15
    assert all(isinstance(figure, float) for figure in recorded.values())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_run_becomes_a_table_with_gaps_where_nothing_was_measured(language):
    approval = {
        "banli": {"wall_ms": 4.0, "bytes": 9216},
        "orm_floor": {"wall_ms": 8.0, "bytes": 0},
        "camunda_python": {"wall_ms": 30.0, "bytes": 0},
        "django_viewflow": {"wall_ms": 20.5, "bytes": 0},
    }
    results = {"run": {"date": "2026-11-28", "machine": "2 cores"}, "approval": {"sqlite": approval}}
    lines = table.table(results, language).splitlines()
    assert (lines[0], lines[-1]) == (table.BEGIN, table.END)
    assert "2026-11-28" in lines[1]
    cells = [line.split(" | ")[1:] for line in lines[5:-1]]
    assert cells[0] == ["0.5", "–", "0.8 |"]
    assert cells[2][0] == "4.0"
    assert cells[3][0] == "20.5 (django-viewflow)"
    assert cells[4][0] == "9.0"
