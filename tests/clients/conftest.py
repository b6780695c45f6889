"""A real server for real clients: ``banli run`` with the demo people, once on SQLite and once on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from camunda_orchestration_sdk import CamundaClient

from tests.banli.test_run import ROOT, free_port, running
from tests.databases import PostgreSQL

PASSWORD = "banli-demo"
ADMINISTRATOR = "U15"


@dataclass(frozen=True)
class Server:
    """Where it listens, and where it keeps what it knows."""

    address: str
    database_url: str

    def configuration(self, person_id: str, password: str = PASSWORD) -> dict[str, str]:
        """What a client of Camunda 8 is told."""
        return {
            "CAMUNDA_REST_ADDRESS": f"{self.address}/v2",
            "CAMUNDA_AUTH_STRATEGY": "BASIC",
            "CAMUNDA_BASIC_AUTH_USERNAME": person_id,
            "CAMUNDA_BASIC_AUTH_PASSWORD": password,
        }


@pytest.fixture(
    scope="session", params=[pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.services)]
)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """``banli run`` as a newcomer starts it, and the same with a database server."""
    home = tmp_path_factory.mktemp("home")
    for folder in ("bpmn", "dmn", "forms"):
        (home / folder).symlink_to(ROOT / folder)
    if request.param == "sqlite":
        yield from _running(home)
        return
    template: PostgreSQL = request.getfixturevalue("postgresql_template")
    with template.copy() as url:
        yield from _running(home, BANLI_DATABASE_URL=url)


def _running(home: Path, **settings: str) -> Iterator[Server]:
    port = free_port()
    with running(home, port, BANLI_ALLOW_CLOCK="1", **settings):
        default = f"sqlite:///{home / 'var' / 'banli.sqlite3'}"
        yield Server(f"http://127.0.0.1:{port}", settings.get("BANLI_DATABASE_URL", default))


@pytest.fixture
def client(server: Server) -> Iterator[Callable[[str], CamundaClient]]:
    """The official client, signed in as a person."""
    made: dict[str, CamundaClient] = {}

    def of(person_id: str) -> CamundaClient:
        if person_id not in made:
            made[person_id] = CamundaClient(configuration=server.configuration(person_id))
        return made[person_id]

    yield of
    for one in made.values():
        one.close()
