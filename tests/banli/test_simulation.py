"""A simulated quarter: nothing gets stuck, and the same seed is the same quarter."""

from __future__ import annotations

from pathlib import Path

from banli import catalogue, simulation

ROOT = Path(__file__).resolve().parents[2]


def test_weeks_of_the_whole_chain_end_with_nothing_stuck_and_no_incident():
    result = simulation.run(ROOT, "chain_store", seed=7, matters=25, days=21)
    told = simulation.report.text(result, catalogue.gettext_of("en"))
    assert result.passed, told
    assert sum(procedure.matters for procedure in result.procedures) >= 20, told
    assert "Every history verifies." in told


def test_the_same_seed_is_the_same_quarter():
    one, other = (simulation.run(ROOT, "chain_store", seed=11, matters=6, days=7) for _ in range(2))
    assert one.procedures == other.procedures
    assert (one.tasks, one.acts) == (other.tasks, other.acts)
