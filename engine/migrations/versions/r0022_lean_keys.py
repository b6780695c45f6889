"""A step writes fewer indexes: on SQLite the key of a row is the row's own number, and four indexes shrink or go.

A matter is found by its key, what it called by an index of called processes alone; the tasks of an instance by the
matter that they belong to. A variable is numbered as other rows are, and its three names are unique. What is not yet
completed or submitted has no place where one looks for what is.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_NAMES = ["process_instance_key", "scope", "name"]
_UNIQUE_NAMES, _UNIQUE_KEY = "uq_variable_process_instance_key_scope_name", "uq_variable_key"
_SUBMITTED = ("ix_process_instance_submitted", "process_instance", ["submitted_at", "key"])
_COMPLETED = ("ix_user_task_completed_by", "user_task", ["completed_by", "completed_at", "root_key"])
_KEY = {'"key" BIGINT NOT NULL': '"key" INTEGER NOT NULL'}
_REBUILT: Mapping[str, Mapping[str, str]] = {
    "process_instance": _KEY,
    "user_task": _KEY,
    "job": _KEY,
    "variable": {
        **_KEY,
        f"pk_variable PRIMARY KEY ({', '.join(_NAMES)})": 'pk_variable PRIMARY KEY ("key")',
        f'{_UNIQUE_KEY} UNIQUE ("key")': f"{_UNIQUE_NAMES} UNIQUE ({', '.join(_NAMES)})",
    },
}


def upgrade() -> None:
    """Make the keys what they are to be, then the index over called processes."""
    op.drop_index("ix_user_task_instance", "user_task")
    op.drop_index("ix_process_instance_root", "process_instance")
    if op.get_bind().dialect.name == "sqlite":
        for table, changes in _REBUILT.items():
            _rebuild(table, changes)
    else:
        _number_variables(["key"], _UNIQUE_KEY, _UNIQUE_NAMES, _NAMES)
    _index("ix_process_instance_root", "process_instance", ["root_key"], where="parent_key IS NOT NULL")
    _index_anew(*_SUBMITTED, where="parent_key IS NULL AND submitted_at IS NOT NULL")
    _index_anew(*_COMPLETED, where="completed_by IS NOT NULL")


def downgrade() -> None:
    """As before."""
    _index_anew(*_COMPLETED, where=None)
    _index_anew(*_SUBMITTED, where="parent_key IS NULL")
    op.drop_index("ix_process_instance_root", "process_instance")
    if op.get_bind().dialect.name == "sqlite":
        for table, changes in _REBUILT.items():
            _rebuild(table, {after: before for before, after in changes.items()})
    else:
        _number_variables(_NAMES, _UNIQUE_NAMES, _UNIQUE_KEY, ["key"])
    op.create_index("ix_process_instance_root", "process_instance", ["root_key"])
    op.create_index("ix_user_task_instance", "user_task", ["process_instance_key", "state"])


def _index_anew(name: str, table: str, columns: list[str], *, where: str | None) -> None:
    op.drop_index(name, table)
    _index(name, table, columns, where=where)


def _index(name: str, table: str, columns: list[str], *, where: str | None) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(name, table, columns, postgresql_where=condition, sqlite_where=condition)


def _number_variables(primary: list[str], unique_before: str, unique: str, names: list[str]) -> None:
    op.drop_constraint("pk_variable", "variable", type_="primary")
    op.drop_constraint(unique_before, "variable", type_="unique")
    op.create_primary_key("pk_variable", "variable", primary)
    op.create_unique_constraint(unique, "variable", names)


def _rebuild(table: str, changes: Mapping[str, str]) -> None:
    """Make a table of SQLite anew, its statement changed in these places; all else comes along as it stands.

    Rows of other tables may refer to it: whoever migrates has switched the enforcement of foreign keys off.
    """
    connection = op.get_bind()
    stored = "SELECT type, sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY rowid"
    found = connection.exec_driver_sql(stored, (table,)).all()
    (statement,) = (sql for kind, sql in found if kind == "table")
    for before, after in changes.items():
        if statement.count(before) != 1:
            raise AssertionError(f"{table} is not as it was made: {before}")
        statement = statement.replace(before, after)
    _name, parenthesis, columns = statement.partition("(")
    connection.exec_driver_sql(f"CREATE TABLE {table}_anew {parenthesis}{columns}")
    # in the order of the keys, so that pages are filled one after the other
    connection.exec_driver_sql(f'INSERT INTO {table}_anew SELECT * FROM {table} ORDER BY "key"')  # noqa: S608 - our own
    connection.exec_driver_sql(f"DROP TABLE {table}")
    connection.exec_driver_sql(f"ALTER TABLE {table}_anew RENAME TO {table}")
    for kind, sql in found:
        if kind != "table":  # an index or a trigger, which went with the table
            connection.exec_driver_sql(sql)
