"""Changing where an instance stands: return, jump, skip, one more approver; each scope stays whole."""

from __future__ import annotations

import pytest

from engine.errors import Conflict, ExecutionFailed, NotFound, Refused
from engine.runtime import Activation
from engine.runtime.changes import ElementTerminated, ProcessEnded, WaitClosed
from tests.engine.runtime.drawing import element, flows, user_task


def modify(matter, *, terminate=(), activate=()):
    """Elements by their ids; the first occurrence of each."""
    by_element = {change.element_id: change.element_instance_id for change in reversed(matter.workflow.active)}
    ids = [by_element[element_id] for element_id in terminate]
    wanted = [one if isinstance(one, Activation) else Activation(one) for one in activate]
    if matter.restored:
        matter.workflow = type(matter.workflow).restore(matter.process, matter.workflow.save(), matter.host)
    matter.workflow.modify(terminate=ids, activate=wanted)
    matter.last = matter.workflow.take_changes()
    matter.changes += matter.last
    return matter.last


def sequence() -> str:
    return element("startEvent", "s") + "".join(user_task(name) for name in "abc") + flows("s>a\na>b\nb>c")


def test_return_jump_and_skip(case):
    matter = case(sequence())
    matter.complete("a")
    modify(matter, terminate=["b"], activate=["a"])
    assert matter.waits == ["a"]
    changes = modify(matter, terminate=["a"], activate=[Activation("c", {"why": "urgent"})])
    assert matter.waits == ["c"]
    assert [c.element_id for c in changes if isinstance(c, ElementTerminated)] == ["a"]
    assert [(c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)] == [("a", "terminated")]
    matter.complete("c")
    assert matter.workflow.ended
    assert matter.workflow.variables() == {"why": "urgent"}


def parallel() -> str:
    return (
        element("startEvent", "s") + element("parallelGateway", "g") + element("parallelGateway", "j")
        + "".join(user_task(name) for name in "abcd") + flows("s>g\ng>a\ng>b\na>c\nc>j\nb>j\nj>d")
    )  # fmt: skip


def test_back_in_one_branch_leaves_the_join_fed_rightly(case):
    matter = case(parallel())
    matter.complete("b")
    matter.complete("a")
    modify(matter, terminate=["c"], activate=["a"])
    assert matter.waits == ["a"]
    matter.complete("a")
    matter.complete("c")
    assert matter.waits == ["d"]


def test_over_the_join_with_all_branches(case):
    matter = case(parallel())
    matter.complete("b")
    modify(matter, terminate=["a", "j"], activate=["d"])
    assert matter.waits == ["d"]
    matter.complete("d")
    assert matter.workflow.ended


def test_what_would_starve_a_join_is_refused(case):
    matter = case(parallel())
    matter.complete("b")
    with pytest.raises(ExecutionFailed) as caught:
        modify(matter, terminate=["a"])
    assert caught.value.kind == "token"


def nested() -> str:
    content = element("startEvent", "s2") + user_task("b") + user_task("c") + flows("s2>b\nb>c")
    return (
        element("startEvent", "s") + user_task("a") + element("subProcess", "sub", content) + user_task("d")
        + element("boundaryEvent", "stop", '<bpmn:messageEventDefinition messageRef="m"/>', attachedToRef="sub")
        + user_task("e") + flows("s>a\na>sub\nsub>d\nstop>e")
    )  # fmt: skip


_TOP = '<bpmn:message id="m" name="m"/>'


def test_into_a_subprocess_that_is_not_open(case):
    matter = case(nested(), top=_TOP)
    modify(matter, terminate=["a"], activate=[Activation("c", {"mine": 1})])
    assert matter.waits == ["c", "stop"]
    matter.complete("c")
    assert matter.waits == ["d"]
    assert matter.workflow.variables() == {}


def test_out_of_a_subprocess_ends_it(case):
    matter = case(nested(), top=_TOP)
    matter.complete("a")
    changes = modify(matter, terminate=["b"], activate=["d"])
    assert matter.waits == ["d"]
    assert [c.element_id for c in changes if isinstance(c, ElementTerminated)] == ["b", "sub"]


def test_within_a_subprocess(case):
    matter = case(nested(), top=_TOP)
    matter.complete("a")
    matter.complete("b")
    modify(matter, terminate=["c"], activate=["b"])
    assert matter.waits == ["b", "stop"]


def countersigning(*, sequential: bool) -> str:
    repeated = (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><bpmn:extensionElements>'
        '<zeebe:loopCharacteristics inputCollection="=who" inputElement="one" outputCollection="all" '
        'outputElement="=one"/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    return element("startEvent", "s") + user_task("a", repeated) + user_task("b") + flows("s>a\na>b")


@pytest.mark.parametrize("sequential", [True, False])
def test_one_more_approver(case, sequential):
    matter = case(countersigning(sequential=sequential), {"who": ["U1", "U2"]})
    body = next(change for change in matter.workflow.active if change.element_id == "a")
    modify(matter, activate=[Activation("a", {"one": "U3"}, parent_scope=body.element_instance_id)])
    for _ in range(3):
        assert "b" not in matter.waits
        matter.complete("a")
    assert matter.waits == ["b"]
    assert matter.workflow.variables()["all"] == ["U1", "U2", "U3"]


@pytest.mark.parametrize("sequential", [True, False])
def test_one_approver_less(case, sequential):
    matter = case(countersigning(sequential=sequential), {"who": ["U1", "U2"]})
    task = next(wait for wait in matter.workflow.waiting if wait.element_id == "a")
    matter.workflow.modify(terminate=[task.element_instance_id])
    assert matter.waits == ["a"]
    matter.complete("a")
    assert matter.waits == ["b"]


def test_nothing_left_is_refused(case):
    matter = case(sequence())
    with pytest.raises(Refused):
        modify(matter, terminate=["a"])


def test_unknown_elements_and_occurrences(case):
    matter = case(sequence())
    with pytest.raises(NotFound):
        modify(matter, activate=["nowhere"])
    with pytest.raises(Conflict):
        matter.workflow.modify(terminate=["999"])
    with pytest.raises(Refused):
        modify(case(nested(), top=_TOP), activate=["stop"])


def test_cancel_closes_everything(case):
    matter = case(nested(), top=_TOP)
    matter.complete("a")
    changes = matter.step("cancel")
    assert matter.workflow.ended
    assert {c.element_id for c in changes if isinstance(c, WaitClosed)} == {"b", "stop"}
    assert matter.of(ProcessEnded) == []
