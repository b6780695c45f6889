"""Recording and flushing: nothing recorded is lost, every event is chained to the one before."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from engine import clock, history
from engine.actor import Actor, system
from engine.errors import Refused
from engine.history.chain import event_hash
from engine.models import HistoryEvent, ProcessInstance
from tests.engine.history.conftest import STARTED, add_definition, add_matter

WANG = Actor("U19")


def _record(database, key, *types, **details):
    with database.writer.begin() as session:
        matter = session.get_one(ProcessInstance, key, with_for_update=True)
        for type_ in types:
            history.record(session, matter, type_, WANG, "PR0_request", details)
        return history.flush(session, matter)


def test_events_are_numbered_and_chained_across_transactions(database, matter):
    _record(database, matter, "process_instance.started", "user_task.created")
    head = _record(database, matter, "user_task.completed")
    assert head.sequence == 3
    with database.reader() as session:
        rows = (
            session.execute(
                select(HistoryEvent).where(HistoryEvent.root_key == matter).order_by(HistoryEvent.sequence)
            )
            .scalars()
            .all()
        )
        root = session.get_one(ProcessInstance, matter)
        assert (root.last_sequence, root.last_hash) == (3, rows[-1].hash)
    assert [row.sequence for row in rows] == [1, 2, 3]
    previous = ""
    for row in rows:
        columns = {column.name: getattr(row, column.name) for column in HistoryEvent.__table__.c}
        assert row.hash == event_hash(columns, previous)
        previous = row.hash


def test_timeline_gives_exact_values_back(database, matter):
    told = {
        "amount": Decimal("300.00"),
        "needed": date(2026, 11, 30),
        "lines": [{"品名": "地毯", "qty": 2}],
        "none": None,
    }
    with clock.pinned(STARTED):
        _record(database, matter, "user_task.completed", **told)
    with database.reader() as session:
        (only,) = history.timeline(session, matter)
    assert only.details == told
    assert str(only.details["amount"]) == "300.00"
    assert (only.occurred_at, only.actor, only.element_id) == (STARTED, "U19", "PR0_request")


def test_timeline_can_be_read_in_parts(database, matter):
    _record(database, matter, *(f"step.{number}" for number in range(7)))
    with database.reader() as session:
        part = history.timeline(session, matter, after=3, limit=2)
    assert [one.type for one in part] == ["step.3", "step.4"]


def test_one_insert_for_all_events_of_a_step(database, matter):
    statements = []
    event.listen(database.engine, "before_cursor_execute", lambda *call: statements.append((call[2], call[5])))
    _record(database, matter, "a.b", "a.c", "a.d")
    inserts = [text for text, _ in statements if "INSERT INTO history_event" in text]
    assert len(inserts) == 1


def test_an_access_token_and_the_owner_acted_for_are_told(database, matter):
    with database.writer.begin() as session:
        root = session.get_one(ProcessInstance, matter)
        actor = Actor("U16", token="till")
        history.record(session, root, "user_task.completed", actor, on_behalf_of="U17")
        history.flush(session, root)
    with database.reader() as session:
        (only,) = history.timeline(session, matter)
    assert (only.actor, only.on_behalf_of, only.details) == ("U16", "U17", {"token": "till"})


def test_commit_is_stopped_when_recorded_history_was_not_flushed(database, matter):
    with database.writer() as session:
        history.record(session, session.get_one(ProcessInstance, matter), "a.b", WANG)
        with pytest.raises(RuntimeError, match=str(matter)):
            session.commit()
        session.rollback()
    with database.reader() as session:
        assert history.timeline(session, matter) == ()


def test_rolled_back_events_do_not_reappear_in_the_next_transaction(database, matter):
    with database.writer() as session:
        history.record(session, session.get_one(ProcessInstance, matter), "lost.one", WANG)
        session.rollback()
        root = session.get_one(ProcessInstance, matter)
        history.record(session, root, "kept.one", WANG)
        history.flush(session, root)
        session.commit()
    with database.reader() as session:
        assert [one.type for one in history.timeline(session, matter)] == ["kept.one"]


def test_flush_all_writes_several_chains_and_their_heads(database):
    with database.writer.begin() as session:
        definition = add_definition(session)
        matters = [add_matter(session, definition) for _ in range(3)]
        for number, one in enumerate(matters):
            for _ in range(number + 1):
                history.record(session, one, "a.b", system("timer"))
        history.flush_all(session)
        keys = [one.key for one in matters]
    with database.reader() as session:
        assert [session.get_one(ProcessInstance, key).last_sequence for key in keys] == [1, 2, 3]
        assert [len(history.timeline(session, key)) for key in keys] == [1, 2, 3]


def test_journal_is_a_chain_of_acts_without_a_matter(database):
    for _ in range(2):
        with database.writer.begin() as session:
            journal = history.journal(session, history.ORGANISATION)
            history.record(session, journal, "delegation.created", WANG)
            history.flush(session, journal)
    with database.reader() as session:
        assert [one.sequence for one in history.timeline(session, history.ORGANISATION)] == [1, 2]


def test_events_of_a_called_process_stand_in_the_chain_of_its_root(database, matter):
    with database.writer.begin() as session:
        root = session.get_one(ProcessInstance, matter)
        called = add_matter(session, root.definition_key)
        called.root_key, called.parent_key = root.key, root.key
        history.record(session, root, "process_instance.started", WANG)
        history.record(session, called, "process_instance.started", WANG)
        history.flush(session, root)
        called_key = called.key
    with database.reader() as session:
        assert [one.process_instance_key for one in history.timeline(session, matter)] == [matter, called_key]


def test_a_second_event_with_a_taken_number_is_refused_by_the_database(database, matter):
    """The guard behind the lock: a writer that works on an old head cannot fork the chain."""
    _record(database, matter, "a.b")
    with database.writer() as session:
        stale = session.get_one(ProcessInstance, matter)
        stale.last_sequence, stale.last_hash = 0, ""
        history.record(session, stale, "a.c", WANG)
        with pytest.raises(DBAPIError):
            history.flush(session, stale)
        session.rollback()
    with database.reader() as session:
        assert [one.type for one in history.timeline(session, matter)] == ["a.b"]


def test_half_a_character_is_refused_with_a_sentence(sqlite_database):
    with sqlite_database.writer() as session:
        root = add_matter(session, add_definition(session))
        with pytest.raises(Refused, match="characters"):
            history.record(session, root, "a.b", WANG, details={"text": "\ud800"})


def test_character_zero_survives_on_both_databases(database, matter):
    _record(database, matter, "a.b", text="a\0b")
    with database.reader() as session:
        assert history.timeline(session, matter)[0].details == {"text": "a\0b"}


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, places=2)
    | st.text(st.characters(exclude_categories=["Cs"]))
    | st.dates()
    | st.timedeltas(min_value=timedelta(days=-10), max_value=timedelta(days=10)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["@digest", "@@digest", "@type"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=plain)
def test_any_details_come_back_and_their_chain_verifies(sqlite_database, value):
    with sqlite_database.writer.begin() as session:
        root = add_matter(session, add_definition(session))
        history.record(session, root, "a.b", WANG, details={"seen": value, "secret": history.Personal(value)})
        history.flush(session, root)
        key = root.key
    with sqlite_database.reader() as session:
        (only,) = history.timeline(session, key)
    assert only.details == {"seen": value, "secret": value}
