"""The employee register: as what, where, since when and until when people are employed.

The interface for pages, imports and procedures; every verb asks who acts (administrators, and parts of the system):

- ``record`` enters an employment, ``change`` corrects what it says (``terms_of``), ``remove`` takes back a mistake;
- ``confirm``, ``extend_probation``, ``certify_health`` and ``end`` are what happens to it, as procedures say it;
- ``begin_review`` and ``release_review`` mark that a matter decides about the end of a probation, so that no second
  one starts for the same end (``probations_due`` names those that none has begun for);
- ``current`` is the employment of a person that runs or is still to begin, ``of_person`` all of them, ``listed`` the
  register of a unit or of all.

A person has at most one employment at a time. The grade is that of the post. Days are those of the organisation's
clocks and inclusive. An employment gives no right and no task: posts are held by assignments, and
``end`` ends these too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendar, clock, models
from engine.actor import Actor
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.keys import new_key
from engine.organisation import assignments, journal, people, posts, rights, units
from feel.sentences import Sentence

CONTRACT_TYPES = ("fixed", "open", "task")
MAXIMUM_CONTRACT_MONTHS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What an employment says, as it is entered or imported."""

    post_code: str
    unit_id: str
    contract_type: str
    contract_months: int | None = None
    starts_on: date
    probation_ends_on: date | None = None
    confirmed_on: date | None = None
    health_certificate_until: date | None = None
    ends_on: date | None = None
    rehire_blocked: bool = False


@dataclass(frozen=True, slots=True)
class Hiring:
    """The matter in which somebody was hired, and its step."""

    key: int
    element_id: str


def record(
    session: Session, actor: Actor, person_id: str, terms: Terms, hiring: Hiring | None = None
) -> models.Employment:
    """Enter that a person is employed. Raises :class:`Conflict` where that would be the second at a time."""
    rights.administrator(actor)
    people.get(session, person_id)
    _check(session, terms)
    _once(session, person_id, terms, except_key=None)
    employment = models.Employment(key=new_key(), person_id=person_id, reviewed_for=None)
    if hiring is not None:
        employment.hiring_key, employment.hiring_element_id = hiring.key, hiring.element_id
    _write(employment, terms)
    session.add(employment)
    journal.record(session, actor, "employment.recorded", _about(employment), after=asdict(terms))
    return employment


def change(session: Session, actor: Actor, key: int, terms: Terms) -> models.Employment:
    """Let an employment say something else: ``replace(terms_of(employment), ends_on=…)`` changes one thing."""
    rights.administrator(actor)
    employment = get(session, key)
    _check(session, terms)
    _once(session, employment.person_id, terms, except_key=key)
    _edit(session, actor, employment, **asdict(terms))
    return employment


def terms_of(employment: models.Employment) -> Terms:
    """What an employment says."""
    return Terms(**{field.name: getattr(employment, field.name) for field in fields(Terms)})


def remove(session: Session, actor: Actor, key: int) -> None:
    """Take back what was entered by mistake; whoever leaves is ended instead."""
    rights.administrator(actor)
    employment = get(session, key)
    about, before = _about(employment), asdict(terms_of(employment))
    session.delete(employment)
    journal.record(session, actor, "employment.removed", about, before=before)


def confirm(session: Session, actor: Actor, person_id: str, confirmed_on: date) -> None:
    """The probation is passed (转正)."""
    rights.administrator(actor)
    employment = required(session, person_id)
    if confirmed_on < employment.starts_on:
        raise _before_start("confirmed_on", confirmed_on, employment.starts_on)
    _edit(session, actor, employment, confirmed_on=confirmed_on)


def extend_probation(session: Session, actor: Actor, person_id: str, probation_ends_on: date) -> None:
    """The probation ends later; a review of its new end is due in time."""
    rights.administrator(actor)
    employment = required(session, person_id)
    before = employment.probation_ends_on
    if before is None or probation_ends_on <= before:
        raise Refused(
            Sentence(
                "A probation that ends on {before} cannot be extended to {until}.",
                before=before or "–",
                until=probation_ends_on,
            ),
            field="probation_ends_on",
        )
    _edit(session, actor, employment, probation_ends_on=probation_ends_on)


def certify_health(session: Session, actor: Actor, person_id: str, valid_to: date) -> None:
    """A health certificate (健康证) is valid until that day."""
    rights.administrator(actor)
    _edit(session, actor, required(session, person_id), health_certificate_until=valid_to)


def end(session: Session, actor: Actor, person_id: str, ends_on: date, *, rehire_blocked: bool | None = None) -> None:
    """The employment ends with that day, and all posts held with it (None: ``rehire_blocked`` stays as it is)."""
    rights.administrator(actor)
    employment = required(session, person_id)
    if ends_on < employment.starts_on:
        raise _before_start("ends_on", ends_on, employment.starts_on)
    blocked = employment.rehire_blocked if rehire_blocked is None else rehire_blocked
    _edit(session, actor, employment, ends_on=ends_on, rehire_blocked=blocked)
    assignments.end_all(session, actor, person_id, ends_on)


def begin_review(session: Session, actor: Actor, person_id: str) -> models.Employment:
    """A matter decides about this end of probation. Raises :class:`Conflict` if another one does already."""
    rights.administrator(actor)
    employment = required(session, person_id, lock=True)
    if is_reviewed(employment):
        raise Conflict(Sentence("The probation of {person} is under review already.", person=person_id))
    employment.reviewed_for = employment.probation_ends_on
    session.flush()
    return employment


def release_review(session: Session, actor: Actor, person_id: str) -> None:
    """The matter ended without a decision: a new one may begin."""
    rights.administrator(actor)
    employment = current(session, person_id)
    if employment is not None:
        employment.reviewed_for = None
        session.flush()


def is_reviewed(employment: models.Employment) -> bool:
    """Whether a matter has begun that decides about the end of this probation."""
    return employment.reviewed_for is not None and employment.reviewed_for == employment.probation_ends_on


def probations_due(session: Session, until: date) -> Sequence[models.Employment]:
    """Probations that end from today to ``until``, undecided, and that no matter reviews; the next to end first."""
    table = models.Employment
    today = calendar.local_date(clock.now())
    statement = select(table).where(
        table.probation_ends_on.between(today, until),
        table.confirmed_on.is_(None),
        table.starts_on <= today,
        or_(table.ends_on.is_(None), table.ends_on > table.probation_ends_on),
        or_(table.reviewed_for.is_(None), table.reviewed_for != table.probation_ends_on),
    )
    return session.scalars(statement.order_by(table.probation_ends_on, table.person_id)).all()


def get(session: Session, key: int) -> models.Employment:
    """The employment of that key; raises :class:`NotFound`."""
    employment = session.get(models.Employment, key)
    if employment is None:
        raise NotFound(Sentence("There is no such employment."))
    return employment


def current(session: Session, person_id: str, *, lock: bool = False) -> models.Employment | None:
    """The employment that runs, else the one that is to begin next, else None."""
    table = models.Employment
    today = calendar.local_date(clock.now())
    statement = (
        select(table)
        .where(table.person_id == person_id, or_(table.ends_on.is_(None), table.ends_on >= today))
        .order_by(table.starts_on)
        .limit(1)
    )
    if lock:
        statement = statement.with_for_update()
    return session.scalars(statement, execution_options={"populate_existing": lock}).one_or_none()


def required(session: Session, person_id: str, *, lock: bool = False) -> models.Employment:
    """The current employment; raises :class:`NotFound`."""
    employment = current(session, person_id, lock=lock)
    if employment is None:
        raise NotFound(Sentence("{person} is not in the employee register.", person=person_id[:80]))
    return employment


def of_person(session: Session, actor: Actor, person_id: str) -> Sequence[models.Employment]:
    """All employments of a person, the latest first: one's own, and for who may read the register."""
    if actor.person != person_id:
        may_read(actor)
    table = models.Employment
    return session.scalars(select(table).where(table.person_id == person_id).order_by(table.starts_on.desc())).all()


def listed(
    session: Session, actor: Actor, *, unit_id: str | None = None, ended: bool = False
) -> Sequence[models.Employment]:
    """The register of a unit (None: of all) by person; with ``ended``, those that are over too."""
    may_read(actor)
    table = models.Employment
    statement = select(table).order_by(table.person_id, table.starts_on)
    if unit_id is not None:
        statement = statement.where(table.unit_id == unit_id)
    if not ended:
        statement = statement.where(or_(table.ends_on.is_(None), table.ends_on >= calendar.local_date(clock.now())))
    return session.scalars(statement).all()


def may_read(actor: Actor) -> None:
    """Refuse whoever is neither administrator, auditor nor a part of the system."""
    if not (actor.is_administrator or actor.is_auditor or actor.is_system):
        raise NotAllowed(Sentence("Only administrators and auditors may read the employee register."))


def _edit(session: Session, actor: Actor, employment: models.Employment, **values: object) -> None:
    journal.edit(session, actor, "employment.changed", employment, _about(employment), **values)


def _about(employment: models.Employment) -> dict[str, str]:
    return {"person": employment.person_id}


def _write(employment: models.Employment, terms: Terms) -> None:
    for field in fields(Terms):
        setattr(employment, field.name, getattr(terms, field.name))


def _check(session: Session, terms: Terms) -> None:
    """Refuse terms that contradict each other or name what there is not."""
    posts.get(session, terms.post_code)
    units.get(session, terms.unit_id)
    if terms.contract_type not in CONTRACT_TYPES:
        raise Refused(
            Sentence(
                "A contract is one of {kinds}, not {kind}.",
                kinds=", ".join(CONTRACT_TYPES),
                kind=terms.contract_type[:80],
            ),
            field="contract_type",
        )
    months, is_fixed = terms.contract_months, terms.contract_type == "fixed"
    if is_fixed and (months is None or not 1 <= months <= MAXIMUM_CONTRACT_MONTHS):
        sentence = Sentence("A fixed contract is for 1 to {maximum} months.", maximum=MAXIMUM_CONTRACT_MONTHS)
        raise Refused(sentence, field="contract_months")
    if not is_fixed and months is not None:
        raise Refused(Sentence("Only a fixed contract is for a number of months."), field="contract_months")
    for name in ("probation_ends_on", "confirmed_on", "ends_on"):
        day = getattr(terms, name)
        if day is not None and day < terms.starts_on:
            raise _before_start(name, day, terms.starts_on)


def _before_start(field: str, day: date, starts_on: date) -> Refused:
    return Refused(Sentence("{day} is before the first day {start}.", day=day, start=starts_on), field=field)


def _once(session: Session, person_id: str, terms: Terms, *, except_key: int | None) -> None:
    """Refuse a second employment at the same time."""
    table = models.Employment
    query = select(table.key).where(
        table.person_id == person_id, or_(table.ends_on.is_(None), table.ends_on >= terms.starts_on)
    )
    if terms.ends_on is not None:
        query = query.where(table.starts_on <= terms.ends_on)
    if except_key is not None:
        query = query.where(table.key != except_key)
    if session.scalar(query.limit(1)) is not None:
        raise Conflict(Sentence("{person} is employed at that time already.", person=person_id), field="starts_on")
