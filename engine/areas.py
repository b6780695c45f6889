"""Areas by the rule of the house: from how many stores on an area is formed, and from how many it has an assistant.

The numbers stand in the decision table ``area_structure``, where their owner edits them; where no such table is
deployed, nothing is refused. An area that shrinks later is warned about, never dissolved.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any, Literal

from sqlalchemy.orm import Session

from engine import decisions, models
from engine.actor import Actor, system
from engine.errors import NotFound, Refused
from engine.organisation import assignments, rights, snapshot, units
from feel.sentences import Sentence

TABLE = "area_structure"
ASSISTANT = "area_assistant"
_MOST = 100  # stores that are asked about when looking for the least that is enough

Question = Literal["area_allowed", "assistant_allowed"]


def form(
    session: Session,
    actor: Actor,
    area_id: str,
    *,
    name: str,
    name_en: str | None,
    parent_id: str | None,
    stores: Collection[str],
) -> models.Unit:
    """Form an area of these stores; :class:`Refused` if they are too few."""
    rights.administrator(actor)
    _refuse_too_few(session, len(set(stores)), "area_allowed", field="stores")
    for store in stores:
        if units.get(session, store, "stores").kind != "store":
            raise Refused(Sentence("{unit} is no store.", unit=store), field="stores")
    area = units.add(session, actor, area_id, kind="area", name=name, name_en=name_en, parent_id=parent_id)
    for store in stores:
        units.move(session, actor, store, area_id)
    return area


def assign(
    session: Session,
    actor: Actor,
    person_id: str,
    post_code: str,
    unit_id: str,
    *,
    starts_on: date,
    ends_on: date | None = None,
    acting: bool = False,
) -> models.Assignment:
    """Let a person hold a post, as :func:`assignments.add`; an area has an assistant from so many stores on."""
    rights.administrator(actor)
    if post_code == ASSISTANT:
        _refuse_too_few(session, len(stores_of(session, unit_id)), "assistant_allowed", field="post_code")
    dates: dict[str, Any] = {"starts_on": starts_on, "ends_on": ends_on, "acting": acting}
    return assignments.add(session, actor, person_id, post_code, unit_id, **dates)


def warnings(session: Session, area_id: str, day: date) -> list[Sentence]:
    """What is not as the table says about an area that stands."""
    organisation = snapshot.of(session)
    count = len(stores_of(session, area_id))
    found = []
    if not allows(session, count, "area_allowed"):
        found.append(_too_few(session, count, "area_allowed"))
    if organisation.holders(ASSISTANT, area_id, day) and not allows(session, count, "assistant_allowed"):
        found.append(_too_few(session, count, "assistant_allowed"))
    return found


def stores_of(session: Session, area_id: str) -> list[str]:
    """The open stores of an area."""
    found = snapshot.of(session).units.values()
    return sorted(unit.id for unit in found if unit.parent_id == area_id and unit.kind == "store" and unit.open)


def allows(session: Session, count: int, question: Question) -> bool:
    """What the table answers for so many stores; yes where there is none."""
    try:
        answer = decisions.evaluate(session, TABLE, system("organisation"), {"store_count": count}).value
    except NotFound:
        return True
    return bool(answer[question])


def _refuse_too_few(session: Session, count: int, question: Question, *, field: str) -> None:
    if not allows(session, count, question):
        raise Refused(_too_few(session, count, question), field=field)


def _too_few(session: Session, count: int, question: Question) -> Sentence:
    least = next((number for number in range(count, _MOST) if allows(session, number, question)), _MOST)
    if question == "area_allowed":
        return Sentence("An area is formed from {least} open stores on; these are {count}.", least=least, count=count)
    return Sentence(
        "An area has an assistant from {least} open stores on; this one has {count}.", least=least, count=count
    )
