"""Several at once: one wins and the others are told; a process that is killed loses and doubles nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine import clock, history, jobs, user_tasks
from engine.actor import Actor
from engine.errors import Conflict
from engine.models import Job
from engine.models.job import CREATED
from tests.engine.conftest import NOON

REPOSITORY = Path(__file__).parents[3]


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call gave or raised, all started together in threads of their own."""
    barrier = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def work(index: int, call: Callable[[], Any]) -> None:
        with clock.pinned(NOON):
            barrier.wait()
            try:
                results[index] = call()
            except Exception as error:
                results[index] = error

    threads = [threading.Thread(target=work, args=item) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def complete(office, key: int, actor: Actor, **values: Any) -> Callable[[], Any]:
    return lambda: office.run(user_tasks.complete, key, actor, values)


def consistent(office) -> None:
    with office.unit_of_work.read() as session:
        assert list(history.verify(session).problems) == []


def test_of_two_who_complete_one_task_one_wins_and_the_other_is_told(office):
    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    task = office.task(root)
    buyer = office.actor("U06")
    colleague = Actor("U07", buyer.posts, buyer.groups)
    results = at_once(
        complete(office, task.key, buyer, actual_amount=1), complete(office, task.key, colleague, actual_amount=2)
    )
    (refused,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(refused, Conflict)
    assert "2026-11-23 12:00" in str(refused)
    winner = "U06" if results[1] is refused else "U07"
    assert office.variables(root)["actual_amount"] == (1 if winner == "U06" else 2)
    assert [event.actor for event in office.history(root, "user_task.completed")][-1] == winner
    assert office.waits(root) == ["P5_receive"]
    consistent(office)


def test_one_completion_sent_twice_counts_once(office):
    root = office.ask("purchase")
    task, line = office.task(root), office.actor("U16")
    results = at_once(*(complete(office, task.key, line, decision="approve") for _ in range(4)))
    assert [result.root_key for result in results] == [root] * 4
    assert office.waits(root) == ["P4_buy"]
    assert len(office.history(root, "user_task.completed")) == 2
    with pytest.raises(Conflict, match="吴海"):
        office.run(user_tasks.complete, task.key, line, {"decision": "reject"})
    consistent(office)


def test_parallel_tasks_of_one_matter_are_both_counted(office):
    for _ in range(5):
        root = office.start("both")
        results = at_once(
            complete(office, office.task(root, "B1_finance").key, office.actor("U08"), decision="approve"),
            complete(office, office.task(root, "B2_admin").key, office.actor("U07"), accepted=True),
        )
        assert [isinstance(result, user_tasks.Completion) for result in results] == [True, True]
        assert office.waits(root) == ["B3_file"]
        consistent(office)


def test_of_many_workers_one_gets_a_job(office):
    root = office.ask("clock")
    key = office.jobs(root, CREATED)[0].key
    with office.database.writer.begin() as session:
        session.get_one(Job, key).due_at = NOON
    taken = at_once(
        *(lambda worker=worker: office.run(jobs.claim, key, f"w{worker}", now=NOON) for worker in range(4))
    )
    assert len([claimed for claimed in taken if claimed is not None]) == 1


def test_of_many_who_claim_a_task_one_gets_it_and_the_others_learn_who(office):
    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    key, buyer = office.task(root).key, office.actor("U06")
    people = [buyer, Actor("U07", buyer.posts, buyer.groups), Actor("U08", buyer.posts, buyer.groups)]
    results = at_once(*(lambda actor=actor: office.run(user_tasks.claim, key, actor) for actor in people))
    winner = office.task(root).assignee
    assert [isinstance(result, Conflict) for result in results].count(True) == 2
    assert results[[actor.person for actor in people].index(winner)] is None
    assert len(office.history(root, "user_task.claimed")) == 1


def test_submissions_at_once_get_different_numbers(office):
    roots = [office.start("purchase") for _ in range(4)]
    keys, manager = [office.task(root).key for root in roots], office.actor("U19")
    at_once(*(complete(office, key, manager, purpose="地毯", amount=1) for key in keys))
    numbers = sorted(office.matter(root).business_id for root in roots)
    assert numbers == [f"CG-20261123-{number:03d}" for number in range(1, 5)]


_VICTIM = """
import os, signal, sys
from datetime import datetime
from sqlalchemy import event
from engine import clock, user_tasks
from engine.database import Database
from engine.organisation import people
from engine.unit_of_work import UnitOfWork

url, key, moment, now = sys.argv[1], int(sys.argv[2]), sys.argv[3], datetime.fromisoformat(sys.argv[4])
database = Database(url)
counted = 0

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def count(_connection, _cursor, _text, _parameters, _context, _many):
    global counted
    counted += 1
    if moment == str(counted):
        die()

with clock.pinned(now):
    with database.reader() as session:
        actor = people.actor(session, "U16", now)
    event.listen(database.engine, "after_cursor_execute", count)
    if moment == "commit":
        event.listen(database.engine, "commit", die)
    wake = die if moment == "wake" else lambda _keys: None
    UnitOfWork(database, wake=wake).run(user_tasks.complete, key, actor, {"decision": "approve"})
"""


@pytest.mark.parametrize("moment", ["3", "8", "commit", "wake"])
def test_a_kill_in_the_middle_of_a_completion_loses_and_doubles_nothing(office, office_url, moment):
    root = office.ask("purchase")
    before, task = office.history(root), office.task(root)
    victim = subprocess.run(
        [sys.executable, "-c", _VICTIM, office_url, str(task.key), moment, NOON.isoformat()],
        cwd=REPOSITORY,
        env=os.environ,
        check=False,
        capture_output=True,
        timeout=60,
    )
    assert victim.returncode == -signal.SIGKILL, victim.stderr.decode()
    if moment == "wake":  # committed: everything happened, and the sweep finds the job that nobody was woken for
        assert office.waits(root) == ["P4_buy"]
        assert [job.key for job in office.jobs(root, CREATED) if job.due_at <= NOON] == office.read(jobs.due) != []
    else:
        assert (office.waits(root), office.history(root)) == (["A1_line"], before)
    office.run(user_tasks.complete, task.key, office.actor("U16"), {"decision": "approve"})  # the person tries again
    assert office.waits(root) == ["P4_buy"]
    assert len(office.history(root, "user_task.completed")) == 2
    assert len([job for job in office.jobs(root) if job.kind == "notification"]) == 1
    consistent(office)
