"""One row of each table through the verbs of the organisation; ``old`` is the row as it stands, None if it is new."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import areas
from engine.actor import Actor
from engine.errors import Refused
from engine.models import Absence, Assignment, Employment
from engine.organisation import absences, assignments, employments, headcounts, people, posts, units
from feel.sentences import Sentence

Values = Mapping[str, Any]
Take = Callable[[Session, Actor, Values, Values | None], None]


def _unit(session: Session, actor: Actor, new: Values, old: Values | None) -> None:
    unit_id = new["unit_id"]
    if old is None:
        named = {name: new[name] for name in ("kind", "name", "name_en", "parent_id")}
        units.add(session, actor, unit_id, **named)
    else:
        _refuse_other(old, new, "kind")
        units.rename(session, actor, unit_id, name=new["name"], name_en=new["name_en"])
        units.move(session, actor, unit_id, new["parent_id"])
    units.set_open(session, actor, unit_id, is_open=new["open"])


def _post(session: Session, actor: Actor, new: Values, old: Values | None) -> None:
    terms = {name: new[name] for name in ("name", "name_en", "grade", "queue", "scope")}
    if old is None:
        posts.add(session, actor, new["code"], **terms, superior=new["superior"])
        return
    posts.edit(session, actor, new["code"], **terms)
    posts.set_superior(session, actor, new["code"], new["superior"])


def _person(session: Session, actor: Actor, new: Values, old: Values | None) -> None:
    named = {name: new[name] for name in ("name", "name_en", "email")}
    if old is None:
        people.add(session, actor, new["person_id"], **named)
    else:
        people.edit(session, actor, new["person_id"], **named)
    if not new["active"] and (old is None or old["active"]):
        raise Refused(Sentence("Whoever leaves hands over his tasks: use the page of the person."), field="active")
    if new["active"] and old is not None and not old["active"]:
        people.reactivate(session, actor, new["person_id"])


def _assignment(session: Session, actor: Actor, new: Values, old: Values | None) -> None:
    place = (new["person_id"], new["post_code"], new["unit_id"])
    if old is None:
        dates = {name: new[name] for name in ("starts_on", "ends_on", "acting")}
        areas.assign(session, actor, *place, **dates)
        return
    _refuse_other(old, new, "acting")
    table = Assignment
    same = (table.person_id == place[0], table.post_code == place[1], table.unit_id == place[2])
    key = session.scalars(select(table.key).where(*same, table.starts_on == new["starts_on"]).limit(1)).one()
    assignments.end(session, actor, key, new["ends_on"])


def _absence(session: Session, actor: Actor, new: Values, old: Values | None) -> None:
    if old is not None:
        same = (Absence.person_id == new["person_id"], Absence.starts_on == new["starts_on"])
        absences.remove(session, actor, session.scalars(select(Absence.key).where(*same).limit(1)).one())
    dates = {name: new[name] for name in ("starts_on", "ends_on", "reason")}
    absences.add(session, actor, new["person_id"], **dates)


def _employment(session: Session, actor: Actor, new: Values, old: Values | None) -> None:
    terms = employments.Terms(**{name: value for name, value in new.items() if name != "person_id"})
    if old is None:
        employments.record(session, actor, new["person_id"], terms)
        return
    same = (Employment.person_id == new["person_id"], Employment.starts_on == new["starts_on"])
    employments.change(session, actor, session.scalars(select(Employment.key).where(*same)).one(), terms)


def _headcount(session: Session, actor: Actor, new: Values, _old: Values | None) -> None:
    plan = {name: new[name] for name in ("planned", "salary_min", "salary_max")}
    headcounts.set_plan(session, actor, new["unit_id"], new["post_code"], **plan)


def _refuse_other(old: Values, new: Values, name: str) -> None:
    if old[name] != new[name]:
        raise Refused(Sentence("This never changes; end the row and add another one."), field=name)


TAKE: Mapping[str, Take] = {
    "units": _unit,
    "posts": _post,
    "people": _person,
    "assignments": _assignment,
    "absences": _absence,
    "employments": _employment,
    "headcounts": _headcount,
}
