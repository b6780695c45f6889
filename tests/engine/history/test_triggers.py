"""The database itself refuses to change or delete history, whoever asks."""

# ruff: noqa: S608 - the statements are this file's own
from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from engine import history
from engine.actor import system
from tests.engine.history.conftest import WANG, add_definition, add_matter, problems


@pytest.mark.usefixtures("matters")
@pytest.mark.parametrize("table", ["history_event", "seal", "sealed_head", "personal_value"])
def test_the_database_refuses_to_change_or_delete(database, table):
    column = {"seal": "hash", "sealed_head": "hash", "personal_value": "salt", "history_event": "actor"}[table]
    acts = [f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"]
    if not database.is_sqlite:
        acts.append(f"TRUNCATE {table}")
    for act in acts:
        with database.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(act))
    assert problems(database) == []


def test_sqlite_refuses_to_replace_rows(sqlite_database):
    with sqlite_database.writer.begin() as session:
        root = add_matter(session, add_definition(session))
        history.record(session, root, "a.b", WANG, details={"why": history.Personal("x")})
        history.flush(session, root)
        history.seal(session)
    for table in ("history_event", "personal_value", "seal", "sealed_head"):
        with sqlite_database.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
            connection.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))


@pytest.mark.usefixtures("matters")
@pytest.mark.parametrize(
    "change",
    [
        "value = '1'",
        "value = NULL",  # without saying when
        "value = NULL, erased_at = CURRENT_TIMESTAMP",  # with the salt kept
        "value = NULL, erased_at = CURRENT_TIMESTAMP, salt = '', root_key = 1",
        "digest = 'x', value = NULL, erased_at = CURRENT_TIMESTAMP, salt = ''",
    ],
)
def test_a_personal_value_can_only_be_erased_whole(database, change):
    with database.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(f"UPDATE personal_value SET {change}"))


def test_an_erased_value_cannot_be_written_again(database, matters):
    with database.writer.begin() as session:
        history.erase(session, system("law"), matters[0], reason="r")
    with database.engine.connect() as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text("UPDATE personal_value SET value = '1' WHERE root_key = :key"), {"key": matters[0]})
