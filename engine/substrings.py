"""Whether a text holds another one, without regard to the case of letters: the answer of SQL's ILIKE, for less.

A list that is narrowed by a text looks through every row that it could show, so this is what it costs. PostgreSQL's
ILIKE makes the pattern small again for each row; here it is made so once. SQLite's LIKE knows no case by itself, so
that nothing has to be made small.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class holds(FunctionElement[bool]):  # noqa: N801 - as SQLAlchemy names what stands for a function
    """Of a column and a pattern of LIKE, whose own signs are escaped by a backslash."""

    type = Boolean()
    inherit_cache = True


@compiles(holds)
def _in_general(element: Any, compiler: Any, **options: Any) -> str:
    column, pattern = (compiler.process(each, **options) for each in element.clauses)
    return f"(lower({column}) LIKE (SELECT lower({pattern})) ESCAPE '\\')"


@compiles(holds, "sqlite")
def _in_sqlite(element: Any, compiler: Any, **options: Any) -> str:
    """With the pattern as part of an expression: a bare parameter makes SQLite prepare the statement every time."""
    column, pattern = (compiler.process(each, **options) for each in element.clauses)
    return f"({column} LIKE ('' || {pattern}) ESCAPE '\\')"
