"""The official Node client, installed from its lock file, does the same as the Python one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import ADMINISTRATOR, Server

FOLDER = Path(__file__).with_name("node")
PARCEL = Path(__file__).with_name("pack") / "parcel.bpmn"


def missing(reason: str) -> None:
    """Skip, or fail where everything must be there."""
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the client; skipped with the reason where Node or the packages cannot be had."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        missing("no Node and npm")
    folder = tmp_path_factory.mktemp("node")
    for name in ("package.json", "package-lock.json", "steps.mjs"):
        shutil.copyfile(FOLDER / name, folder / name)
    done = subprocess.run(
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode != 0:
        missing(f"npm ci: {done.stderr.strip()[-300:]}")
    return folder


def test_the_node_client_deploys_starts_works_searches_and_completes(server: Server, installed: Path) -> None:
    settings = {"PATH": os.environ["PATH"], "HOME": str(installed), "DIAGRAM": str(PARCEL), "PARCEL": "P-node"}
    done = subprocess.run(
        ["node", "steps.mjs"],
        cwd=installed,
        env={**settings, **server.configuration(ADMINISTRATOR), "ZEEBE_REST_ADDRESS": server.address},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {
        "brokers": 1,
        "processes": ["parcel"],
        "size": "small",
        "tasks": ["C3_check"],
        "state": "COMPLETED",
    }
