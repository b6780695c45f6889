"""The statements behind the inbox: which open tasks are somebody's, in order, and how many.

However much there is, a page costs what a page shows: each way in which a task can be somebody's is a branch of its
own that an index answers in order, and only as far as the page reaches; nothing is counted beyond
:data:`MOST_COUNTED`. Statements are built once for all who ask in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import aliased

from engine.models import ProcessInstance, UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.statements import constant
from engine.substrings import holds

Whose = Literal["all", "mine", "groups", "delegated"]
Sort = Literal["due", "priority", "newest"]

MOST_COUNTED = 100
"""A count that reaches it means "so many, or more"."""

KINDS: tuple[Whose, ...] = ("mine", "groups", "delegated")

_PERSON: ColumnElement[Any] = bindparam("person")
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_NOW: ColumnElement[Any] = bindparam("now", type_=UserTask.due_at.type)
# Asked for, not given: PostgreSQL then plans for a tenth of the rows, and so walks an index in order. Given a number,
# it gathers and sorts whatever it takes for little, and takes a long queue for little.
_REACH: Any = select(bindparam("reach", type_=Integer)).scalar_subquery()

Covered = tuple[tuple[str, tuple[str, ...] | None], ...]
"""Persons with the procedures that a delegation covers; None: all."""


@dataclass(frozen=True, slots=True)
class Standing:
    """In how many groups somebody is, and the delegations of today: from whom he received, and to whom he gave."""

    groups: int
    received: Covered
    given: Covered


@lru_cache(512)
def listed(
    kinds: tuple[Whose, ...],
    standing: Standing,
    narrowed: tuple[str, ...],
    sort: Sort,
    queue: Callable[[int], ColumnElement[bool]],
) -> Select[UserTask]:
    """Of each branch no more than the page can reach, then the page; built once for all who ask in the same way."""
    held = [_open(UserTask.key).where(each) for kind in kinds if kind != "groups" for each in _held(kind, standing)]
    branches = [each.order_by(*_order(sort)) for each in held]
    if "groups" in kinds:  # nobody has these: the assignee orders nothing, but says which index is in this order
        queued = _open(UserTask.key).where(queue(standing.groups))
        branches.append(queued.order_by(UserTask.assignee, *_order(sort)))
    narrow = _narrowing(narrowed)
    reached = [each.where(*narrow).limit(_REACH).subquery().select() for each in branches]
    page = select(UserTask).order_by(*_order(sort)).limit(bindparam("one_more")).offset(bindparam("start"))
    if not reached:
        return page.where(false())
    keys = union_all(*reached).subquery()
    return page.join(keys, keys.c.key == UserTask.key)


@lru_cache(512)
def counted(standing: Standing) -> Select[int, int, int, int]:
    """One row: mine, my groups', delegated to me, and how many of mine are overdue."""
    queued = select(func.count()).select_from(_queue(standing.groups).limit(MOST_COUNTED).subquery())
    return select(
        _number(_held("mine", standing)),
        queued.scalar_subquery(),
        _number(_held("delegated", standing)),
        _number([and_(each, UserTask.due_at < _NOW) for each in _held("mine", standing)]),
    )


def _number(branches: Sequence[ColumnElement[bool]]) -> ScalarSelect[int]:
    if not branches:
        return select(literal_column("0", UserTask.key.type)).scalar_subquery()
    # in the order of an index: SQLite would else rather look through everything that is open
    found = [_open(UserTask.key).where(each).order_by(UserTask.due_at).limit(MOST_COUNTED) for each in branches]
    together = union_all(*(each.subquery().select() for each in found)).subquery()
    return select(func.count()).select_from(together.select().limit(MOST_COUNTED).subquery()).scalar_subquery()


def _open(*columns: Any) -> Select[Any]:
    """Open tasks of matters that are not suspended."""
    return select(*columns).where(
        UserTask.state == constant(CREATED), _of_matter(ProcessInstance.suspended.is_(False))
    )


def _of_matter(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return _for_each(ProcessInstance.key == UserTask.root_key, condition)


def _for_each(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is such a row, looked up for each row that is reached.

    Without the offset PostgreSQL makes a join of it. For that it gathers all that is open before the first row of a
    page, since it believes that to be little: it knows how many tasks are open and how many nobody has, but not that
    what nobody has is nearly always open.
    """
    return select(literal_column("1")).where(*conditions).offset(literal_column("0")).exists()


def _held(kind: Whose, standing: Standing) -> list[ColumnElement[bool]]:
    """The ways in which a task that somebody has is the reader's, no two of them for the same task."""
    received: dict[str, list[ColumnElement[bool]]] = {}
    for owner, processes in standing.received:
        received.setdefault(owner, []).append(_covers(processes))
    if kind == "delegated":  # open before its owner delegated to the reader: it stays the owner's, and both may do it
        return [
            and_(UserTask.assignee == owner, UserTask.on_behalf_of.is_(None), or_(*covered))
            for owner, covered in received.items()
        ]
    # what the reader has: without what he held under a delegation that ended, with what so came back to him
    held = [and_(UserTask.on_behalf_of == owner, or_(*covered)) for owner, covered in received.items()]
    given = [and_(UserTask.assignee == delegate, _covers(processes)) for delegate, processes in standing.given]
    came_back = [UserTask.on_behalf_of == _PERSON, UserTask.assignee.is_not(None), *(not_(each) for each in given)]
    return [and_(UserTask.assignee == _PERSON, or_(UserTask.on_behalf_of.is_(None), *held)), and_(*came_back)]


def _covers(processes: tuple[str, ...] | None) -> ColumnElement[bool]:
    return true() if processes is None else _of_matter(ProcessInstance.process_id.in_(processes))


def _queue(groups: int) -> CompoundSelect[int]:
    """What nobody has and the reader may claim: of each of his groups no more than is counted, each task once."""
    candidate = UserTaskCandidate
    claimable = _for_each(
        UserTask.key == candidate.user_task_key,
        UserTask.state == constant(CREATED),
        UserTask.assignee.is_(None),
        _of_matter(ProcessInstance.suspended.is_(False)),
        ~_excluded(),
    )
    found = [
        select(candidate.user_task_key)
        .where(named, claimable)
        .order_by(candidate.user_task_key)
        .limit(MOST_COUNTED)
        .subquery()
        for named in _names(groups)
    ]
    return union(*(each.select() for each in found))


def short_queue(groups: int) -> ColumnElement[bool]:
    """All of a queue that is shorter than what is counted."""
    return UserTask.key.in_(_queue(groups))


def whole_queue(groups: int) -> ColumnElement[bool]:
    """All of a queue, whatever its length."""
    named = select(UserTaskCandidate.user_task_key).where(or_(*_names(groups)))
    return and_(UserTask.assignee.is_(None), UserTask.key.in_(named), ~_excluded())


def walked_queue(groups: int) -> ColumnElement[bool]:
    """What has a due date in a long queue, to be walked in the order of the list as far as the page reaches.

    That the date is later than any beginning says that there is one in the way that makes SQLite take the index.
    """
    of_task = UserTaskCandidate.user_task_key == UserTask.key
    claimable = _for_each(of_task, or_(*_names(groups)))
    return and_(UserTask.assignee.is_(None), UserTask.due_at > _BEGINNING, claimable, ~_excluded())


def _names(groups: int) -> list[ColumnElement[bool]]:
    kind, named = UserTaskCandidate.kind, UserTaskCandidate.id
    of_groups = [and_(kind == "group", named == bindparam(f"group_{number}")) for number in range(groups)]
    return [*of_groups, and_(kind == "person", named == _PERSON)]


def _excluded() -> ColumnElement[bool]:
    """What the reader's group may do, but not he: tasks of his own requests, and what somebody else must do."""
    excluded = aliased(UserTaskCandidate)
    return _for_each(excluded.user_task_key == UserTask.key, excluded.kind == "excluded", excluded.id == _PERSON)


def _narrowing(narrowed: tuple[str, ...]) -> list[ColumnElement[bool]]:
    conditions: dict[str, ColumnElement[bool]] = {
        "process_id": _of_matter(ProcessInstance.process_id == bindparam("process_id")),
        "store": UserTask.store == bindparam("store"),
        "overdue": UserTask.due_at < _NOW,
        "text": holding(bindparam("pattern")),
    }
    return [conditions[name] for name in narrowed]


def holding(pattern: Any) -> ColumnElement[bool]:
    """What has the text in its title, its number or the name of its step."""
    columns = (UserTask.title, UserTask.business_id, UserTask.name)
    return or_(*(holds(column, pattern) for column in columns))


def _order(sort: Sort) -> tuple[ColumnElement[Any], ...]:
    by_due = (UserTask.due_at.asc().nulls_last(), UserTask.key.asc())
    if sort == "priority":
        return (UserTask.priority.desc(), *by_due)
    if sort == "newest":
        return (UserTask.created_at.desc(), UserTask.key.desc())
    return by_due
