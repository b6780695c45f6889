"""The organisation in memory: never stale, shared only when committed, and cheap."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import event

from engine.actor import system
from engine.organisation import people, snapshot, units
from tests.engine.organisation.conftest import filled

ADMINISTRATOR = system("test")


@pytest.fixture
def statements(sqlite_database):
    """The SQL statements that the writers of a demo database send."""
    filled(sqlite_database)
    seen = []
    event.listen(sqlite_database.engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    return seen


def area(session, store="S01"):
    return snapshot.of(session).units[store].parent_id


def test_a_change_is_seen_by_everybody_after_its_commit_and_by_nobody_before(chain):
    with chain.reader() as before:
        assert area(before) == "A"
    with chain.writer() as session, chain.reader() as other:
        units.move(session, ADMINISTRATOR, "S01", "B")
        assert area(session) == "B"
        assert area(other) == "A"
        session.commit()
    with chain.reader() as after, chain.writer() as writing:
        assert area(after) == "B"
        assert area(writing) == "B"


def test_what_is_rolled_back_is_forgotten(chain):
    with chain.writer() as session:
        units.move(session, ADMINISTRATOR, "S01", "B")
        assert area(session) == "B"
        session.rollback()
        assert area(session) == "A"
    with chain.reader() as session:
        assert area(session) == "A"


def test_a_savepoint_that_is_rolled_back_takes_its_change_with_it(chain):
    with chain.writer() as session:
        units.move(session, ADMINISTRATOR, "S02", "B")
        with session.begin_nested() as savepoint:
            units.move(session, ADMINISTRATOR, "S01", "B")
            assert area(session) == "B"
            savepoint.rollback()
        assert (area(session), area(session, "S02")) == ("A", "B")
        session.commit()
    with chain.reader() as session:
        assert (area(session), area(session, "S02")) == ("A", "B")


def test_one_transaction_keeps_one_view_and_the_next_sees_the_change(chain):
    with chain.reader() as reading:
        assert area(reading) == "A"
        with chain.writer.begin() as session:
            units.move(session, ADMINISTRATOR, "S01", "B")
        assert area(reading) == "A"
        reading.rollback()
        assert area(reading) == "B"


def test_a_transaction_costs_one_statement_while_nothing_changes(sqlite_database, statements):
    with sqlite_database.writer() as session:
        snapshot.of(session)
    statements.clear()
    with sqlite_database.writer() as session:
        first = snapshot.of(session)
        assert snapshot.of(session) is first
    (asked,) = [statement for statement in statements if statement.startswith("SELECT")]
    assert "FROM organisation_revision" in asked


def test_a_database_without_anybody_has_an_empty_organisation(database):
    with database.reader() as session:
        assert snapshot.is_empty(session)
        assert snapshot.of(session).people == {}


def test_readers_never_see_half_a_change(chain):
    """A move and a rename in one transaction are seen together, whatever the threads do meanwhile."""
    seen, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            with chain.reader() as session:
                unit = snapshot.of(session).units["S01"]
                seen.append((unit.parent_id, unit.name))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(15):
        name, parent = (("B店", "B"), ("A店", "A"))[number % 2]
        with chain.writer.begin() as session:
            units.move(session, ADMINISTRATOR, "S01", parent)
            units.rename(session, ADMINISTRATOR, "S01", name=name, name_en=None)
    stop.set()
    for reader in readers:
        reader.join()
    assert set(seen) <= {("A", "解放路店"), ("A", "A店"), ("B", "B店")}
    assert seen


def test_people_who_leave_hold_nothing_but_keep_their_name(chain):
    with chain.writer() as session:
        people.deactivate(session, ADMINISTRATOR, "U19")
        organisation = snapshot.of(session)
        assert organisation.holders("store_manager", "S01", organisation.by_person["U19"][0].starts_on) == ()
        assert people.name(session, "U19") == "赵倩"
