"""Codec and engine of a whole matter, and a long loop, in CPU milliseconds (medians).

Run: ``python bench/runtime.py [--profile]``.

A purchase request of six steps is started, and each step restores the saved state, completes, takes the changes and
saves again. The loop has 2,000 user tasks; its last step may cost 1.5 times the tenth at most.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import statistics
import sys
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine import runtime
from tests.engine.runtime.drawing import TestHost, document, element, flows, user_task
from tests.engine.runtime.test_procurement_shape import _TOP, content

HOST = TestHost(decisions={"authority": lambda _variables: ["area manager"]})
REQUEST = {
    "amount": Decimal("300.00"),
    "purpose": "地毯",
    "lines": [{"name": "地毯", "quantity": 2, "price": Decimal("150.00")}],
}
STEPS = (
    ("PR0", REQUEST),
    ("guard", {}),
    ("chain", {"result": "approved"}),
    ("PR4", {"cannot_buy": False}),
    ("PR5", {"defective": False}),
)


def waiting_at(workflow: runtime.Workflow, element_id: str) -> str:
    """The id of the occurrence that waits there."""
    return next(wait.element_instance_id for wait in workflow.waiting if wait.element_id == element_id)


def procurement(process: runtime.Process) -> None:
    """A matter from request to receipt."""
    workflow = runtime.Workflow.start(process, {"starter": "U1", "store": "S1"}, HOST)
    workflow.take_changes()
    for element_id, variables in STEPS:
        state = workflow.save()
        workflow = runtime.Workflow.restore(process, state, HOST)
        workflow.complete(waiting_at(workflow, element_id), variables)
        workflow.take_changes()
    assert workflow.ended


def circle(rounds: int) -> runtime.Process:
    """One user task, again and again."""
    drawn = (
        element("startEvent", "s") + element("exclusiveGateway", "m") + user_task("a")
        + element("exclusiveGateway", "x", default="x_m") + element("endEvent", "e")
        + flows(f"s>m\nm>a\na>x\nx>e [n >= {rounds}]\nx>m")
    )  # fmt: skip
    return runtime.compile(document(drawn), file="loop").processes["p"]


def loop(process: runtime.Process, rounds: int) -> tuple[list[float], int]:
    """CPU milliseconds of each round, and the bytes of the largest state."""
    workflow = runtime.Workflow.start(process, {"n": 0}, HOST)
    state, largest, times = workflow.save(), 0, []
    for number in range(1, rounds + 1):
        begun = time.process_time()
        workflow = runtime.Workflow.restore(process, state, HOST)
        workflow.complete(waiting_at(workflow, "a"), {"n": number})
        workflow.take_changes()
        if not workflow.ended:
            state = workflow.save()
        times.append((time.process_time() - begun) * 1000)
        largest = max(largest, len(state))
    return times, largest


def main() -> None:
    """Measure and print one line of JSON."""
    drawn = document(content().replace("cannot buy", "cannot_buy"), top=_TOP)
    process = runtime.compile(drawn, file="procurement", topics=("work",)).processes["p"]
    for _ in range(50):
        procurement(process)
    times = []
    for _ in range(1000):
        begun = time.process_time()
        procurement(process)
        times.append((time.process_time() - begun) * 1000)
    rounds, largest = loop(circle(2000), 2000)
    print(
        json.dumps(
            {
                "procurement_ms_p50": round(statistics.median(times), 3),
                "loop_step_10_ms": round(statistics.median(rounds[5:15]), 3),
                "loop_step_2000_ms": round(statistics.median(rounds[-10:]), 3),
                "loop_state_bytes": largest,
            }
        )
    )
    if "--profile" in sys.argv:
        profile = cProfile.Profile()
        profile.enable()
        for _ in range(1000):
            procurement(process)
        profile.disable()
        pstats.Stats(profile).sort_stats("tottime").print_stats(30)


if __name__ == "__main__":
    main()
