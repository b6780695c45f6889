"""Two workers and two beats at once do nothing twice: a job is told of once, claimed once, and a seal made once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine import clock, history, jobs, topics
from engine.errors import Conflict
from engine.models import Seal
from engine.models.job import COMPLETED, CREATED, FAILED
from engine.topics import Work
from workers import application, job_run, tasks

AT_ONCE = 4


class Told:
    """A Celery application of which only sending is asked; it writes down what was sent."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.etas: list[datetime | None] = []

    def send_task(self, name: str, args: list[int], eta: datetime | None = None) -> None:
        assert name == application.RUN_JOB
        self.keys += args
        self.etas += [eta] * len(args)


@pytest.fixture
def printing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Work], object]], None]:
    """Give the outside topic ``trial_print`` its function for one test; the inside one has one that works."""
    ledger, printer = topics.find("trial_ledger"), topics.find("trial_print")
    monkeypatch.setattr(ledger, "function", lambda _session, _work: {"entry": "1"})
    return lambda function: monkeypatch.setattr(printer, "function", function)


def at_once(function, count: int = AT_ONCE) -> list[object]:
    """Let several threads call it at the same moment, by the clock of the test."""
    together = Barrier(count)

    def call() -> object:
        together.wait()
        return function()

    with ThreadPoolExecutor(count) as pool:
        return [called.result() for called in [pool.submit(copy_context().run, call) for _ in range(count)]]


def due_now(office, count: int) -> list[int]:
    """Jobs that wait for a worker."""
    roots = [office.ask("work", purpose=f"打印 {number}") for number in range(count)]
    return sorted(job.key for root in roots for job in office.jobs(root, CREATED))


@pytest.mark.usefixtures("printing")
def test_sweeps_at_once_tell_of_each_job_once(office):
    keys = due_now(office, 6)
    told = Told()
    at_once(lambda: tasks.sweep(told, office.unit_of_work))
    assert sorted(told.keys) == keys
    assert tasks.sweep(told, office.unit_of_work) == 0


@pytest.mark.usefixtures("printing")
def test_a_message_that_was_lost_is_sent_again_when_the_reservation_ends(office):
    (key,) = due_now(office, 1)
    told = Told()
    tasks.sweep(told, office.unit_of_work)
    with clock.pinned(clock.now() + tasks.AHEAD + jobs.RESERVATION + timedelta(seconds=1)):
        tasks.sweep(told, office.unit_of_work)
    assert told.keys == [key, key]


def test_a_timer_is_told_of_before_its_time_and_fires_at_it(office):
    root = office.ask("clock")
    remind, _late = office.jobs(root, CREATED)
    told = Told()
    with clock.pinned(remind.due_at - 2 * tasks.AHEAD):
        assert tasks.sweep(told, office.unit_of_work) == 0
    with clock.pinned(remind.due_at - tasks.AHEAD / 2):
        assert tasks.sweep(told, office.unit_of_work) == 1
        assert tasks.sweep(told, office.unit_of_work) == 0
        assert office.read(jobs.due) == []
    assert (told.keys, told.etas) == ([remind.key], [remind.due_at])
    with clock.pinned(remind.due_at):
        job_run.run(office.unit_of_work, remind.key)
    assert len(office.history(root, "timer.fired")) == 1


def test_a_message_that_comes_too_early_begins_nothing(office):
    root = office.ask("clock")
    remind, _late = office.jobs(root, CREATED)
    job_run.run(office.unit_of_work, remind.key)
    assert office.history(root, "timer.fired") == []
    assert office.read(jobs.get, remind.key).state == CREATED


@pytest.mark.usefixtures("printing")
def test_a_sweep_goes_on_until_everything_due_is_told_of(office, monkeypatch):
    monkeypatch.setattr(tasks, "SWEEP_LIMIT", 2)
    keys = due_now(office, 5)
    told = Told()
    assert tasks.sweep(told, office.unit_of_work) == 5
    assert sorted(told.keys) == keys


def test_workers_at_once_do_each_job_once(office, printing):
    done: Counter[int] = Counter()

    def print_pages(work):
        done[work.key] += 1
        return {"pages": 1}

    printing(print_pages)
    (key,) = due_now(office, 1)
    at_once(lambda: job_run.run(office.unit_of_work, key))
    assert done == {key: 1}
    assert office.read(jobs.get, key).state == COMPLETED


def test_timers_fire_once_for_sweeps_and_workers_at_once(office):
    root = office.ask("clock")
    remind, _late = office.jobs(root, CREATED)
    later = clock.now() + timedelta(hours=2)

    def worker_and_beat() -> None:
        with clock.pinned(later):
            told = Told()
            tasks.sweep(told, office.unit_of_work)
            for key in [*told.keys, remind.key]:
                job_run.run(office.unit_of_work, key)

    at_once(worker_and_beat)
    assert len(office.history(root, "timer.fired")) == 1


@pytest.mark.usefixtures("printing")
def test_a_worker_that_lost_its_lease_is_not_heard_when_it_fails(office):
    (key,) = due_now(office, 1)
    office.run(jobs.claim, key, "slow", timedelta(seconds=30))
    with clock.pinned(clock.now() + timedelta(minutes=1)):
        office.run(jobs.claim, key, "quick", timedelta(seconds=30))
        office.run(jobs.fail, key, "too late", worker="slow")
        job = office.read(jobs.get, key)
        assert (job.worker, job.retries, job.error) == ("quick", 2, None)


def test_a_result_that_cannot_be_kept_counts_as_a_failure(office, printing):
    printing(lambda _work: {"pages": object()})
    (key,) = due_now(office, 1)
    job_run.run(office.unit_of_work, key)
    job = office.read(jobs.get, key)
    assert (job.state, job.retries) == (CREATED, 1)
    with clock.pinned(clock.now() + timedelta(hours=1)):
        job_run.run(office.unit_of_work, key)
    assert office.read(jobs.get, key).state == FAILED


def test_a_message_with_an_unknown_key_is_left_alone(office):
    job_run.run(office.unit_of_work, 1)
    assert office.read(jobs.due) == []


def test_a_long_job_keeps_its_lease(office, printing, monkeypatch):
    monkeypatch.setattr(job_run, "KEEP_SECONDS", 0.01)
    clock.pin(None)  # a lease only grows as time passes
    until = []

    def print_pages(work):
        first = office.read(jobs.get, work.key).locked_until
        for _attempt in range(10_000):
            kept = office.read(jobs.get, work.key).locked_until
            if kept > first:
                until.append(kept)
                break
        return {"pages": 1}

    printing(print_pages)
    (key,) = due_now(office, 1)
    job_run.run(office.unit_of_work, key)
    assert len(until) == 1
    with pytest.raises(Conflict):
        office.run(jobs.extend, key, "anybody")


def test_beats_at_once_seal_once_an_hour(office):
    office.ask("clock")
    made = at_once(lambda: office.run(history.seal_when_due, timedelta(hours=1)))
    assert [seal is not None for seal in made].count(True) == 1
    with clock.pinned(clock.now() + timedelta(minutes=61)):
        assert office.run(history.seal_when_due, timedelta(hours=1)) is not None
    assert office.read(lambda session: session.execute(select(func.count(Seal.sequence))).scalar_one()) == 2


def test_what_search_and_statistics_know_follows_the_matters(office):
    roots = [office.ask("purchase") for _number in range(3)]
    counted = at_once(lambda: tasks.record(office.unit_of_work))
    assert sum(counted) == len(roots)  # several sweeps at once write each record once
    assert tasks.record(office.unit_of_work) == 0
    office.complete("U16", roots[0], decision="reject")
    assert tasks.record(office.unit_of_work) == 1
