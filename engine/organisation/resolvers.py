"""Who holds an office today: ``line(store)``, ``superior(person)``, ``holders(post, unit)``.

Each answer says in a sentence why it is this person. Who holds the post, works here and is not away, is in office;
who is away is replaced by his delegate, else by the post above. Nothing here looks at the matter: whose request it
is, is the question of ``resolution``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from engine.organisation.snapshot import Absence, Assignment, Organisation, Post, Unit
from feel.sentences import Sentence

#: The post that leads the stores of an area. A store without an area, or an area without a present holder, falls to
#: the post above it: that is what "line" means.
LINE_POST = "area_manager"
_LEVELS = 20  # more units or posts above each other than any organisation has


@dataclass(frozen=True, slots=True)
class Record:
    """Whom a resolver found: several persons may share an office; ``owner`` if a delegate stands in for him."""

    persons: tuple[str, ...]
    rule: Sentence
    owner: str | None = None

    def as_json(self) -> dict[str, object]:
        """The context that a diagram's expression sees, and that ``resolution`` reads back."""
        return {"persons": list(self.persons), "rule": self.rule.as_json(), "owner": self.owner}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When, for which procedure (None: any, so that only general delegations count), and who is out of question."""

    day: date
    process_id: str | None = None
    excluded: frozenset[str] = frozenset()


def line(organisation: Organisation, store: str | None, now: Circumstances) -> Record:
    """The manager of the store's area if in office and present, else his delegate, else the office above."""
    unit = organisation.units.get(store or "")
    if unit is None:
        return Record((), Sentence("There is no store {store}.", store=store or "–"))
    area = organisation.units.get(unit.parent_id or "")
    if area is None or area.kind != "area":
        found = above(organisation, LINE_POST, unit.id, now)
        without = Sentence("{store} belongs to no area.", store=unit.sentence)
        return Record(found.persons, _then(without, found.rule), found.owner)
    return _search(organisation, LINE_POST, unit.id, now)


def superior(organisation: Organisation, person_id: str, now: Circumstances) -> Record:
    """Who stands above the person, by his first post that has somebody above it."""
    person = organisation.people.get(person_id)
    if person is None:
        return Record((), Sentence("There is no person {person}.", person=person_id))
    beside = Circumstances(now.day, now.process_id, now.excluded | {person_id})
    last: Record | None = None
    for held in _positions(organisation, person_id, now.day):
        post = organisation.posts[held.post_code]
        if post.superior is None:
            continue
        found = _search(organisation, post.superior, held.unit_id, beside)
        rule = Sentence("Superior of {person}: {rule}", person=person.sentence, rule=found.rule)
        last = Record(found.persons, rule, found.owner)
        if found.persons:
            return last
    return last or Record((), Sentence("Nobody stands above {person}.", person=person.sentence))


def above(organisation: Organisation, post_code: str, unit_id: str | None, now: Circumstances) -> Record:
    """Who stands above a post, whoever holds it."""
    post = organisation.posts.get(post_code)
    if post is None or post.superior is None:
        return Record((), Sentence("No post stands above {post}.", post=post.sentence if post else post_code))
    return _search(organisation, post.superior, unit_id, now)


def holders(organisation: Organisation, post_code: str, unit_id: str | None, now: Circumstances) -> Record:
    """All present holders of a post (of that unit, else of the unit above); if none is, the office above."""
    if post_code not in organisation.posts:
        return Record((), Sentence("There is no post {post}.", post=post_code))
    if unit_id is not None and unit_id not in organisation.units:
        return Record((), Sentence("There is no unit {unit}.", unit=unit_id))
    return _search(organisation, post_code, unit_id, now)


def _search(organisation: Organisation, post_code: str, unit_id: str | None, now: Circumstances) -> Record:
    """The first office, from this post upwards, that somebody can act for."""
    why: list[Sentence] = []
    code: str | None = post_code
    for _ in range(_LEVELS):
        post = organisation.posts.get(code or "")
        if post is None:
            break
        found = _office(organisation, post, unit_id, now, why)
        if found is not None:
            return Record(found.persons, _then(*why, found.rule), found.owner)
        code = post.superior
    why.append(Sentence("No higher post can take it."))
    return Record((), _then(*why))


def _office(
    organisation: Organisation, post: Post, unit_id: str | None, now: Circumstances, why: list[Sentence]
) -> Record | None:
    """Who can act for one office; None with the reason added to ``why``."""
    unit, everybody = _in_office(organisation, post, unit_id, now.day)
    held = tuple(person for person in everybody if person not in now.excluded)
    rule = _office_name(organisation, post, unit, unit_id)
    if not held and everybody:
        why.append(Sentence("{office} Nobody else holds this post.", office=rule))
        return None
    if not held:
        why.append(Sentence("{office} Nobody holds this post.", office=rule))
        return None
    present = tuple(person for person in held if organisation.absence(person, now.day) is None)
    if present:
        return Record(present, rule)
    for person in held:
        away = organisation.absence(person, now.day)
        delegation = organisation.delegation(person, now.process_id, now.day)
        if away and delegation is not None and delegation.delegate_id not in now.excluded:
            stands_in = Sentence(
                "{rule} {owner} is away until {date}; {delegate} stands in.",
                rule=rule,
                owner=organisation.people[person].sentence,
                date=away.ends_on,
                delegate=organisation.people[delegation.delegate_id].sentence,
            )
            return Record((delegation.delegate_id,), stands_in, owner=person)
    why.extend(_away(organisation, held, now.day))
    return None


def _away(organisation: Organisation, held: Collection[str], day: date) -> Iterator[Sentence]:
    for person in held:
        away = organisation.absence(person, day)
        if away is not None:
            yield is_away(organisation, away)


def is_away(organisation: Organisation, away: Absence) -> Sentence:
    """That somebody is away, and that nobody stands in."""
    who = organisation.people[away.person_id].sentence
    return Sentence("{person} is away until {date}, and nobody stands in.", person=who, date=away.ends_on)


def _in_office(
    organisation: Organisation, post: Post, unit_id: str | None, day: date
) -> tuple[Unit | None, tuple[str, ...]]:
    """Who holds the post, and for which unit: for all of them, or the unit asked for, else the nearest above it."""
    unit = asked = organisation.units.get(unit_id or "")
    if post.scope == "organisation" or unit is None:
        return None, organisation.holders(post.code, None, day)
    for _ in range(_LEVELS):
        if unit is None:
            break
        found = organisation.holders(post.code, unit.id, day)
        if found:
            return unit, found
        unit = organisation.units.get(unit.parent_id or "")
    return asked, ()


def _office_name(organisation: Organisation, post: Post, unit: Unit | None, asked_id: str | None) -> Sentence:
    if unit is None:
        return Sentence("{post}.", post=post.sentence)
    if unit.id == asked_id or asked_id is None:
        return Sentence("{post} of {unit}.", post=post.sentence, unit=unit.sentence)
    asked = organisation.units[asked_id].sentence
    return Sentence(
        "{post} of {unit}, which {asked} belongs to.", post=post.sentence, unit=unit.sentence, asked=asked
    )


def _positions(organisation: Organisation, person_id: str, day: date) -> tuple[Assignment, ...]:
    """What the person holds, or, if he holds nothing any more, what he held last."""
    held = tuple(entry for entry in organisation.by_person.get(person_id, ()) if entry.holds_on(day))
    if held:
        return held
    past = [entry for entry in organisation.by_person.get(person_id, ()) if entry.starts_on <= day]
    return (max(past, key=lambda entry: (entry.ends_on or day, entry.key)),) if past else ()


def _then(*sentences: Sentence) -> Sentence:
    """One sentence after the other."""
    joined = sentences[0]
    for following in sentences[1:]:
        joined = Sentence("{first} {following}", first=joined, following=following)
    return joined
