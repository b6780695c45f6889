"""Order and pages: by offset, or by a cursor that names the row before; counts up to a bound.

A search asks twice: which rows, as nothing but their sorted values and keys, counted in the same walk; then what
stands in those. Rows are counted in the order of the page, so that the database has one way to go for both: left to
count in any order, PostgreSQL read a whole table of ended matters to find the latest thousand.

A cursor holds the values of the sorted columns of a row and a digest of the search that it belongs to; with another
search it is refused. The last sorted column is always the row's own key, so the order is total.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, tuple_
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
class Asked:
    """A search: the criteria that must all hold, those of which one must hold (if there are any), order and page.

    Whatever is searched raises :class:`FormRefused` for what cannot be asked or sorted by, and for a cursor of
    another search.
    """

    all_of: Sequence[Criteria] = ()
    any_of: Sequence[Criteria] = ()
    order: Sequence[Order] = ()
    paging: Paging = field(default_factory=Paging)


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

    def ordering(self, expression: Any, *, reverse: bool = False) -> Any:
        """What is missing comes last, and first in the opposite direction: as PostgreSQL's indexes have it."""
        descending = self.descending is not reverse
        ordered = expression.desc() if descending else expression.asc()
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


def find(session: Session, catalogue: Catalogue, statement: Rows, readable: Rows, asked: Asked) -> Found:
    """One page of ``statement``: of its rows that are ``readable`` and fit what is asked."""
    fitting = readable.where(*(conditions(catalogue.fields, one) for one in asked.all_of))
    if asked.any_of:
        fitting = fitting.where(or_(*(conditions(catalogue.fields, one) for one in asked.any_of)))
    sorted_by = _sorted_by(catalogue, asked.order)
    digest = _digest(catalogue.noun, asked)
    places, total = _places(session, _Walk(fitting, sorted_by), asked.paging, digest)
    rows = _rows(session, statement, catalogue, [place[-len(catalogue.keys) :] for place in places])
    cursors = [_cursor(digest, place) for place in (places[:1] + places[-1:])]
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


@dataclass(frozen=True, slots=True)
class _Walk:
    """The places of the rows that fit: their sorted values, the last of which are their keys."""

    statement: Rows
    sorted_by: Sequence[_Sorted]

    def places(self, *, reverse: bool = False) -> Rows:
        """All of them, in order."""
        expressions = [entry.column.expression for entry in self.sorted_by]
        labelled = [expression.label(f"sorted_{index}") for index, expression in enumerate(expressions)]
        narrow = self.statement.with_only_columns(*labelled)
        return narrow.order_by(*self._ordering(expressions, reverse=reverse))

    def counted(self) -> Rows:
        """One more of them than are counted."""
        return self.places().limit(COUNTED + 1)

    def first(self, wanted: Paging) -> Rows:
        """A page among those that are counted, each place with their number."""
        counted = self.counted().cte("counted")
        number = select(func.count()).select_from(counted).scalar_subquery()
        page = select(*counted.c, number).order_by(*self._ordering(list(counted.c)))
        return page.limit(wanted.limit).offset(wanted.offset)

    def _ordering(self, expressions: Sequence[Any], *, reverse: bool = False) -> list[Any]:
        pairs = zip(self.sorted_by, expressions, strict=True)
        return [entry.ordering(expression, reverse=reverse) for entry, expression in pairs]


def _places(session: Session, walk: _Walk, wanted: Paging, digest: str) -> tuple[list[tuple[Any, ...]], int]:
    """The places of the page, and how many rows there are, up to one more than are counted."""
    by_cursor = wanted.after is not None or wanted.before is not None
    if not by_cursor and wanted.offset + wanted.limit <= COUNTED:
        found = [tuple(row) for row in session.execute(walk.first(wanted))]
        if found or not wanted.offset:
            return [place[:-1] for place in found], found[0][-1] if found else 0
    else:
        found = [tuple(row) for row in session.execute(_page(walk, wanted, digest))]
    total = session.execute(select(func.count()).select_from(walk.counted().subquery())).scalar_one()
    return found[::-1] if wanted.before is not None else found, total


def _page(walk: _Walk, wanted: Paging, digest: str) -> Rows:
    backward = wanted.before is not None
    places = walk.places(reverse=backward).limit(wanted.limit)
    if wanted.after is None and not backward:
        return places.offset(wanted.offset)
    name = "before" if backward else "after"
    known = _read_cursor(wanted.before if backward else wanted.after, digest, walk.sorted_by, name)
    return places.where(_behind(walk.sorted_by, known, reverse=backward))


def _rows(
    session: Session, statement: Rows, catalogue: Catalogue, keys: Sequence[tuple[Any, ...]]
) -> Sequence[Row[Any]]:
    """What stands in the rows of these keys; one that went meanwhile is left out."""
    if not keys:
        return []
    labels = [f"key_{index}" for index in range(len(catalogue.keys))]
    labelled = [key.label(label) for key, label in zip(catalogue.keys, labels, strict=True)]
    found = session.execute(statement.add_columns(*labelled).where(_one_of(catalogue.keys, keys)))
    by_key = {tuple(row._mapping[label] for label in labels): row for row in found}  # noqa: SLF001 - a public name
    return [by_key[key] for key in keys if key in by_key]


def _one_of(columns: tuple[Any, ...], keys: Sequence[tuple[Any, ...]]) -> Any:
    if len(columns) == 1:
        return columns[0].in_([key[0] for key in keys])
    return tuple_(*columns).in_(keys)


def _behind(sorted_by: Sequence[_Sorted], known: Sequence[Any], *, reverse: bool) -> ColumnElement[bool]:
    """Behind a row: by the first column, or equal there and by the second, and so on."""
    ways = []
    for index, entry in enumerate(sorted_by):
        same = [before.equal(value) for before, value in zip(sorted_by[:index], known, strict=False)]
        ways.append(and_(*same, entry.beyond(known[index], reverse=reverse)))
    return or_(*ways)


def _digest(noun: str, asked: Asked) -> str:
    order = [[entry.name, entry.descending] for entry in asked.order]
    whole = [noun, [dict(one) for one in asked.all_of], [dict(one) for one in asked.any_of], order]
    return hashlib.sha256(values.canonical(whole).encode()).hexdigest()[:_DIGEST_LENGTH]


def _cursor(digest: str, place: Sequence[Any]) -> str:
    return base64.b64encode(values.dumps([digest, *place]).encode()).decode()


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
