"""The one place that commits: whole or not at all, again after a lost race, and workers woken afterwards."""

from __future__ import annotations

import logging
import threading

import pytest
from sqlalchemy import text, update

from engine import incidents, jobs
from engine.errors import Conflict, ExecutionFailed, NotAllowed, StaleRevision
from engine.models import Counter
from engine.unit_of_work import UnitOfWork
from feel import Sentence


def put(session, name: str, number: int = 1) -> str:
    session.add(Counter(name=name, last=number))
    session.flush()
    return name


def counters(office) -> dict[str, int]:
    with office.unit_of_work.read() as session:
        return {row.name: row.last for row in session.query(Counter)}


def test_a_command_is_committed_with_its_result(office):
    assert office.run(put, "a", number=3) == "a"
    assert counters(office) == {"a": 3}


@pytest.mark.parametrize("error", [NotAllowed(Sentence("No.")), ZeroDivisionError(), KeyboardInterrupt()])
def test_a_command_that_raises_leaves_nothing(office, error):
    def fail(session):
        put(session, "a")
        raise error

    with pytest.raises(type(error)):
        office.run(fail)
    assert counters(office) == {}
    office.run(put, "a")  # and the writer is free again


def test_a_lost_race_is_run_again_on_fresh_rows(office):
    seen = []

    def race(session):
        seen.append(session)
        put(session, f"try {len(seen)}")
        if len(seen) < 3:
            raise StaleRevision

    office.run(race)
    assert len(set(map(id, seen))) <= 3
    assert counters(office) == {"try 3": 1}


def test_a_race_that_is_always_lost_is_told(office):
    tried = []

    def race(_session):
        tried.append(1)
        raise StaleRevision

    with pytest.raises(StaleRevision):
        office.run(race)
    assert len(tried) == 3


def test_workers_are_woken_after_the_commit_and_a_broken_wake_is_no_error(office, caplog):
    woken = []

    def wake(keys):
        with office.unit_of_work.read() as session:
            woken.append((list(keys), session.get(Counter, "a") is not None))
        raise ConnectionError("the broker is away")

    def command(session):
        put(session, "a")
        session.info.setdefault("wake", []).append(7)

    with caplog.at_level(logging.ERROR):
        UnitOfWork(office.database, wake).run(command)
    assert woken == [([7], True)]
    assert "the sweep will find them" in caplog.text


def test_nobody_is_woken_for_what_was_rolled_back(office):
    def command(session):
        session.info.setdefault("wake", []).append(7)
        raise NotAllowed(Sentence("No."))

    with pytest.raises(NotAllowed):
        office.run(command)
    assert office.woken == []


def test_a_reader_writes_nothing(office):
    with office.unit_of_work.read() as session, pytest.raises(Exception, match=r"read.?only"):
        session.execute(text("DELETE FROM counter"))


def test_an_incident_that_cannot_be_written_does_not_hide_the_failure(office, monkeypatch, caplog):
    def broken(*_arguments):
        raise OSError("disk full")

    monkeypatch.setattr(incidents, "open_for", broken)
    root = office.start("failing")
    with pytest.raises(ExecutionFailed), caplog.at_level(logging.ERROR):
        office.complete("U19", root, purpose="地毯", amount=1)
    assert "could not be written" in caplog.text


@pytest.mark.parametrize("office_url", ["postgresql"], indirect=True)
def test_a_deadlock_costs_a_second_try_and_no_error(office):
    office.run(put, "a")
    office.run(put, "b")
    both_hold_one = threading.Barrier(2)
    tries: list[str] = []

    def add(session, first: str, second: str) -> None:
        tries.append(first)
        session.execute(update(Counter).where(Counter.name == first).values(last=Counter.last + 1))
        if len(tries) <= 2:
            both_hold_one.wait()
        session.execute(update(Counter).where(Counter.name == second).values(last=Counter.last + 1))

    threads = [
        threading.Thread(target=office.run, args=(add, first, second)) for first, second in (("a", "b"), ("b", "a"))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counters(office) == {"a": 3, "b": 3}
    assert len(tries) == 3


def test_a_job_is_due_for_the_sweep_even_if_nobody_was_woken(office):
    silent = UnitOfWork(office.database, wake=lambda _keys: None)
    root = office.ask("purchase")
    task = office.task(root)
    from engine import user_tasks  # noqa: PLC0415 - only here

    silent.run(user_tasks.complete, task.key, office.actor("U16"), {"decision": "approve"})
    assert len(office.read(jobs.due)) == 1


def test_a_busy_database_is_a_kind_conflict(sqlite_office, monkeypatch):
    """Another process keeps the file; ours gives up after its patience, and says so."""
    from engine import database as module  # noqa: PLC0415 - only here

    monkeypatch.setattr(module, "BUSY_SECONDS", 0.0)
    ours = module.Database(sqlite_office.database.url)
    with sqlite_office.database.writer() as other:
        other.execute(text("SELECT 1"))
        with pytest.raises(Conflict, match="busy"):
            UnitOfWork(ours, wake=lambda _keys: None).run(put, "a")
    ours.dispose()
