"""Lists of tasks: what waits for me (待办), what I did (已办); filtered, sorted, in pages, with counts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.actor import Actor
from engine.models import ProcessInstance, UserTask, UserTaskCandidate
from engine.models.user_task import COMPLETED, CREATED
from engine.organisation import snapshot
from engine.process_instances.reading import MAXIMUM_PAGE, containing
from engine.process_instances.rights import groups_of

Whose = Literal["all", "mine", "groups", "delegated"]
Sort = Literal["due", "priority", "newest"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show. ``whose``: assigned to me, claimable from my groups, of those I stand in for, or all of these."""

    whose: Whose = "all"
    process_id: str | None = None
    store: str | None = None
    overdue: bool = False
    text: str = ""
    sort: Sort = "due"
    page: int = 1
    size: int = 30


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open tasks there are of each kind, before other filters; ``overdue`` among my own."""

    mine: int
    groups: int
    delegated: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page; ``total`` is the length of the whole list."""

    tasks: Sequence[UserTask]
    total: int
    page: int
    size: int
    counts: Counts

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


def inbox(session: Session, actor: Actor, filters: Filters | None = None) -> Inbox:
    """The open tasks that wait for the actor; an auditor has none."""
    chosen = filters or Filters()
    now = clock.now()
    conditions = [_whose(session, actor, chosen.whose, now), *_matching(chosen, now)]
    statement = _open().where(*conditions)
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    size = max(1, min(chosen.size, MAXIMUM_PAGE))
    page = max(1, chosen.page)
    ordered = statement.order_by(*_order(chosen.sort)).limit(size).offset((page - 1) * size)
    return Inbox(session.execute(ordered).scalars().all(), total, page, size, counts(session, actor))


def counts(session: Session, actor: Actor) -> Counts:
    """How many open tasks wait, by kind, in one statement."""
    now = clock.now()
    mine = _whose(session, actor, "mine", now)

    def number(condition: ColumnElement[bool]) -> Any:
        return select(func.count()).select_from(_open().where(condition).subquery()).scalar_subquery()

    row = session.execute(
        select(
            number(mine),
            number(_whose(session, actor, "groups", now)),
            number(_whose(session, actor, "delegated", now)),
            number(and_(mine, UserTask.due_at < now)),
        )
    ).one()
    return Counts(*row)


def done(session: Session, actor: Actor, *, text: str = "", page: int = 1, size: int = 30) -> Inbox:
    """The tasks that the actor completed, the latest first."""
    statement = select(UserTask).where(UserTask.completed_by == actor.person, UserTask.state == COMPLETED)
    if text.strip():
        statement = statement.where(_text(text))
    total = session.execute(select(func.count()).select_from(statement.subquery())).scalar_one()
    size, page = max(1, min(size, MAXIMUM_PAGE)), max(1, page)
    ordered = statement.order_by(UserTask.completed_at.desc(), UserTask.key.desc())
    rows = session.execute(ordered.limit(size).offset((page - 1) * size)).scalars().all()
    return Inbox(rows, total, page, size, counts(session, actor))


def _open() -> Select[UserTask]:
    """Open tasks of matters that are not suspended."""
    return (
        select(UserTask)
        .join(ProcessInstance, ProcessInstance.key == UserTask.root_key)
        .where(UserTask.state == CREATED, ProcessInstance.suspended.is_(False))
    )


def _whose(session: Session, actor: Actor, whose: Whose, now: datetime) -> ColumnElement[bool]:
    if actor.is_auditor:
        return false()
    if whose == "all":
        kinds: tuple[Whose, ...] = ("mine", "groups", "delegated")
        return or_(*(_whose(session, actor, kind, now) for kind in kinds))
    if whose == "mine":
        return _mine(session, actor, now)
    if whose == "groups":
        return and_(
            UserTask.assignee.is_(None), UserTask.key.in_(_claimable(actor)), UserTask.key.not_in(_excluded(actor))
        )
    return _delegated(session, actor, now)


def _claimable(actor: Actor) -> Select[int]:
    return select(UserTaskCandidate.user_task_key).where(
        or_(
            and_(UserTaskCandidate.kind == "group", UserTaskCandidate.id.in_(groups_of(actor))),
            and_(UserTaskCandidate.kind == "person", UserTaskCandidate.id == actor.person),
        )
    )


def _excluded(actor: Actor) -> Select[int]:
    """What the actor's group may do, but not he: tasks of his own requests, and what somebody else must do."""
    return select(UserTaskCandidate.user_task_key).where(
        UserTaskCandidate.kind == "excluded", UserTaskCandidate.id == actor.person
    )


def _mine(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """What the actor has: without what he held under a delegation that ended, with what so came back to him."""
    held: list[ColumnElement[bool]] = [UserTask.on_behalf_of.is_(None)]
    given: list[ColumnElement[bool]] = [false()]
    for owner, delegate, condition in _standing_delegations(session, now):
        if delegate == actor.person:
            held.append(and_(UserTask.on_behalf_of == owner, condition))
        if owner == actor.person:
            given.append(and_(UserTask.assignee == delegate, condition))
    came_back = and_(UserTask.on_behalf_of == actor.person, UserTask.assignee.is_not(None), not_(or_(*given)))
    return or_(and_(UserTask.assignee == actor.person, or_(*held)), came_back)


def _standing_delegations(session: Session, now: datetime) -> Iterator[tuple[str, str, ColumnElement[bool]]]:
    """Owner, delegate, and the procedures for which the delegation holds today."""
    day = calendar.local_date(now)
    for owner, delegations in snapshot.of(session).delegations.items():
        for entry in delegations:
            if entry.starts_on <= day <= entry.ends_on:
                covered = true() if entry.process_ids is None else ProcessInstance.process_id.in_(entry.process_ids)
                yield owner, entry.delegate_id, covered


def _delegated(session: Session, actor: Actor, now: datetime) -> ColumnElement[bool]:
    """Tasks that were open before their owner delegated to the actor: they stay the owner's, and both may do them."""
    owned = [
        and_(UserTask.assignee == owner, UserTask.on_behalf_of.is_(None), condition)
        for owner, delegate, condition in _standing_delegations(session, now)
        if delegate == actor.person
    ]
    return or_(false(), *owned)


def _matching(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.process_id is not None:
        conditions.append(ProcessInstance.process_id == filters.process_id)
    if filters.store is not None:
        conditions.append(UserTask.store == filters.store)
    if filters.overdue:
        conditions.append(UserTask.due_at < now)
    if filters.text.strip():
        conditions.append(_text(filters.text))
    return conditions


def _text(text: str) -> ColumnElement[bool]:
    pattern = containing(text)
    columns = (UserTask.title, UserTask.business_id, UserTask.name)
    return or_(*(column.ilike(pattern, escape="\\") for column in columns))


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    by_due = (UserTask.due_at.asc().nulls_last(), UserTask.key.asc())
    if sort == "priority":
        return (UserTask.priority.desc(), *by_due)
    if sort == "newest":
        return (UserTask.created_at.desc(), UserTask.key.desc())
    return by_due
