"""States that were written before are read and finished."""

from __future__ import annotations

import json

import pytest

from engine import runtime, values
from engine.runtime.changes import ProcessEnded
from engine.runtime.state import FORMAT
from tests.engine.runtime.recorded_states import FOLDER, HOST, path, step

ENTRIES = [entry for file in sorted(FOLDER.glob("format_*.json")) for entry in json.loads(file.read_text())]


def test_there_are_states_of_every_format():
    assert [path(number).is_file() for number in range(1, FORMAT + 1)] == [True] * FORMAT
    assert len(ENTRIES) >= 25


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["name"])
def test_a_recorded_state_is_finished(entry):
    process = runtime.load(entry["compiled"].encode()).processes["p"]
    workflow = runtime.Workflow.restore(process, entry["state"].encode(), HOST)
    for command, element_id, variables in entry["steps"]:
        step(workflow, command, element_id, variables)
    ended = next(change for change in workflow.take_changes() if isinstance(change, ProcessEnded))
    assert ended.end_event_id == entry["end"]
    assert ended.variables == values.loads(entry["variables"])
