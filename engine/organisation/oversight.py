"""What somebody oversees: the one place that says which matters, tasks and people are within a manager's unit.

A post of a unit that leads others (店长, 区域经理) oversees the stores of its unit: the matters that people of these
stores started, and the tasks of the people beneath. A post of head office that the line of the stores ends in
(主任, 运营经理, 总经理) oversees everything. The one holder of a department's highest post oversees what its people
and queues have to do. Administrators oversee everything and stand above nobody; auditors see everything and direct
nothing.

What is overseen may be seen. To act takes more: nobody directs a matter that he or somebody above him started, nor a
task that somebody above him has.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.actor import Actor
from engine.organisation import snapshot
from engine.organisation.snapshot import Assignment, Organisation, Post
from feel.sentences import Sentence

_OWN_ROOMS = frozenset({"auditor", "process_owner", "sysadmin"})
"""Posts that look after the system: what they may do is said elsewhere, and no unit stands beneath them."""


class Owned(Protocol):
    """What decides of a matter: whose it is, and where."""

    @property
    def starter(self) -> str: ...  # noqa: D102 - the column of that name

    @property
    def store(self) -> str | None: ...  # noqa: D102 - the column of that name


@dataclass(frozen=True, slots=True)
class Oversight:
    """What one person oversees today.

    ``stores`` are the units whose matters are his business if one of ``starters`` started them (or the system did,
    where ``system_started``); ``people`` work beneath him, ``groups`` are the queues of his department; ``above`` are
    those who stand above him. ``may_act`` is false for who only looks on.
    """

    person: str
    everything: bool = False
    may_act: bool = True
    stores: frozenset[str] = frozenset()
    starters: frozenset[str] = frozenset()
    system_started: bool = False
    people: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    above: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether he oversees nothing at all."""
        return not (self.everything or self.stores or self.people or self.groups)

    def covers(self, matter: Owned) -> bool:
        """Whether a matter is within his unit."""
        if self.everything:
            return True
        started_here = matter.starter in self.starters or (
            self.system_started and matter.starter.startswith("system:")
        )
        return started_here and matter.store in self.stores

    def covers_task(self, assignee: str | None, groups: Iterable[str]) -> bool:
        """Whether a task is his people's or his queue's, wherever its matter belongs."""
        if assignee is not None:
            return assignee in self.people
        return not self.groups.isdisjoint(groups)

    def directs_holder(self, assignee: str | None, groups: Iterable[str]) -> bool:
        """Whether he may give a task that this person has, or that waits in these queues, to somebody else."""
        if not self.may_act or assignee in self.above:
            return False
        return self.everything or self.covers_task(assignee, groups)

    def refusal(self, matter: Owned) -> Sentence | None:
        """Why he may not direct a matter that he can see; None if he may."""
        if not self.may_act:
            return Sentence("Auditors read everything and change nothing.")
        if not self.covers(matter):
            return Sentence("Only the managers of its unit and administrators may do this to a matter.")
        if matter.starter == self.person:
            return Sentence("Nobody directs his own request; it can be withdrawn, or its approvers decide.")
        if matter.starter in self.above:
            return Sentence("This matter was started by somebody who stands above you; it is not yours to direct.")
        return None


def of(session: Session, actor: Actor) -> Oversight:
    """What the actor oversees today."""
    if actor.is_auditor:
        return Oversight(actor.person, everything=True, may_act=False)
    if actor.is_administrator or actor.is_system:
        return Oversight(actor.person, everything=True)
    organisation, day = snapshot.of(session), calendar.local_date(clock.now())
    return organisation.derived(
        (Oversight, actor.person, day), lambda: _Search(organisation, actor.person, day).found()
    )


class _Search:
    """Goes through the posts that one person holds today."""

    def __init__(self, organisation: Organisation, person: str, day: date) -> None:
        self._organisation = organisation
        self._person = person
        self._day = day
        self._held = [
            held for held in organisation.assignments(person, self._day) if held.post_code not in _OWN_ROOMS
        ]

    def found(self) -> Oversight:
        parts = [part for part in map(self._of_post, self._held) if part is not None]
        return Oversight(
            self._person,
            everything=any(part.everything for part in parts),
            stores=_joined(part.stores for part in parts),
            starters=_joined(part.starters for part in parts),
            system_started=any(part.system_started for part in parts),
            people=_joined(part.people for part in parts) - {self._person},
            groups=_joined(part.groups for part in parts),
            above=self._above() - {self._person},
        )

    def _of_post(self, held: Assignment) -> Oversight | None:
        post = self._organisation.posts[held.post_code]
        beneath = self._beneath(post.code)
        if post.scope == "unit":
            return self._of_unit(held, beneath) if beneath else None
        if any(self._organisation.posts[code].scope == "unit" for code in beneath):
            return Oversight(self._person, everything=True)
        return self._of_department(held, post, beneath)

    def _of_unit(self, held: Assignment, beneath: frozenset[str]) -> Oversight:
        units = self._subtree(held.unit_id)
        ever = [
            entry
            for code in (*beneath, held.post_code)
            for entry in self._organisation.by_post.get(code, ())
            if entry.unit_id in units
        ]
        today = {entry.person_id for entry in ever if entry.post_code in beneath and entry.holds_on(self._day)}
        kinds = {self._organisation.units[held.unit_id].kind} if held.unit_id in self._organisation.units else set()
        return Oversight(
            self._person,
            stores=units,
            starters=frozenset(entry.person_id for entry in ever) | {self._person},
            system_started="store" not in kinds,  # what the system starts about a store may be about its manager
            people=frozenset(today),
        )

    def _of_department(self, held: Assignment, post: Post, beneath: frozenset[str]) -> Oversight | None:
        units = self._subtree(held.unit_id)
        here = [
            entry
            for entries in self._organisation.by_person.values()
            for entry in entries
            if entry.unit_id in units and entry.holds_on(self._day)
        ]
        others = {entry.person_id for entry in here if entry.post_code == post.code} - {self._person}
        if others or any(entry.post_code in set(self._superiors(post.code)) for entry in here):
            return None  # one of several equals, or somebody of the department stands above
        led = {post.code, *beneath}
        return Oversight(
            self._person,
            people=frozenset(entry.person_id for entry in here if entry.post_code in led),
            groups=frozenset(code for code in led if self._organisation.posts[code].queue),
        )

    def _above(self) -> frozenset[str]:
        found: set[str] = set()
        for held in self._held:
            line = set(self._line(held.unit_id))
            for code in self._superiors(held.post_code):
                post = self._organisation.posts[code]
                for entry in self._organisation.by_post.get(code, ()):
                    if entry.holds_on(self._day) and (post.scope != "unit" or entry.unit_id in line):
                        found.add(entry.person_id)
        return frozenset(found)

    def _superiors(self, post_code: str) -> Iterator[str]:
        seen = {post_code}
        post = self._organisation.posts.get(post_code)
        while post is not None and post.superior is not None and post.superior not in seen:
            seen.add(post.superior)
            yield post.superior
            post = self._organisation.posts.get(post.superior)

    def _beneath(self, post_code: str) -> frozenset[str]:
        return frozenset(
            code
            for code in self._organisation.posts
            if code not in _OWN_ROOMS and post_code in set(self._superiors(code))
        )

    def _line(self, unit_id: str) -> Iterator[str]:
        """The unit and those above it."""
        seen: set[str] = set()
        unit = self._organisation.units.get(unit_id)
        while unit is not None and unit.id not in seen:
            seen.add(unit.id)
            yield unit.id
            unit = self._organisation.units.get(unit.parent_id or "")

    def _subtree(self, unit_id: str) -> frozenset[str]:
        return frozenset(
            other for other in self._organisation.units if unit_id in set(self._line(other))
        ) or frozenset({unit_id})


def _joined(parts: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*parts)
