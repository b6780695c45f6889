"""Tasks: who does them, jobs, decisions, scripts, called processes, and errors that leave them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import Conflict, ExecutionFailed
from engine.runtime.changes import (
    CopyRequested,
    ElementTerminated,
    JobCreated,
    MessageThrown,
    ProcessEnded,
    UserTaskCreated,
    WaitClosed,
)
from feel.sentences import Sentence
from tests.engine.runtime.drawing import NOON, TestHost, element, flows, job, user_task


def one(activity: str, element_id: str = "a") -> str:
    return element("startEvent", "s") + activity + element("endEvent", "e") + flows(f"s>{element_id}\n{element_id}>e")


def assigned(**attributes: str) -> str:
    given = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<zeebe:assignmentDefinition{given}/>"


def created(case, extensions: str, variables=None, host=None) -> UserTaskCreated:
    return case(one(user_task("a", extensions=extensions, name="审批")), variables, host=host).of(UserTaskCreated)[0]


def test_a_user_task_with_everything(case):
    extensions = (
        '<zeebe:formDefinition formId="f" bindingType="deployment"/>'
        + assigned(
            assignee="=starter", candidateGroups="buyers, cashiers", candidateUsers="=['U1']".replace("'", "&quot;")
        )
        + '<zeebe:taskSchedule dueDate="=now() + duration(&quot;PT8H&quot;)" followUpDate="PT1H"/>'
        + '<zeebe:priorityDefinition priority="=amount / 10"/>'
        + '<zeebe:properties><zeebe:property name="allowSelf" value="true"/></zeebe:properties>'
    )
    task = created(case, extensions, {"starter": "U7", "amount": 700})
    assert (task.name, task.form_id, task.form_binding) == ("审批", "f", "deployment")
    assert (task.assignees, task.resolution) == (("U7",), "U7")
    assert task.candidate_groups == ("buyers", "cashiers")
    assert task.candidate_users == ("U1",)
    assert task.due_at == NOON + timedelta(hours=8)
    assert task.follow_up_at == NOON + timedelta(hours=1)
    assert task.priority == 70
    assert task.properties == {"allowSelf": "true"}


def test_a_resolver_gives_a_record_that_is_kept(case):
    record = {"persons": ["U16", "U17"], "rule": Sentence("x").as_json(), "owner": None}
    host = TestHost(functions={"line": lambda _store: record})
    task = created(case, assigned(assignee="=line(store)"), {"store": "S1"}, host)
    assert task.assignees == ("U16", "U17")
    assert task.resolution == record


@pytest.mark.parametrize("expression", ["=null", "=nobody", "=[]"])
def test_nobody_may_be_assigned(case, expression):
    assert created(case, assigned(assignee=expression)).assignees == ()


@pytest.mark.parametrize("expression", ["=5", "={a: 1}", "=true"])
def test_an_assignee_that_is_no_id_stops_the_step(case, expression):
    with pytest.raises(ExecutionFailed) as caught:
        created(case, assigned(assignee=expression))
    assert caught.value.element_id == "a"


@pytest.mark.parametrize(
    "extensions",
    [
        '<zeebe:priorityDefinition priority="101"/>',
        '<zeebe:priorityDefinition priority="high"/>',
        '<zeebe:taskSchedule dueDate="tomorrow"/>',
    ],
)
def test_a_wrong_priority_or_date_stops_the_step(case, extensions):
    with pytest.raises(ExecutionFailed):
        created(case, extensions)


def test_a_copy_is_requested_on_completion(case):
    properties = '<zeebe:properties><zeebe:property name="copyTo" value="=[starter, boss]"/></zeebe:properties>'
    matter = case(one(user_task("a", extensions=properties)), {"starter": "U1"})
    assert matter.of(CopyRequested) == []
    matter.complete("a", boss="U2")
    assert [(copy.element_id, copy.people) for copy in matter.of(CopyRequested)] == [("a", ("U1", "U2"))]


def test_a_copy_to_nobody_asks_for_nothing(case):
    properties = '<zeebe:properties><zeebe:property name="copyTo" value="=others"/></zeebe:properties>'
    matter = case(one(user_task("a", extensions=properties)), {"others": []})
    matter.complete("a")
    assert matter.of(CopyRequested) == []


def test_a_job_has_topic_retries_headers_and_variables(case):
    headers = '<zeebe:taskHeaders><zeebe:header key="k" value="v"/></zeebe:taskHeaders>'
    extensions = '<zeebe:taskDefinition type="=kind" retries="5"/>' + headers
    external = '<zeebe:properties><zeebe:property name="external" value="true"/></zeebe:properties>'
    matter = case(one(element("serviceTask", "a", extensions=extensions + external)), {"kind": "mail"})
    made = matter.of(JobCreated)[0]
    assert (made.topic, made.retries, made.headers, made.variables) == ("mail", 5, {"k": "v"}, {"kind": "mail"})
    assert matter.process.references.external == {"a"}


def test_a_decision_that_fails_names_the_step(case):
    def decide(_variables):
        raise ExecutionFailed(Sentence("No rule matches."), element_id="table", kind="decision")

    called = '<zeebe:calledDecision decisionId="d" resultVariable="r"/>'
    with pytest.raises(ExecutionFailed) as caught:
        case(one(element("businessRuleTask", "a", extensions=called)), host=TestHost(decisions={"d": decide}))
    assert (caught.value.element_id, caught.value.kind) == ("a", "decision")


def test_a_task_without_a_performer_is_passed(case):
    matter = case(one(element("task", "a")))
    assert matter.path == ["s", "a", "e"]
    assert matter.of(ProcessEnded)[0].end_event_id == "e"


def test_a_send_task_without_a_topic_sends(case):
    top = '<bpmn:message id="m" name="=&quot;order &quot; + id"/>'
    matter = case(one(element("sendTask", "a", messageRef="m")), {"id": "7"}, top=top)
    assert [message.name for message in matter.of(MessageThrown)] == ["order 7"]


_ERRORS = '<bpmn:error id="one" errorCode="E1"/><bpmn:error id="two" errorCode="E2"/>'


def guarded() -> str:
    content = element("startEvent", "s2") + job("a") + element("endEvent", "e2") + flows("s2>a\na>e2")
    return (
        one(element("subProcess", "sub", content), "sub")
        + element("boundaryEvent", "first", '<bpmn:errorEventDefinition errorRef="one"/>', attachedToRef="sub")
        + element("boundaryEvent", "any", "<bpmn:errorEventDefinition/>", attachedToRef="sub")
        + user_task("repair")
        + user_task("report")
        + flows("first>repair\nany>report")
    )


@pytest.mark.parametrize(("code", "reached"), [("E1", "repair"), ("E2", "report"), ("unknown", "report")])
def test_an_error_goes_to_the_catcher_of_its_code_before_the_catcher_of_all(case, code, reached):
    matter = case(guarded(), top=_ERRORS)
    changes = matter.throw("a", code, reason="broken")
    assert matter.waits == [reached]
    assert [change.element_id for change in changes if isinstance(change, ElementTerminated)] == ["a", "sub"]
    assert matter.workflow.variables() == {"reason": "broken"}


def test_an_error_at_the_call_itself(case):
    called = '<zeebe:calledElement processId="q"/>'
    drawn = (
        one(element("callActivity", "a", extensions=called))
        + element("boundaryEvent", "first", '<bpmn:errorEventDefinition errorRef="one"/>', attachedToRef="a")
        + user_task("repair")
        + flows("first>repair")
    )
    matter = case(drawn, top=_ERRORS)
    matter.throw("a", "E1")
    assert matter.waits == ["repair"]


def test_an_error_that_nobody_catches_fails(case):
    matter = case(one(job("a")))
    with pytest.raises(ExecutionFailed) as caught:
        matter.throw("a", "E9")
    assert (caught.value.element_id, caught.value.kind, caught.value.values["code"]) == ("a", "error", "E9")


def test_a_step_that_is_over_cannot_be_completed_again(case):
    matter = case(one(user_task("a")) + user_task("b") + flows("s>b"))
    done = matter.id_of("a")
    matter.complete("a")
    with pytest.raises(Conflict):
        matter.step("complete", done, {})


def test_flows_out_of_an_activity_need_no_gateway(case):
    drawn = (
        element("startEvent", "s")
        + user_task("a", default="a_z")
        + "".join(user_task(name) for name in "wxyz")
        + flows("s>a\na>w\na>x [n > 1]\na>y [n > 2]\na>z")
    )
    for n, reached in ((1, ["w", "z"]), (2, ["w", "x"]), (3, ["w", "x", "y"])):
        matter = case(drawn, {"n": n})
        matter.complete("a")
        assert matter.waits == reached


def test_a_job_that_is_withdrawn_is_closed(case):
    matter = case(guarded(), top=_ERRORS)
    changes = matter.throw("a", "E1")
    assert any(isinstance(c, WaitClosed) and (c.element_id, c.reason) == ("a", "terminated") for c in changes)


def test_an_empty_subprocess_is_passed(case):
    matter = case(one(element("subProcess", "a")))
    assert matter.path == ["s", "a", "e"]
    assert matter.workflow.ended


def test_without_a_start_event_what_has_no_flow_into_it_begins(case):
    matter = case(user_task("a") + user_task("b") + user_task("c") + flows("a>c"))
    assert matter.waits == ["a", "b"]
    waiting = matter.id_of("a")
    assert WaitClosed("a", waiting, "completed") in matter.complete("a")
    assert matter.waits == ["b", "c"]
