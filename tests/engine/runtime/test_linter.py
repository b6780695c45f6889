"""What is refused, what is warned of, and with which element id; and that what is right is not refused."""

from __future__ import annotations

from itertools import pairwise

import pytest

from engine import runtime
from engine.errors import DeploymentRefused
from tests.engine.runtime.drawing import Case, document, element, flows, job, user_task

START, END = element("startEvent", "s"), element("endEvent", "e")


def problems(content: str, *, top: str = "", severity: str = "error") -> set[tuple[str, str]]:
    """(element id, code) of what is found."""
    try:
        found = runtime.compile(document(content, top=top), file="p.bpmn", topics=("work",)).problems
    except DeploymentRefused as refusal:
        found = refusal.problems
    assert all(problem.file == "p.bpmn" and str(problem.sentence) for problem in found)
    return {(problem.element_id, problem.code) for problem in found if problem.severity == severity}


def test_a_right_diagram_has_no_problem():
    content = START + user_task("a") + END + flows("s>a\na>e")
    assert problems(content) == set()
    assert problems(content, severity="warning") == set()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (START + user_task("a") + user_task("a") + flows("s>a"), ("a", "duplicate-id")),
        (START + user_task("a") + flows("s>a\na>nowhere"), ("a_nowhere", "flow-to-nowhere")),
        (user_task("a") + user_task("b") + flows("a>b\nb>a"), ("p", "no-start")),
        ("", ("p", "no-start")),
        (START + element("startEvent", "t") + user_task("a") + flows("s>a\nt>a"), ("p", "several-starts")),
        (START + user_task("a", default="gone") + flows("s>a"), ("a", "default")),
        (START + END + user_task("a") + flows("s>e\ne>a"), ("e_a", "flow-from-end")),
        (START + user_task("a") + flows("s>a\na>s"), ("a_s", "flow-to-start")),
        (START + element("complexGateway", "g", "<bpmn:incoming>s_g</bpmn:incoming><bpmn:incoming>x</bpmn:incoming>")
         + flows("s>g"), ("g", "unsupported")),
        (START + element("adHocSubProcess", "h") + END + flows("s>e"), ("h", "unsupported")),
        (START + element("serviceTask", "a") + flows("s>a"), ("a", "topic")),
        (START + job("a", topic="unknown") + flows("s>a"), ("a", "unknown-topic")),
        (START + element("scriptTask", "a") + flows("s>a"), ("a", "script")),
        (START + element("businessRuleTask", "a") + flows("s>a"), ("a", "decision")),
        (START + element("callActivity", "a") + flows("s>a"), ("a", "called-element")),
        (START + user_task("a", extensions='<zeebe:formDefinition externalReference="x"/>') + flows("s>a"),
         ("a", "form")),
        (START + user_task("a", extensions='<zeebe:assignmentDefinition assignee="=1 +"/>') + flows("s>a"),
         ("a", "expression")),
        (START + user_task("a", extensions="<zeebe:taskListeners/>") + flows("s>a"), ("a", "unsupported")),
        (START + element("intermediateCatchEvent", "w", "<bpmn:timerEventDefinition/>") + flows("s>w"),
         ("w", "timer")),
        (START + element("intermediateCatchEvent", "w", '<bpmn:messageEventDefinition messageRef="?"/>')
         + flows("s>w"), ("w", "message")),
        (START + element("intermediateThrowEvent", "w", '<bpmn:linkEventDefinition name="x"/>') + flows("s>w"),
         ("w", "link")),
        (START + element("boundaryEvent", "b", "<bpmn:errorEventDefinition/>", attachedToRef="s") + END
         + flows("s>e\nb>e"), ("b", "boundary")),
        (START + element("subProcess", "h", element("startEvent", "t"), triggeredByEvent="true") + END + flows("s>e"),
         ("h", "event-subprocess")),
        (START + user_task("a", startQuantity="0") + flows("s>a"), ("a", "quantity")),
        (START + element("eventBasedGateway", "g") + user_task("a") + user_task("b") + flows("s>g\ng>a\ng>b"),
         ("a", "event-gateway")),
        (START + user_task("a", "<bpmn:standardLoopCharacteristics/>") + flows("s>a"), ("a", "loop")),
        (START + user_task("a", "<bpmn:multiInstanceLoopCharacteristics/>") + flows("s>a"), ("a", "multi-instance")),
        (START + element("endEvent", "x", "<bpmn:cancelEventDefinition/>") + flows("s>x"), ("x", "cancel")),
        (START + job("u").replace("<bpmn:serviceTask", '<bpmn:serviceTask isForCompensation="true"') + END
         + flows("s>e"), ("u", "compensation")),
    ],
)  # fmt: skip
def test_it_is_refused_by_its_id(content, expected):
    assert expected in problems(content)


def test_a_choice_without_a_condition_is_refused():
    content = START + element("exclusiveGateway", "x") + user_task("a") + user_task("b") + flows("s>x\nx>a [n]\nx>b")
    assert problems(content) == {("x_b", "no-condition")}


def test_a_parallel_join_behind_a_choice_can_never_fire():
    content = (
        START + element("exclusiveGateway", "x", default="x_b") + user_task("a") + user_task("b")
        + element("parallelGateway", "j") + END + flows("s>x\nx>a [n]\nx>b\na>j\nb>j\nj>e")
    )  # fmt: skip
    assert problems(content) == {("j", "join-never-fires")}


def test_a_parallel_join_that_something_may_feed_twice_is_warned_of():
    content = (
        START + element("parallelGateway", "g") + user_task("a") + user_task("b") + user_task("c")
        + element("exclusiveGateway", "m") + element("parallelGateway", "j") + END
        + flows("s>g\ng>a\ng>b\ng>c\na>m\nb>m\nm>j\nc>j\nj>e")
    )  # fmt: skip
    assert problems(content) == set()
    assert problems(content, severity="warning") == {("j", "several-tokens")}


def test_what_nothing_leads_to_is_warned_of():
    content = START + user_task("a") + user_task("b") + END + flows("s>a\na>e\nb>e")
    assert problems(content, severity="warning") == {("b", "unreachable")}


def test_unknown_extensions_are_kept_and_named():
    content = START + user_task("a", extensions='<x:colour xmlns:x="urn:x" is="red"/><zeebe:script/>') + flows("s>a")
    assert problems(content) == set()
    assert problems(content, severity="warning") == {("a", "unknown-extension")}
    assert b"colour" in runtime.compile(document(content), file="p").compiled


def test_conditions_that_are_ignored_are_warned_of():
    content = START + element("parallelGateway", "g") + user_task("a") + user_task("b") + flows("s>g\ng>a [n]\ng>b")
    assert problems(content, severity="warning") == {("g_a", "ignored-condition")}


def test_all_problems_are_named_at_once():
    content = START + user_task("a") + user_task("a") + flows("s>a\na>nowhere") + element("adHocSubProcess", "h")
    assert {code for _id, code in problems(content)} >= {"duplicate-id", "flow-to-nowhere", "unsupported"}


def test_a_condition_of_another_language_is_refused():
    condition = "<bpmn:conditionExpression>${amount > 3}</bpmn:conditionExpression>"
    content = (
        START + user_task("a") + flows("s>a").replace("</bpmn:sequenceFlow>", condition + "</bpmn:sequenceFlow>")
    )
    assert problems(content) == {("s_a", "foreign-expression")}


def test_an_external_topic_is_somebody_elses():
    external = '<zeebe:properties><zeebe:property name="external" value="true"/></zeebe:properties>'
    content = START + job("a", topic="unknown", extensions=external) + flows("s>a")
    assert problems(content) == set()


def test_what_nobody_catches_is_warned_of():
    top = '<bpmn:error id="er" errorCode="E1"/><bpmn:error id="other" errorCode="E2"/>'
    end = element("endEvent", "x", '<bpmn:errorEventDefinition errorRef="er"/>')
    inner = element("subProcess", "sub", element("startEvent", "t") + end + flows("t>x"))
    content = START + inner + END + flows("s>sub\nsub>e")
    assert problems(content, top=top, severity="warning") == {("x", "not-caught")}
    for reference, expected in (("er", set()), ("other", {("x", "not-caught")})):
        caught = element(
            "boundaryEvent", "b", f'<bpmn:errorEventDefinition errorRef="{reference}"/>', attachedToRef="sub"
        )
        drawn = content + caught + user_task("c") + flows("b>c")
        assert problems(drawn, top=top, severity="warning") == expected


def test_a_long_diagram_is_read_and_run():
    names = [f"n{number}" for number in range(3000)]
    drawn = START + "".join(element("task", name) for name in names) + user_task("last")
    matter = Case(drawn + flows("\n".join(f"{a}>{b}" for a, b in pairwise(["s", *names, "last"]))))
    assert matter.waits == ["last"]


def test_what_has_no_effect_is_warned_of():
    content = START + user_task("a", "<bpmn:potentialOwner/>") + flows("s>a")
    assert problems(content) == set()
    assert problems(content, severity="warning") == {("a", "no-effect")}
