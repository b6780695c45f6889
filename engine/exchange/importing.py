"""Take tables in: all rows or none. A row that is there changes, one that is new is added, one that is absent stays.

``preview`` is the import itself, undone: each row goes through the very verbs that the pages use, so what it shows
is what ``take`` does, and every refusal stands at its cell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import Conflict, EngineError, Refused
from engine.exchange import cells, rows
from engine.exchange.exporting import export
from engine.exchange.sheets import SHEETS, Sheet
from engine.organisation import journal
from engine.values import canonical
from feel.sentences import Sentence

MOST_ROWS = 5_000
_MOST_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table: its number in the file, and its cells by column."""

    number: int
    cells: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """What a row changes: ``kind`` added, changed or ended; each column with its old and new value."""

    sheet: str
    number: int
    kind: str
    key: tuple[str, ...]
    values: Sequence[tuple[str, Any, Any]]


@dataclass(frozen=True, slots=True)
class CellError:
    """What cannot be taken, and in which cell ("C7")."""

    sheet: str
    cell: str
    sentence: Sentence


@dataclass(slots=True)
class Outcome:
    """Everything that an import changes, and everything that stands in its way."""

    changes: list[Change] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Stands for exactly these changes."""
        told = [[one.sheet, one.kind, list(one.key), [list(value) for value in one.values]] for one in self.changes]
        return hashlib.sha256(canonical(told).encode("utf-8", "surrogatepass")).hexdigest()


class _Undo(Exception):  # noqa: N818 - nothing is wrong: the preview ends
    """Takes everything back that the preview did."""


def preview(session: Session, actor: Actor, tables: Mapping[str, Sequence[Row]]) -> Outcome:
    """What taking these tables in would change; nothing is changed."""
    outcome = Outcome()
    try:
        with session.begin_nested():
            _run(session, actor, tables, outcome)
            _undo()
    except _Undo:
        session.expire_all()
    return outcome


def _undo() -> NoReturn:
    raise _Undo


def take(session: Session, actor: Actor, tables: Mapping[str, Sequence[Row]], *, digest: str, file: str) -> Outcome:
    """Take the tables in if that still changes what the preview showed (its ``digest``); else :class:`Conflict`."""
    outcome = Outcome()
    _run(session, actor, tables, outcome)
    if outcome.errors:
        first = outcome.errors[0]
        raise Refused(Sentence("{sheet}!{cell}: {reason}", sheet=first.sheet, cell=first.cell, reason=first.sentence))
    if outcome.digest != digest:
        raise Conflict(Sentence("The organisation was changed since the preview. Please look at the changes again."))
    about = {"file": file[:200], "changes": len(outcome.changes)}
    journal.record(session, actor, "organisation.imported", about)
    return outcome


def _run(session: Session, actor: Actor, tables: Mapping[str, Sequence[Row]], outcome: Outcome) -> None:
    standing = export(session, actor)
    if sum(len(given) for given in tables.values()) > MOST_ROWS:
        raise Refused(Sentence("A file holds at most {limit} rows.", limit=MOST_ROWS))
    for sheet in SHEETS:
        present = {_key(sheet, row): row for row in standing[sheet.name]}
        seen: dict[tuple[str, ...], int] = {}
        for row in tables.get(sheet.name, ()):
            if len(outcome.errors) >= _MOST_ERRORS:
                return
            _take_row(session, actor, sheet, row, present, seen, outcome)


def _take_row(
    session: Session,
    actor: Actor,
    sheet: Sheet,
    row: Row,
    present: Mapping[tuple[str, ...], Mapping[str, Any]],
    seen: dict[tuple[str, ...], int],
    outcome: Outcome,
) -> None:
    values = _read(sheet, row, outcome)
    if values is None:
        return
    key = _key(sheet, values)
    if key in seen:
        sentence = Sentence("Row {number} says the same already.", number=seen[key])
        outcome.errors.append(CellError(sheet.name, f"A{row.number}", sentence))
        return
    seen[key] = row.number
    old = present.get(key)
    changed = [
        (column.name, None if old is None else old[column.name], values[column.name])
        for column in sheet.columns
        if old is None or old[column.name] != values[column.name]
    ]
    if old is not None and not changed:
        return
    try:
        with session.begin_nested():
            rows.TAKE[sheet.name](session, actor, values, old)
    except EngineError as error:
        outcome.errors.append(CellError(sheet.name, _cell(sheet, error.field, row.number), error.sentence))
        return
    outcome.changes.append(Change(sheet.name, row.number, _kind(old, values), key, changed))


def _read(sheet: Sheet, row: Row, outcome: Outcome) -> dict[str, Any] | None:
    values: dict[str, Any] = {}
    before = len(outcome.errors)
    for column in sheet.columns:
        try:
            values[column.name] = cells.read(column, row.cells.get(column.name))
        except Refused as refused:
            cell = _cell(sheet, column.name, row.number)
            outcome.errors.append(CellError(sheet.name, cell, refused.sentence))
    return values if len(outcome.errors) == before else None


def _key(sheet: Sheet, values: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(values[name]) for name in sheet.key)


def _cell(sheet: Sheet, column: str, number: int) -> str:
    place = next((index for index, each in enumerate(sheet.columns) if each.name == column), 0)
    return f"{chr(ord('A') + place)}{number}"


def _kind(old: Mapping[str, Any] | None, values: Mapping[str, Any]) -> str:
    if old is None:
        return "added"
    closed = any(old.get(name) and not values.get(name) for name in ("open", "active") if name in values)
    ended = "ends_on" in values and values["ends_on"] is not None and old["ends_on"] is None
    return "ended" if closed or ended else "changed"
