"""Sessions that speak to the driver: whoever sends a statement, it is one transaction; errors are SQLAlchemy's."""

from __future__ import annotations

import pytest
from sqlalchemy import bindparam, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from engine.errors import StaleRevision
from engine.models import Counter
from engine.statements import Outbox, Statement, constant

_TABLE = Counter.__table__
_INSERT = Statement(insert(_TABLE))
_LAST = Statement(select(_TABLE.c.last).where(_TABLE.c.name == bindparam("name")))
_RAISE = Statement(
    update(_TABLE).where(_TABLE.c.name == bindparam("b_name")).values(last=_TABLE.c.last + bindparam("b_by"))
)


def _insert(session, name: str, last: int) -> None:
    outbox = Outbox()
    outbox.add(_INSERT, {"name": name, "last": last}, touching=1)
    outbox.send(session)


def _stored(database) -> dict[str, int]:
    with database.reader() as session:
        return {row.name: row.last for row in session.execute(select(Counter.name, Counter.last))}


def test_what_a_statement_wrote_is_committed(database):
    with database.writer() as session:
        _insert(session, "A", 1)
        session.commit()
    assert _stored(database) == {"A": 1}


def test_what_was_not_committed_is_gone(database):
    with database.writer() as session:
        _insert(session, "A", 1)
    with database.writer() as session:
        _insert(session, "B", 1)
        session.rollback()
        _insert(session, "C", 1)
        session.commit()
    assert _stored(database) == {"C": 1}


def test_statements_and_sqlalchemy_share_one_transaction(database):
    with database.writer() as session:
        _insert(session, "A", 1)
        assert session.execute(select(Counter.last)).scalar_one() == 1
        session.add(Counter(name="B", last=2))
        session.flush()
        assert _LAST.scalar(session, {"name": "B"}) == 2
        session.rollback()
    assert _stored(database) == {}
    with database.writer() as session:
        session.add(Counter(name="B", last=2))
        session.flush()
        _insert(session, "A", 1)
        session.commit()
    assert _stored(database) == {"A": 1, "B": 2}


def test_objects_are_flushed_by_a_commit_beside_statements(database):
    with database.writer() as session:
        _insert(session, "A", 1)
        session.add(Counter(name="B", last=2))
        session.commit()
        kept = session.get(Counter, "B")
        kept.last = 3
        session.commit()
    assert _stored(database) == {"A": 1, "B": 3}


def test_one_session_may_have_one_transaction_after_the_other(database):
    with database.writer() as session:
        for number in range(3):
            _insert(session, str(number), number)
            session.commit()
            with database.writer() as other:  # the connection went back to its pool: on SQLite there is one
                other.execute(update(Counter).values(last=Counter.last + 1))
                other.commit()
    assert _stored(database) == {"0": 3, "1": 3, "2": 3}


def test_a_transaction_that_is_begun_in_so_many_words(database):
    with database.writer.begin() as session:
        _insert(session, "A", 1)
    with pytest.raises(ZeroDivisionError), database.writer.begin() as session:
        _insert(session, "B", 1 // 0)
    assert _stored(database) == {"A": 1}


def test_a_savepoint_takes_statements_with_it(database):
    with database.writer() as session:
        _insert(session, "A", 1)
        savepoint = session.begin_nested()
        _insert(session, "B", 1)
        savepoint.rollback()
        with session.begin_nested():
            _insert(session, "C", 1)
        session.commit()
    assert _stored(database) == {"A": 1, "C": 1}


def test_an_error_is_sqlalchemys_and_names_no_value(database):
    with database.writer() as session:
        _insert(session, "secret", 1)
        with pytest.raises(IntegrityError) as raised:
            _insert(session, "secret", 2)
        assert "INSERT INTO counter" in str(raised.value)
        assert "'secret'" not in str(raised.value)
        session.rollback()


def test_writes_go_in_their_order_and_are_counted(database):
    outbox = Outbox()
    outbox.add_all(_INSERT, [{"name": "A", "last": 1}, {"name": "B", "last": 1}])
    outbox.add(_RAISE, {"b_name": "A", "b_by": 5}, touching=1)
    outbox.add_all(_INSERT, [])
    with database.writer() as session:
        outbox.send(session)
        outbox.send(session)  # nothing is left
        session.commit()
    assert _stored(database) == {"A": 6, "B": 1}


def test_many_rows_are_written_whatever_their_number(database):
    for number in (2, 24, 25, 26, 51):
        outbox = Outbox()
        outbox.add_all(_INSERT, [{"name": f"{number}-{row}", "last": row} for row in range(number)])
        with database.writer() as session:
            outbox.send(session)
            session.commit()
    stored = _stored(database)
    assert len(stored) == 2 + 24 + 25 + 26 + 51
    assert stored["51-50"] == 50


def test_a_write_that_does_not_touch_its_row_stops_the_step(database):
    outbox = Outbox()
    outbox.add(_INSERT, {"name": "A", "last": 1})
    outbox.add(_RAISE, {"b_name": "nobody", "b_by": 5}, touching=1)
    with database.writer() as session:
        with pytest.raises(StaleRevision):
            outbox.send(session)
        session.rollback()
    assert _stored(database) == {}


def test_an_error_among_many_writes_is_sqlalchemys(database):
    outbox = Outbox()
    outbox.add(_INSERT, {"name": "A", "last": 1})
    outbox.add(_INSERT, {"name": "A", "last": 2})
    outbox.add(_RAISE, {"b_name": "A", "b_by": 5}, touching=1)
    with database.writer() as session:
        with pytest.raises(IntegrityError):
            outbox.send(session)
        session.rollback()
        _insert(session, "B", 1)
        session.commit()
    assert _stored(database) == {"B": 1}


def test_a_reader_cannot_write(database):
    with database.reader() as session, pytest.raises(DBAPIError):
        _insert(session, "A", 1)
    with database.reader() as session, pytest.raises(DBAPIError):
        session.execute(insert(Counter).values(name="A", last=1))
    with database.writer() as session:  # on PostgreSQL the very connection that has just read
        _insert(session, "B", 1)
        session.commit()
    assert _stored(database) == {"B": 1}


def test_listeners_of_the_engine_hear_statements(database):
    heard: list[tuple[str, bool]] = []

    def listen(_connection, _cursor, statement, _parameters, _context, many) -> None:
        heard.append((statement.split(" ", 1)[0], many))

    event.listen(database.engine, "before_cursor_execute", listen)
    event.listen(database.engine, "after_cursor_execute", listen)
    outbox = Outbox()
    outbox.add_all(_INSERT, [{"name": "A", "last": 1}, {"name": "B", "last": 1}])
    with database.writer() as session:
        outbox.send(session)
        _LAST.scalar(session, {"name": "A"})
        session.commit()
    many = database.is_sqlite  # psycopg gets both rows in one statement
    assert heard == [("INSERT", many), ("INSERT", many), ("SELECT", False), ("SELECT", False)]


def test_what_postgresql_has_prepared_outlives_a_reader(database):
    if database.is_sqlite:
        pytest.skip("SQLite prepares within the process.")
    for _ in range(10):
        with database.reader() as session:
            _LAST.scalar(session, {"name": "A"})
            session.execute(text("SELECT 1"))
    with database.reader() as session:
        (plans,) = session.execute(
            text("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%counter%'")
        ).scalars()
    assert plans > 1


def test_a_connection_that_the_server_closed_is_given_up(database):
    if database.is_sqlite:
        pytest.skip("SQLite has no server.")
    with database.writer() as session, database.reader() as other:
        ours = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": ours})
        with pytest.raises(DBAPIError) as raised:
            _LAST.scalar(session, {"name": "A"})
        assert raised.value.connection_invalidated
        session.rollback()
        assert _LAST.scalar(session, {"name": "A"}) is None


def test_a_reader_whose_server_went_away_closes_in_peace(database):
    if database.is_sqlite:
        pytest.skip("SQLite has no server.")
    with database.reader() as session, database.writer() as other:
        _LAST.scalar(session, {"name": "A"})
        ours = session.execute(text("SELECT pg_backend_pid()")).scalar_one()
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": ours})
    assert _stored(database) == {}


def test_a_constant_is_a_word_of_ours():
    with pytest.raises(ValueError, match="x' OR"):
        constant("x' OR 1=1 --")
