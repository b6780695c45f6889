"""Order and pages: by offset, or by a cursor that names the row before; counts up to a bound.

A cursor holds the values of the sorted columns of a row and a digest of the search that it belongs to; with another
search it is refused. The last sorted column is always the row's own key, so the order is total.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal, or_, select
from sqlalchemy.orm import Session

from engine import values
from engine.errors import FormRefused, Refused
from engine.search.criteria import Column, Criteria, Field, conditions
from feel.sentences import Sentence

MAXIMUM_LIMIT = 10_000
COUNTED = 1_000
"""How far rows are counted: beyond, the answer says that there are more. Counting costs more than any page."""

Rows: TypeAlias = Select[*tuple[Any, ...]]
"""A statement whose rows a search picks from."""

_DIGEST_LENGTH = 16
_LONGEST_CURSOR = 4096
_KEYS_END = 2**63


@dataclass(frozen=True, slots=True)
class Order:
    """A field to sort by."""

    name: str
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of the rows: from ``offset`` on, behind the cursor ``after``, or before the cursor ``before``."""

    limit: int = 100
    offset: int = 0
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One page. ``total`` counts all pages up to :data:`COUNTED`; ``has_more``: there are even more than that."""

    rows: Sequence[Row[Any]]
    total: int
    has_more: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be asked of a noun: its fields, which of them sort, and the keys that tell its rows apart."""

    noun: str
    fields: Mapping[str, Field]
    sorts: Mapping[str, Column]
    keys: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Sorted:
    column: Column
    descending: bool

    def ordering(self, *, reverse: bool) -> Any:
        """What is missing comes last, and first in the opposite direction: as PostgreSQL's indexes have it."""
        descending = self.descending is not reverse
        ordered = self.column.expression.desc() if descending else self.column.expression.asc()
        if not self.column.nullable:
            return ordered
        return ordered.nulls_first() if descending else ordered.nulls_last()

    def beyond(self, value: Any, *, reverse: bool) -> Any:
        """Strictly behind the value in this order (with ``reverse``: before it)."""
        expression, descending = self.column.expression, self.descending is not reverse
        if value is None:
            return expression.is_not(None) if descending else false()
        if descending:
            return expression < value
        return or_(expression > value, expression.is_(None)) if self.column.nullable else expression > value

    def equal(self, value: Any) -> Any:
        return self.column.expression.is_(None) if value is None else self.column.expression == value


def find(
    session: Session,
    catalogue: Catalogue,
    statement: Rows,
    *,
    criteria: Criteria,
    any_of: Sequence[Criteria] = (),
    order: Sequence[Order] = (),
    paging: Paging | None = None,
) -> Found:
    """One page of the rows of ``statement`` that fit ``criteria`` (and one of ``any_of``, where there are any).

    Raises :class:`FormRefused` for what cannot be asked or sorted by, and for a cursor of another search.
    """
    wanted = paging or Paging()
    statement = statement.where(conditions(catalogue.fields, criteria))
    if any_of:
        statement = statement.where(or_(*(conditions(catalogue.fields, one) for one in any_of)))
    sorted_by = _sorted_by(catalogue, order)
    digest = _digest(catalogue.noun, criteria, any_of, order)
    total = _count(session, statement)
    rows = _page(session, statement, sorted_by, wanted, digest)
    cursors = [_cursor(digest, row, len(sorted_by)) for row in (rows[:1] + rows[-1:])]
    start, end = (cursors[0], cursors[-1]) if cursors else (None, None)
    return Found(rows, min(total, COUNTED), total > COUNTED, start, end)


def _sorted_by(catalogue: Catalogue, order: Sequence[Order]) -> list[_Sorted]:
    found = []
    for entry in order:
        column = catalogue.sorts.get(entry.name)
        if column is None:
            raise FormRefused({f"sort.{entry.name}": [Sentence("This field cannot be sorted by.")]})
        found.append(_Sorted(column, entry.descending))
    descending = found[-1].descending if found else False
    return [*found, *(_Sorted(Column(key), descending) for key in catalogue.keys)]


def _count(session: Session, statement: Rows) -> int:
    bounded = statement.with_only_columns(literal(1).label("one")).order_by(None).limit(COUNTED + 1).subquery()
    return session.execute(select(func.count()).select_from(bounded)).scalar_one()


def _page(
    session: Session, statement: Rows, sorted_by: Sequence[_Sorted], wanted: Paging, digest: str
) -> list[Row[Any]]:
    backward = wanted.before is not None
    labelled = [entry.column.expression.label(f"sorted_{index}") for index, entry in enumerate(sorted_by)]
    statement = statement.add_columns(*labelled).limit(wanted.limit)
    if wanted.after is not None or backward:
        name = "before" if backward else "after"
        known = _read_cursor(wanted.before if backward else wanted.after, digest, sorted_by, name)
        statement = statement.where(_behind(sorted_by, known, reverse=backward))
    elif wanted.offset:
        statement = statement.offset(wanted.offset)
    ordered = statement.order_by(*(entry.ordering(reverse=backward) for entry in sorted_by))
    rows = list(session.execute(ordered).all())
    return rows[::-1] if backward else rows


def _behind(sorted_by: Sequence[_Sorted], known: Sequence[Any], *, reverse: bool) -> ColumnElement[bool]:
    """Behind a row: by the first column, or equal there and by the second, and so on."""
    ways = []
    for index, entry in enumerate(sorted_by):
        same = [before.equal(value) for before, value in zip(sorted_by[:index], known, strict=False)]
        ways.append(and_(*same, entry.beyond(known[index], reverse=reverse)))
    return or_(*ways)


def _digest(noun: str, criteria: Criteria, any_of: Sequence[Criteria], order: Sequence[Order]) -> str:
    asked = [noun, dict(criteria), [dict(one) for one in any_of], [[entry.name, entry.descending] for entry in order]]
    return hashlib.sha256(values.canonical(asked).encode()).hexdigest()[:_DIGEST_LENGTH]


def _cursor(digest: str, row: Row[Any], count: int) -> str:
    sorted_values = [row._mapping[f"sorted_{index}"] for index in range(count)]  # noqa: SLF001 - a public name
    return base64.b64encode(values.dumps([digest, *sorted_values]).encode()).decode()


def _read_cursor(cursor: str | None, digest: str, sorted_by: Sequence[_Sorted], name: str) -> list[Any]:
    wrong = FormRefused({f"page.{name}": [Sentence("This is no cursor of this search.")]})
    if cursor is None or len(cursor) > _LONGEST_CURSOR:
        raise wrong
    try:
        known = values.loads(base64.b64decode(cursor, validate=True).decode())
    except (binascii.Error, ValueError, RecursionError, Refused) as error:
        raise wrong from error
    if not isinstance(known, list) or len(known) != len(sorted_by) + 1 or known[0] != digest:
        raise wrong
    # who writes cursors of his own gets no further than a comparison that the database can make
    if not all(_comparable(entry.column, value) for entry, value in zip(sorted_by, known[1:], strict=True)):
        raise wrong
    return known[1:]


def _comparable(column: Column, value: Any) -> bool:
    if value is None:
        return column.nullable
    if isinstance(value, bool) or not isinstance(value, column.expression.type.python_type):
        return False
    if isinstance(value, int):
        return abs(value) < _KEYS_END
    return value.tzinfo is not None if isinstance(value, datetime) else "\0" not in value
