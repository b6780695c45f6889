"""The matters that somebody may see, as a condition: the same reasons as :func:`engine.process_instances.may_see`.

Whoever administers or audits sees every submitted matter. Everybody else sees those that he started, has, had or did
a task of, may claim one of, got a copy of, stands in for somebody in, or stands above somebody in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.actor import Actor
from engine.models import Notification, UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.organisation import resolvers, snapshot
from engine.organisation.resolvers import Circumstances
from engine.organisation.snapshot import Organisation
from engine.process_instances.rights import groups_of

_LEVELS = 20


def visible(session: Session, actor: Actor, root: Any) -> ColumnElement[bool]:
    """Whether the matter of ``root`` (the process instance or an alias of it) is one that the actor may see."""
    if actor.is_system:
        return true()
    own = root.starter == actor.person
    if actor.is_auditor or actor.is_administrator:
        return or_(root.submitted_at.is_not(None), own)
    return or_(own, and_(root.submitted_at.is_not(None), _reasons(session, actor, root)))


def _reasons(session: Session, actor: Actor, root: Any) -> ColumnElement[bool]:
    below = subordinates(session, actor.person)
    with_task = select(UserTask.root_key)
    reasons: list[ColumnElement[bool]] = [
        root.key.in_(with_task.where(UserTask.assignee == actor.person)),
        root.key.in_(with_task.where(UserTask.on_behalf_of == actor.person)),
        root.key.in_(with_task.where(UserTask.completed_by == actor.person)),
        root.key.in_(_queued(groups_of(actor), [actor.person])),
        root.key.in_(select(Notification.root_key).where(Notification.person_id == actor.person)),
    ]
    if below:
        names = sorted(below)
        working = with_task.where(UserTask.state == CREATED, UserTask.assignee.in_(names))
        reasons += [
            root.starter.in_(names),
            root.key.in_(working),
            root.key.in_(_queued(_groups_of(session, below), names)),
        ]
    reasons += _delegated(session, actor, root)
    return or_(*reasons)


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


def _delegated(session: Session, actor: Actor, root: Any) -> Iterable[ColumnElement[bool]]:
    """The matters in which somebody works for whom the actor may act today."""
    organisation, day = snapshot.of(session), calendar.local_date(clock.now())
    for owner, entries in organisation.delegations.items():
        for entry in entries:
            if entry.delegate_id == actor.person and entry.starts_on <= day <= entry.ends_on:
                working = select(UserTask.root_key).where(UserTask.state == CREATED, UserTask.assignee == owner)
                covered = true() if entry.process_ids is None else root.process_id.in_(entry.process_ids)
                yield and_(covered, root.key.in_(working))


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
