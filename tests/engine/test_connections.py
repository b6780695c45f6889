"""Connections at hand: taken again after they were given back, one writer at a time on SQLite, dead ones let go."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier, Event

import pytest
from sqlalchemy import bindparam, event, insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from engine import connections
from engine.connections import Connections
from engine.models import Counter
from engine.sessions import Sessions
from engine.statements import Outbox, Statement, channel_of, transaction_of

_TABLE = Counter.__table__
_INSERT = Statement(insert(_TABLE))
_LAST = Statement(select(_TABLE.c.last).where(_TABLE.c.name == bindparam("name")))
_RAISE = Statement(update(_TABLE).where(_TABLE.c.name == bindparam("b_name")).values(last=_TABLE.c.last + 1))


def _send(session, statement: Statement, given: dict) -> None:
    outbox = Outbox()
    outbox.add(statement, given, touching=1)
    outbox.send(session)


def _last(database, name: str) -> int | None:
    with database.reader() as session:
        return _LAST.scalar(session, {"name": name})


def test_one_session_after_the_other_takes_the_same_connection(database):
    taken = []
    event.listen(database.engine, "checkout", lambda _driver, record, _proxy: taken.append(record))
    for number in range(5):
        with database.writer() as session:
            _send(session, _INSERT, {"name": str(number), "last": number})
            session.commit()
    assert len(taken) == 1
    assert [_last(database, str(number)) for number in range(5)] == [0, 1, 2, 3, 4]


def test_what_a_session_left_undone_is_not_the_next_ones(database):
    with database.writer() as session:
        _send(session, _INSERT, {"name": "A", "last": 1})
    with database.writer() as session:
        assert _LAST.scalar(session, {"name": "A"}) is None
        _send(session, _INSERT, {"name": "A", "last": 2})
        session.commit()
    assert _last(database, "A") == 2


def test_sessions_at_once_have_connections_of_their_own(database):
    with ExitStack() as stack:
        readers = [stack.enter_context(database.reader()) for _ in range(10)]
        assert [_LAST.scalar(each, {"name": "A"}) for each in readers] == [None] * 10
        assert len({id(each.driver) for each in readers}) == 10
    assert _last(database, "A") is None


def test_writers_lose_nothing_to_one_another(database):
    with database.writer() as session:
        _send(session, _INSERT, {"name": "A", "last": 0})
        session.commit()
    together = Barrier(8)

    def count(_number: int) -> None:
        together.wait()
        for _ in range(10):
            with database.writer() as session:
                _send(session, _RAISE, {"b_name": "A"})
                session.commit()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count, range(8)))
    assert _last(database, "A") == 80


def test_a_session_that_ended_keeps_nothing_of_the_driver(database):
    """A cursor that garbage collection closes in another thread would disturb whoever has its connection by then."""
    with database.writer() as session:
        _send(session, _INSERT, {"name": "A", "last": 1})
        cursor = channel_of(session).cursor
        seen = transaction_of(session)
        session.info["kept"] = seen  # as what was read in a transaction is kept beside it
        session.commit()
        with pytest.raises(session.driver_error, match=r"(?i)closed"):
            cursor.execute("SELECT 1")
    assert seen is not None


def test_garbage_of_one_thread_disturbs_no_other(database):
    names = [str(number) for number in range(4)]
    with database.writer() as session:
        for name in names:
            _send(session, _INSERT, {"name": name, "last": 0})
        session.commit()
    ended = Event()

    def collect() -> None:
        while not ended.is_set():
            gc.collect(0)

    def count(name: str) -> None:
        for _ in range(100):
            with database.writer() as session:
                session.info["kept"] = (transaction_of(session), session)  # goes with the next garbage
                assert _LAST.scalar(session, {"name": name}) is not None
                outbox = Outbox()
                outbox.add_all(_RAISE, [{"b_name": name}] * 2)
                outbox.send(session)
                session.commit()

    with ThreadPoolExecutor(5) as threads:
        collecting = threads.submit(collect)
        list(threads.map(count, names))
        ended.set()
        collecting.result()
    assert [_last(database, name) for name in names] == [200] * 4


def test_a_writer_waits_for_its_turn_and_not_for_ever(sqlite_database):
    impatient = Sessions(sqlite_database.engine, turn_seconds=0.05)
    with impatient() as session:
        _send(session, _INSERT, {"name": "A", "last": 1})
        with impatient() as other, pytest.raises(PoolTimeout):
            _LAST.scalar(other, {"name": "A"})
        session.commit()
    with impatient() as other:
        assert _LAST.scalar(other, {"name": "A"}) == 1


def test_a_turn_ends_with_a_session_that_failed(sqlite_database):
    impatient = Sessions(sqlite_database.engine, turn_seconds=0.05)
    with impatient() as session:
        _send(session, _INSERT, {"name": "A", "last": 1})
        with pytest.raises(IntegrityError):
            _send(session, _INSERT, {"name": "A", "last": 2})
    with impatient() as session:
        assert _LAST.scalar(session, {"name": "A"}) is None


def test_a_connection_that_died_while_it_rested_is_not_taken(database, monkeypatch):
    if database.is_sqlite:
        pytest.skip("SQLite has no server.")
    monkeypatch.setattr(connections, "PING_AFTER_SECONDS", 0.0)
    with database.reader() as other:
        other.execute(text("SELECT 1"))
        with database.writer() as session:
            ours = session.driver.info.backend_pid
            assert _LAST.scalar(session, {"name": "A"}) is None
        other.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": ours})
    with database.writer() as session:
        assert _LAST.scalar(session, {"name": "A"}) is None
        assert session.driver.info.backend_pid != ours


def test_all_are_let_go(database):
    with database.writer() as session:
        _LAST.scalar(session, {"name": "A"})
    assert database.engine.pool.checkedout() == 1  # at hand
    database.writer.connections.let_go()
    assert database.engine.pool.checkedout() == 0
    assert _last(database, "A") is None


def test_no_more_than_a_few_rest(database):
    kept = Connections(database.reader_engine)
    taken = [kept.take() for _ in range(9)]
    for each in taken:
        kept.give_back(each)
    assert database.reader_engine.pool.checkedout() == 4
    kept.let_go()
    assert database.reader_engine.pool.checkedout() == 0
