"""The reference diagrams of the Model Interchange Working Group: deployable, or refused with reasons; never a crash.

They are drawings, not programs: most name no form, topic or decision, so most are refused. What counts is that each
refusal says where and why, and that nothing but a refusal comes out.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from engine import runtime
from engine.errors import DeploymentRefused

ROOT = Path(__file__).parents[2]
FOLDER = Path(os.environ.get("CONFORMANCE_DIR", ROOT / "../shared/conformance")) / "miwg"
DIAGRAMS = sorted(FOLDER.glob("*.bpmn"))

pytestmark = pytest.mark.skipif(not DIAGRAMS, reason=f"no diagrams at {FOLDER}: set CONFORMANCE_DIR")


def read(path: Path) -> runtime.Diagram | DeploymentRefused:
    """The diagram, or the refusal."""
    try:
        return runtime.compile(path.read_bytes(), file=path.name)
    except DeploymentRefused as refusal:
        return refusal


@pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.name)
def test_a_diagram_is_deployable_or_refused_with_reasons(path):
    result = read(path)
    if isinstance(result, DeploymentRefused):
        assert result.problems
        assert all(str(problem.sentence) for problem in result.problems)
        assert all(problem.element_id or problem.code == "no-process" for problem in result.problems)
        return
    again = runtime.load(result.compiled)
    assert again.processes.keys() == result.processes.keys()
    for process_id, process in result.processes.items():
        assert again.processes[process_id].elements == process.elements
        assert again.processes[process_id].flows == process.flows


def test_the_counts(capsys):
    results = [read(path) for path in DIAGRAMS]
    refused = sum(isinstance(result, DeploymentRefused) for result in results)
    with capsys.disabled():
        line = {"suite": "miwg", "deployable": len(results) - refused, "refused": refused}
        print("\n" + json.dumps(line))  # noqa: T201 - figures are the point
    assert len(results) == len(DIAGRAMS)
