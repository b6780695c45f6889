"""Statistics of ended matters, within what the reader oversees: cycle time, on time, returned, rejected; and steps.

All of it is added up from rows that are kept for it (``recording``), so that a hundred thousand ended matters are
counted while a page is opened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, func, or_, select, true
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import NotAllowed
from engine.models import MatterRecord, StepFigure
from engine.organisation import oversight
from engine.organisation.oversight import Oversight
from feel.sentences import Sentence

By = Literal["month", "process_id", "store"]


@dataclass(frozen=True, slots=True)
class Cycle:
    """The ended matters of one month, procedure or unit (``of``); sums, of which a page makes means and shares."""

    of: str
    matters: int  # all that ended
    finished: int  # by an end of their diagram that is neither a withdrawal nor a cancellation
    seconds: int  # of those, from submission to end
    rejected: int
    returned: int  # sent back at least once
    dated: int  # completed tasks with a due date
    on_time: int  # of those


@dataclass(frozen=True, slots=True)
class StepTime:
    """One step of a procedure or of one that it calls: how many tasks, and the seconds that they waited and took."""

    process_id: str
    element_id: str
    tasks: int
    waiting: int
    working: int


def cycles(
    session: Session, actor: Actor, by: By, *, first: str, last: str, process_id: str = "", store: str = ""
) -> Sequence[Cycle]:
    """The matters that ended in the months ``first`` to ``last`` ("2026-11"), by month, procedure or unit."""
    record = MatterRecord
    column = {"month": record.month, "process_id": record.process_id, "store": record.store}[by]
    conditions = [record.month >= first, record.month <= last]
    if process_id:
        conditions.append(record.process_id == process_id)
    if store:
        conditions.append(record.store == store)
    statement: Any = select(
        column,
        func.count(),
        func.sum(_flag(record.is_finished)),
        func.sum(case((record.is_finished, record.seconds), else_=0)),
        func.sum(_flag(record.is_rejected)),
        func.sum(_flag(record.returns > 0)),
        func.sum(record.dated),
        func.sum(record.on_time),
    ).group_by(column)
    conditions.append(_covered(_overseer(session, actor)))
    rows = session.execute(statement.where(*conditions).order_by(column))
    return [Cycle(row[0] or "", *(int(number or 0) for number in row[1:])) for row in rows]


def months(session: Session, actor: Actor) -> Sequence[str]:
    """The months in which any matter ended, the latest first."""
    _overseer(session, actor)
    rows = session.execute(select(StepFigure.month).distinct().order_by(StepFigure.month.desc()).limit(120))
    return rows.scalars().all()


def step_times(
    session: Session, actor: Actor, process_id: str, *, first: str, last: str, store: str = ""
) -> Sequence[StepTime]:
    """The steps of the matters of a procedure that ended in those months, in the units that the actor oversees."""
    figure = StepFigure
    conditions = [
        figure.root_process_id == process_id,
        figure.month >= first,
        figure.month <= last,
        _within(_overseer(session, actor)),
    ]
    if store:
        conditions.append(figure.store == store)
    rows = session.execute(
        select(
            figure.process_id,
            figure.element_id,
            func.sum(figure.tasks),
            func.sum(figure.waiting_seconds),
            func.sum(figure.working_seconds),
        )
        .where(*conditions)
        .group_by(figure.process_id, figure.element_id)
        .order_by(figure.process_id, figure.element_id)
    )
    return [StepTime(row[0], row[1], int(row[2]), int(row[3]), int(row[4])) for row in rows]


def _covered(found: Oversight) -> ColumnElement[bool]:
    """As ``process_instances.rights.overseen`` says of matters, said of their records: these are submitted, all."""
    record = MatterRecord
    if found.everything:
        return true()
    started: ColumnElement[bool] = record.starter.in_(sorted(found.starters))
    if found.system_started:
        started = or_(started, record.starter.startswith("system:"))
    return and_(record.store.in_(sorted(found.stores)), started)


def _within(found: Oversight) -> ColumnElement[bool]:
    """Sums of times by unit say nothing of a single matter, so the unit alone decides here."""
    return true() if found.everything else StepFigure.store.in_(sorted(found.stores))


def _overseer(session: Session, actor: Actor) -> Oversight:
    found = oversight.of(session, actor)
    if found.is_empty:
        raise NotAllowed(Sentence("Only managers, administrators and auditors may see the figures of their units."))
    return found


def _flag(condition: Any) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
