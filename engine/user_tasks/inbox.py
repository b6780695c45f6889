"""Lists of tasks: what waits for me (待办), what I did (已办); filtered, sorted, in pages, with counts.

However much there is, a page costs what a page shows: see :mod:`engine.user_tasks.listing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.actor import Actor
from engine.models import UserTask
from engine.models.user_task import COMPLETED
from engine.organisation import snapshot
from engine.process_instances.reading import MAXIMUM_PAGE, containing
from engine.process_instances.rights import groups_of
from engine.user_tasks import listing
from engine.user_tasks.listing import KINDS, MOST_COUNTED, Sort, Standing, Whose


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
    """How many open tasks there are of each kind, before other filters; ``overdue`` among my own.

    No number is larger than :data:`MOST_COUNTED`.
    """

    mine: int
    groups: int
    delegated: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page; ``total`` counts up to this page's end, and one more where the list goes on."""

    tasks: Sequence[UserTask]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages are known of, at least 1."""
        return max(1, -(-self.total // self.size))


def inbox(session: Session, actor: Actor, filters: Filters | None = None, known: Counts | None = None) -> Inbox:
    """The open tasks that wait for the actor; an auditor has none. ``known``: the counts, if somebody has them."""
    chosen = filters or Filters()
    size, page = max(1, min(chosen.size, MAXIMUM_PAGE)), max(1, chosen.page)
    if actor.is_auditor:
        return Inbox((), 0, page, size)
    kinds: tuple[Whose, ...] = KINDS if chosen.whose == "all" else (chosen.whose,)
    is_long = "groups" in kinds and (known or counts(session, actor)).groups >= MOST_COUNTED
    now = clock.now()
    narrowed = tuple(
        name
        for name, wanted in (
            ("process_id", chosen.process_id),
            ("store", chosen.store),
            ("overdue", chosen.overdue or None),
            ("text", chosen.text.strip() or None),
        )
        if wanted is not None
    )
    given = _parameters(actor, now) | {"process_id": chosen.process_id, "store": chosen.store}
    given |= {"pattern": containing(chosen.text), "reach": page * size + 1}
    given |= {"one_more": size + 1, "start": (page - 1) * size}
    asked = (kinds, _standing(session, actor, now), narrowed, chosen.sort)
    rows: Sequence[UserTask] = ()
    if is_long and chosen.sort == "due":
        rows = session.execute(listing.listed(*asked, listing.walked_queue), given).scalars().all()
    if len(rows) <= size or rows[-1].due_at is None:  # only then what has no due date can be among them
        rows = (
            session.execute(listing.listed(*asked, listing.whole_queue if is_long else listing.short_queue), given)
            .scalars()
            .all()
        )
    return _paged(rows, page, size)


def counts(session: Session, actor: Actor) -> Counts:
    """How many open tasks wait, by kind, in one statement."""
    if actor.is_auditor:
        return Counts(0, 0, 0, 0)
    now = clock.now()
    row = session.execute(listing.counted(_standing(session, actor, now)), _parameters(actor, now)).one()
    return Counts(*row)


def done(session: Session, actor: Actor, *, text: str = "", page: int = 1, size: int = 30) -> Inbox:
    """The tasks that the actor completed, the latest first."""
    statement = select(UserTask).where(UserTask.completed_by == actor.person, UserTask.state == COMPLETED)
    if text.strip():
        statement = statement.where(listing.holding(containing(text)))
    size, page = max(1, min(size, MAXIMUM_PAGE)), max(1, page)
    ordered = statement.order_by(UserTask.completed_at.desc(), UserTask.key.desc())
    return _paged(session.execute(ordered.limit(size + 1).offset((page - 1) * size)).scalars().all(), page, size)


def _paged(rows: Sequence[UserTask], page: int, size: int) -> Inbox:
    """The page out of its rows and, if there are more, the first one of the next page."""
    return Inbox(rows[:size], (page - 1) * size + len(rows) if rows else 0, page, size)


def _parameters(actor: Actor, now: datetime) -> dict[str, Any]:
    groups = groups_of(actor)
    return {"person": actor.person, "now": now, **{f"group_{number}": each for number, each in enumerate(groups)}}


def _standing(session: Session, actor: Actor, now: datetime) -> Standing:
    day = calendar.local_date(now)
    received, given = [], []
    for owner, delegations in snapshot.of(session).delegations.items():
        for entry in delegations:
            if not entry.starts_on <= day <= entry.ends_on:
                continue
            processes = None if entry.process_ids is None else tuple(entry.process_ids)
            if entry.delegate_id == actor.person:
                received.append((owner, processes))
            if owner == actor.person:
                given.append((entry.delegate_id, processes))
    return Standing(len(groups_of(actor)), tuple(received), tuple(given))
