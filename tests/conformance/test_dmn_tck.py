"""The DMN Technology Compatibility Kit: level 2 wholly, level 3 at least 98 %, and every failure is listed.

The kit is found through CONFORMANCE_DIR, by default beside the repository. The file
``dmn_tck_failures.txt`` names what fails; a listed result that passes must leave the list, and what fails
must be on it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conformance.dmn_tck import Result, results

ROOT = Path(__file__).parents[2]
KIT = Path(os.environ.get("CONFORMANCE_DIR", ROOT / "../shared/conformance")) / "dmn-tck"
LISTED = Path(__file__).with_name("dmn_tck_failures.txt")
REQUIRED = {"compliance-level-2": 1.0, "compliance-level-3": 0.98}
"""Level → share of its results that must be right."""

pytestmark = pytest.mark.skipif(not KIT.is_dir(), reason=f"no compatibility kit at {KIT}: set CONFORMANCE_DIR")


@pytest.fixture(scope="module")
def found() -> dict[str, list[Result]]:
    return {level: list(results(KIT / level)) for level in REQUIRED}


def test_both_levels_reach_their_share(found, capsys):
    figures = {
        level: {
            "results": len(of_level),
            "right": sum(each.is_right for each in of_level),
            "share": round(sum(each.is_right for each in of_level) / max(len(of_level), 1), 4),
        }
        for level, of_level in found.items()
    }
    with capsys.disabled():
        print("\n" + json.dumps({"dmn_tck": figures}))  # noqa: T201 - the figures are what the run is for
    for level, share in REQUIRED.items():
        assert figures[level]["results"] > 0
        assert figures[level]["right"] >= share * figures[level]["results"]


def listed() -> tuple[list[int], set[str]]:
    """The number of results of each level that the list was made from, and the names of those that fail."""
    lines = LISTED.read_text(encoding="utf-8").splitlines()
    counts = next(line for line in lines if line.startswith("results:"))
    return [int(count) for count in counts.split()[1:]], {line for line in lines if "/" in line and line[0] != "#"}


def test_what_is_listed_still_fails(found):
    every = [each for of_level in found.values() for each in of_level]
    passing = {each.name for each in every if each.is_right}
    assert listed()[1] & passing == set(), "these pass now: take them off the list"


def test_what_fails_is_listed(found):
    counts, names = listed()
    if [len(of_level) for of_level in found.values()] != counts:
        pytest.skip("this is not the kit that the list was made from; its share is compared all the same")
    every = [each for of_level in found.values() for each in of_level]
    assert {each.name: each.explanation for each in every if not each.is_right and each.name not in names} == {}
