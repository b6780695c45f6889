"""The whole organisation in memory, exactly as the reader's transaction may see it.

It is small (people by the hundred), read at every step and changed seldom: so it is loaded once a revision and shared
by all threads; a transaction asks for the revision once, along with a statement that it sends anyway where it can. A
revision is a key that never comes again, so what is kept under one cannot be mistaken for anything else: a
transaction that changed the organisation sees its own changes under a revision that nobody else knows before its
commit, or ever after its rollback.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Executable, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import models
from engine.keys import new_key
from engine.statements import Outbox, Statement, transaction_of
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.sessions import DirectSession

_INFO = "organisation"
_MOST_DERIVED = 10_000

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here, or did."""

    id: str
    name: str
    name_en: str | None
    active: bool

    @property
    def sentence(self) -> Sentence:
        """The name as a part of a sentence, translated by :meth:`Organisation.names`."""
        return Sentence("{name} ({id})", name=Sentence(self.name), id=self.id)


@dataclass(frozen=True, slots=True)
class Unit:
    """Head office, a department, an area or a store."""

    id: str
    kind: str
    name: str
    name_en: str | None
    parent_id: str | None
    open: bool
    calendar: Any

    @property
    def sentence(self) -> Sentence:
        """The name as a part of a sentence; stores are known by their ids too."""
        if self.kind == "store":
            return Sentence("{name} ({id})", name=Sentence(self.name), id=self.id)
        return Sentence(self.name)


@dataclass(frozen=True, slots=True)
class Post:
    """A position; see :class:`engine.models.Post`."""

    code: str
    name: str
    name_en: str | None
    grade: str
    queue: bool
    scope: str
    superior: str | None

    @property
    def sentence(self) -> Sentence:
        """The name as a part of a sentence."""
        return Sentence(self.name)


@dataclass(frozen=True, slots=True)
class Assignment:
    """A person holds a post in a unit."""

    key: int
    person_id: str
    post_code: str
    unit_id: str
    starts_on: date
    ends_on: date | None
    acting: bool

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on ``day``."""
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Absence:
    """A person is away, both days inclusive."""

    key: int
    person_id: str
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Delegation:
    """``owner_id`` lets ``delegate_id`` act for him; ``process_ids`` None means in all procedures."""

    key: int
    owner_id: str
    delegate_id: str
    process_ids: tuple[str, ...] | None
    starts_on: date
    ends_on: date
    reason: str

    def holds_on(self, day: date, process_id: str | None) -> bool:
        """Whether it is in force on ``day`` for that procedure."""
        covered = self.process_ids is None or process_id in self.process_ids
        return covered and self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Organisation:
    """The organisation at one revision; every question is asked for a day."""

    people: Mapping[str, Person]
    units: Mapping[str, Unit]
    posts: Mapping[str, Post]
    by_post: Mapping[str, Sequence[Assignment]]
    by_person: Mapping[str, Sequence[Assignment]]
    absences: Mapping[str, Sequence[Absence]]
    delegations: Mapping[str, Sequence[Delegation]]
    calendar_days: Mapping[date, bool]
    _derived: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """What follows from this revision alone, made once; ``key`` says what it is, of whom and for which day."""
        try:
            known: T = self._derived[key]
        except KeyError:
            if len(self._derived) > _MOST_DERIVED:  # days go by in a house where nothing changes
                self._derived.clear()
            known = self._derived[key] = make()
        return known

    def is_active(self, person_id: str) -> bool:
        """Whether somebody of that id works here."""
        person = self.people.get(person_id)
        return person is not None and person.active

    def assignments(self, person_id: str, day: date) -> tuple[Assignment, ...]:
        """What the person holds on ``day``: own posts before acting ones, the oldest first."""
        if not self.is_active(person_id):
            return ()
        held = self.by_person.get(person_id, ())
        return self.derived((Assignment, person_id, day), lambda: tuple(each for each in held if each.holds_on(day)))

    def posts_of(self, person_id: str, day: date) -> frozenset[str]:
        """The codes of the posts the person holds on ``day``, acting ones included."""
        return frozenset(held.post_code for held in self.assignments(person_id, day))

    def holders(self, post_code: str, unit_id: str | None, day: date) -> tuple[str, ...]:
        """Who holds the post on ``day`` in exactly that unit (None: in any), own holders before acting ones."""
        found = (
            held.person_id
            for held in self.by_post.get(post_code, ())
            if held.holds_on(day) and unit_id in {None, held.unit_id} and self.is_active(held.person_id)
        )
        return tuple(dict.fromkeys(found))

    def absence(self, person_id: str, day: date) -> Absence | None:
        """The absence that keeps the person away on ``day``, the one that ends last."""
        absences = self.absences.get(person_id)
        if absences is None:
            return None
        away = [entry for entry in absences if entry.starts_on <= day <= entry.ends_on]
        return max(away, key=lambda entry: entry.ends_on, default=None)

    def delegation(self, owner_id: str, process_id: str | None, day: date) -> Delegation | None:
        """The delegation in force, with a delegate who is present; one for that procedure before a general one."""
        usable = [
            entry
            for entry in self.delegations.get(owner_id, ())
            if entry.holds_on(day, process_id)
            and self.is_active(entry.delegate_id)
            and self.absence(entry.delegate_id, day) is None
        ]
        return min(usable, key=lambda entry: (entry.process_ids is None, -entry.key), default=None)

    def names(self) -> Mapping[str, str]:
        """Names as stored → English names, of people, units and posts: for the catalogue of an English reader."""
        named: tuple[Person | Unit | Post, ...] = (*self.people.values(), *self.units.values(), *self.posts.values())
        return {entry.name: entry.name_en for entry in named if entry.name_en}


_shared: WeakKeyDictionary[Engine, tuple[int | None, Organisation]] = WeakKeyDictionary()


def of(session: Session) -> Organisation:
    """The organisation as this transaction sees it."""
    seen = session.info.get(_INFO)
    transaction = transaction_of(session)
    if seen is not None and seen[0] is transaction:
        organisation: Organisation = seen[1]
        return organisation
    organisation = _shared_or_loaded(session)
    session.info[_INFO] = (transaction, organisation)
    return organisation


def arrived(session: Session, revision: int | None) -> None:
    """Another statement of this transaction brought :data:`REVISION` along: nobody has to ask for it again."""
    kept = _shared.get(_engine(session))
    if kept is not None and kept[0] == revision and revision is not None and _INFO not in session.info:
        session.info[_INFO] = (transaction_of(session), kept[1])


def changed(session: Session) -> None:
    """Say that this transaction changed the organisation: give it a new revision, and read it anew."""
    renewed = Outbox()
    renewed.add(_RENEW, {"id": 1, "revision": new_key()})
    renewed.send(session)
    session.info.pop(_INFO, None)


def _renewed(dialect: str) -> Executable:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    made, table = insert(models.OrganisationRevision), models.OrganisationRevision
    statement: Executable = made.on_conflict_do_update(
        index_elements=[table.id], set_={"revision": made.excluded.revision}
    )
    return statement


_RENEW = Statement(_renewed)


def _shared_or_loaded(session: Session) -> Organisation:
    engine = _engine(session)
    revision = _revision(session)
    kept = _shared.get(engine)
    if kept is not None and kept[0] == revision and revision is not None:
        return kept[1]
    while True:
        organisation = _load(session)
        after = _revision(session)
        if after == revision:  # else somebody committed between two of our statements: what we hold may be torn
            _shared[engine] = (revision, organisation)
            return organisation
        revision = after


def _engine(session: Session) -> Engine:
    return cast("DirectSession", session).engine


def _revision(session: Session) -> int | None:
    return _REVISION.scalar(session, {})


REVISION = select(models.OrganisationRevision.revision).where(models.OrganisationRevision.id == 1).scalar_subquery()
"""For the columns of a statement that is sent anyway, with which a transaction begins; then see :func:`arrived`."""
_REVISION = Statement(select(REVISION.label("revision")))


def _load(session: Session) -> Organisation:
    row = session.execute
    people = {
        r.id: Person(r.id, r.name, r.name_en, r.active)
        for r in row(select(models.Person.id, models.Person.name, models.Person.name_en, models.Person.active))
    }
    units = {
        u.id: Unit(u.id, u.kind, u.name, u.name_en, u.parent_id, u.open, u.calendar)
        for u in row(select(*models.Unit.__table__.c))
    }
    posts = {
        p.code: Post(p.code, p.name, p.name_en, p.grade, p.queue, p.scope, p.superior)
        for p in row(select(*models.Post.__table__.c))
    }
    held = models.Assignment
    by_post: dict[str, list[Assignment]] = defaultdict(list)
    by_person: dict[str, list[Assignment]] = defaultdict(list)
    for a in row(select(*held.__table__.c).order_by(held.acting, held.starts_on, held.key)):
        entry = Assignment(a.key, a.person_id, a.post_code, a.unit_id, a.starts_on, a.ends_on, a.acting)
        by_post[a.post_code].append(entry)
        by_person[a.person_id].append(entry)
    absences: dict[str, list[Absence]] = defaultdict(list)
    for b in row(select(*models.Absence.__table__.c).order_by(models.Absence.key)):
        absences[b.person_id].append(Absence(b.key, b.person_id, b.starts_on, b.ends_on))
    days = {d.day: d.working for d in row(select(models.CalendarDay.day, models.CalendarDay.working))}
    return Organisation(people, units, posts, by_post, by_person, absences, _delegations(session), days)


def _delegations(session: Session) -> Mapping[str, Sequence[Delegation]]:
    table = models.Delegation
    by_owner: dict[str, list[Delegation]] = defaultdict(list)
    for d in session.execute(select(*table.__table__.c).where(table.revoked_at.is_(None)).order_by(table.key)):
        processes = None if d.process_ids is None else tuple(d.process_ids)
        entry = Delegation(d.key, d.owner_id, d.delegate_id, processes, d.starts_on, d.ends_on, d.reason)
        by_owner[d.owner_id].append(entry)
    return by_owner


def is_empty(session: Session) -> bool:
    """Whether nobody works here yet."""
    return not session.scalar(select(func.count()).select_from(models.Person))
