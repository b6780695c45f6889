"""Updates that set what changed, and nothing else: a statement for each set of columns that ever changes together.

SQLite writes an entry of an index anew for every column that a statement sets, whether its value changes or not, and
a step changes few of the columns that a step may change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Table, bindparam, update

from engine.statements import Statement


class Update:
    """Of the rows of a table that meet the conditions; ``always`` are columns that are set whatever changed.

    A value is given under its column's name with ``b_`` before it.
    """

    def __init__(self, table: Table, *conditions: ColumnElement[bool], **always: Any) -> None:
        self._table = table
        self._conditions = conditions
        self._always = always
        self._statements: dict[tuple[str, ...], Statement] = {}

    def setting(self, names: tuple[str, ...]) -> Statement:
        """The statement that sets these columns."""
        found = self._statements.get(names)
        if found is None:
            values = {name: bindparam(f"b_{name}") for name in names} | self._always
            made = update(self._table).where(*self._conditions).values(values)
            found = self._statements[names] = Statement(made)
        return found

    def changing(self, before: object, after: Mapping[str, Any]) -> Statement:
        """The statement that sets those columns of ``before``, a row, that are not yet as in ``after``."""
        return self.setting(tuple(name for name, value in after.items() if getattr(before, name) != value))
