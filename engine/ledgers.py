"""Ledgers: lines that procedures write down for good, read by those who look after them and by auditors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import calendar, clock
from engine.actor import Actor
from engine.errors import NotAllowed, Refused
from engine.keys import new_key
from engine.models import LedgerEntry, ProcessInstance, Unit
from engine.values import dumps
from feel.sentences import Sentence

MAXIMUM_PAGE = 500
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_LONGEST = 100_000


@dataclass(frozen=True, slots=True)
class Page:
    """Lines in the order in which they were written; ``total`` counts all that were asked for."""

    rows: Sequence[LedgerEntry]
    total: int


def append(  # noqa: PLR0913 - a line has as many columns
    session: Session,
    ledger: str,
    *,
    job_key: int,
    root_key: int,
    element_id: str,
    unit: str | None = None,
    day: date | None = None,
    amount: Decimal | None = None,
    values: Mapping[str, Any] | None = None,
) -> LedgerEntry:
    """Write a line for a job; the same job once more gives the line that is there. Raises :class:`Refused`."""
    written = session.execute(select(LedgerEntry).where(LedgerEntry.job_key == job_key)).scalar_one_or_none()
    if written is not None:
        return written
    if not _NAME.fullmatch(ledger):
        raise Refused(
            Sentence("{name} is no name of a ledger: small letters, digits and underscores.", name=ledger[:80])
        )
    unit_id = unit if unit is not None else session.get_one(ProcessInstance, root_key).store
    if unit_id is not None and session.get(Unit, unit_id) is None:
        raise Refused(Sentence("There is no unit {unit}.", unit=unit_id[:80]))
    if len(dumps(dict(values or {}))) > _LONGEST:
        raise Refused(Sentence("The values are too large for a line of a ledger."))
    entry = LedgerEntry(
        key=new_key(),
        job_key=job_key,
        ledger=ledger,
        unit_id=unit_id,
        day=day or calendar.local_date(clock.now()),
        amount=amount,
        entry_values=dict(values or {}),
        root_key=root_key,
        element_id=element_id,
        created_at=clock.now(),
    )
    session.add(entry)
    session.flush()
    return entry


def names(session: Session, actor: Actor) -> Sequence[str]:
    """The ledgers that something was written into."""
    _refuse_strangers(actor)
    return session.execute(select(LedgerEntry.ledger).distinct().order_by(LedgerEntry.ledger)).scalars().all()


def listed(
    session: Session,
    actor: Actor,
    ledger: str,
    *,
    unit: str | None = None,
    since: date | None = None,
    until: date | None = None,
    page: int = 1,
    size: int = 100,
) -> Page:
    """Lines of a ledger, of one unit or of all, of the days from ``since`` to ``until``, both inclusive."""
    _refuse_strangers(actor)
    wanted = _wanted(select(LedgerEntry), ledger, unit, since, until)
    total = session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    limit = max(1, min(size, MAXIMUM_PAGE))
    rows = session.execute(wanted.order_by(LedgerEntry.key).limit(limit).offset((max(1, page) - 1) * limit))
    return Page(rows.scalars().all(), total)


def total(
    session: Session,
    actor: Actor,
    ledger: str,
    *,
    unit: str | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Decimal:
    """The sum of the amounts; added up in Python, where money is decimal on every database."""
    _refuse_strangers(actor)
    amounts = session.execute(_wanted(select(LedgerEntry.amount), ledger, unit, since, until)).scalars()
    return sum((Decimal(amount) for amount in amounts if amount is not None), Decimal(0))


def _wanted(
    statement: Select[Any], ledger: str, unit: str | None, since: date | None, until: date | None
) -> Select[Any]:
    statement = statement.where(LedgerEntry.ledger == ledger)
    if unit is not None:
        statement = statement.where(LedgerEntry.unit_id == unit)
    if since is not None:
        statement = statement.where(LedgerEntry.day >= since)
    return statement if until is None else statement.where(LedgerEntry.day <= until)


def _refuse_strangers(actor: Actor) -> None:
    if not (actor.is_administrator or actor.is_auditor or actor.is_process_owner or actor.is_system):
        raise NotAllowed(Sentence("Only administrators, process owners and auditors may read ledgers."))
