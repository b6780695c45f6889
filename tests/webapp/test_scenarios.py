"""The acceptance scenarios of three procedures, over HTTP, by the people themselves, each in his own session."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from banli.scenarios import reader
from banli.scenarios.model import Scenario, ScenarioFile
from banli.scenarios.world import PASSWORD, World
from engine import clock, content
from tests.content.labels import ROOT
from tests.webapp.house import House
from tests.webapp.page_player import PagePlayer

PACK = content.read_pack(ROOT, "chain_store")
PROCEDURES = ("procurement_request", "maintenance_request", "writeoff_request")


@cache
def file_of(process: str) -> ScenarioFile:
    path = Path("bpmn") / "chain_store" / f"{process}.scenarios.yaml"
    return reader.read((ROOT / path).read_text(encoding="utf-8"), str(path))


CASES = [
    pytest.param(process, scenario, id=scenario.id)
    for process in PROCEDURES
    for scenario in file_of(process).scenarios
    if scenario.id
]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    built = World.build(tmp_path_factory.mktemp("pages") / "world.sqlite3", PACK)
    yield built
    built.close()


@pytest.fixture(scope="module")
def house(world: World) -> House:
    return House(world.database)


def test_there_are_scenarios_of_three_procedures():
    assert len(CASES) >= 27


@pytest.mark.parametrize(("process", "scenario"), CASES)
def test_a_scenario_goes_through_the_pages(world: World, house: House, process: str, scenario: Scenario):
    world.reset()
    with clock.pinned(scenario.on), world.recording(scenario.effects):
        fault = PagePlayer(world, PACK, file_of(process), scenario, house, PASSWORD).play()
    assert fault is None or f"{fault.place} {fault.step}: {fault.sentence}" == ""
