"""States as this version writes them, at every wait of some matters, with the steps that finish each.

``python -m tests.engine.runtime.recorded_states`` writes the file of the present format. A file that a release has
written is never written again: later versions have to read it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from engine import runtime, values
from engine.runtime.changes import ProcessEnded
from engine.runtime.state import FORMAT
from tests.engine.runtime import test_events, test_loops, test_procurement_shape
from tests.engine.runtime.drawing import TestHost, document

FOLDER = Path(__file__).with_name("states")
HOST = TestHost(decisions={"authority": lambda _variables: ["area manager"]})
Step = tuple[str, str, dict[str, Any]]

_RETURNED: list[Step] = [
    ("complete", "PR0", {"amount": 150}),
    ("complete", "guard", {}),
    ("complete", "chain", {"result": "return"}),
    ("complete", "PR0", {"amount": 160}),
    ("complete", "guard", {}),
]
_BOUGHT: list[Step] = [
    *_RETURNED,
    ("complete", "chain", {"result": "approved"}),
    ("complete", "PR4", {"cannot_buy": False}),
    ("complete", "PR5", {"defective": False}),
]
_PROCUREMENT = (test_procurement_shape.content().replace("cannot buy", "cannot_buy"), test_procurement_shape._TOP)
_THREE = {"approvers": ["U1", "U2", "U3"]}
_VOTES: list[Step] = [*(("complete", "a", {"vote": vote}) for vote in "xyz"), ("complete", "b", {})]
_EVENT = test_events.event_subprocess(test_events.MESSAGE, interrupting=False)


def matters() -> Iterator[tuple[str, str, str, dict[str, Any], list[Step]]]:
    """Name, content, what stands above the process, variables, and all steps to the end."""
    yield "bought", *_PROCUREMENT, {"starter": "U1"}, _BOUGHT
    yield "withdrawn", *_PROCUREMENT, {"starter": "U1"}, [*_RETURNED, ("trigger", "withdraw", {"reason": "x"})]
    for name, sequential in (("one by one", True), ("all at once", False)):
        yield name, test_loops.countersigning(sequential=sequential), test_loops._TOP, _THREE, _VOTES
    beside: list[Step] = [("trigger", "begin", {}), ("complete", "a", {}), ("complete", "b", {})]
    yield "beside", _EVENT, test_events._TOP, {"order": 1}, beside


def step(workflow: runtime.Workflow, command: str, element_id: str, variables: dict[str, Any]) -> None:
    """One step, at the oldest occurrence that waits at an element."""
    ids = [wait.element_instance_id for wait in workflow.waiting if wait.element_id == element_id]
    getattr(workflow, command)(min(ids, key=int), variables)


def recorded() -> list[dict[str, Any]]:
    """One entry a wait: the stored diagram, the state, the steps that are left, and how it ends."""
    entries = []
    for name, content, top, variables, steps in matters():
        compiled = runtime.compile(document(content, top=top), file="p.bpmn", topics=("work",)).compiled
        process = runtime.load(compiled).processes["p"]
        workflow = runtime.Workflow.start(process, variables, HOST)
        found = []
        for index, (command, element_id, given) in enumerate(steps):
            found.append((index, workflow.save().decode()))
            step(workflow, command, element_id, given)
        ended = next(change for change in workflow.take_changes() if isinstance(change, ProcessEnded))
        entries += [
            {
                "name": f"{name}, step {index + 1}",
                "compiled": compiled.decode(),
                "state": state,
                "steps": steps[index:],
                "end": ended.end_event_id,
                "variables": values.dumps(ended.variables),
            }
            for index, state in found
        ]
    return entries


def path(state_format: int) -> Path:
    """The file of a format."""
    return FOLDER / f"format_{state_format}.json"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    path(FORMAT).write_text(json.dumps(recorded(), ensure_ascii=False, indent=1) + "\n")
