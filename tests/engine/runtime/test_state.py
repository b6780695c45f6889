"""The state: small, exact, the same after a restore, versioned; and one specification for many threads."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine import runtime
from engine.errors import Conflict
from tests.engine.runtime.drawing import Case, TestHost, document, element, flows, user_task
from tests.engine.runtime.random_models import Builder, draw


def loop() -> str:
    return (
        element("startEvent", "s") + element("exclusiveGateway", "m") + user_task("a")
        + element("exclusiveGateway", "x", default="x_m") + element("endEvent", "e")
        + flows("s>m\nm>a\na>x\nx>e [n >= 2000]\nx>m")
    )  # fmt: skip


def test_a_loop_of_two_thousand_tasks_keeps_its_size():
    matter = Case(loop(), {"n": 0})
    sizes = []
    for number in range(1, 2001):
        matter.complete("a", n=number)
        matter.changes.clear()
        if not matter.workflow.ended:
            sizes.append(len(matter.workflow.save()))
            assert len(matter.workflow._instance.tokens) == 1
            assert len(matter.workflow._instance.tasks) == 2
    assert matter.workflow.ended
    assert max(sizes) < 200
    assert max(sizes) - min(sizes) < 10


def test_ids_stay_and_are_not_given_twice():
    matter = Case(loop(), {"n": 0})
    seen = set()
    for number in range(20):
        waiting = matter.id_of("a")
        assert waiting not in seen
        seen.add(waiting)
        state = matter.workflow.save()
        again = runtime.Workflow.restore(matter.process, state, matter.host)
        assert again.waiting == matter.workflow.waiting
        assert again.save() == state
        matter.complete("a", n=number)


def test_the_state_holds_no_diagram():
    state = Case(loop(), {"n": 0}).workflow.save()
    first, second = state.decode().split("\n")
    assert json.loads(first) == [1, 3, [["", ["", "none", None], [["3", "a", "s", "m_a"]], []]]]
    assert json.loads(second) == [{"": {"n": 0}}, {}]


@pytest.mark.parametrize("state", [b"[2,0,[]]\n[{},{}]", b"[]\n[]", b"{}\n[]"])
def test_another_format_is_refused(state):
    matter = Case(loop(), {"n": 0})
    with pytest.raises(Conflict):
        runtime.Workflow.restore(matter.process, state, matter.host)


def test_a_state_of_another_diagram_is_refused():
    state = Case(element("startEvent", "s") + user_task("other") + flows("s>other")).workflow.save()
    matter = Case(loop(), {"n": 0})
    with pytest.raises(Conflict):
        runtime.Workflow.restore(matter.process, state, matter.host)


def test_the_stored_form_gives_the_same_diagram():
    diagram = runtime.compile(document(loop()), file="p.bpmn")
    again = runtime.load(diagram.compiled)
    assert again.compiled == diagram.compiled
    assert again.processes["p"].elements == diagram.processes["p"].elements
    assert runtime.compile(document(loop()), file="p.bpmn").compiled == diagram.compiled


def shared(seed: int) -> tuple[runtime.Process, list[str]]:
    """A random process, and the names of its variables."""
    builder = Builder(seed)
    source = document(draw(builder.scope(4)), top='<bpmn:message id="m" name="m"/>')
    return runtime.compile(source, file="p.bpmn").processes["p"], builder.variables


def steps(process: runtime.Process, names: list[str], number: int) -> list[str]:
    """Where a matter with the values of that number waits, in order, restored before each step."""
    values = {name: [1 + number % 3] for name in names}
    workflow = runtime.Workflow.start(process, {**values, "items": [1, 2]}, TestHost())
    seen = []
    for _ in range(30):
        if workflow.ended:
            break
        wait = min(workflow.waiting, key=lambda one: int(one.element_instance_id))
        seen.append(f"{wait.element_id} {wait.element_instance_id}")
        workflow = runtime.Workflow.restore(process, workflow.save(), TestHost())
        command = "trigger" if wait.element_id.startswith("event") else "complete"
        getattr(workflow, command)(wait.element_instance_id, {name: [2 + number % 2] for name in names})
    return seen


@pytest.mark.parametrize("seed", range(12))
def test_eight_threads_on_one_specification(seed):
    process, names = shared(seed)
    alone = [steps(process, names, number) for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda number: steps(process, names, number), [*range(24)] * 4))
    assert together == alone * 4


def test_the_specifications_that_threads_share_are_worth_the_while():
    lengths = [max(len(steps(*shared(seed), number)) for number in range(24)) for seed in range(12)]
    assert max(lengths) > 8
    assert sorted(lengths)[6] > 2
