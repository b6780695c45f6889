"""The packs against the business specification: tables cell by cell, people in order, ids by step code."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from banli.scenarios import reader
from banli.scenarios.model import Do, Each, Scenario, Waits
from engine import content
from engine.runtime import Process
from tests.content.labels import ROOT
from workers import topics

SPECIFICATION = Path(os.environ.get("SPECIFICATION_DIR") or ROOT.parent / "shared" / "spec")
ANYBODY = {"*", "MI"}
STEP_CODE = re.compile(r"[A-Z]{2,3}\d*[a-z]?_[a-z]")
WITH_STEP_CODE = {"userTask", "callActivity", "businessRuleTask"}
needs_specification = pytest.mark.skipif(
    not SPECIFICATION.is_dir(), reason="SPECIFICATION_DIR does not lead to the business specification"
)


@pytest.fixture(scope="module")
def pack() -> content.Content:
    topics.bind_all()
    return content.compile_pack(content.read_pack(ROOT, "chain_store"))


@pytest.fixture(scope="module")
def scenarios() -> dict[str, Scenario]:
    paths = sorted((ROOT / "bpmn" / "chain_store").glob("*.scenarios.yaml"))
    read = [reader.read(path.read_text(encoding="utf-8"), path.name) for path in paths]
    return {scenario.id: scenario for file in read for scenario in file.scenarios if scenario.id}


def specified(prefix: str) -> list[dict[str, Any]]:
    """The scenarios of the specification whose ids begin so."""
    entries = json.loads((SPECIFICATION / "scenarios.json").read_text(encoding="utf-8"), parse_float=Decimal)
    return [entry for entry in entries if entry["id"].startswith(prefix)]


def played(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Step code and person of each task that the scenario completes, in order."""
    waiting: Mapping[str, tuple[str, ...]] = {}
    for step in scenario.steps:
        if isinstance(step.action, Waits):
            waiting = step.action.tasks
        if isinstance(step.action, Each):  # it has to say just before who all these are
            yield from ((step.action.task, person) for person in waiting[step.action.task])
        if isinstance(step.action, Do) and step.refused is None:
            yield step.action.task.partition("_")[0], step.action.person


def asked(wanted: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Step code and person of each task of the specification; "TR2×11" are eleven, of people that it leaves open."""
    for task in wanted["tasks"]:
        code, _several, times = task["task"].partition("×")
        yield from [(code, task["user"])] * int(times or 1)


def processes(pack: content.Content) -> list[Process]:
    return [process for diagram in pack.diagrams.values() for process in diagram.processes.values()]


def test_the_pack_has_neither_problems_nor_warnings(pack):
    assert [f"{problem.file} {problem.element_id}: {problem.sentence}" for problem in pack.problems] == []


def test_ids_begin_with_step_codes(pack):
    wrong = [
        f"{process.process_id} {element.id}"
        for process in processes(pack)
        for element in process.elements.values()
        if element.type in WITH_STEP_CODE and not STEP_CODE.match(element.id)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("process_id", "ends"),
    [
        ("procurement_request", "completed rejected withdrawn expired cancelled invalid"),
        ("maintenance_request", "completed completed_unratified transferred_writeoff rejected withdrawn expired"),
        ("delivery_feedback", "closed closed_store_fault rejected withdrawn expired"),
        ("training_coordination", "completed rejected withdrawn expired"),
        ("writeoff_request", "completed rejected withdrawn expired redirect_maintenance"),
        ("writeoff_consumable", "completed rejected returned withdrawn"),
        ("writeoff_fixed_asset", "completed rejected returned withdrawn redirected"),
        ("probation_confirmation", "confirmed extended terminated deemed_confirmed resigned withdrawn"),
        ("hiring_approval", "hired rejected withdrawn expired closed_unfilled"),
        ("external_cadre_training", "passed terminated resigned"),
    ],
)
def test_a_procedure_ends_in_the_ways_of_the_specification(pack, process_id, ends):
    process = next(process for process in processes(pack) if process.process_id == process_id)
    found = {element.id for element in process.elements.values() if element.type == "endEvent" and not element.parent}
    assert found == set(ends.split())


@needs_specification
def test_tables_are_those_of_the_specification_cell_by_cell(pack):
    tables = json.loads((SPECIFICATION / "decision-tables.json").read_text(encoding="utf-8"))
    compared = 0
    for decisions in pack.decisions.values():
        for decision in decisions.decisions.values():
            if decision.id not in tables:
                continue
            wanted, table = tables[decision.id], decision.table
            assert decision.name == wanted["name_zh"]
            assert table.hit_policy == wanted["hit_policy"]
            assert [column.expression.text for column in table.inputs] == [
                column["name"] for column in wanted["inputs"]
            ]
            assert [column.name for column in table.outputs] == wanted["outputs"]
            rules = [
                ([cell.text for cell in rule.tests], [cell.text for cell in rule.results]) for rule in table.rules
            ]
            assert rules == [(rule["when"], rule["then"]) for rule in wanted["rules"]]
            compared += 1
    assert compared >= 16


@needs_specification
@pytest.mark.parametrize(
    ("prefix", "count"),
    [("PR-", 11), ("MT-", 7), ("DF-", 5), ("TR-", 4), ("WO-", 9), ("PB-", 6), ("HR-", 6), ("CT-", 5)],
)
def test_every_scenario_of_the_specification_is_played_by_the_same_people_in_the_same_order(scenarios, prefix, count):
    entries = specified(prefix)
    assert len(entries) == count
    for wanted in entries:
        scenario = scenarios[wanted["id"]]
        done = list(played(scenario))
        expected = list(asked(wanted))
        assert [code for code, _person in done] == [code for code, _person in expected], wanted["id"]
        for (_code, person), (_same, asked_for) in zip(done, expected, strict=True):
            assert asked_for in {person, *ANYBODY}, wanted["id"]
        assert scenario.expected[""].end == wanted["end"], wanted["id"]


@needs_specification
def test_the_amounts_of_the_specification_are_applied_for(scenarios):
    for wanted in specified("PR-"):
        scenario = scenarios[wanted["id"]]
        price = scenario.values.get("PR0", {}).get("lines.0.est_price")
        for decision in wanted["decisions"]:
            amount = decision["inputs"]["amount_effective"]
            if price is not None and "lines.0.qty" not in scenario.values["PR0"]:
                assert price == amount, wanted["id"]


@needs_specification
@pytest.mark.parametrize("prefix", ["MT-", "DF-", "TR-", "WO-", "PB-", "HR-", "CT-"])
def test_every_decision_of_the_specification_is_demanded_with_its_inputs_and_outputs(scenarios, prefix):
    for wanted in specified(prefix):
        demanded = scenarios[wanted["id"]].expected[""].decisions
        assert [(made.decision, dict(made.values)) for made in demanded or ()] == [
            (decision["table"], {**decision["inputs"], **decision["outputs"]}) for decision in wanted["decisions"]
        ], wanted["id"]
