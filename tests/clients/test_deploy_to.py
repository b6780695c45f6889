"""``banli deploy --to`` shows the difference, then publishes through the API of another server."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from camunda_orchestration_sdk import CamundaClient
from camunda_orchestration_sdk.models import ProcessDefinitionSearchQuery

from engine import access_tokens
from engine.actor import Actor
from engine.database import Database
from engine.unit_of_work import UnitOfWork
from tests.clients.conftest import ADMINISTRATOR, Server

PARCEL = Path(__file__).with_name("pack") / "parcel.bpmn"


@pytest.fixture
def token(server: Server) -> str:
    """A token of the administrator that is for deploying alone."""
    database = Database(server.database_url)
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
    actor = Actor(ADMINISTRATOR, posts=frozenset({"sysadmin"}))
    _row, secret = unit_of_work.run(
        access_tokens.create, actor, f"deploy {os.urandom(4).hex()}", kinds=["deploy"], days=1
    )
    database.dispose()
    return secret


def deploy(home: Path, server: Server, secret: str, *more: str) -> subprocess.CompletedProcess[str]:
    settings = {"BANLI_HOME": str(home), "BANLI_LANGUAGE": "en", "BANLI_REMOTE_TOKEN": secret}
    return subprocess.run(
        [sys.executable, "-m", "banli", "deploy", "--to", server.address, *more, "parcels"],
        env={"PATH": os.environ["PATH"], **settings},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        input="n\n",
    )


def test_the_difference_is_shown_and_then_published(
    server: Server, client: Callable[[str], CamundaClient], token: str, tmp_path: Path
) -> None:
    folder = tmp_path / "bpmn/parcels"
    folder.mkdir(parents=True)
    diagram = PARCEL.read_text().replace('process id="parcel"', 'process id="parcels"')
    (folder / "parcels.bpmn").write_text(diagram)
    asked = deploy(tmp_path, server, token)
    assert "+ bpmn/parcels/parcels.bpmn" in asked.stdout
    assert asked.returncode == 1
    done = deploy(tmp_path, server, token, "--yes")
    assert done.returncode == 0, done.stderr
    query = ProcessDefinitionSearchQuery.from_dict({"filter": {"processDefinitionId": "parcels"}})
    assert len(client(ADMINISTRATOR).search_process_definitions(data=query).items) == 1
    again = deploy(tmp_path, server, token, "--yes")
    assert "the very same files" in again.stdout
    (folder / "parcels.bpmn").write_text(diagram.replace("打包", "装箱"))
    assert "~ bpmn/parcels/parcels.bpmn" in deploy(tmp_path, server, token, "--yes").stdout
    (folder / "parcels.bpmn").write_text("<nonsense/>")
    refused = deploy(tmp_path, server, token, "--yes")
    assert refused.returncode == 1
    assert "parcels.bpmn" in refused.stderr
    assert token not in refused.stdout + refused.stderr


def test_a_wrong_token_and_a_wrong_address_end_with_one_line(server: Server, tmp_path: Path) -> None:
    (tmp_path / "bpmn/parcels").mkdir(parents=True)
    (tmp_path / "bpmn/parcels/parcels.bpmn").write_text(PARCEL.read_text())
    refused = deploy(tmp_path, server, "banli_nothing")
    assert (refused.returncode, len(refused.stderr.strip().splitlines())) == (1, 1)
    for address in ("http://example.org", "ftp://example.org", "https://u:p@example.org"):
        wrong = deploy(tmp_path, Server(address, ""), "banli_x")
        assert (wrong.returncode, len(wrong.stderr.strip().splitlines())) == (1, 1), wrong.stderr
