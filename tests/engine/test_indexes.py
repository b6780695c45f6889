"""What a step or a page asks by a matter or an instance is answered by an index, however many rows there are."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from engine.execution import calls, closing
from engine.models import ProcessInstance
from engine.process_instances import of_matter
from engine.search import process_instances, user_tasks
from engine.search.criteria import conditions
from engine.statements import Statement

_CLOSING = {name: one for name, one in vars(closing).items() if isinstance(one, Statement)}
_NUMBERED = process_instances.statement(process_instances.INSTANCES_OF_MATTER)
_ASKED = {
    "instances of a matter": select(ProcessInstance).where(of_matter(1)),
    "running called processes": calls._ACTIVE_CALLED,
    "open tasks of an instance": calls._OPEN_TASKS,
    **{
        f"tasks of instances {wanted}": user_tasks.statement().where(
            conditions(user_tasks.CATALOGUE.fields, {"process_instance_key": wanted})
        )
        for wanted in ({"eq": 1}, {"in": [1, 2]})
    },
    "instances by number": _NUMBERED.where(
        conditions(process_instances.CATALOGUE.fields, {"business_id": {"eq": "PR-1"}})
    ),
}


def _read_whole(database: Any, statement: str, values: Any) -> list[str]:
    """The tables that SQLite would read from end to end; it has no statistics, so it always does the same."""
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [detail for *_, detail in plan if detail.startswith("SCAN") or "AUTOMATIC" in detail]


@pytest.mark.parametrize("name", _CLOSING)
def test_closing_what_waits_reads_no_table(sqlite_database, name):
    compiled = _CLOSING[name].compiled(sqlite_database.engine.dialect)
    given = {"instance_key": 1, "element": "2", "b_state": "CANCELED", "b_now": None}
    assert _read_whole(sqlite_database, compiled.text, compiled.bound(given)) == []


@pytest.mark.parametrize("name", _ASKED)
def test_instances_and_tasks_are_found_by_their_matter(sqlite_database, name):
    options = {"render_postcompile": True}
    compiled = _ASKED[name].compile(dialect=sqlite.dialect(), compile_kwargs=options)
    values = tuple(1 if value is None else value for value in (compiled.params[key] for key in compiled.positiontup))
    assert _read_whole(sqlite_database, str(compiled), values) == []
