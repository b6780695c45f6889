"""The fault run in small, by the same door as `make faults`: nothing is lost, done twice, or stuck."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.faults.installation import ROOT

MISSING = 2
MATTERS = 20


@pytest.mark.parametrize(
    "setup",
    [
        "embedded",
        pytest.param("redis", marks=pytest.mark.services),
        pytest.param("rabbitmq", marks=pytest.mark.services),
    ],
)
def test_every_matter_ends_as_it_should_whatever_is_killed(setup: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "tests.faults", "--setups", setup, "--matters", str(MATTERS), "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    told = json.loads(ended.stdout.splitlines()[-1]) if ended.stdout else {}
    if ended.returncode == MISSING and os.environ.get("REQUIRE_SERVICES") != "1":
        pytest.skip(told["missing"])
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert told["problems"] == []
    assert told["matters"] == MATTERS
    assert told["histories_intact"]
