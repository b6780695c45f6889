"""What is open in a manager's unit: every task, those due first, and how much waits in each store and with whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select
from sqlalchemy.orm import Session

from engine import clock
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.models import ProcessInstance, UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.organisation import oversight
from engine.organisation.oversight import Oversight
from engine.process_instances import rights
from engine.process_instances.reading import MAXIMUM_PAGE, Page
from feel.sentences import Sentence

SOON = timedelta(hours=24)
"""What is due within this time is due soon."""

When = Literal["late", "soon", "open"]


@dataclass(frozen=True, slots=True)
class Overseen:
    """What to show: overdue, due soon, or all that is open; ``person`` "" and ``store`` "" mean any."""

    when: When = "late"
    store: str = ""
    person: str = ""
    process_id: str = ""
    page: int = 1
    size: int = 30


@dataclass(frozen=True, slots=True)
class Load:
    """How much is open in one store, or with one person (None: in no store, with nobody yet)."""

    of: str | None
    late: int
    soon: int
    open: int


def overseen(session: Session, actor: Actor, chosen: Overseen) -> Page[UserTask]:
    """One page of the open tasks within the actor's unit, what is due first before the others."""
    statement = select(UserTask).join(ProcessInstance, ProcessInstance.key == UserTask.root_key)
    statement = statement.where(*_conditions(session, actor), *_matching(chosen))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    size, page = max(1, min(chosen.size, MAXIMUM_PAGE)), max(1, chosen.page)
    ordered = statement.order_by(UserTask.due_at.asc().nulls_last(), UserTask.key)
    rows = session.execute(ordered.limit(size).offset((page - 1) * size)).scalars().all()
    return Page(rows, total, page, size)


def loads(session: Session, actor: Actor, by: Literal["store", "person"]) -> Sequence[Load]:
    """How much is open, by store or by person, where the most is late first."""
    column = UserTask.store if by == "store" else UserTask.assignee
    late, soon, count = func.sum(_flag(_when("late"))), func.sum(_flag(_when("soon"))), func.count()
    statement: Any = (
        select(column, late, soon, count)
        .join(ProcessInstance, ProcessInstance.key == UserTask.root_key)
        .where(*_conditions(session, actor))
        .group_by(column)
        .order_by(late.desc(), soon.desc(), count.desc(), column)
    )
    return [Load(row[0], row[1], row[2], row[3]) for row in session.execute(statement)]


def _conditions(session: Session, actor: Actor) -> list[ColumnElement[bool]]:
    found = oversight.of(session, actor)
    if found.is_empty:
        raise NotAllowed(Sentence("Only who leads a store, an area or a department oversees its tasks."))
    return [UserTask.state == CREATED, ProcessInstance.submitted_at.is_not(None), _within(found)]


def _within(found: Oversight) -> ColumnElement[bool]:
    """The condition on a task and its root instance: of a matter of the unit, or for the people of the unit to do."""
    offered = select(UserTaskCandidate.user_task_key).where(
        UserTaskCandidate.kind == "group", UserTaskCandidate.id.in_(sorted(found.groups))
    )
    queued = and_(UserTask.assignee.is_(None), UserTask.key.in_(offered)) if found.groups else false()
    return or_(rights.overseen(found), UserTask.assignee.in_(sorted(found.people)), queued)


def _matching(chosen: Overseen) -> list[ColumnElement[bool]]:
    conditions = [] if chosen.when == "open" else [_when(chosen.when)]
    if chosen.store:
        conditions.append(UserTask.store == chosen.store)
    if chosen.person:
        conditions.append(UserTask.assignee == chosen.person)
    if chosen.process_id:
        conditions.append(ProcessInstance.process_id == chosen.process_id)
    return conditions


def _when(when: When) -> ColumnElement[bool]:
    now = clock.now()
    late = UserTask.due_at < now
    return late if when == "late" else and_(UserTask.due_at >= now, UserTask.due_at < now + SOON)


def _flag(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)
