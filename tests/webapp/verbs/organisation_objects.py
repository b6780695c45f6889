"""People with all that hangs on them: posts, absences, delegations, employments, sessions, tokens, notices."""

from __future__ import annotations

import base64
from datetime import date
from typing import Any

from sqlalchemy import select, update

from engine import access_tokens, clock, departures, exchange, notifications
from engine.models import AccessToken, Notification, PersonSession, UserTask
from engine.models.user_task import CREATED
from engine.notifications import Notice
from engine.organisation import absences, assignments, calendars, delegations, employments, people
from feel.sentences import Sentence
from tests.webapp.house import House
from tests.webapp.verbs.acting import actor_of
from tests.webapp.verbs.relations import AUDITOR, ROLES, STARTERS
from webapp.organisation import workbook

Objects = dict[str, dict[str, dict[str, Any]]]
_STAFF = {"own": "U31", "same area": "U42", "other area": "U33"}
"""People of the three stores who have nothing to do with the matters."""
_STORES = {"own": "S01", "same area": "S02", "other area": "S05"}
_NEXT_MONTH = date(2026, 12, 20)


def tokens(house: House, person: str) -> dict[str, str]:
    """The secrets of a person's tokens: one for everything (""), of administrators one for each kind of work too."""
    actor = actor_of(house, person)
    wanted: dict[str, tuple[str, ...]] = {"": access_tokens.RIGHTS}
    if actor.is_administrator:
        wanted |= {right: (right,) for right in access_tokens.RIGHTS}
    found = {}
    for right, rights in wanted.items():
        _token, found[right] = house.unit_of_work.run(
            access_tokens.create, actor, right or "all", kinds=rights, days=30
        )
    with house.database.writer() as session:  # used lately: using one leaves nothing new behind
        session.execute(update(AccessToken).values(last_used_at=clock.now()))
        session.commit()
    return found


def organisation_objects(house: House) -> Objects:
    """By kind and instance: what addresses and forms are filled with; ``shared`` is that of the house."""
    made = _Maker(house)
    accounts = {**STARTERS, "auditor's": AUDITOR}
    return {
        "person": {instance: made.person(instance, person) for instance, person in _STAFF.items()},
        "store": {instance: {"unit_id": unit} for instance, unit in _STORES.items()},
        "account": {instance: made.account(person) for instance, person in accounts.items()},
        "shared": {"all": made.shared()},
    }


class _Maker:
    def __init__(self, house: House) -> None:
        self._house = house
        self._run = house.unit_of_work.run
        self._administrator = actor_of(house, ROLES["administrator"])

    def account(self, person: str) -> dict[str, Any]:
        """Somebody with a session, a token, an absence, a delegation and a notice."""
        someone = self._house.person(person).actor  # signed in, and so with a session
        days = {"starts_on": _NEXT_MONTH, "ends_on": _NEXT_MONTH}
        token, _secret = self._run(access_tokens.create, someone, "for the till", kinds=["read"], days=30)
        absence = self._run(absences.add, someone, person, **days)
        values = {"person_id": person, "token": token.key, "absence": absence.key}
        values["delegation"] = self._run(delegations.add, someone, "U32", **days, reason="出差").key
        sentence = Sentence("Please look at it.")
        self._run(notifications.notify, [person], Notice("notice", *self._a_task(), sentence))
        with self._house.unit_of_work.read() as session:
            session_key = select(PersonSession.key).where(PersonSession.person_id == person)
            values["session"] = session.scalars(session_key).first()
            notice = select(Notification.key).where(Notification.person_id == person, Notification.read_at.is_(None))
            values["notification"] = session.scalars(notice).first()
        return values

    def _a_task(self) -> tuple[int, int]:
        """The keys of a task that waits, and of its matter."""
        with self._house.unit_of_work.read() as session:
            waiting = select(UserTask.key, UserTask.root_key).where(UserTask.state == CREATED).order_by(UserTask.key)
            key, root = session.execute(waiting).first()
        return int(key), int(root)

    def person(self, instance: str, person: str) -> dict[str, Any]:
        """Somebody of a store; with him one who is locked out, one who left, and one who just came."""
        values = self.account(person)
        coming = self._run(
            assignments.add, self._administrator, person, "cashier", _STORES[instance], starts_on=_NEXT_MONTH
        )
        others = {name: f"X{name[0]}{_STORES[instance]}" for name in ("locked", "gone", "newcomer")}
        for other in others.values():
            self._run(people.add, self._administrator, other, name=other)
        self._run(people.lock, self._administrator, others["locked"])
        today = date(2026, 11, 23)
        self._run(departures.leave, self._administrator, others["gone"], reason="离职", last_day=today)
        with self._house.unit_of_work.read() as session:
            now = [entry for entry in assignments.of_person(session, person) if entry.key != coming.key]
            (employment,) = employments.of_person(session, self._administrator, person)
        return values | others | {"coming": coming.key, "held": now[0].key, "employment": employment.key}

    def shared(self) -> dict[str, Any]:
        """A day that was declared, and a workbook in which one name is another."""
        declared = date(2026, 12, 30)
        self._run(calendars.set_day, self._administrator, declared, working=False, name="盘点")
        with self._house.unit_of_work.read() as session:
            tables = exchange.export(session, self._administrator)
        tables["people"][0]["name"] = "别的名字"
        content = workbook.write(tables, "zh")
        outcome = self._run(exchange.preview, self._administrator, workbook.read(content))
        assert not outcome.errors
        return {
            "declared": declared.isoformat(),
            "workbook": base64.b64encode(content).decode(),
            "digest": outcome.digest,
        }
