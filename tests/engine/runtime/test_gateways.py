"""Gateways: the choice, the join, the inclusive join, the first of several events; and where nothing can go on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import ExecutionFailed
from engine.runtime.changes import ElementActivated, SequenceFlowTaken, SubscriptionOpened, TimerCreated, WaitClosed
from tests.engine.runtime.drawing import NOON, Case, element, flows, script, user_task


def choice(*, default: bool = True) -> str:
    more = {"default": "x_c"} if default else {}
    return (
        element("startEvent", "s")
        + element("exclusiveGateway", "x", **more)
        + "".join(user_task(name) for name in "abc")
        + flows("s>x\nx>a [amount <= 200]\nx>b [amount <= 300]\n" + ("x>c" if default else "x>c [amount = 999]"))
    )


@pytest.mark.parametrize(("amount", "reached"), [(200, "a"), (201, "b"), (300, "b"), (301, "c")])
def test_the_first_flow_whose_condition_holds(case, amount, reached):
    matter = case(choice(), {"amount": amount})
    assert matter.waits == [reached]
    assert [flow.flow_id for flow in matter.of(SequenceFlowTaken)] == ["s_x", f"x_{reached}"]


def test_no_flow_at_all_names_the_gateway_and_the_values(case):
    with pytest.raises(ExecutionFailed) as caught:
        case(choice(default=False), {"amount": 500})
    failure = caught.value
    assert (failure.element_id, failure.kind, failure.values) == ("x", "gateway", {"amount": 500})


@pytest.mark.parametrize("variables", [{}, {"amount": None}, {"amount": "300"}])
def test_a_condition_without_a_clear_answer_is_no_false(case, variables):
    with pytest.raises(ExecutionFailed) as caught:
        case(choice(), variables)
    assert caught.value.kind == "expression"
    assert caught.value.element_id == "x_a"


def parallel() -> str:
    return (
        element("startEvent", "s")
        + element("parallelGateway", "g")
        + element("parallelGateway", "j")
        + "".join(user_task(name) for name in "abc")
        + flows("s>g\ng>a\ng>b\na>j\nb>j\nj>c")
    )


def test_a_join_waits_for_all_and_is_activated_once(case):
    matter = case(parallel())
    matter.complete("b")
    assert matter.waits == ["a"]
    matter.complete("a")
    assert matter.waits == ["c"]
    assert [change.element_id for change in matter.of(ElementActivated)].count("j") == 1


def test_two_flows_from_one_gateway_to_one_join(case):
    drawn = (
        element("startEvent", "s")
        + element("parallelGateway", "g")
        + element("parallelGateway", "j")
        + user_task("c")
        + flows("s>g\ng>j\nj>c")
        + '<bpmn:sequenceFlow id="second" sourceRef="g" targetRef="j"/>'
    )
    matter = case(drawn)
    assert matter.waits == ["c"]


def test_a_join_that_starves_is_an_incident_and_no_silent_end(case):
    drawn = (
        element("startEvent", "s")
        + element("inclusiveGateway", "o", default="o_b")
        + element("parallelGateway", "j")
        + user_task("a")
        + user_task("b")
        + flows("s>o\no>a [n > 1]\no>b\na>j\nb>j")
    )
    matter = case(drawn, {"n": 1})
    with pytest.raises(ExecutionFailed) as caught:
        matter.complete("b")
    assert (caught.value.element_id, caught.value.kind) == ("j", "token")


def inclusive() -> str:
    return (
        element("startEvent", "s")
        + element("inclusiveGateway", "o", default="o_c")
        + element("inclusiveGateway", "j")
        + "".join(user_task(name) for name in "abcd")
        + flows("s>o\no>a [n > 1]\no>b [n > 2]\no>c\na>j\nb>j\nc>j\nj>d")
    )


@pytest.mark.parametrize(("n", "reached"), [(1, ["c"]), (2, ["a"]), (3, ["a", "b"])])
def test_an_inclusive_join_waits_for_what_may_still_come(case, n, reached):
    matter = case(inclusive(), {"n": n})
    assert matter.waits == reached
    for element_id in reversed(reached):
        assert "d" not in matter.waits
        matter.complete(element_id)
    assert matter.waits == ["d"]


def test_an_inclusive_join_in_the_second_round_of_a_loop(case):
    drawn = inclusive().replace('id="s"', 'id="s0"') + element("startEvent", "s").replace("startEvent", "task")
    drawn += element("exclusiveGateway", "again", default="again_e") + element("endEvent", "e")
    drawn += flows("s0>s\nd>again\nagain>s [n < 9]\nagain>e")
    matter = case(drawn, {"n": 3})
    for _ in range(2):
        matter.complete("a")
        assert matter.waits == ["b"]
        matter.complete("b")
        matter.complete("d")
    assert matter.waits == ["a", "b"]


def test_the_first_event_wins_and_the_others_are_withdrawn(case):
    drawn = (
        element("startEvent", "s")
        + element("eventBasedGateway", "g")
        + element("intermediateCatchEvent", "soon", timer("PT1H"))
        + element("intermediateCatchEvent", "late", timer("PT5H"))
        + element("receiveTask", "answer", messageRef="m")
        + "".join(user_task(name) for name in "abc")
        + flows("s>g\ng>soon\ng>late\ng>answer\nsoon>a\nlate>b\nanswer>c")
    )
    matter = case(drawn, top='<bpmn:message id="m" name="answer"/>')
    assert matter.waits == ["answer", "late", "soon"]
    assert [t.due_at for t in matter.of(TimerCreated)] == [NOON + timedelta(hours=1), NOON + timedelta(hours=5)]
    assert matter.of(SubscriptionOpened)[0].name == "answer"
    changes = matter.trigger("answer", text="yes")
    assert matter.waits == ["c"]
    assert sorted((c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)) == [
        ("answer", "completed"),
        ("late", "terminated"),
        ("soon", "terminated"),
    ]
    assert [f.flow_id for f in changes if isinstance(f, SequenceFlowTaken)] == ["g_answer", "answer_c"]
    assert matter.workflow.variables() == {"text": "yes"}


def timer(duration: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:timeDuration>{duration}</bpmn:timeDuration></bpmn:timerEventDefinition>"


def test_a_circle_without_a_wait_is_stopped():
    drawn = (
        element("startEvent", "s") + element("exclusiveGateway", "x") + script("a", "1", "n") + flows("s>x\nx>a\na>x")
    )
    with pytest.raises(ExecutionFailed) as caught:
        Case(drawn)
    assert caught.value.kind == "token"


def test_every_token_of_a_flow_is_kept(case):
    """Three tokens come to a join by one flow and three by the other: it fires three times."""
    drawn = (
        element("startEvent", "s") + element("parallelGateway", "g")
        + "".join(element("task", f"{side}{number}") for side in "lr" for number in range(3))
        + element("exclusiveGateway", "left") + element("exclusiveGateway", "right")
        + element("parallelGateway", "j") + user_task("a")
        + flows("s>g\nleft>j\nright>j\nj>a")
        + "".join(flows(f"g>{s}{n}\n{s}{n}>{side}") for s, side in (("l", "left"), ("r", "right")) for n in range(3))
    )  # fmt: skip
    matter = case(drawn)
    assert matter.waits == ["a", "a", "a"]
    assert any(problem.code == "several-tokens" for problem in matter.problems)
