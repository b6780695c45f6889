"""A start deploys what is new in the files of its home, and takes back nothing that was published elsewhere."""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

import pytest

from banli import packs, server, settings
from banli.composition import Composition, compose
from engine import content, deployments
from engine.actor import system
from engine.content import Pack

ROOT = Path(__file__).resolve().parents[2]
TABLE = "dmn/approval/authority.dmn"


@pytest.fixture
def composition(tmp_path: Path):
    for kind in ("bpmn", "dmn", "forms"):
        shutil.copytree(ROOT / "bench/content" / kind / "approval", tmp_path / kind / "approval")
    composed = compose(settings.read({"BANLI_HOME": str(tmp_path), "BANLI_DEMO": "1"}))
    server.prepare(composed)
    yield composed
    composed.dispose()


def current(composition: Composition) -> str:
    """The table that new matters get."""
    with composition.unit_of_work.read() as session:
        deployment = deployments.current_deployment(session, "approval")
        assert deployment is not None
        return deployments.files.pack(session, deployment.key).files[TABLE].decode()


def publish(composition: Composition, *changes: tuple[str, str]) -> None:
    """As the workshop does."""
    text = current(composition)
    for before, after in changes:
        text = text.replace(before, after)
    composition.unit_of_work.run(deployments.deploy, Pack("approval", {TABLE: text.encode()}), system("workshop"))


def write(composition: Composition, before: str, after: str) -> None:
    """As somebody does who edits the files."""
    file = composition.settings.home / TABLE
    file.write_text(file.read_text(encoding="utf-8").replace(before, after), encoding="utf-8")


def test_a_start_takes_nothing_back_that_was_published_elsewhere(composition: Composition):
    publish(composition, ("(200..300]", "(200..400]"), ("&gt; 300", "&gt; 400"))
    server.prepare(composition)
    assert "(200..400]" in current(composition)


def test_a_start_deploys_what_is_new_in_the_files(composition: Composition):
    write(composition, "审批权限", "申购审批权限")
    server.prepare(composition)
    assert "申购审批权限" in current(composition)


def test_where_both_changed_a_person_decides(composition: Composition, caplog: pytest.LogCaptureFixture):
    publish(composition, ("审批权限", "新的审批权限"))
    write(composition, "审批权限", "申购审批权限")
    with caplog.at_level(logging.WARNING):
        server.prepare(composition)
    assert "新的审批权限" in current(composition)
    assert "published elsewhere since" in caplog.text
    packs.deploy(composition, "approval")
    assert "申购审批权限" in current(composition)
    assert content.read_pack(composition.settings.home, "approval").files[TABLE].decode() == current(composition)
