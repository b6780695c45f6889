"""Multi-instance activities and loops."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.errors import ExecutionFailed
from engine.runtime.changes import ElementTerminated, JobCreated, UserTaskCreated
from tests.engine.runtime.drawing import element, flows, job, mapping, script, user_task


def loop(*, sequential: bool, condition: str = "", collection: str = "=approvers", output: bool = True) -> str:
    gathered = ' outputCollection="votes" outputElement="=vote"' if output else ""
    ends = f"<bpmn:completionCondition>={condition}</bpmn:completionCondition>" if condition else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:extensionElements>'
        f'<zeebe:loopCharacteristics inputCollection="{collection}" inputElement="approver"{gathered}/>'
        f"</bpmn:extensionElements>{ends}</bpmn:multiInstanceLoopCharacteristics>"
    )


def countersigning(**how) -> str:
    assigned = '<zeebe:assignmentDefinition assignee="=approver"/>'
    own = mapping("input null > vote")  # so that a vote stays in its instance
    return (
        element("startEvent", "s") + user_task("a", loop(**how), assigned + own) + user_task("b")
        + element("boundaryEvent", "stop", '<bpmn:messageEventDefinition messageRef="m"/>', attachedToRef="a")
        + user_task("stopped") + flows("s>a\na>b\nstop>stopped")
    )  # fmt: skip


_TOP = '<bpmn:message id="m" name="m"/>'
_THREE = {"approvers": ["U1", "U2", "U3"]}


def test_all_at_once_each_with_an_item(case):
    matter = case(countersigning(sequential=False), _THREE, top=_TOP)
    assert matter.waits == ["a", "a", "a", "stop"]
    assert [task.assignees for task in matter.of(UserTaskCreated)] == [("U1",), ("U2",), ("U3",)]
    ids = [wait.element_instance_id for wait in matter.workflow.waiting if wait.element_id == "a"]
    for index, vote in ((1, "b"), (0, "a"), (2, "c")):
        matter.step("complete", ids[index], {"vote": vote})
    assert matter.waits == ["b"]
    assert matter.workflow.variables() == {**_THREE, "votes": ["a", "b", "c"]}


def test_one_after_another(case):
    matter = case(countersigning(sequential=True), _THREE, top=_TOP)
    for number, person in enumerate(("U1", "U2", "U3")):
        assert matter.of(UserTaskCreated)[-1].assignees == (person,)
        assert matter.waits == ["a", "stop"]
        matter.complete("a", vote=Decimal(number))
    assert matter.waits == ["b"]
    assert matter.workflow.variables()["votes"] == [0, 1, 2]


@pytest.mark.parametrize("sequential", [True, False])
@pytest.mark.parametrize("name", ["nrOfCompletedInstances", "numberOfCompletedInstances"])
def test_enough_is_enough(case, sequential, name):
    matter = case(countersigning(sequential=sequential, condition=f"{name} = 2"), _THREE, top=_TOP)
    matter.complete("a", vote=1)
    matter.complete("a", vote=2)
    assert matter.waits == ["b"]
    assert len(matter.of(ElementTerminated)) == (0 if sequential else 1)
    assert matter.workflow.variables()["votes"] == [1, 2, None]


def test_one_no_ends_it(case):
    matter = case(countersigning(sequential=False, condition='vote = "no"'), _THREE, top=_TOP)
    matter.complete("a", vote="yes")
    matter.complete("a", vote="no")
    assert matter.waits == ["b"]


@pytest.mark.parametrize("sequential", [True, False])
def test_nobody_to_ask(case, sequential):
    matter = case(countersigning(sequential=sequential), {"approvers": []}, top=_TOP)
    assert matter.waits == ["b"]
    assert matter.workflow.variables()["votes"] == []


@pytest.mark.parametrize("approvers", [None, 5, {"a": 1}])
def test_what_is_no_list_stops_the_step(case, approvers):
    with pytest.raises(ExecutionFailed) as caught:
        case(countersigning(sequential=False), {"approvers": approvers}, top=_TOP)
    assert caught.value.element_id == "a"


def test_a_border_ends_all_instances(case):
    matter = case(countersigning(sequential=False), _THREE, top=_TOP)
    matter.complete("a", vote=1)
    matter.trigger("stop")
    assert matter.waits == ["stopped"]
    assert "votes" not in matter.workflow.variables()


def test_an_error_in_one_instance_ends_all(case):
    drawn = (
        element("startEvent", "s")
        + job("a", inner=loop(sequential=False, output=False))
        + element("boundaryEvent", "failed", "<bpmn:errorEventDefinition/>", attachedToRef="a")
        + user_task("b")
        + flows("s>a\nfailed>b")
    )
    matter = case(drawn, _THREE)
    matter.throw("a", "E")
    assert matter.waits == ["b"]
    assert [change.element_id for change in matter.of(ElementTerminated)] == ["a", "a", "a", "a"]


@pytest.mark.parametrize("sequential", [True, False])
def test_a_subprocess_for_each_item(case, sequential):
    content = element("startEvent", "s2") + job("c", extensions=mapping("output approver > seen")) + flows("s2>c")
    repeated = loop(sequential=sequential).replace("=vote", "=seen")
    matter = case(
        element("startEvent", "s") + element("subProcess", "a", content + repeated, mapping("input null > seen"))
        + user_task("b") + flows("s>a\na>b"),
        _THREE,
    )  # fmt: skip
    for _ in range(3):
        matter.complete("c")
    assert matter.waits == ["b"]
    assert matter.workflow.variables() == {**_THREE, "votes": ["U1", "U2", "U3"]}
    assert [made.variables["approver"] for made in matter.of(JobCreated)] == ["U1", "U2", "U3"]


def test_a_number_of_instances(case):
    repeated = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="false">'
        "<bpmn:loopCardinality>=n + 1</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    )
    matter = case(element("startEvent", "s") + user_task("a", repeated) + flows("s>a"), {"n": 2})
    assert matter.waits == ["a", "a", "a"]


def test_a_loop_goes_round_while_its_condition_holds(case):
    condition = "<bpmn:loopCondition>=again</bpmn:loopCondition>"
    repeated = f"<bpmn:standardLoopCharacteristics>{condition}</bpmn:standardLoopCharacteristics>"
    matter = case(element("startEvent", "s") + user_task("a", repeated) + user_task("b") + flows("s>a\na>b"))
    matter.complete("a", again=True)
    matter.complete("a", again=True)
    assert matter.waits == ["a"]
    matter.complete("a", again=False)
    assert matter.waits == ["b"]


def test_a_loop_with_a_maximum(case):
    repeated = '<bpmn:standardLoopCharacteristics loopMaximum="2"/>'
    drawn = script("a", "loopCounter", "n").replace("</bpmn:scriptTask>", repeated + "</bpmn:scriptTask>")
    matter = case(element("startEvent", "s") + drawn + user_task("b") + flows("s>a\na>b"))
    assert matter.workflow.variables() == {"n": 2}
