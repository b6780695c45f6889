"""Timers fire once, when they are due, whoever asks how often."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import clock, jobs, process_instances, timers
from engine.errors import NotFound
from engine.models.job import CANCELED, COMPLETED, CREATED
from tests.engine.conftest import NOON


def waiting(office):
    root = office.ask("clock")
    remind, late = office.jobs(root, CREATED)
    assert [remind.due_at, late.due_at] == [NOON + timedelta(hours=1), NOON + timedelta(days=1)]
    return root, remind.key, late.key


def test_nothing_fires_before_its_time(office):
    root, remind, late = waiting(office)
    assert office.read(jobs.due) == []
    assert not office.run(timers.fire, remind)
    assert not office.run(jobs.run_inside, late)
    assert office.waits(root) == ["K1_answer"]


def test_a_reminder_fires_once_beside_the_task(office):
    root, remind, _ = waiting(office)
    with clock.pinned(NOON + timedelta(hours=2)):
        assert office.read(jobs.due) == [remind]
        assert office.run(jobs.run_inside, remind)
        assert not office.run(jobs.run_inside, remind)
        assert not office.run(timers.fire, remind)
    assert office.waits(root) == ["K1_answer", "K2_look"]
    (fired,) = office.history(root, "timer.fired")
    assert (fired.element_id, fired.details["seconds_late"]) == ("B_remind", 3600)


def test_the_deadline_interrupts_and_withdraws_what_waited(office):
    root, remind, late = waiting(office)
    with clock.pinned(NOON + timedelta(days=3)):
        assert office.read(jobs.due) == [remind, late]
        assert office.run(timers.fire, late)
        assert not office.run(timers.fire, remind)
    matter = office.matter(root)
    assert (matter.outcome, office.tasks(root)) == ("expired", [])
    assert {job.key: job.state for job in office.jobs(root)} == {remind: CANCELED, late: COMPLETED}
    assert [event.element_id for event in office.history(root, "user_task.canceled")] == ["K1_answer"]


def test_an_answer_in_time_withdraws_the_timers(office):
    root, *_ = waiting(office)
    office.complete("U16", root, decision="approve")
    assert office.matter(root).outcome == "answered"
    assert [job.state for job in office.jobs(root)] == [CANCELED, CANCELED]


def test_timers_of_a_suspended_matter_fire_when_it_goes_on(office):
    root, remind, _ = waiting(office)
    office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    with clock.pinned(NOON + timedelta(hours=2)):
        assert office.read(jobs.due) == []
        office.run(process_instances.resume, root, office.actor("U15"), "好了")
        assert office.read(jobs.due) == [remind]


def test_there_is_no_timer_of_an_unknown_key(sqlite_office):
    with pytest.raises(NotFound):
        sqlite_office.run(timers.fire, 1)


def test_a_repeating_timer_fires_as_often_as_drawn(office):
    root = office.ask("repeating")
    for hour in (1, 2):
        with clock.pinned(NOON + timedelta(hours=hour)):
            (key,) = office.read(jobs.due)
            assert office.run(jobs.run_inside, key)
            assert office.waits(root) == ["K1_answer", *["K2_look"] * hour]
    with clock.pinned(NOON + timedelta(days=1)):
        assert office.read(jobs.due) == []
    assert [event.details["due_at"] for event in office.history(root, "timer.fired")] == [
        NOON + timedelta(hours=1),
        NOON + timedelta(hours=2),
    ]


def test_a_repeating_timer_ends_with_its_task(office):
    root = office.ask("repeating")
    with clock.pinned(NOON + timedelta(hours=1)):
        office.run(jobs.run_inside, office.read(jobs.due)[0])
    office.complete("U16", root, "K1_answer", decision="approve")
    assert [job.state for job in office.jobs(root)] == [COMPLETED, CANCELED]
    assert office.waits(root) == ["K2_look"]


def test_what_a_repeating_timer_missed_counts_once(office):
    root = office.ask("repeating")
    with clock.pinned(NOON + timedelta(days=1)):
        for _ in range(3):
            for key in office.read(jobs.due):
                office.run(jobs.run_inside, key)
    assert office.waits(root) == ["K1_answer", "K2_look"]
    (fired,) = office.history(root, "timer.fired")
    assert fired.details["seconds_late"] == 23 * 3600
