"""Due dates: reminder, overdue notice and take-over, each once, never an approval; also after an outage."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from engine import calendar, clock, jobs, notifications, process_instances, user_tasks
from engine.actor import system
from engine.calendar import HEAD_OFFICE, STORE
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.execution.deadlines import DEADLINE, Plan, plan, plan_of
from engine.models import Notification
from engine.models.job import CANCELED, COMPLETED, CREATED
from engine.organisation import absences, delegations
from engine.unit_of_work import UnitOfWork
from feel.sentences import Sentence
from tests.engine.conftest import NOON

# The line has 8 hours of the head office from Monday noon, which is open from 9 to 18.
HALF = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday 16:00
DUE = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # Tuesday 11:00
TWICE = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # Wednesday 10:00


def asked(office) -> tuple[int, int, int]:
    """A matter, its task, and the job of the task's stages."""
    root = office.ask("purchase")
    (job,) = (job for job in office.jobs(root, CREATED) if job.kind == DEADLINE)
    return root, office.task(root).key, job.key


@contextmanager
def at(instant):
    with clock.pinned(instant):
        yield


def sweep(office) -> int:
    """Run what is due like a worker; how many deadlines took effect."""
    return sum(
        office.run(jobs.run_inside, key)
        for key in office.read(jobs.due)
        if office.read(jobs.get, key).kind == DEADLINE
    )


def told(office, person) -> list[tuple[str, str]]:
    """Kind and words of what a person was told, the oldest first."""
    with office.unit_of_work.read() as session:
        rows = session.scalars(
            select(Notification).where(Notification.person_id == person, Notification.items.is_not(None))
        ).all()
        return [(row.kind, str(Sentence.from_json(row.sentence))) for row in sorted(rows, key=lambda row: row.key)]


def stages(office, root) -> list[str]:
    return [event.type for event in office.history(root, "deadline.")]


def test_the_stages_stand_with_the_task(office):
    _root, task, job = asked(office)
    with office.unit_of_work.read() as session:
        row = session.get_one(user_tasks.reading.UserTask, task)
        assert (row.due_at, row.take_over_from) == (DUE, TWICE)
        assert jobs.get(session, job).due_at == HALF


def test_each_stage_comes_once_and_nothing_is_decided(office):
    root, _task, job = asked(office)
    for instant in (HALF, DUE, TWICE):
        with at(instant - timedelta(seconds=1)):
            assert sweep(office) == 0
        with at(instant):
            assert (sweep(office), sweep(office)) == (1, 0)
    with at(TWICE + timedelta(days=90)):
        assert sweep(office) == 0
    assert stages(office, root) == ["deadline.reminded", "deadline.overdue", "deadline.escalated"]
    assert [kind for kind, _ in told(office, "U16")] == ["reminder", "overdue", "take_over"]
    assert [kind for kind, _ in told(office, "U03")] == ["overdue", "take_over"]
    assert office.waits(root) == [office.task(root).element_id]
    assert office.task(root).assignee == "U16"
    with office.unit_of_work.read() as session:
        assert jobs.get(session, job).state == COMPLETED


def test_the_words_name_the_task_its_matter_and_the_time(office):
    root, *_ = asked(office)
    number = office.matter(root).business_id
    for instant in (HALF, DUE, TWICE):
        with at(instant):
            sweep(office)
    name = f"{office.task(root).name} ({number} 地毯)"
    assert [words for _, words in told(office, "U16")] == [
        f"{name} is due at 2026-11-24 11:00.",
        f"{name} was due at 2026-11-24 11:00 and is overdue.",
        f"{name} was due at 2026-11-24 11:00 and is overdue; a superior may now take it over.",
    ]
    waits = office.read(lambda session: str(user_tasks.rights.named(session, "U16")))
    assert [words for _, words in told(office, "U03")] == [
        f"{name} was due at 2026-11-24 11:00 and is overdue; it waits for {waits}.",
        f"{name} was due at 2026-11-24 11:00 and still waits for {waits}. You may take it over.",
    ]


def test_after_an_outage_only_the_latest_stage_is_told(office):
    root, *_ = asked(office)
    with at(TWICE + timedelta(hours=5)):
        assert (sweep(office), sweep(office)) == (1, 0)
    (event,) = office.history(root, "deadline.")
    assert event.type == "deadline.escalated"
    assert event.details["passed_over"] == ["reminder", "overdue"]
    assert event.details["seconds_late"] == 5 * 3600
    assert len(told(office, "U16")) == len(told(office, "U03")) == 1


def test_an_outage_of_one_stage_leaves_the_next_at_its_time(office):
    root, *_ = asked(office)
    with at(DUE + timedelta(hours=1)):
        assert sweep(office) == 1
    with at(TWICE):
        assert sweep(office) == 1
    assert stages(office, root) == ["deadline.overdue", "deadline.escalated"]


def test_no_stage_comes_after_the_task(office):
    root, _task, job = asked(office)
    office.complete("U16", root, decision="approve")
    with office.unit_of_work.read() as session:
        assert jobs.get(session, job).state == CANCELED
    with at(TWICE):
        sweep(office)
    assert [event for event in office.history(root, "deadline.") if event.details["task"] == _task] == []


def test_a_cancelled_matter_has_no_deadlines(office):
    root, *_ = asked(office)
    office.run(process_instances.cancel, root, office.actor("U15"), "重复")
    with at(TWICE):
        assert sweep(office) == 0
    assert {job.state for job in office.jobs(root) if job.kind == DEADLINE} == {CANCELED}


def test_a_suspended_matter_is_told_when_it_goes_on(office):
    root, *_ = asked(office)
    office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    with at(DUE):
        assert sweep(office) == 0
        office.run(process_instances.resume, root, office.actor("U15"), "好了")
        assert sweep(office) == 1
    assert stages(office, root) == ["deadline.overdue"]


def test_two_sweeps_at_once_tell_once(office):
    root, _task, job = asked(office)
    barrier, results = threading.Barrier(2), []

    def worker():
        with at(HALF):
            barrier.wait()
            results.append(UnitOfWork(office.database, wake=lambda _keys: None).run(jobs.run_inside, job))

    threads = [threading.Thread(target=worker) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, True]
    assert stages(office, root) == ["deadline.reminded"]
    assert len(told(office, "U16")) == 1


def test_reminders_can_be_muted_and_overdue_notices_not(office):
    root, task, _job = asked(office)
    office.run(user_tasks.mute, task, office.actor("U16"))
    office.run(user_tasks.mute, task, office.actor("U16"))
    assert office.read(user_tasks.get, task, office.actor("U16")).is_muted
    with at(HALF):
        assert sweep(office) == 1
        assert told(office, "U16") == []
    with at(DUE):
        sweep(office)
    assert [kind for kind, _ in told(office, "U16")] == ["overdue"]
    assert len(office.history(root, "user_task.muted")) == 1
    office.run(user_tasks.mute, task, office.actor("U16"), muted=False)
    assert not office.read(user_tasks.get, task, office.actor("U16")).is_muted


def test_only_who_is_reminded_can_mute(sqlite_office):
    _root, task, _job = asked(sqlite_office)
    with pytest.raises(NotAllowed):
        sqlite_office.run(user_tasks.mute, task, sqlite_office.actor("U03"))
    with pytest.raises(NotFound):
        sqlite_office.run(user_tasks.mute, task, sqlite_office.actor("U23"))


def test_the_superior_takes_over_when_twice_the_time_has_passed(office):
    root, task, _job = asked(office)
    superior = office.actor("U03")
    with at(TWICE - timedelta(seconds=1)):
        assert not office.read(user_tasks.get, task, superior).may_take_over
        with pytest.raises(Refused, match="2026-11-25 10:00"):
            office.run(user_tasks.take_over, task, superior)
    with at(TWICE):  # whether the sweep has come by or not
        assert office.read(user_tasks.get, task, superior).may_take_over
        office.run(user_tasks.take_over, task, superior)
        with pytest.raises(Conflict):
            office.run(user_tasks.take_over, task, superior)
        assert office.task(root).assignee == "U03"
        (taken,) = office.history(root, "user_task.taken_over")
        assert (taken.actor, taken.details["from"]) == ("U03", "U16")
        assert [kind for kind, _ in told(office, "U16")] == ["take_over"]
        with pytest.raises(NotAllowed):
            office.complete("U16", root, decision="approve")
        office.complete("U03", root, decision="approve")


@pytest.mark.parametrize(("person", "error"), [("U23", NotFound), ("U19", NotAllowed), ("U15", NotAllowed)])
def test_nobody_else_takes_over(sqlite_office, person, error):
    root, task, _job = asked(sqlite_office)
    with at(TWICE), pytest.raises(error):
        sqlite_office.run(user_tasks.take_over, task, sqlite_office.actor(person))
    assert sqlite_office.task(root).assignee == "U16"


def test_what_has_no_due_date_is_not_taken_over(sqlite_office):
    root = sqlite_office.ask("clock")
    with at(TWICE), pytest.raises(Refused, match="no due date"):
        sqlite_office.run(user_tasks.take_over, sqlite_office.task(root).key, sqlite_office.actor("U03"))
    assert [job.kind for job in sqlite_office.jobs(root) if job.kind == DEADLINE] == []


def test_what_is_due_together_is_told_together(office):
    roots = [office.ask("purchase", purpose=purpose) for purpose in ("地毯", "收纳盒", "清洁剂")]
    with at(HALF):
        assert sweep(office) == 3
        ((kind, words),) = told(office, "U16")
        assert kind == "reminder"
        assert words.startswith("3 tasks: ")
        assert all(purpose in words for purpose in ("地毯", "收纳盒", "清洁剂"))
        (row,) = office.read(notifications.listed, office.actor("U16")).rows
        assert (row.root_key, [item["root_key"] for item in row.items]) == (None, sorted(roots))
    with at(DUE):  # hours later it is another one
        assert sweep(office) == 3
    assert [kind for kind, _ in told(office, "U16")] == ["reminder", "overdue"]
    assert len(told(office, "U03")) == 1


def test_what_was_read_takes_no_more(sqlite_office):
    office = sqlite_office
    office.ask("purchase")
    with at(HALF):
        sweep(office)
        office.run(notifications.read_all, office.actor("U16"))
    with at(NOON + timedelta(minutes=20)):
        office.ask("purchase", purpose="收纳盒")
    with at(HALF + timedelta(minutes=20)):
        assert sweep(office) == 1
    assert len(told(office, "U16")) == 2


def test_who_stands_in_is_told_too(office):
    _root, *_ = asked(office)
    day = calendar.local_date(NOON)
    office.run(
        delegations.add, office.actor("U16"), "U04", starts_on=day, ends_on=day + timedelta(days=5), reason="出差"
    )
    with at(HALF):
        sweep(office)
    assert [len(told(office, person)) for person in ("U16", "U04")] == [1, 1]


def test_an_absent_superior_is_passed_over(office):
    asked(office)
    day = calendar.local_date(DUE)
    office.run(absences.add, system("test"), "U03", starts_on=day, ends_on=day, reason="休假")
    with at(DUE):
        sweep(office)
    assert told(office, "U03") == []
    assert [kind for kind, _ in told(office, "U02")] == ["overdue"]


def test_a_queue_is_told_and_its_superior_takes_over(office):
    root = office.ask("purchase", amount=100)
    office.complete("U16", root, decision="approve")
    task = office.task(root)
    assert (task.assignee, task.due_at is not None) == (None, True)
    with at(task.due_at):
        sweep(office)
        assert [kind for kind, _ in told(office, "U06")] == ["overdue"]
    with at(task.take_over_from):
        sweep(office)
        (superior,) = {person for person in ("U01", "U02", "U03") if told(office, person)}
        office.run(user_tasks.take_over, task.key, office.actor(superior))
        assert office.task(root).assignee == superior


@given(
    st.integers(0, 365 * 86_400).map(lambda seconds: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)),
    st.decimals(Decimal("0.01"), 400, places=2),
    st.sampled_from([HEAD_OFFICE, STORE]),
)
def test_stages_divide_the_working_time(start, hours, working_time):
    due = calendar.working_hours(start, hours, working_time).at
    found = plan(start, due, [working_time])
    assert found.overdue == due
    assert found.reminder <= due <= found.escalation
    total = calendar.elapsed(start, due, working_time)
    assert abs(calendar.elapsed(start, found.reminder, working_time) - total / 2) <= timedelta(microseconds=1)
    assert abs(calendar.elapsed(start, found.escalation, working_time) - total * 2) <= timedelta(microseconds=2)


def test_urgent_work_is_divided_by_the_clock():
    start = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)  # two in the morning
    due = start + timedelta(hours=2)
    assert plan(start, due, [HEAD_OFFICE]) == Plan(start + timedelta(hours=1), due, start + timedelta(hours=4))


def test_a_calendar_that_fits_is_preferred():
    start = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # Sunday noon: the head office is closed, the store is not
    due = calendar.working_hours(start, 4, STORE).at
    assert plan(start, due, [HEAD_OFFICE, STORE]) == plan(start, due, [STORE])


def test_what_comes_late_has_no_reminder():
    start = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    found = plan(start, start - timedelta(days=3), [HEAD_OFFICE])
    assert [name for name, _ in found.stages()] == ["overdue", "escalation"]
    assert found.escalation == calendar.working_days(start, 1, HEAD_OFFICE).at


@given(steps=st.lists(st.sampled_from(["wait", "sweep", "claim", "complete", "suspend", "resume"]), max_size=12))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_each_stage_comes_once_and_none_after_the_end(sqlite_office, steps):
    office, now = sqlite_office, NOON
    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    key = office.task(root, "P4_buy").key
    for step in steps:
        if step == "wait":
            now += timedelta(hours=20)
        with at(now):
            try:
                _step(office, root, key, step)
            except (Conflict, NotAllowed):
                continue  # refused as the matter stands, which is an answer as well
    with at(now + timedelta(days=30)):
        sweep(office)
    events = [event for event in office.history(root) if event.details.get("task") == key]
    types = [event.type for event in events]
    told_of = [event for event in events if event.type.startswith("deadline.")]
    assert len({event.type for event in told_of}) == len(told_of)
    if "user_task.completed" in types:
        assert all(event.occurred_at <= events[types.index("user_task.completed")].occurred_at for event in told_of)
        assert types[-1] == "user_task.completed"
    order = ["deadline.reminded", "deadline.overdue", "deadline.escalated"]
    assert [event.type for event in told_of] == sorted((event.type for event in told_of), key=order.index)


def _step(office, root, key, step):
    if step == "sweep":
        sweep(office)
    elif step == "claim":
        office.run(user_tasks.claim, key, office.actor("U06"))
    elif step == "complete":
        office.run(user_tasks.complete, key, office.actor("U06"), {"actual_amount": 88})
    elif step == "suspend":
        office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    elif step == "resume":
        office.run(process_instances.resume, root, office.actor("U15"), "好了")


def test_a_task_by_clock_hours_is_divided_by_the_clock(sqlite_office):
    start = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    task = {"properties": {"clockHours": "true"}, "due_at": start + timedelta(hours=24), "resolution": {}}
    with sqlite_office.unit_of_work.read() as session:
        found = plan_of(session, {**task, "assignee": "U16", "store": "S01"}, start)
    assert found == Plan(start + timedelta(hours=12), start + timedelta(hours=24), start + timedelta(hours=48))
