"""Events: timers, messages, signals, escalations, conditions; at a border, in between, starting and ending."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.errors import ExecutionFailed
from engine.runtime.changes import (
    ElementTerminated,
    MessageThrown,
    ProcessEnded,
    SignalThrown,
    SubscriptionOpened,
    TimerCreated,
    WaitClosed,
)
from tests.engine.runtime.drawing import NOON, TestHost, element, flows, job, mapping, user_task

_TOP = (
    '<bpmn:message id="m" name="payment"><bpmn:extensionElements><zeebe:subscription correlationKey="=order"/>'
    '</bpmn:extensionElements></bpmn:message><bpmn:signal id="sg" name="closing"/>'
    '<bpmn:escalation id="es" escalationCode="late"/><bpmn:error id="er" errorCode="E1"/>'
)
MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sg"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="es"/>'
ERROR = '<bpmn:errorEventDefinition errorRef="er"/>'


def timer(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


_FAR = [
    ("timeDuration", "P9999Y"),
    ("timeDuration", "P999999999W"),
    ("timeDuration", "P" + "9" * 5000 + "D"),
    ("timeCycle", "R3/P9999Y"),
    ("timeDate", "99999-01-01T00:00:00Z"),
]
"""Times that no calendar reaches."""


def at_the_border(definition: str, *, interrupting: bool = True) -> str:
    return (
        element("startEvent", "s") + user_task("a") + user_task("b") + element("endEvent", "e")
        + element("boundaryEvent", "border", definition, attachedToRef="a", cancelActivity=str(interrupting).lower())
        + flows("s>a\na>e\nborder>b")
    )  # fmt: skip


def between(definition: str) -> str:
    return (
        element("startEvent", "s") + element("intermediateCatchEvent", "wait", definition)
        + user_task("a") + flows("s>wait\nwait>a")
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDuration", "PT1H", NOON + timedelta(hours=1)),
        ("timeDuration", "P1M", NOON.replace(month=12)),
        ("timeDuration", '=duration("PT" + string(hours) + "H")', NOON + timedelta(hours=8)),
        ("timeDate", "2026-12-24T18:00:00Z", NOON.replace(month=12, day=24, hour=18)),
        ("timeDate", '=now() + duration("P1D")', NOON + timedelta(days=1)),
        ("timeCycle", "R2/PT10M", NOON + timedelta(minutes=10)),
    ],
)
def test_a_timer_is_due(case, kind, text, due):
    matter = case(between(timer(kind, text)), {"hours": 8})
    assert [t.due_at for t in matter.of(TimerCreated)] == [due]
    matter.trigger("wait")
    assert matter.waits == ["a"]


@pytest.mark.parametrize(
    ("kind", "text"), [("timeDuration", "1 hour"), ("timeDate", "=5"), ("timeCycle", "R/PT0S"), *_FAR]
)
def test_a_timer_that_says_nothing_stops_the_step(case, kind, text):
    with pytest.raises(ExecutionFailed) as caught:
        case(between(timer(kind, text)))
    assert (caught.value.element_id, caught.value.kind) == ("wait", "expression")


def test_a_message_with_its_key_and_variables(case):
    matter = case(between(MESSAGE), {"order": 7}, top=_TOP)
    opened = matter.of(SubscriptionOpened)[0]
    assert (opened.kind, opened.name, opened.correlation_key) == ("message", "payment", "7")
    changes = matter.trigger("wait", paid=True)
    assert WaitClosed("wait", opened.element_instance_id, "completed") in changes
    assert matter.workflow.variables() == {"order": 7, "paid": True}


def test_a_message_without_a_key_stops_the_step(case):
    with pytest.raises(ExecutionFailed):
        case(between(MESSAGE), {"order": None}, top=_TOP)


@pytest.mark.parametrize("definition", [MESSAGE, SIGNAL, timer("timeDuration", "PT1H")])
def test_an_interrupting_border_ends_the_activity(case, definition):
    matter = case(at_the_border(definition), {"order": 1}, top=_TOP)
    assert matter.waits == ["a", "border"]
    changes = matter.trigger("border")
    assert matter.waits == ["b"]
    assert [c.element_id for c in changes if isinstance(c, ElementTerminated)] == ["a"]
    assert [(c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)] == [
        ("border", "completed"),
        ("a", "terminated"),
    ]


def test_a_border_that_does_not_interrupt_goes_on_beside(case):
    matter = case(at_the_border(MESSAGE, interrupting=False), {"order": 1}, top=_TOP)
    matter.trigger("border")
    matter.trigger("border")
    assert matter.waits == ["a", "b", "b", "border"]
    matter.complete("a")
    assert matter.waits == ["b", "b"]


def test_a_cycle_at_a_border_rings_as_often_as_it_says(case):
    matter = case(at_the_border(timer("timeCycle", "R3/PT10M"), interrupting=False))
    for _ in range(3):
        matter.trigger("border")
    assert matter.waits == ["a", "b", "b", "b"]
    assert [t.due_at for t in matter.of(TimerCreated)] == [NOON + timedelta(minutes=10 * n) for n in (1, 2, 3)]


def test_completing_closes_what_waited_at_the_border(case):
    matter = case(at_the_border(MESSAGE), {"order": 1}, top=_TOP)
    changes = matter.complete("a")
    assert [(c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)] == [
        ("a", "completed"),
        ("border", "terminated"),
    ]
    assert matter.of(ProcessEnded)[0].end_event_id == "e"


def test_a_thrown_message_takes_its_inputs_along(case):
    event = element("intermediateThrowEvent", "out", MESSAGE, mapping("input amount > paid"))
    matter = case(
        element("startEvent", "s") + event + element("endEvent", "e") + flows("s>out\nout>e"),
        {"order": "A", "amount": 5},
        top=_TOP,
    )
    thrown = matter.of(MessageThrown)[0]
    assert (thrown.name, thrown.correlation_key, thrown.variables) == ("payment", "A", {"paid": 5})
    assert matter.workflow.variables() == {"order": "A", "amount": 5}


def test_a_throwing_event_with_a_topic_is_a_job(case):
    event = element("endEvent", "out", MESSAGE, '<zeebe:taskDefinition type="work"/>')
    matter = case(element("startEvent", "s") + event + flows("s>out"), {"order": 1}, top=_TOP)
    assert matter.waits == ["out"]
    matter.complete("out")
    assert matter.of(MessageThrown) == []
    assert matter.of(ProcessEnded)[0].end_event_id == "out"


def test_a_signal_reaches_a_parallel_branch_of_its_own_instance(case):
    drawn = (
        element("startEvent", "s") + element("parallelGateway", "g")
        + element("intermediateThrowEvent", "out", SIGNAL)
        + element("intermediateCatchEvent", "in", SIGNAL)
        + user_task("a") + element("endEvent", "e") + flows("s>g\ng>out\ng>in\nout>e\nin>a")
    )  # fmt: skip
    matter = case(drawn, top=_TOP)
    assert matter.waits == ["a"]
    assert [signal.name for signal in matter.of(SignalThrown)] == ["closing"]


def test_a_signal_from_elsewhere(case):
    matter = case(between(SIGNAL), top=_TOP)
    matter.step("signal", "another")
    assert matter.waits == ["wait"]
    matter.step("signal", "closing", {"by": "boss"})
    assert matter.waits == ["a"]


def in_a_subprocess(end: str, border: str, *, interrupting: bool = True) -> str:
    content = (
        element("startEvent", "s2") + element("parallelGateway", "g") + user_task("a")
        + element("endEvent", "e2", end) + flows("s2>g\ng>a\ng>e2")
    )  # fmt: skip
    return (
        element("startEvent", "s") + element("subProcess", "sub", content) + user_task("b") + user_task("c")
        + element("boundaryEvent", "border", border, attachedToRef="sub", cancelActivity=str(interrupting).lower())
        + flows("s>sub\nsub>c\nborder>b")
    )  # fmt: skip


def test_an_error_end_goes_to_the_border_and_ends_the_rest(case):
    matter = case(in_a_subprocess(ERROR, ERROR), top=_TOP)
    assert matter.waits == ["b"]


@pytest.mark.parametrize(("interrupting", "waits"), [(True, ["b"]), (False, ["a", "b"])])
def test_an_escalation_goes_to_the_border(case, interrupting, waits):
    matter = case(in_a_subprocess(ESCALATION, ESCALATION, interrupting=interrupting), top=_TOP)
    assert matter.waits == waits


def test_an_escalation_that_nobody_catches_ends_its_path_only(case):
    matter = case(in_a_subprocess(ESCALATION, ERROR), top=_TOP)
    assert matter.waits == ["a"]


def test_terminate_ends_its_scope_and_no_more(case):
    matter = case(in_a_subprocess("<bpmn:terminateEventDefinition/>", ERROR), top=_TOP)
    assert matter.waits == ["c"]


def test_terminate_on_the_top_level_ends_everything(case):
    drawn = (
        element("startEvent", "s") + element("parallelGateway", "g") + user_task("a") + user_task("b")
        + element("endEvent", "stop", "<bpmn:terminateEventDefinition/>") + flows("s>g\ng>a\ng>b\nb>stop")
    )  # fmt: skip
    matter = case(drawn)
    matter.complete("b")
    ended = matter.of(ProcessEnded)[0]
    assert (ended.end_event_id, ended.kind) == ("stop", "terminate")
    assert [c.element_id for c in matter.of(ElementTerminated)] == ["a"]


def test_an_error_end_on_the_top_level_ends_the_matter_there(case):
    drawn = (
        element("startEvent", "s") + user_task("a") + element("endEvent", "failed", ERROR) + flows("s>a\na>failed")
    )
    matter = case(drawn, top=_TOP)
    matter.complete("a")
    ended = matter.of(ProcessEnded)[0]
    assert (ended.end_event_id, ended.kind, ended.error_code) == ("failed", "error", "E1")


def event_subprocess(definition: str, *, interrupting: bool = True) -> str:
    content = (
        element("startEvent", "begin", definition, isInterrupting=str(interrupting).lower())
        + user_task("b") + element("endEvent", "e2") + flows("begin>b\nb>e2")
    )  # fmt: skip
    return (
        element("startEvent", "s") + job("a") + element("endEvent", "e")
        + element("subProcess", "on", content, triggeredByEvent="true") + flows("s>a\na>e")
    )  # fmt: skip


def test_an_event_subprocess_replaces_the_rest(case):
    matter = case(event_subprocess(MESSAGE), {"order": 1}, top=_TOP)
    assert matter.waits == ["a", "begin"]
    matter.trigger("begin", reason="x")
    assert matter.waits == ["b"]
    matter.complete("b")
    assert matter.of(ProcessEnded)[0].end_event_id == "e2"
    assert matter.workflow.variables() == {"order": 1, "reason": "x"}


def test_an_event_subprocess_beside_the_rest(case):
    matter = case(event_subprocess(MESSAGE, interrupting=False), {"order": 1}, top=_TOP)
    matter.trigger("begin")
    matter.trigger("begin")
    assert matter.waits == ["a", "b", "b", "begin"]
    matter.complete("a")
    matter.complete("b")
    assert not matter.workflow.ended
    matter.complete("b")
    assert matter.workflow.ended


def test_an_event_subprocess_that_is_not_needed_does_not_hold_the_end(case):
    matter = case(event_subprocess(timer("timeDuration", "PT1H")))
    changes = matter.complete("a")
    assert matter.workflow.ended
    assert [(c.element_id, c.reason) for c in changes if isinstance(c, WaitClosed)][-1] == ("begin", "terminated")


def test_an_event_subprocess_catches_an_error(case):
    matter = case(event_subprocess(ERROR), top=_TOP)
    assert matter.waits == ["a"]
    matter.throw("a", "E1")
    assert matter.waits == ["b"]


def test_the_next_instance_is_not_touched_by_an_event_of_the_last(case):
    for _ in range(2):
        matter = case(event_subprocess(MESSAGE), {"order": 1}, top=_TOP)
        matter.trigger("begin")
        matter.complete("b")
        assert matter.workflow.ended


def test_a_condition_that_becomes_true(case):
    condition = (
        "<bpmn:conditionalEventDefinition><bpmn:condition>=n > 2</bpmn:condition></bpmn:conditionalEventDefinition>"
    )
    matter = case(at_the_border(condition.replace("> 2", "&gt; 2")), {"n": 1})
    assert matter.waits == ["a"]
    matter.step("update_variables", "", {"n": 2})
    assert matter.waits == ["a"]
    matter.step("update_variables", "", {"n": 3})
    assert matter.waits == ["b"]


def test_links_jump(case):
    drawn = (
        element("startEvent", "s") + element("intermediateThrowEvent", "far", '<bpmn:linkEventDefinition name="x"/>')
        + element("intermediateCatchEvent", "near", '<bpmn:linkEventDefinition name="x"/>')
        + user_task("a") + flows("s>far\nnear>a")
    )  # fmt: skip
    matter = case(drawn)
    assert matter.waits == ["a"]
    assert matter.path == ["s", "far", "near"]
    assert set(matter.process.flows) == {"s_far", "near_a"}


def test_compensation_undoes_backwards(case):
    def done(name: str) -> str:
        event = "<bpmn:compensateEventDefinition/>"
        return (
            job(name) + element("boundaryEvent", f"c_{name}", event, attachedToRef=name)
            + job(f"undo_{name}").replace("<bpmn:serviceTask", '<bpmn:serviceTask isForCompensation="true"')
            + f'<bpmn:association id="as_{name}" sourceRef="c_{name}" targetRef="undo_{name}"/>'
        )  # fmt: skip

    drawn = (
        element("startEvent", "s") + done("hotel") + done("train")
        + element("intermediateThrowEvent", "undo", "<bpmn:compensateEventDefinition/>") + user_task("a")
        + flows("s>hotel\nhotel>train\ntrain>undo\nundo>a")
    )  # fmt: skip
    matter = case(drawn)
    matter.complete("hotel")
    matter.complete("train")
    assert matter.waits == ["undo_train"]
    matter.complete("undo_train")
    assert matter.waits == ["undo_hotel"]
    matter.complete("undo_hotel")
    assert matter.waits == ["a"]


def test_the_hour_of_a_local_time_is_that_of_the_step(case):
    matter = case(between(timer("timeDate", "2026-11-23T18:00:00")), host=TestHost())
    assert matter.of(TimerCreated)[0].due_at == NOON.replace(hour=18)
