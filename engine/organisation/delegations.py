"""Delegation: somebody lets another act for him, between two dates, in some procedures or in all.

Only the owner gives it. Nobody passes on what was delegated to him, nobody decides on his own request for another,
and the owner keeps sight of every task: those rules stand in ``resolution`` and in the commands of user tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import calendar, clock, models
from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refused
from engine.keys import new_key
from engine.organisation import journal, people, rights, snapshot
from feel.sentences import Sentence

_AUDITOR = "auditor"


def add(
    session: Session,
    actor: Actor,
    delegate_id: str,
    *,
    starts_on: date,
    ends_on: date,
    reason: str,
    process_ids: Sequence[str] | None = None,
) -> models.Delegation:
    """Let ``delegate_id`` act for the acting person, in ``process_ids`` (None: in every procedure)."""
    if actor.is_system:
        raise NotAllowed(Sentence("Only a person can delegate his own work."))
    people.get(session, actor.person)
    _refuse_unfit(session, actor, delegate_id, starts_on)
    if ends_on < starts_on:
        raise Refused(
            Sentence("The last day {end} is before the first day {start}.", end=ends_on, start=starts_on),
            field="ends_on",
        )
    if ends_on < calendar.local_date(clock.now()):
        raise Refused(Sentence("The delegation would be over already."), field="ends_on")
    if process_ids is not None and not process_ids:
        raise Refused(Sentence("Choose at least one procedure, or all of them."), field="process_ids")
    delegation = models.Delegation(
        key=new_key(),
        owner_id=actor.person,
        delegate_id=delegate_id,
        process_ids=None if process_ids is None else list(dict.fromkeys(process_ids)),
        starts_on=starts_on,
        ends_on=ends_on,
        reason=rights.checked_reason(reason),
    )
    session.add(delegation)
    after = {"starts_on": starts_on, "ends_on": ends_on, "reason": delegation.reason}
    about = {**_about(delegation), "processes": delegation.process_ids}
    journal.record(session, actor, "delegation.added", about, after=after)
    return delegation


def _refuse_unfit(session: Session, actor: Actor, delegate_id: str, starts_on: date) -> None:
    if delegate_id == actor.person:
        raise Refused(Sentence("Nobody delegates to himself."), field="delegate_id")
    if not people.get(session, delegate_id, "delegate_id").active:
        raise Refused(Sentence("{person} does not work here any more.", person=delegate_id), field="delegate_id")
    today = calendar.local_date(clock.now())
    if _AUDITOR in snapshot.of(session).posts_of(delegate_id, max(today, starts_on)):
        auditor = Sentence("{person} is an auditor, who changes nothing.", person=delegate_id)
        raise Refused(auditor, field="delegate_id")


def revoke(session: Session, actor: Actor, key: int) -> models.Delegation:
    """End a delegation at once: by its owner, its delegate, or an administrator."""
    delegation = session.get(models.Delegation, key)
    if delegation is None:
        raise NotFound(Sentence("There is no such delegation."))
    if actor.person != delegation.delegate_id:
        rights.own_or_administrator(actor, delegation.owner_id)
    if delegation.revoked_at is None:
        delegation.revoked_at = clock.now()
        journal.record(session, actor, "delegation.revoked", _about(delegation))
    return delegation


def stands(session: Session, owner_id: str, delegate_id: str, process_id: str | None, at: datetime) -> bool:
    """Whether the delegate may act for the owner at that instant; if not, a task goes back to its owner."""
    day = calendar.local_date(at)
    return any(
        entry.delegate_id == delegate_id and entry.holds_on(day, process_id)
        for entry in snapshot.of(session).delegations.get(owner_id, ())
    )


def of_person(session: Session, actor: Actor, person_id: str) -> Sequence[models.Delegation]:
    """What a person delegated or was delegated, the latest first."""
    rights.own_or_administrator(actor, person_id)
    table = models.Delegation
    concerned = or_(table.owner_id == person_id, table.delegate_id == person_id)
    return session.scalars(select(table).where(concerned).order_by(table.starts_on.desc(), table.key.desc())).all()


def _about(delegation: models.Delegation) -> dict[str, str]:
    return {"person": delegation.owner_id, "delegate": delegation.delegate_id}
