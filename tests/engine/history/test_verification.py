"""Whatever is altered behind the engine's back is found, on both databases, by a superuser with the triggers off."""

# ruff: noqa: S608 - the statements are this file's own
from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from engine import history
from engine.models import Seal
from tests.engine.history.conftest import WANG, add_definition, add_matter, go_on, problems, rewrite
from tests.tampering import tamper


@pytest.mark.usefixtures("matters")
def test_what_was_not_altered_is_intact(database):
    with database.reader() as session:
        report = history.verify(session)
    assert report.problems == []
    assert report.is_intact
    assert (report.events, report.chains, report.seals) == (16, 4, 1)
    assert str(report.summary) == "The history is intact: 16 events in 4 chains, 1 seals."


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("process_instance_key", "process_instance_key + 1"),
        ("type", "'user_task.completeD'"),
        ("actor", "'U18'"),
        ("on_behalf_of", "'U17'"),
        ("on_behalf_of", "NULL"),
        ("element_id", "'AC1_lime'"),
        ("details", "replace(details, '按', '接')"),
        ("details", "details || ' '"),
        ("hash", "'x' || substr(hash, 2)"),
    ],
)
def test_one_changed_character_in_any_column_is_found(database, matters, column, value):
    changed = tamper(
        database,
        f"UPDATE history_event SET {column} = {value} WHERE root_key = :key AND sequence = 2",
        key=matters[1],
    )
    assert changed == 1
    found = problems(database)
    assert ("event_changed", matters[1], 2) in found
    assert {key for _, key, _ in found} == {matters[1]}


def test_a_changed_instant_is_found(database, matters):
    value = (
        "substr(occurred_at, 1, 18) || (1 - (substr(occurred_at, 19, 1) > '0')) || substr(occurred_at, 20)"
        if database.is_sqlite
        else "occurred_at + interval '1 microsecond'"
    )
    tamper(
        database,
        f"UPDATE history_event SET occurred_at = {value} WHERE root_key = :key AND sequence = 4",
        key=matters[0],
    )
    assert problems(database) == [("event_changed", matters[0], 4)]


@pytest.mark.parametrize("stored", ["replace(occurred_at, ' ', 'T')", "occurred_at || '+00:00'", "'yesterday'", "7"])
def test_an_instant_written_otherwise_in_sqlite_is_found(sqlite_database, stored):
    with sqlite_database.writer.begin() as session:
        root = add_matter(session, add_definition(session))
        history.record(session, root, "a.b", WANG)
        history.flush(session, root)
        key = root.key
    tamper(sqlite_database, f"UPDATE history_event SET occurred_at = {stored} WHERE root_key = :key", key=key)
    assert problems(sqlite_database) == [("event_changed", key, 1)]


def test_bytes_that_are_no_text_any_more_are_found(sqlite_database):
    with sqlite_database.writer.begin() as session:
        root = add_matter(session, add_definition(session))
        history.record(session, root, "a.b", WANG, details={"note": "办理"})
        history.flush(session, root)
        key = root.key
    tamper(sqlite_database, "UPDATE history_event SET actor = CAST(x'55ff39' AS TEXT) WHERE root_key = :key", key=key)
    assert problems(sqlite_database) == [("event_changed", key, 1)]


def test_a_row_that_cannot_be_read_is_reported_not_raised(sqlite_database):
    with sqlite_database.writer.begin() as session:
        root = add_matter(session, add_definition(session))
        history.record(session, root, "a.b", WANG)
        history.flush(session, root)
        key = root.key
    tamper(sqlite_database, "UPDATE history_event SET root_key = 'x' WHERE root_key = :key", key=key)
    assert "unreadable" in {code for code, _, _ in problems(sqlite_database)}


@pytest.mark.parametrize("sequence", [1, 2, 4])
def test_a_deleted_event_is_found(database, matters, sequence):
    tamper(database, "DELETE FROM history_event WHERE root_key = :key AND sequence = :n", key=matters[2], n=sequence)
    assert ("event_missing", matters[2], sequence) in problems(database)


def test_a_deleted_event_with_the_rest_renumbered_is_found(database, matters):
    tamper(
        database,
        "DELETE FROM history_event WHERE root_key = :key AND sequence = 4",
        "UPDATE history_event SET sequence = 4 WHERE root_key = :key AND sequence = 5",
        key=matters[2],
    )
    found = problems(database)
    assert ("event_changed", matters[2], 4) in found
    assert ("head_missing", matters[2], 5) in found


def test_an_inserted_event_is_found(database, matters):
    tamper(
        database,
        "INSERT INTO history_event SELECT root_key, 6, process_instance_key, type, occurred_at, actor, on_behalf_of, "
        "element_id, details, hash FROM history_event WHERE root_key = :key AND sequence = 5",
        key=matters[0],
    )
    assert ("event_changed", matters[0], 6) in problems(database)


def test_a_cut_off_end_is_found(database, matters):
    tamper(database, "DELETE FROM history_event WHERE root_key = :key AND sequence = 5", key=matters[0])
    assert ("head_missing", matters[0], 5) in problems(database)


def test_a_cut_off_end_is_found_by_the_seal_when_the_head_was_adjusted_too(database, matters):
    tamper(
        database,
        "DELETE FROM history_event WHERE root_key = :key AND sequence > 2",
        "UPDATE process_instance SET last_sequence = 2, last_hash = "
        "(SELECT hash FROM history_event WHERE root_key = :key AND sequence = 2) WHERE key = :key",
        key=matters[0],
    )
    assert ("sealed_event_missing", matters[0], 3) in problems(database)


def test_a_rewritten_chain_with_right_hashes_is_found_by_the_seal(database, matters):
    """Somebody who knows the code recomputes every hash and the head: only the seal remembers."""
    rewrite(database, matters[1])
    assert problems(database) == [("sealed_event_differs", matters[1], 3)]


def test_a_matter_deleted_whole_is_found_by_the_seal(database, matters):
    tamper(
        database,
        "DELETE FROM history_event WHERE root_key = :key",
        "DELETE FROM personal_value WHERE root_key = :key",
        "DELETE FROM process_instance WHERE key = :key",
        key=matters[0],
    )
    assert problems(database) == [("sealed_event_missing", matters[0], 3)]


def test_a_matter_whose_history_is_gone_is_found(database, matters):
    tamper(
        database,
        "DELETE FROM history_event WHERE root_key = :key",
        "DELETE FROM sealed_head WHERE root_key = :key",
        "UPDATE process_instance SET last_sequence = 0, last_hash = '' WHERE key = :key",
        key=matters[0],
    )
    codes = {code for code, key, _ in problems(database) if key == matters[0]}
    assert "no_history" in codes


def test_a_history_whose_matter_is_gone_is_found(database, matters):
    tamper(database, "DELETE FROM process_instance WHERE key = :key", key=matters[0])
    assert ("no_matter", matters[0], None) in problems(database)


@pytest.mark.usefixtures("matters")
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE resource SET content = :bytes", "file_changed"),
        ("UPDATE resource SET compiled = :bytes", "file_unknown"),
    ],
)
def test_an_altered_deployed_file_is_found(database, statement, code):
    tamper(database, statement, bytes=b"<other/>")
    assert problems(database) == [(code, None, None)]


def test_matters_that_move_during_a_verification_do_not_look_altered(database, matters):
    with database.reader() as session:
        report = _verify_while(session, lambda: go_on(database, matters, 1))
    assert report.problems == []


def _verify_while(session, happens):
    """Verify, with something happening right after the snapshot was taken by the first statement."""
    from sqlalchemy import event  # noqa: PLC0415 - used here only

    done = []

    def once(*_):
        if len(done) < 4:
            done.append(1)
            if len(done) == 3:
                happens()

    engine = session.get_bind()
    event.listen(engine, "after_cursor_execute", once)
    try:
        return history.verify(session)
    finally:
        event.remove(engine, "after_cursor_execute", once)


@pytest.mark.usefixtures("matters")
def test_a_session_that_has_read_already_is_refused_where_it_would_see_two_states(database):
    with database.reader() as session:
        session.execute(select(Seal)).all()
        if database.is_sqlite:
            assert history.verify(session).is_intact
        else:
            with pytest.raises(RuntimeError, match="read nothing"):
                history.verify(session)


def test_many_problems_are_counted_and_not_all_kept(sqlite_database, monkeypatch):
    from engine.history import report  # noqa: PLC0415 - its limit is made small here

    monkeypatch.setattr(report, "MAXIMUM_PROBLEMS", 2)
    with sqlite_database.writer.begin() as session:
        root = add_matter(session, add_definition(session))
        for _ in range(5):
            history.record(session, root, "a.b", WANG)
        history.flush(session, root)
    tamper(sqlite_database, "UPDATE history_event SET actor = 'U1' WHERE root_key > 1000")
    with sqlite_database.reader() as session:
        found = history.verify(session)
    assert (len(found.problems), found.omitted) == (2, 3)
    assert "5 problems" in str(found.summary)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    position=st.integers(min_value=0), flip=st.integers(1, 255), column=st.sampled_from(["type", "details", "hash"])
)
def test_any_one_byte_is_found(sqlite_database, position, flip, column):
    with sqlite_database.writer.begin() as session:
        root = add_matter(session, add_definition(session))
        history.record(session, root, "user_task.completed", WANG, "AC1", {"意见": "同意", "amount": 300})
        history.flush(session, root)
        key = root.key
    with sqlite_database.reader() as session:
        stored = session.execute(
            text(f"SELECT CAST({column} AS BLOB) FROM history_event WHERE root_key = :key"),
            {"key": key},
        ).scalar_one()
    place = position % len(stored)
    changed = stored[:place] + bytes([stored[place] ^ flip]) + stored[place + 1 :]
    tamper(
        sqlite_database,
        f"UPDATE history_event SET {column} = CAST(:changed AS TEXT) WHERE root_key = :key",
        changed=changed,
        key=key,
    )
    assert ("event_changed", key, 1) in problems(sqlite_database)
