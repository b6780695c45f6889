"""From the value of an assignment expression to the person who does the task.

The order is: the explicit choice of the diagram or of a person at run time; delegation; nobody decides on his own
request; the superior if that leaves nobody; and if even that is empty, the exception queue of the administrators with
the reason, so that nothing is ever dropped. Both the person and the words why are kept with the task.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from engine import calendar
from engine.organisation import resolvers, snapshot
from engine.organisation.resolvers import Circumstances, Record
from engine.organisation.snapshot import Organisation
from feel.sentences import Sentence

EXCEPTION_QUEUE = "sysadmin"
_AUDITOR = "auditor"
_LEVELS = 20


@dataclass(frozen=True, slots=True)
class Resolution:
    """Who gets a task and why.

    ``assignee`` does it, for ``owner`` if he is a delegate. Without an assignee, ``persons`` and ``groups`` may claim
    it; ``owners`` names for whom a person among them would act. ``excluded`` may not claim or be given it.
    ``exceptional``: nobody was found, the administrators must choose.
    """

    assignee: str | None = None
    owner: str | None = None
    persons: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    excluded: tuple[str, ...] = ()
    rules: tuple[Sentence, ...] = ()
    exceptional: bool = False

    def as_json(self) -> dict[str, object]:
        """What a task keeps of it; ``rules`` are sentences in the order in which they were applied."""
        return {
            "assignee": self.assignee,
            "owner": self.owner,
            "persons": list(self.persons),
            "groups": list(self.groups),
            "owners": dict(self.owners),
            "excluded": list(self.excluded),
            "rules": [rule.as_json() for rule in self.rules],
            "exceptional": self.exceptional,
        }


@dataclass(frozen=True, slots=True)
class Matter:
    """What about the task decides: whose request it is, in which procedure, and who is out of question."""

    applicant: str | None
    process_id: str | None
    allow_self: bool
    excluded: frozenset[str]
    delegation: bool


def resolve(  # noqa: PLR0913 - all that a resolution depends on, by name
    session: Session,
    value: object,
    *,
    applicant: str | None,
    process_id: str | None,
    at: datetime,
    allow_self: bool = False,
    excluded: Collection[str] = (),
    groups: Sequence[str] = (),
    delegation: bool = True,
) -> Resolution:
    """Resolve the value of an assignee expression, and the candidate groups, at an instant.

    ``value``: a person id, a list of ids, a resolver's record, a list of records, or None. ``groups``: post codes.
    ``delegation`` False: the task opens for the person who is acting this moment, whatever he delegated.
    """
    matter = Matter(applicant, process_id, allow_self, frozenset(excluded), delegation)
    return _Search(snapshot.of(session), matter, at).resolution(value, groups)


class _Search:
    """One resolution: collects who may do it, and the sentences why."""

    def __init__(self, organisation: Organisation, matter: Matter, at: datetime) -> None:
        self.organisation = organisation
        self.matter = matter
        self.day = calendar.local_date(at)
        own = () if matter.allow_self or matter.applicant is None else (matter.applicant,)
        self.excluded = matter.excluded.union(own)
        self.rules: list[Sentence] = []
        self.found: dict[str, str | None] = {}  # person → owner

    def resolution(self, value: object, groups: Sequence[str]) -> Resolution:
        officers = self._read(value)
        if value is None and not groups:
            self.rules.append(Sentence("The assignment names nobody."))
        self._take(officers)
        kept = [group for group in groups if self._takes_group(group)]
        if not self.found and not kept:
            self._climb(officers, groups)
        persons = tuple(self.found)
        if not persons and not kept:
            self.rules.append(Sentence("Nobody can do it, so the administrators must choose somebody."))
            return self._result(groups=(EXCEPTION_QUEUE,), exceptional=True)
        if len(persons) == 1 and not (kept and not officers):
            return self._result(assignee=persons[0], owner=self.found[persons[0]], groups=tuple(kept))
        owners = {person: owner for person, owner in self.found.items() if owner is not None}
        return self._result(persons=persons, groups=tuple(kept), owners=owners)

    def _result(
        self,
        *,
        assignee: str | None = None,
        owner: str | None = None,
        persons: tuple[str, ...] = (),
        groups: tuple[str, ...] = (),
        owners: Mapping[str, str] | None = None,
        exceptional: bool = False,
    ) -> Resolution:
        excluded = tuple(sorted(self.excluded))
        return Resolution(assignee, owner, persons, groups, owners or {}, excluded, tuple(self.rules), exceptional)

    def _read(self, value: object) -> list[str]:
        """The office holders that a value names; a delegate in a record is read as who he stands in for."""
        if value is None:
            return []
        if isinstance(value, str):
            return self._known(value)
        if isinstance(value, list | tuple):
            return list(dict.fromkeys(person for item in value for person in self._read(item)))
        if isinstance(value, Mapping) and isinstance(value.get("persons"), list | tuple):
            rule = value.get("rule")
            if isinstance(rule, Mapping) and "template" in rule:
                self.rules.append(Sentence.from_json(rule))
            owner = value.get("owner")
            return self._known(owner) if isinstance(owner, str) else self._read(value["persons"])
        self.rules.append(Sentence("The assignment gave {value}, which names no person.", value=str(value)[:200]))
        return []

    def _known(self, person_id: str) -> list[str]:
        if person_id in self.organisation.people:
            return [person_id]
        self.rules.append(Sentence("There is no person {person}.", person=person_id[:200] or "–"))
        return []

    def _take(self, officers: Sequence[str]) -> None:
        """Take each who may do it, or who acts for him."""
        for person in officers:
            acting, on_behalf = self._acting(person)
            if acting is not None:
                self.found.setdefault(acting, on_behalf)

    def _acting(self, person: str) -> tuple[str | None, str | None]:
        """Who acts for an office holder: he himself, his delegate for him, or nobody, with a sentence why."""
        organisation, who = self.organisation, self.organisation.people[person].sentence
        if not self._eligible(person):
            return None, None
        away = organisation.absence(person, self.day)
        own_matter = person == self.matter.applicant
        delegation = organisation.delegation(person, self.matter.process_id, self.day)
        if not self.matter.delegation or (own_matter and away is None):
            return person, None  # his own request comes back to him, whatever he delegated
        if delegation is not None and self._may_stand_in(delegation.delegate_id):
            delegate = organisation.people[delegation.delegate_id].sentence
            self.rules.append(
                Sentence(
                    "{delegate} acts for {owner} until {date}: {reason}",
                    delegate=delegate,
                    owner=who,
                    date=delegation.ends_on,
                    reason=delegation.reason,
                )
            )
            return delegation.delegate_id, person
        if away is None or own_matter:
            return person, None
        self.rules.append(resolvers.is_away(organisation, away))
        return None, None

    def _eligible(self, person: str) -> bool:
        who = self.organisation.people[person].sentence
        if not self.organisation.is_active(person):
            self.rules.append(Sentence("{person} does not work here any more.", person=who))
        elif self._is_auditor(person):
            self.rules.append(Sentence("{person} is an auditor, who changes nothing.", person=who))
        elif person == self.matter.applicant and person in self.excluded:
            self.rules.append(Sentence("{person} made this request and cannot decide on it.", person=who))
        elif person in self.excluded:
            self.rules.append(Sentence("{person} takes part in this matter and is excluded here.", person=who))
        else:
            return True
        return False

    def _may_stand_in(self, delegate: str) -> bool:
        """A delegate never decides on his own request, even where the person he acts for might."""
        return delegate not in {self.matter.applicant, *self.excluded} and not self._is_auditor(delegate)

    def _takes_group(self, group: str) -> bool:
        """Whether somebody in office may claim from the group; delegates of its members may claim for them."""
        post = self.organisation.posts.get(group)
        if post is None:
            self.rules.append(Sentence("There is no group {group}.", group=group))
            return False
        members = self.organisation.holders(group, None, self.day)
        if not set(members) - self.excluded:
            self.rules.append(Sentence("Nobody in the group {group} may do it.", group=post.sentence))
            return False
        self.rules.append(Sentence("Group {group}: whoever claims it.", group=post.sentence))
        for member in members:
            delegation = self.organisation.delegation(member, self.matter.process_id, self.day)
            if delegation is not None and member not in self.excluded and self._may_stand_in(delegation.delegate_id):
                self.found.setdefault(delegation.delegate_id, member)
        return True

    def _climb(self, officers: Sequence[str], groups: Sequence[str]) -> None:
        """Go up from each office that nobody can act for, until somebody can."""
        auditors = {person for person in self.organisation.people if self._is_auditor(person)}
        for start in (*officers, *groups):
            seen = self.excluded | auditors
            for _ in range(_LEVELS):
                record = self._above(start, Circumstances(self.day, self.matter.process_id, seen))
                if record is None:
                    break
                self.rules.append(record.rule)
                if not record.persons:
                    break
                above = (record.owner,) if record.owner else record.persons
                self._take(above)
                if self.found:
                    return
                seen |= set(above)

    def _above(self, start: str, now: Circumstances) -> Record | None:
        if start in self.organisation.people:
            return resolvers.superior(self.organisation, start, now)
        if start in self.organisation.posts:
            return resolvers.above(self.organisation, start, None, now)
        return None

    def _is_auditor(self, person: str) -> bool:
        return _AUDITOR in self.organisation.posts_of(person, self.day)
