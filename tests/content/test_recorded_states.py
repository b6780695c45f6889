"""Running matters survive a new version of the engine: the states of all procedures are read, and finished.

And whether finished tokens stay in memory or the matter is restored before each step makes no difference.
"""

from __future__ import annotations

import pytest

from engine import runtime, values
from engine.runtime.changes import ProcessEnded
from engine.runtime.state import FORMAT
from tests.content.recorded_states import FOLDER, HOW, Played, path, read, recorded
from tests.engine.runtime.tape import Answering, Command, play

FILES = sorted(FOLDER.glob("format_*/*.json"))


def test_every_wait_that_a_scenario_reaches_is_recorded(pack_played: Played):
    missing = []
    assert {process_id for process_id, *_others in pack_played.procedures()} == pack_played.drawn.keys()
    for process_id, _compiled, process in pack_played.procedures():
        file = path(process_id)
        held = {each.waits for each in read(file)[1]} if file.is_file() else set()
        missing += [
            f"{process_id} waits at {', '.join(each.waits)}"
            for each in recorded(pack_played.tape, process)
            if each.waits not in held
        ]
    assert missing == [], f"No state of these is recorded. Run `{HOW}` and commit what it writes."


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name} {file.stem}")
def test_a_recorded_state_is_read_and_finished(file):
    compiled, states = read(file)
    process = runtime.load(compiled).processes[file.stem]
    assert states
    for each in states:
        host = Answering(Command("restore", [], {}, "2026-11-23T12:00:00+08:00"))
        workflow = runtime.Workflow.restore(process, each.state, host)
        assert tuple(sorted({wait.element_id for wait in workflow.waiting})) == each.waits
        for step in each.steps:
            workflow = runtime.Workflow.restore(process, workflow.save(), host)
            for command in step:
                play(workflow, command)
        if each.ended is None:
            workflow.cancel()
            assert workflow.waiting == ()
            continue
        ended = next(change for change in workflow.take_changes() if isinstance(change, ProcessEnded))
        assert ended.end_event_id == each.ended.end_event_id
        assert ended.variables == values.loads(each.ended.variables)


def test_there_are_states_of_every_format():
    assert {file.parent.name for file in FILES} == {f"format_{number}" for number in range(1, FORMAT + 1)}


def test_all_kept_in_memory_it_comes_to_the_same_states(pack_played: Played):
    compared = 0
    for _process_id, _compiled, process in pack_played.procedures():
        for course in pack_played.tape.courses(process):
            begun, *commands = course[0].commands
            (variables,) = begun.arguments
            kept = runtime.Workflow.start(process, variables, Answering(begun), **begun.named, keep_history=True)
            for number, edge in enumerate(course):
                for command in commands if number == 0 else edge.commands:
                    play(kept, command)
                if edge.state is None:
                    assert kept.ended
                else:
                    assert kept.save() == edge.state
                compared += 1
    assert compared > 200
