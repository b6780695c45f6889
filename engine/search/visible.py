"""The matters that somebody may see, in a statement: the same reasons as :func:`engine.process_instances.may_see`.

Whoever administers or audits sees every submitted matter. Everybody else sees those that he started, has, had or did
a task of, may claim one of, got a copy of, stands in for somebody in, or stands above somebody in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select, union
from sqlalchemy.orm import Session, aliased

from engine import calendar, clock
from engine.actor import Actor
from engine.models import Notification, ProcessInstance, UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.organisation import resolvers, snapshot
from engine.organisation.resolvers import Circumstances
from engine.organisation.snapshot import Organisation
from engine.process_instances.rights import groups_of
from engine.search.paging import Rows

_LEVELS = 20


@dataclass(frozen=True, slots=True)
class Matter:
    """Where a statement has the matter of a row: its key, who started it, and whether it was submitted."""

    key: Any
    starter: Any
    submitted: Any

    @classmethod
    def of(cls, root: Any) -> Matter:
        """In the row of its process instance, or an alias of that."""
        return cls(root.key, root.starter, root.submitted_at.is_not(None))


def visible(session: Session, actor: Actor, rows: Rows, matter: Matter) -> Rows:
    """Those of ``rows`` whose matter the actor may see.

    The matters with a reason are joined, not asked for by IN within the condition: PostgreSQL takes such a set to be
    gathered again for every row, and reads all matters rather than that.
    """
    if actor.is_system:
        return rows
    own = matter.starter == actor.person
    if actor.is_auditor or actor.is_administrator:
        return rows.where(or_(matter.submitted, own))
    below = sorted(subordinates(session, actor.person))
    reasons = union(*_reasons(session, actor, below)).subquery("reasons")
    ways = [reasons.c.root_key.is_not(None), *([matter.starter.in_(below)] if below else [])]
    joined = rows.outerjoin(reasons, reasons.c.root_key == matter.key)
    return joined.where(or_(own, and_(matter.submitted, or_(*ways))))


def _reasons(session: Session, actor: Actor, below: Sequence[str]) -> Iterator[Any]:
    """The matters of each reason, by their keys."""
    for part in (UserTask.assignee, UserTask.on_behalf_of, UserTask.completed_by):
        yield select(UserTask.root_key).where(part == actor.person)
    yield _queued(groups_of(actor), [actor.person])
    yield select(Notification.root_key).where(
        Notification.person_id == actor.person, Notification.root_key.is_not(None)
    )
    if below:
        yield select(UserTask.root_key).where(UserTask.state == CREATED, UserTask.assignee.in_(below))
        yield _queued(_groups_of(session, below), below)
    yield from _delegated(session, actor)


def _queued(groups: Iterable[str], persons: Iterable[str]) -> Any:
    """The matters with an open task that waits for one of these groups or persons."""
    return (
        select(UserTask.root_key)
        .join(UserTaskCandidate, UserTaskCandidate.user_task_key == UserTask.key)
        .where(
            UserTask.state == CREATED,
            or_(
                and_(UserTaskCandidate.kind == "group", UserTaskCandidate.id.in_(sorted(groups))),
                and_(UserTaskCandidate.kind == "person", UserTaskCandidate.id.in_(sorted(persons))),
            ),
        )
    )


def _groups_of(session: Session, persons: Iterable[str]) -> set[str]:
    organisation, day = snapshot.of(session), calendar.local_date(clock.now())
    return {post for person in persons for post in organisation.posts_of(person, day)}


def _delegated(session: Session, actor: Actor) -> Iterator[Any]:
    """The matters in which somebody works for whom the actor may act today."""
    organisation, day = snapshot.of(session), calendar.local_date(clock.now())
    for owner, entries in organisation.delegations.items():
        for entry in entries:
            if entry.delegate_id == actor.person and entry.starts_on <= day <= entry.ends_on:
                working = select(UserTask.root_key).where(UserTask.state == CREATED, UserTask.assignee == owner)
                if entry.process_ids is not None:
                    matter = aliased(ProcessInstance)
                    working = working.join(matter, matter.key == UserTask.root_key)
                    working = working.where(matter.process_id.in_(entry.process_ids))
                yield working


def subordinates(session: Session, person: str) -> frozenset[str]:
    """Everybody above whom the person stands today, at any distance."""
    return _lines.below(snapshot.of(session), calendar.local_date(clock.now())).get(person, frozenset())


class _Lines:
    """Who stands above whom, as the organisation was when it was asked last; a new revision is another object."""

    def __init__(self) -> None:
        self._kept: tuple[Organisation, date, Mapping[str, frozenset[str]]] | None = None

    def below(self, organisation: Organisation, day: date) -> Mapping[str, frozenset[str]]:
        """By person, everybody below; threads that ask at once may each make it."""
        kept = self._kept
        if kept is not None and kept[0] is organisation and kept[1] == day:
            return kept[2]
        found: defaultdict[str, set[str]] = defaultdict(set)
        for person in organisation.people:
            for above in _above(organisation, person, day):
                found[above].add(person)
        lines = {person: frozenset(names) for person, names in found.items()}
        self._kept = (organisation, day, lines)
        return lines


_lines = _Lines()


def _above(organisation: Organisation, person: str, day: date) -> set[str]:
    """Everybody who stands above a person, as :func:`engine.process_instances.rights.is_superior` climbs."""
    now = Circumstances(day)
    found: set[str] = set()
    asked = [person]
    seen: set[str] = set()
    for _ in range(_LEVELS):
        above: list[str] = []
        for subordinate in asked:
            record = resolvers.superior(organisation, subordinate, now)
            above.extend(record.persons)
            if record.owner is not None:
                above.append(record.owner)
        found.update(above)
        seen.update(asked)
        asked = [name for name in dict.fromkeys(above) if name not in seen]
        if not asked:
            break
    return found
