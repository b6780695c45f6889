"""betsy: no process of it may be executed wrongly; nearly all are executed, the rest refused with a reason."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from tests.conformance.betsy import Outcome, outcome

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("CONFORMANCE_DIR", ROOT / "../shared/conformance")) / "betsy"
SHARE_RIGHT = 90 / 103
"""The share of the processes that are executed as betsy expects; no figure of ours may fall below the last one."""

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason=f"no betsy at {FOLDER}: set CONFORMANCE_DIR")


@pytest.fixture(scope="module")
def outcomes() -> list[Outcome]:
    entries = json.loads((FOLDER / "cases.json").read_text())
    return [outcome(FOLDER, entry) for entry in entries if (FOLDER / entry["file"]).is_file()]


def test_none_is_wrong_and_nearly_all_are_right(outcomes, capsys):
    counts = Counter(each.outcome for each in outcomes)
    with capsys.disabled():
        figures = {kind: counts[kind] for kind in ("right", "refused", "wrong")}
        print("\n" + json.dumps({"suite": "betsy", **figures}))  # noqa: T201 - the issue asks for one line of JSON
    assert [(each.file, each.reason) for each in outcomes if each.outcome == "wrong"] == []
    assert counts["right"] >= SHARE_RIGHT * len(outcomes)


def test_every_refusal_names_an_element_and_a_reason(outcomes):
    for each in outcomes:
        if each.outcome == "refused":
            assert f"{each.file} " in each.reason
            assert "not supported" in each.reason or "never" in each.reason or "." in each.reason
