"""Timers of every kind fire once at their instant, by the clocks of the organisation: caught, at a border, beside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import pytest

from engine import calendar, clock, deployments, jobs
from engine.actor import system
from engine.content import Pack
from engine.models.job import CANCELED, COMPLETED, CREATED
from tests.engine.conftest import NOON

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:z="http://camunda.org/schema/zeebe/1.0"
    id="definitions" targetNamespace="urn:kinds"><process id="kinds" name="定时" isExecutable="true">
  <extensionElements><z:properties><z:property name="starterPosts" value="store_manager"/></z:properties>
  </extensionElements><startEvent id="start"/>"""
TAIL = "</process></definitions>"


def task(id_):
    return (
        f'<userTask id="{id_}" name="{id_}"><extensionElements><z:userTask/>'
        '<z:assignmentDefinition assignee="U03"/></extensionElements></userTask>'
    )


def timer(kind, text):
    return f"<timerEventDefinition><{kind}>{escape(text)}</{kind}></timerEventDefinition>"


def flows(*pairs):
    return "".join(
        f'<sequenceFlow id="{one}_{two}" sourceRef="{one}" targetRef="{two}"/>'
        for one, two in (pair.split(">") for pair in pairs)
    )


def catching(kind, text):
    """Start → the timer → a task."""
    caught = f'<intermediateCatchEvent id="wait" name="等">{timer(kind, text)}</intermediateCatchEvent>'
    return caught + task("after") + '<endEvent id="done"/>' + flows("start>wait", "wait>after", "after>done")


def border(kind, text, *, interrupting):
    """A task with a timer at its border that leads to another task."""
    how = str(interrupting).lower()
    at = f'<boundaryEvent id="wait" attachedToRef="work" cancelActivity="{how}">{timer(kind, text)}</boundaryEvent>'
    ends = '<endEvent id="done"/><endEvent id="late"/>'
    return task("work") + at + task("after") + ends + flows("start>work", "work>done", "wait>after", "after>late")


def beside(kind, text, *, interrupting):
    """A task, and an event subprocess that a timer begins."""
    how = str(interrupting).lower()
    inner = (
        f'<subProcess id="on" triggeredByEvent="true"><startEvent id="wait" isInterrupting="{how}">'
        f'{timer(kind, text)}</startEvent>{task("after")}<endEvent id="over"/>{flows("wait>after", "after>over")}'
        "</subProcess>"
    )
    return task("work") + inner + '<endEvent id="done"/>' + flows("start>work", "work>done")


def race(kind, text):
    """Whichever comes first: the timer, or a message."""
    events = (
        f'<eventBasedGateway id="gate"/><intermediateCatchEvent id="wait">{timer(kind, text)}'
        "</intermediateCatchEvent>"
        '<intermediateCatchEvent id="word"><messageEventDefinition messageRef="M"/></intermediateCatchEvent>'
    )
    ends = '<endEvent id="done"/><endEvent id="told"/>'
    ways = flows("start>gate", "gate>wait", "gate>word", "wait>after", "after>done", "word>told")
    return events + task("after") + ends + ways


def begun(office, body):
    """A matter of that diagram, and its only timer."""
    message = '<message id="M" name="kinds_word"><extensionElements><z:subscription correlationKey="=starter"/>'
    head = (
        HEAD.replace("<process", f"{message}</extensionElements></message><process") if "messageRef" in body else HEAD
    )
    pack = Pack("kinds", {"bpmn/kinds/kinds.bpmn": f"{head}{body}{TAIL}".encode()})
    office.run(deployments.deploy, pack, system("test"))
    root = office.start("kinds")
    (job,) = [job for job in office.jobs(root, CREATED) if job.kind == "timer"]
    return root, job


def fire_what_is_due(office, at):
    with clock.pinned(at):
        for key in office.read(jobs.due, kinds={"timer"}):
            office.run(jobs.run_inside, key)


@pytest.mark.parametrize(
    ("kind", "text", "due"),
    [
        ("timeDuration", "PT90M", NOON + timedelta(minutes=90)),
        ("timeDuration", "P1D", NOON + timedelta(days=1)),
        ("timeDuration", '=duration("PT2H")', NOON + timedelta(hours=2)),
        ("timeDate", "2026-12-24T10:00", datetime(2026, 12, 24, 2, tzinfo=UTC)),
        ("timeDate", "2026-12-24T10:00:00Z", datetime(2026, 12, 24, 10, tzinfo=UTC)),
        ("timeDate", '=date and time("2026-12-24T10:00:00@Europe/Berlin")', datetime(2026, 12, 24, 9, tzinfo=UTC)),
        ("timeDate", "=working hours(now(), 18)", datetime(2026, 11, 25, 4, tzinfo=UTC)),
    ],
)
def test_an_intermediate_timer_fires_at_its_instant(office, kind, text, due):
    root, job = begun(office, catching(kind, text))
    assert job.due_at == due
    fire_what_is_due(office, due - timedelta(seconds=1))
    assert office.waits(root) == []
    for _ in range(2):
        fire_what_is_due(office, due)
    assert office.waits(root) == ["after"]
    assert len(office.history(root, "timer.fired")) == 1


@pytest.mark.parametrize(
    ("draw", "waits"),
    [
        (lambda: border("timeDuration", "PT1H", interrupting=True), ["after"]),
        (lambda: border("timeDuration", "PT1H", interrupting=False), ["after", "work"]),
        (lambda: beside("timeDuration", "PT1H", interrupting=True), ["after"]),
        (lambda: beside("timeDate", "2026-11-23T13:00", interrupting=False), ["after", "work"]),
        (lambda: race("timeDuration", "PT1H"), ["after"]),
    ],
    ids=["border", "border beside", "event subprocess", "event subprocess beside", "race"],
)
def test_a_timer_goes_its_way(office, draw, waits):
    root, job = begun(office, draw())
    assert job.due_at == NOON + timedelta(hours=1)
    for _ in range(2):
        fire_what_is_due(office, job.due_at)
    assert office.waits(root) == waits
    assert len(office.history(root, "timer.fired")) == 1


@pytest.mark.parametrize("draw", [border, beside])
def test_a_cycle_fires_as_often_as_drawn_and_an_outage_counts_once(office, draw):
    root, job = begun(office, draw("timeCycle", "R5/PT1H", interrupting=False))
    fire_what_is_due(office, job.due_at)
    fire_what_is_due(office, NOON + timedelta(hours=3, minutes=30))  # two came while nobody looked
    assert office.waits(root) == ["after", "after", "work"]
    created = [event.details for event in office.history(root, "timer.created")]
    assert [details.get("missed", 0) for details in created] == [0, 0, 1]
    assert created[-1]["due_at"] == NOON + timedelta(hours=4)
    for hour in range(4, 9):
        fire_what_is_due(office, NOON + timedelta(hours=hour))
    assert len(office.history(root, "timer.fired")) == 4  # five, of which two counted as one


@pytest.mark.parametrize("draw", [border, beside])
def test_a_timer_goes_with_what_it_watched(office, draw):
    root, job = begun(office, draw("timeDuration", "PT1H", interrupting=False))
    office.complete("U03", root, "work")
    assert office.read(jobs.get, job.key).state == CANCELED
    fire_what_is_due(office, job.due_at)
    assert office.history(root, "timer.fired") == []


@pytest.fixture
def berlin():
    before = calendar.zone_named().key
    calendar.use_zone("Europe/Berlin")
    yield ZoneInfo("Europe/Berlin")
    calendar.use_zone(before)


@pytest.mark.parametrize(
    ("text", "wall"),
    [("P1D", (2027, 3, 28, 9)), ("PT24H", (2027, 3, 28, 10)), ("P7D", (2027, 4, 3, 9))],
)
def test_days_are_those_of_the_clock_and_hours_elapse_over_a_change(sqlite_office, berlin, text, wall):
    with clock.pinned(datetime(2027, 3, 27, 9, tzinfo=berlin)):  # clocks go forward in the night that follows
        root, job = begun(sqlite_office, catching("timeDuration", text))
    due = datetime(*wall, tzinfo=berlin)
    assert job.due_at == due
    fire_what_is_due(sqlite_office, due)
    assert sqlite_office.read(jobs.get, job.key).state == COMPLETED
    assert sqlite_office.waits(root) == ["after"]
