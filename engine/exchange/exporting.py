"""The rows of every table as they stand, values of their columns by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import NotAllowed
from engine.exchange.sheets import SHEETS, Sheet
from engine.models import Absence, Assignment, Employment, HeadcountPlan, Person, Post, Unit
from feel.sentences import Sentence

_TABLES: Mapping[str, tuple[Any, Sequence[Any]]] = {
    "units": (Unit, (Unit.id,)),
    "posts": (Post, (Post.code,)),
    "people": (Person, (Person.id,)),
    "assignments": (Assignment, (Assignment.person_id, Assignment.starts_on, Assignment.key)),
    "absences": (Absence, (Absence.person_id, Absence.starts_on, Absence.key)),
    "employments": (Employment, (Employment.person_id, Employment.starts_on)),
    "headcounts": (HeadcountPlan, (HeadcountPlan.unit_id, HeadcountPlan.post_code)),
}
_ABOVE = {"units": "parent_id", "posts": "superior"}
_OWN_NAMES = {("units", "unit_id"): "id", ("people", "person_id"): "id"}


def export(session: Session, actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """Every table of the organisation, for administrators."""
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed(Sentence("Only administrators export and import the organisation."))
    return {sheet.name: _rows(session, sheet) for sheet in SHEETS}


def _rows(session: Session, sheet: Sheet) -> list[dict[str, Any]]:
    model, order = _TABLES[sheet.name]
    read: Sequence[tuple[str, Callable[[Any], Any]]] = [
        (column.name, _reader(_OWN_NAMES.get((sheet.name, column.name), column.name))) for column in sheet.columns
    ]
    rows = [{name: value(row) for name, value in read} for row in session.scalars(select(model).order_by(*order))]
    above = _ABOVE.get(sheet.name)
    return rows if above is None else _above_first(rows, sheet.key[0], above)


def _above_first(rows: list[dict[str, Any]], key: str, above: str) -> list[dict[str, Any]]:
    """What others stand below comes before them, so that an empty house can take the file in."""
    waiting, placed = list(rows), {None}
    ordered: list[dict[str, Any]] = []
    while waiting:
        ready = [row for row in waiting if row[above] in placed] or waiting
        ordered += ready
        placed |= {row[key] for row in ready}
        waiting = [row for row in waiting if row[key] not in placed]
    return ordered


def _reader(attribute: str) -> Callable[[Any], Any]:
    return lambda row: getattr(row, attribute)
