"""The shape of a purchase request: a part that can be withdrawn as a whole, then buying and receiving with loops."""

from __future__ import annotations

from functools import partial

import pytest

from engine.runtime.changes import (
    DecisionEvaluated,
    ElementTerminated,
    JobCreated,
    ProcessCalled,
    ProcessEnded,
    SubscriptionOpened,
    UserTaskCreated,
    WaitClosed,
)
from tests.engine.runtime.drawing import TestHost, element, flows, job, mapping, user_task

_TOP = '<bpmn:message id="m" name="withdraw"/><bpmn:error id="er" errorCode="cancelled"/>'


def content() -> str:
    decision = '<zeebe:calledDecision decisionId="authority" resultVariable="levels"/>'
    called = '<zeebe:calledElement processId="approval_chain" propagateAllChildVariables="false"/>'
    approval = element(
        "subProcess",
        "approval",
        element("startEvent", "begin")
        + user_task("PR0", extensions='<zeebe:formDefinition formId="request"/>')
        + job("guard")
        + element("businessRuleTask", "BR", extensions=decision)
        + element(
            "callActivity", "chain", extensions=called + mapping("input levels > steps", "output result > outcome")
        )
        + element("exclusiveGateway", "decided", default="decided_approved")
        + element("endEvent", "approved")
        + flows('begin>PR0\nPR0>guard\nguard>BR\nBR>chain\nchain>decided\ndecided>PR0 [outcome = "return"]')
        + flows("decided>approved"),
    )
    return (
        element("startEvent", "start")
        + approval
        + element(
            "boundaryEvent", "withdraw", '<bpmn:messageEventDefinition messageRef="m"/>', attachedToRef="approval"
        )
        + element("endEvent", "withdrawn")
        + user_task("PR4")
        + user_task("PR5")
        + element("exclusiveGateway", "bought", default="bought_PR5")
        + element("exclusiveGateway", "good", default="good_completed")
        + element("endEvent", "completed")
        + element("endEvent", "cancelled", '<bpmn:errorEventDefinition errorRef="er"/>')
        + flows("start>approval\napproval>PR4\nwithdraw>withdrawn\nPR4>bought\nbought>cancelled [cannot buy]")
        + flows("bought>PR5\nPR5>good\ngood>PR4 [defective]\ngood>completed")
    )


@pytest.fixture
def procurement(case):
    decisions = {"authority": lambda variables: ["area manager"] if variables["amount"] <= 200 else ["area", "boss"]}
    drawn = content().replace("cannot buy", "cannot_buy")
    return partial(case, drawn, {"starter": "U1"}, top=_TOP, host=TestHost(decisions=decisions))


def to_the_chain(matter, amount):
    matter.complete("PR0", amount=amount)
    return matter.complete("guard")


def test_from_request_to_receipt(procurement):
    matter = procurement()
    assert matter.waits == ["PR0", "withdraw"]
    assert matter.of(UserTaskCreated)[0].form_id == "request"
    assert matter.of(SubscriptionOpened)[0].name == "withdraw"
    changes = to_the_chain(matter, 300)
    called = next(change for change in changes if isinstance(change, ProcessCalled))
    assert called.variables["steps"] == ["area", "boss"]
    assert matter.of(DecisionEvaluated)[0].value == ["area", "boss"]
    changes = matter.complete("chain", result="approved", inner="stays in the chain")
    assert [change.reason for change in changes if isinstance(change, WaitClosed)] == ["completed", "terminated"]
    matter.complete("PR4", cannot_buy=False)
    matter.complete("PR5", defective=True)
    assert matter.waits == ["PR4"]
    matter.complete("PR4")
    matter.complete("PR5", defective=False)
    ended = matter.of(ProcessEnded)[0]
    assert (ended.end_event_id, ended.kind) == ("completed", "none")
    assert "inner" not in ended.variables
    assert ended.variables["outcome"] == "approved"


def test_returned_for_rework_again_and_again(procurement):
    matter = procurement()
    for _ in range(4):
        to_the_chain(matter, 150)
        matter.complete("chain", result="return")
        assert matter.waits == ["PR0", "withdraw"]
    assert len(matter.of(SubscriptionOpened)) == 1


def test_withdrawn_while_a_called_process_is_at_work(procurement):
    matter = procurement()
    to_the_chain(matter, 150)
    changes = matter.trigger("withdraw", reason="not needed")
    closed = [(c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)]
    assert closed == [("withdraw", "completed"), ("chain", "terminated")]
    assert [c.element_id for c in changes if isinstance(c, ElementTerminated)] == ["chain", "approval"]
    ended = matter.of(ProcessEnded)[0]
    assert (ended.end_event_id, ended.kind, ended.variables["reason"]) == ("withdrawn", "none", "not needed")
    assert matter.workflow.ended


def test_withdrawn_while_a_job_is_open(procurement):
    matter = procurement()
    matter.complete("PR0", amount=1)
    opened = matter.of(JobCreated)[0]
    changes = matter.trigger("withdraw")
    assert WaitClosed("guard", opened.element_instance_id, "terminated") in changes


def test_cancelled_is_an_error_end_that_ends_the_matter(procurement):
    matter = procurement()
    to_the_chain(matter, 150)
    matter.complete("chain", result="approved")
    matter.complete("PR4", cannot_buy=True)
    ended = matter.of(ProcessEnded)[0]
    assert (ended.end_event_id, ended.kind, ended.error_code) == ("cancelled", "error", "cancelled")
