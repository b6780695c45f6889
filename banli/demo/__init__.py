"""The demo organisation: 42 fictitious people of a chain of eleven stores, loaded only where BANLI_DEMO=1.

Loading it again changes nothing that somebody changed meanwhile. All its people share one password hash (they are
fictitious, and their password is printed at the start), so that a start never computes 42 of them. Without the
setting, ``withdraw`` leaves them in place but nobody of them can sign in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from banli import foundation, shipped_lists
from engine import calendar, clock, models
from engine.actor import system
from engine.errors import SettingRefused
from engine.organisation import assignments, employments, headcounts, passwords, people, units
from engine.organisation.employments import Terms
from engine.organisation.register_functions import later
from feel.sentences import Sentence

_FOLDER = Path(__file__).parent
_ACTOR = system("demo")
_SINCE = date(2020, 1, 1)
_CERTIFICATE_DAYS = 300


def state(session: Session) -> Literal["empty", "demo", "real"]:
    """Whether the database has nobody, nobody but demo people, or real people."""
    real = session.scalar(select(func.count()).where(models.Person.demo.is_(False)))
    if real:
        return "real"
    return "demo" if session.scalar(select(func.count()).select_from(models.Person)) else "empty"


def load(session: Session, password: str) -> int:
    """Load what is missing of the demo organisation; every demo person signs in with ``password``.

    Returns how many people were added. Refused where real people are: they would share the system with a printed
    password.
    """
    if state(session) == "real":
        raise SettingRefused(
            Sentence("BANLI_DEMO=1: this database has real people, so the demo organisation is not loaded into it.")
        )
    foundation.load(session)
    _load_units(session)
    # a session forgets what nobody holds, and every entry below looks at its post and its unit
    _held = [*session.scalars(select(models.Post)), *session.scalars(select(models.Unit))]
    added = _load_people(session)
    _load_employments(session)
    _load_headcounts(session)
    _share_password(session, password)
    return added


def withdraw(session: Session) -> int:
    """Let no demo person sign in any more and end their sessions; returns how many that concerned."""
    table = models.Person
    concerned = select(table.id).where(table.demo, table.password_hash.is_not(None))
    ids = session.scalars(concerned).all()
    if ids:
        session.execute(
            update(table)
            .where(table.id.in_(ids))
            .values(password_hash=None, session_version=table.session_version + 1)
        )
    return len(ids)


def _load_units(session: Session) -> None:
    known = set(session.scalars(select(models.Unit.id)))
    for entry in _read("units.yaml"):
        if entry["id"] not in known:
            units.add(
                session,
                _ACTOR,
                entry["id"],
                kind=entry["kind"],
                name=entry["name"],
                name_en=entry["name_en"],
                parent_id=entry.get("parent"),
            )


def _load_people(session: Session) -> int:
    known = set(session.scalars(select(models.Person.id)))
    new = [entry for entry in _read("people.yaml") if entry["id"] not in known]
    for entry in new:
        person = people.add(session, _ACTOR, entry["id"], name=entry["name"], name_en=entry["name_en"])
        person.demo = True
        assignments.add(session, _ACTOR, entry["id"], entry["post"], entry["unit"], starts_on=_SINCE)
    return len(new)


def _load_employments(session: Session) -> None:
    """Enter into the employee register whoever was never in it."""
    known = set(session.scalars(select(models.Employment.person_id)))
    special = {entry["id"]: entry for entry in _read("employments.yaml")}
    for entry in _read("people.yaml"):
        if entry["id"] not in known:
            employments.record(session, _ACTOR, entry["id"], _terms(entry, special.get(entry["id"])))


def _terms(entry: Mapping[str, Any], special: Mapping[str, Any] | None) -> Terms:
    """What somebody is employed as; a probation lies around today."""
    today = calendar.local_date(clock.now())
    certificate = today + timedelta(days=_CERTIFICATE_DAYS)
    if special is None:
        return Terms(
            post_code=entry["post"],
            unit_id=entry["unit"],
            contract_type="open",
            starts_on=_SINCE,
            confirmed_on=_SINCE,
            health_certificate_until=certificate,
        )
    begun = today - timedelta(days=special["begun_days_ago"])
    return Terms(
        post_code=entry["post"],
        unit_id=entry["unit"],
        contract_type=special["contract_type"],
        contract_months=special["contract_months"],
        starts_on=begun,
        probation_ends_on=later(begun, special["probation_months"]) - timedelta(days=1),
        health_certificate_until=certificate,
    )


def _load_headcounts(session: Session) -> None:
    """Plan the posts of the demo stores where nobody has planned them yet."""
    known = {(row.unit_id, row.post_code) for row in headcounts.listed(session, _ACTOR)}
    stores = [entry["id"] for entry in _read("units.yaml") if entry["kind"] == "store"]
    for plan in _read("headcounts.yaml"):
        for store in stores:
            if (store, plan["post"]) in known:
                continue
            headcounts.set_plan(
                session,
                _ACTOR,
                store,
                plan["post"],
                planned=plan.get("except", {}).get(store, plan["planned"]),
                salary_min=Decimal(plan["salary_min"]),
                salary_max=Decimal(plan["salary_max"]),
            )


def _share_password(session: Session, password: str) -> None:
    """Give ``password`` to whoever has no password or still has the shared one; own passwords stay."""
    session.flush()
    table = models.Person
    hashes = Counter(session.scalars(select(table.password_hash).where(table.demo)))
    without = hashes.pop(None, 0)
    shared, holders = hashes.most_common(1)[0] if hashes else (None, 0)
    if holders <= 1:
        shared = None  # that is somebody's own
    if shared is not None and not without and passwords.matches(shared, password):
        return
    session.execute(
        update(table)
        .where(table.demo, or_(table.password_hash.is_(None), table.password_hash == shared))
        .values(
            password_hash=passwords.hashed(password), failed_sign_ins=0, locked_until=None,
            session_version=table.session_version + 1,
        )
    )  # fmt: skip


def _read(name: str) -> Sequence[Mapping[str, Any]]:
    return shipped_lists.read(_FOLDER / name)
