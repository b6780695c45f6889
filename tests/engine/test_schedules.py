"""Processes that start by themselves: once, on time, whoever sweeps; missed firings once; per store where asked."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import select

from engine import calendar, clock, deployments, incidents, jobs, schedules
from engine.actor import system
from engine.content import Pack
from engine.errors import DeploymentRefused, ExecutionFailed, NotAllowed
from engine.models import Job, Notification, ProcessInstance, Schedule
from engine.models.job import CREATED, FAILED
from engine.organisation import employments, units
from engine.unit_of_work import UnitOfWork
from feel.sentences import Sentence
from tests.engine.conftest import NOON
from workers import job_run

DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="definitions" targetNamespace="urn:timed">
  <bpmn:process id="timed" name="定期检查" isExecutable="true">
    <bpmn:extensionElements><zeebe:properties>{properties}</zeebe:properties></bpmn:extensionElements>
    <bpmn:startEvent id="start"><bpmn:outgoing>f1</bpmn:outgoing>
      <bpmn:timerEventDefinition><bpmn:{kind}>{timer}</bpmn:{kind}></bpmn:timerEventDefinition></bpmn:startEvent>
    <bpmn:userTask id="T1_check" name="检查">
      <bpmn:extensionElements><zeebe:userTask/><zeebe:assignmentDefinition assignee="{assignee}"/>
      </bpmn:extensionElements>
      <bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="done"><bpmn:incoming>f2</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="T1_check"/>
    <bpmn:sequenceFlow id="f2" sourceRef="T1_check" targetRef="done"/>
  </bpmn:process>
</bpmn:definitions>
"""
ONCE_PER_STORE = '<zeebe:property name="oncePer" value="store"/>'


def deploy(office, timer, kind="timeCycle", properties="", assignee="U03"):
    source = DIAGRAM.format(kind=kind, timer=escape(timer), properties=properties, assignee=assignee)
    return office.run(deployments.deploy, Pack("timed", {"bpmn/timed/timed.bpmn": source.encode()}), system("test"))


def schedule(office) -> Schedule:
    with office.unit_of_work.read() as session:
        return session.scalars(select(Schedule)).one()


def sweep(office) -> None:
    """What a worker does in a second."""
    for key in office.read(schedules.due):
        office.run(schedules.fire, key)
    for key in office.read(jobs.due, kinds={schedules.START}):
        job_run.run(office.unit_of_work, key)


def matters(office) -> list[ProcessInstance]:
    with office.unit_of_work.read() as session:
        found = session.scalars(select(ProcessInstance).where(ProcessInstance.process_id == "timed"))
        return sorted(found, key=lambda row: row.key)


def shanghai(*parts) -> datetime:
    return datetime(*parts, tzinfo=calendar.zone_named()).astimezone(UTC)


@pytest.mark.parametrize(
    ("kind", "timer", "firings"),
    [
        ("timeCycle", "0 0 9 * * MON", [(2026, 11, 30, 9), (2026, 12, 7, 9)]),
        ("timeCycle", "0 0 9 1,16 * *", [(2026, 12, 1, 9), (2026, 12, 16, 9), (2027, 1, 1, 9)]),
        ("timeCycle", "@monthly", [(2026, 12, 1), (2027, 1, 1)]),
        ("timeCycle", "R/PT6H", [(2026, 11, 23, 18), (2026, 11, 24, 0)]),
        ("timeCycle", "R2/2026-11-25T08:00/P1D", [(2026, 11, 25, 8), (2026, 11, 26, 8), None]),
        ("timeCycle", "R3/2026-11-22T08:00/P1D", [(2026, 11, 24, 8), None]),
        ("timeDate", "2026-12-24T10:00", [(2026, 12, 24, 10), None]),
        ("timeDate", "2026-01-01T10:00", [None]),
        (
            "timeCycle",
            '=working hours(next time("0 0 0 1 1,4,7,10 *"), 0)',
            [(2027, 1, 1, 9), (2027, 4, 1, 9), (2027, 7, 1, 9)],  # no holidays are known yet: weekdays count
        ),
        (
            "timeCycle",
            '=[date("2026-12-01"), date("2026-11-01"), date("2026-12-24")]',
            [(2026, 12, 1), (2026, 12, 24), None],
        ),
    ],
)
def test_when_it_fires(sqlite_office, kind, timer, firings):
    office = sqlite_office
    deploy(office, timer, kind)
    for number, expected in enumerate(firings):
        row = schedule(office)
        assert row.due_at == (None if expected is None else shanghai(*expected)), number
        if row.due_at is not None:
            with clock.pinned(row.due_at):
                assert office.run(schedules.fire, row.key)
    assert schedule(office).error is None


@pytest.mark.parametrize(
    ("kind", "timer"),
    [
        ("timeDuration", "PT1H"),
        ("timeCycle", "0 0 25 * * *"),
        ("timeCycle", "0 9 * * MON"),
        ("timeCycle", "R/PT0S"),
        ("timeCycle", "tomorrow"),
        ("timeDate", "R/P1D"),
        ("timeDate", "=5"),
        ("timeCycle", "=unknown"),
        ("timeCycle", '=next time("never")'),
    ],
)
def test_what_says_no_time_is_refused(sqlite_office, kind, timer):
    with pytest.raises(DeploymentRefused) as refused:
        deploy(sqlite_office, timer, kind)
    assert [problem.element_id for problem in refused.value.problems if problem.severity == "error"] == ["start"]


def test_the_first_working_day_of_the_quarter(sqlite_office):
    office = sqlite_office
    quarter = '"0 0 0 1 1,4,7,10 *"'
    timer = f"=for start in [previous time({quarter}), next time({quarter})] return working hours(start, 0)"
    found = []
    with clock.pinned(shanghai(2026, 1, 2, 10)):
        deploy(office, timer)
    for _ in range(4):
        row = schedule(office)
        found.append(row.due_at)
        with clock.pinned(row.due_at):
            office.run(schedules.fire, row.key)
    # a make-up Sunday after New Year; the day after the National Day week
    assert found == [
        shanghai(2026, 1, 4, 9),
        shanghai(2026, 4, 1, 9),
        shanghai(2026, 7, 1, 9),
        shanghai(2026, 10, 8, 9),
    ]


def test_only_stores_can_be_counted_by(sqlite_office):
    with pytest.raises(DeploymentRefused, match="oncePer"):
        deploy(sqlite_office, "@daily", properties=ONCE_PER_STORE.replace("store", "area"))


def test_a_due_schedule_starts_one_matter(office):
    deploy(office, "0 0 9 * * *")
    sweep(office)
    assert matters(office) == []
    with clock.pinned(shanghai(2026, 11, 24, 9)):
        for _ in range(3):
            sweep(office)
    (matter,) = matters(office)
    assert (matter.starter, matter.store, matter.submitted_at) == ("system:schedule", None, shanghai(2026, 11, 24, 9))
    assert office.task(matter.key).assignee == "U03"
    (started,) = office.history(matter.key, "process_instance.started")
    assert started.details["scheduled"] == {
        "element": "start",
        "due_at": shanghai(2026, 11, 24, 9),
        "seconds_late": 0,
        "missed": 0,
    }


def test_what_an_outage_missed_starts_once_and_history_says_so(office):
    deploy(office, "0 0 9 * * *")
    with clock.pinned(shanghai(2026, 11, 27, 10)):
        sweep(office)
        sweep(office)
    (matter,) = matters(office)
    (started,) = office.history(matter.key, "process_instance.started")
    assert (started.details["scheduled"]["missed"], started.details["scheduled"]["seconds_late"]) == (3, 73 * 3600)
    assert schedule(office).due_at == shanghai(2026, 11, 28, 9)


def test_two_beats_fire_once(office):
    deploy(office, "0 0 9 * * *")
    key, barrier, results = schedule(office).key, threading.Barrier(2), []

    def beat():
        with clock.pinned(shanghai(2026, 11, 24, 9)):
            barrier.wait()
            results.append(UnitOfWork(office.database, wake=lambda _keys: None).run(schedules.fire, key))

    threads = [threading.Thread(target=beat) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    with clock.pinned(shanghai(2026, 11, 24, 9)):
        sweep(office)
    assert len(matters(office)) == 1


def test_once_for_each_open_store(office):
    deploy(
        office,
        "0 0 9 25 * *",
        properties=ONCE_PER_STORE,
        assignee='=holders("store_manager", store)'.replace('"', "&quot;"),
    )
    office.run(units.set_open, system("test"), "S01", is_open=False)
    with clock.pinned(shanghai(2026, 11, 25, 9)):
        sweep(office)
        sweep(office)
    found = matters(office)
    stores = [matter.store for matter in found]
    assert "S01" not in stores
    assert "S02" in stores
    assert len(stores) == len(set(stores)) == 10
    (task,) = office.tasks(next(matter.key for matter in found if matter.store == "S02"))
    assert task.store == "S02"


ONCE_PER_PROBATION = (
    '<zeebe:property name="oncePer" value="=for r in probations due(today() + duration(&quot;P15D&quot;)) '
    'return {{store: r.store, employee: r.employee}}"/>'
).format()


def test_once_for_each_context_of_a_list(office):
    deploy(office, "0 0 9 * * *", properties=ONCE_PER_PROBATION, assignee="=employee")
    with clock.pinned(shanghai(2026, 11, 24, 9)):
        for key in office.read(schedules.due):
            office.run(schedules.fire, key)
    with clock.pinned(shanghai(2026, 11, 25, 9)):  # its job was late, and the next firing came before it
        sweep(office)
        office.run(employments.begin_review, system("test"), "U35")
        sweep(office)
    found = matters(office)
    assert [(matter.store, office.task(matter.key).assignee) for matter in found] == [("S01", "U35")] * 2
    with clock.pinned(shanghai(2026, 11, 26, 9)):
        sweep(office)
    assert len(matters(office)) == 2  # who is under review is on no list any more


def test_what_is_no_longer_on_the_list_is_not_started(office):
    deploy(office, "0 0 9 * * *", properties=ONCE_PER_PROBATION, assignee="=employee")
    with clock.pinned(shanghai(2026, 11, 24, 9)):
        for key in office.read(schedules.due):
            office.run(schedules.fire, key)
        office.run(employments.begin_review, system("test"), "U35")
        sweep(office)
        sweep(office)
    assert matters(office) == []


def test_a_list_that_cannot_be_made_is_refused_or_told(sqlite_office):
    office = sqlite_office
    with pytest.raises(DeploymentRefused, match="ends too early"):
        deploy(office, "@daily", properties='<zeebe:property name="oncePer" value="=for r in"/>')
    deploy(office, "0 0 9 * * *", properties='<zeebe:property name="oncePer" value="=[1]"/>')
    with clock.pinned(shanghai(2026, 11, 24, 9)):
        sweep(office)
    assert matters(office) == []
    assert "list of contexts" in schedule(office).error


def test_a_new_version_takes_the_schedule_over(office):
    deploy(office, "R/P7D")
    before = schedule(office)
    with clock.pinned(NOON + timedelta(days=3)):
        deploy(office, "R/P7D", assignee="U02")  # the timer is the same: publishing does not put it off
        same = schedule(office)
        assert (same.key, same.due_at) == (before.key, before.due_at)
        assert same.definition_key != before.definition_key
        deploy(office, "R/P5D", assignee="U02")
        assert schedule(office).due_at == NOON + timedelta(days=8)
    with clock.pinned(NOON + timedelta(days=8)):
        sweep(office)
    (matter,) = matters(office)
    assert office.task(matter.key).assignee == "U02"


def test_a_process_without_its_timer_has_no_schedule(office):
    deploy(office, "@daily")
    plain = DIAGRAM.format(kind="x", timer="", properties="", assignee="U03")
    begin, end = plain.index("<bpmn:timerEventDefinition>"), plain.index("</bpmn:startEvent>")
    pack = Pack("timed", {"bpmn/timed/timed.bpmn": (plain[:begin] + plain[end:]).encode()})
    office.run(deployments.deploy, pack, system("test"))
    assert office.read(lambda session: session.scalars(select(Schedule)).all()) == []


def test_a_start_that_fails_is_tried_again_and_then_told(office):
    deploy(office, "0 0 9 * * *", assignee="=if store = null then 2 else 3")
    now = shanghai(2026, 11, 24, 9)
    for hour in range(5):
        with clock.pinned(now + timedelta(hours=hour)):
            sweep(office)
    with office.unit_of_work.read() as session:
        (job,) = session.scalars(select(Job).where(Job.kind == schedules.START)).all()
        notes = session.scalars(select(Notification).where(Notification.kind == "schedule")).all()
    assert (job.state, matters(office)) == (FAILED, [])
    assert [note.person_id for note in notes] == ["U15"]


def test_a_failure_of_the_start_is_reported_to_its_job(sqlite_office):
    office = sqlite_office
    deploy(office, "0 0 9 * * *")
    with clock.pinned(shanghai(2026, 11, 24, 9)):
        for key in office.read(schedules.due):
            office.run(schedules.fire, key)
        (key,) = office.read(jobs.due)
        for left in (2, 1, 0):
            failure = ExecutionFailed(Sentence("It cannot be."), element_id="start", kind="job")
            failure.attempt = {"job_key": key}
            office.run(incidents.open_for, failure)
            job = office.read(jobs.get, key)
            assert (job.retries, job.state) == (left, CREATED if left else FAILED)
    with office.unit_of_work.read() as session:
        (note,) = session.scalars(select(Notification).where(Notification.kind == "schedule")).all()
    assert str(Sentence.from_json(note.sentence)).endswith("at 2026-11-24 09:00, and could not: It cannot be.")
    assert note.person_id == "U15"


def test_who_may_see_the_schedules(sqlite_office):
    deploy(sqlite_office, "@daily")
    assert [row.process_id for row in sqlite_office.read(schedules.listed, sqlite_office.actor("U15"))] == ["timed"]
    assert len(sqlite_office.read(schedules.listed, sqlite_office.actor("U19"))) == 1  # what will come to the store
    with pytest.raises(NotAllowed):
        sqlite_office.read(schedules.listed, sqlite_office.actor("U35"))
