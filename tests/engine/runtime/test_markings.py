"""Whatever a diagram comes to counts as what it can come to; where tokens could never stand so, it does not."""

from __future__ import annotations

from collections import Counter

import pytest

from engine import runtime
from engine.errors import DeploymentRefused, ExecutionFailed
from engine.runtime.markings import can_come_to, marking
from tests.engine.runtime.drawing import TestHost, document, element, flows, user_task
from tests.engine.runtime.random_models import Builder, draw

_MESSAGE = '<bpmn:message id="m" name="m"/>'


def found(seed: int) -> Counter[tuple[bool, bool]]:
    """How often a matter on a random diagram stood as was (not) foreseen, on blocks and on wild graphs."""
    builder = Builder(seed)
    graph = builder.model()
    variables = {**builder.values(), "items": [1, 2]}
    counts: Counter[tuple[bool, bool]] = Counter()
    try:
        process = runtime.compile(document(draw(graph), top=_MESSAGE), file="p.bpmn").processes["p"]
        workflow = runtime.Workflow.start(process, variables, TestHost())
        for _ in range(20):
            if workflow.ended:
                break
            for scope in workflow._instance.scopes():
                counts[graph.is_block, can_come_to(scope.spec, marking(scope))] += 1
            wait = builder.random.choice(workflow.waiting)
            command = "trigger" if wait.element_id.startswith("event") else "complete"
            getattr(workflow, command)(wait.element_instance_id, builder.values())
    except (DeploymentRefused, ExecutionFailed):
        return counts
    return counts


def test_what_a_diagram_comes_to_was_foreseen():
    counts = sum((found(seed) for seed in range(250)), Counter())
    assert counts[True, True] > 500
    assert counts[True, False] == 0
    assert counts[False, True] > 100
    assert counts[False, False] <= 0.01 * counts[False, True]  # several tokens at one place, in a bewildering graph


def drawn() -> runtime.Process:
    content = (
        element("startEvent", "s") + element("inclusiveGateway", "o", default="o_c") + user_task("a") + user_task("b")
        + user_task("c") + element("inclusiveGateway", "i") + element("parallelGateway", "g") + user_task("d")
        + user_task("e") + element("parallelGateway", "j") + user_task("f") + user_task("late")
        + element("boundaryEvent", "t", '<bpmn:messageEventDefinition messageRef="m"/>', attachedToRef="f",
                  cancelActivity="false")
        + flows("s>o\no>a [x]\no>b [y]\no>c\na>i\nb>i\nc>i\ni>g\ng>d\ng>e\nd>j\ne>j\nj>f\nt>late")
    )  # fmt: skip
    return runtime.compile(document(content, top=_MESSAGE), file="p.bpmn").processes["p"]


@pytest.mark.parametrize(
    ("standing", "possible"),
    [
        ("a", True), ("a b", True), ("c", True), ("a c", False), ("a i:b_i", True), ("i:a_i", True),
        ("d e", True), ("d", False), ("e j:d_j", True), ("j:d_j", False), ("a d", False), ("d d e", False),
        ("f", True), ("f late late", True), ("late", True), ("late d e", False), ("", True),
    ],
)  # fmt: skip
def test_where_tokens_could_stand(standing, possible):
    places = [tuple(place.partition(":")[::2]) for place in standing.split()]
    assert can_come_to(drawn().plan.spec, tuple(sorted(places))) is possible
