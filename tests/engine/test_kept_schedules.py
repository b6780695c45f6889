"""What people do about schedules: pause, resume, run now, try a start again; who may, and what is told of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine import clock, history, jobs, schedules
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.execution.tables import JOB
from engine.models import Job
from engine.models.job import COMPLETED, FAILED
from tests.engine.test_schedules import ONCE_PER_STORE, deploy, matters, schedule, shanghai, sweep

HOLDER = '=holders("store_manager", store)'.replace('"', "&quot;")


def administrator(office):
    return office.actor("U15")


def events(office) -> list[tuple[str, str]]:
    """Type and actor of what the journal tells, the oldest first."""
    row = schedule(office)
    told = office.read(schedules.told, row.key, office.actor("U13"))
    return [(event.type, event.actor) for event in reversed(told)]


def last_details(office):
    return office.read(schedules.told, schedule(office).key, office.actor("U13"))[0].details


def test_a_firing_is_told_with_what_it_missed(office):
    deploy(office, "0 0 9 * * *")
    with clock.pinned(shanghai(2026, 11, 27, 10)):
        sweep(office)
    row = schedule(office)
    assert (row.last_due_at, row.missed) == (shanghai(2026, 11, 24, 9), 3)
    assert events(office) == [("schedule.fired", "system:schedule")]
    told = last_details(office)
    assert (told["missed"], told["seconds_late"], told["starts"]) == (3, 73 * 3600, 1)
    with office.unit_of_work.read() as session:
        assert history.verify(session).is_intact


def test_a_paused_schedule_starts_nothing_and_makes_nothing_up(office):
    deploy(office, "0 0 9 * * *")
    key = schedule(office).key
    office.run(schedules.pause, key, administrator(office), "停业整顿")
    assert schedule(office).pause_reason == "停业整顿"
    with clock.pinned(shanghai(2026, 11, 26, 10)):
        sweep(office)
        assert not office.run(schedules.fire, key)
        assert matters(office) == []
        office.run(schedules.resume, key, administrator(office), "恢复营业")
        sweep(office)
        assert matters(office) == []
    row = schedule(office)
    assert (row.paused_at, row.paused_by, row.pause_reason) == (None, None, None)
    assert row.due_at == shanghai(2026, 11, 27, 9)
    assert events(office) == [("schedule.paused", "U15"), ("schedule.resumed", "U15")]
    assert last_details(office)["passed_over"] == 3
    with clock.pinned(shanghai(2026, 11, 27, 9)):
        sweep(office)
    assert len(matters(office)) == 1


def test_a_pause_that_passes_nothing_over_leaves_the_next_firing(office):
    deploy(office, "0 0 9 * * *")
    key = schedule(office).key
    office.run(schedules.pause, key, administrator(office), "核查")
    with pytest.raises(Conflict):
        office.run(schedules.pause, key, administrator(office), "核查")
    office.run(schedules.resume, key, administrator(office), "好了")
    with pytest.raises(Conflict):
        office.run(schedules.resume, key, administrator(office), "好了")
    assert schedule(office).due_at == shanghai(2026, 11, 24, 9)
    assert last_details(office)["passed_over"] == 0


def test_a_date_that_a_pause_passed_over_never_comes(office):
    deploy(office, "2026-12-24T10:00", "timeDate")
    key = schedule(office).key
    office.run(schedules.pause, key, administrator(office), "核查")
    with clock.pinned(shanghai(2026, 12, 25, 10)):
        office.run(schedules.resume, key, administrator(office), "好了")
    assert schedule(office).due_at is None
    assert last_details(office)["passed_over"] == 1


def test_publishing_leaves_a_pause(office):
    deploy(office, "@daily")
    office.run(schedules.pause, schedule(office).key, administrator(office), "核查")
    deploy(office, "@weekly")
    assert schedule(office).paused_by == "U15"


def test_running_now_starts_once_more_and_leaves_the_next_firing(office):
    deploy(office, "0 0 9 * * *")
    row = schedule(office)
    assert office.run(schedules.run_now, row.key, administrator(office), "临时检查", seen=0) == 1
    with pytest.raises(Conflict):
        office.run(schedules.run_now, row.key, administrator(office), "临时检查", seen=0)
    sweep(office)
    (matter,) = matters(office)
    (started,) = office.history(matter.key, "process_instance.started")
    scheduled = started.details["scheduled"]
    assert (scheduled["ordered_by"], scheduled["reason"], scheduled["missed"]) == ("U15", "临时检查", 0)
    assert matter.starter == "system:schedule"
    assert (schedule(office).due_at, schedule(office).fired_at) == (row.due_at, None)
    assert events(office) == [("schedule.run", "U15")]
    assert office.woken != []


def test_a_paused_schedule_can_be_run_by_hand(office):
    deploy(office, "@daily")
    key = schedule(office).key
    office.run(schedules.pause, key, administrator(office), "核查")
    office.run(schedules.run_now, key, administrator(office), "补一次")
    sweep(office)
    assert len(matters(office)) == 1


def test_running_now_for_one_store_or_for_all(office):
    deploy(office, "@daily", properties=ONCE_PER_STORE, assignee=HOLDER)
    key = schedule(office).key
    assert office.run(schedules.run_now, key, administrator(office), "补查", store="S02") == 1
    sweep(office)
    assert [matter.store for matter in matters(office)] == ["S02"]
    with pytest.raises(Refused):
        office.run(schedules.run_now, key, administrator(office), "补查", store="S99")
    assert office.run(schedules.run_now, key, administrator(office), "补查") == 11


def test_a_start_that_was_given_up_is_tried_again(office):
    deploy(office, "0 0 9 * * *")
    with clock.pinned(shanghai(2026, 11, 24, 9)):
        office.run(schedules.fire, schedule(office).key)
        (job,) = office.read(lambda session: session.scalars(select(Job).where(Job.kind == schedules.START)).all())
        gone = update(JOB).where(JOB.c.key == job.key).values(state=FAILED, retries=0, error="There is no post.")
        office.run(lambda session: session.connection().execute(gone) and None)
        assert [start.error for start in office.read(schedules.starts, schedule(office))] == ["There is no post."]
        assert office.read(jobs.due) == []
        office.run(schedules.retry, schedule(office).key, job.key, administrator(office), "岗位已补")
        with pytest.raises(Conflict):
            office.run(schedules.retry, schedule(office).key, job.key, administrator(office), "岗位已补")
        sweep(office)
    assert len(matters(office)) == 1
    assert office.read(jobs.get, job.key).state == COMPLETED
    assert office.read(schedules.starts, schedule(office)) == []
    assert events(office)[-1] == ("schedule.start_retried", "U15")


@pytest.mark.parametrize(
    ("timer", "kind", "instants"),
    [
        ("0 0 9 * * MON", "timeCycle", [(2026, 11, 30, 9), (2026, 12, 7, 9), (2026, 12, 14, 9)]),
        ("R2/2026-11-25T08:00/P1D", "timeCycle", [(2026, 11, 25, 8), (2026, 11, 26, 8)]),
        ("2026-12-24T10:00", "timeDate", [(2026, 12, 24, 10)]),
        ("2026-01-01T10:00", "timeDate", []),
    ],
)
def test_the_next_firings_are_foretold(sqlite_office, timer, kind, instants):
    deploy(sqlite_office, timer, kind)
    foretold = sqlite_office.read(schedules.upcoming, schedule(sqlite_office), 3)
    assert foretold.instants == [shanghai(*parts) for parts in instants]
    assert foretold.error is None


@pytest.mark.parametrize("person", ["U13", "U19", "U02"])
def test_only_owners_and_administrators_act(sqlite_office, person):
    deploy(sqlite_office, "@daily")
    key, actor = schedule(sqlite_office).key, sqlite_office.actor(person)
    for act in (schedules.pause, schedules.resume, schedules.run_now):
        with pytest.raises(NotAllowed):
            sqlite_office.run(act, key, actor, "因为")
    with pytest.raises(NotAllowed):
        sqlite_office.run(schedules.retry, key, 1, actor, "因为")
    assert events(sqlite_office) == []


def test_auditors_read_and_others_do_not(sqlite_office):
    deploy(sqlite_office, "@daily")
    key = schedule(sqlite_office).key
    assert sqlite_office.read(schedules.get, key, sqlite_office.actor("U13")).process_id == "timed"
    for query in (schedules.get, schedules.told):
        with pytest.raises(NotAllowed):
            sqlite_office.read(query, key, sqlite_office.actor("U19"))


def test_every_act_needs_its_reason_and_a_schedule(sqlite_office):
    deploy(sqlite_office, "@daily")
    key, actor = schedule(sqlite_office).key, administrator(sqlite_office)
    for act in (schedules.pause, schedules.run_now):
        with pytest.raises(Refused):
            sqlite_office.run(act, key, actor, "  ")
        with pytest.raises(NotFound):
            sqlite_office.run(act, key + 1, actor, "因为")


def test_two_people_who_run_it_at_once_run_it_once(office):
    deploy(office, "@daily")
    row = schedule(office)
    seen = office.read(schedules.last_event, row.key)
    office.run(schedules.run_now, row.key, administrator(office), "甲", seen=seen)
    with pytest.raises(Conflict):
        office.run(schedules.run_now, row.key, administrator(office), "乙", seen=seen)
    with clock.pinned(clock.now() + timedelta(days=1)):
        again = office.read(schedules.last_event, row.key)
        office.run(schedules.run_now, row.key, administrator(office), "丙", seen=again)
    assert [type_ for type_, _actor in events(office)] == ["schedule.run"] * 2
