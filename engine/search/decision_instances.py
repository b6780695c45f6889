"""Evaluations of decisions in matters, out of their histories, for the matters that the actor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine import history
from engine.actor import Actor
from engine.errors import NotFound
from engine.models import HistoryEvent, ProcessInstance
from engine.search.criteria import Column, Computed
from engine.search.paging import Asked, Catalogue, Found, Rows, find
from engine.search.visible import Matter, visible
from engine.values import canonical
from feel.sentences import Sentence

EVALUATED = "decision.evaluated"
ROOT = aliased(ProcessInstance, name="root")
INSTANCE = aliased(ProcessInstance, name="instance")


def _of_decision(decision_id: str) -> Any:
    """The details are canonical JSON, whose first key is the decision's."""
    return HistoryEvent.details.startswith(f'{{"decision":{canonical(decision_id)},', autoescape=True)


_SORTS: dict[str, Column] = {
    "evaluation_date": Column(HistoryEvent.occurred_at),
    "process_instance_key": Column(HistoryEvent.process_instance_key),
    "process_definition_key": Column(INSTANCE.definition_key),
    "business_id": Column(ROOT.business_id, nullable=True),
}
CATALOGUE = Catalogue(
    "decision_instances",
    fields={
        **_SORTS,
        "decision_definition_id": Computed("eq", _of_decision),
        "root_key": Column(HistoryEvent.root_key),
        "sequence": Column(HistoryEvent.sequence),
    },
    sorts=_SORTS,
    keys=(HistoryEvent.root_key, HistoryEvent.sequence),
)


def statement() -> Rows:
    """An evaluation with its instance and matter."""
    return (
        select(
            HistoryEvent.root_key,
            HistoryEvent.sequence,
            HistoryEvent.process_instance_key,
            INSTANCE.definition_key.label("definition_key"),
            ROOT.business_id.label("business_id"),
        )
        .join(INSTANCE, INSTANCE.key == HistoryEvent.process_instance_key)
        .join(ROOT, ROOT.key == HistoryEvent.root_key)
        .where(HistoryEvent.type == EVALUATED)
    )


def search(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of evaluations; :func:`told` says what each was."""
    readable = visible(session, actor, statement(), Matter.of(ROOT))
    return find(session, CATALOGUE, statement(), readable, asked)


def get(session: Session, root_key: int, sequence: int, actor: Actor) -> Any:
    """One evaluation; raises :class:`NotFound` unless the actor may see its matter."""
    row = session.execute(
        visible(session, actor, statement(), Matter.of(ROOT)).where(
            HistoryEvent.root_key == root_key, HistoryEvent.sequence == sequence
        )
    ).one_or_none()
    if row is None:
        raise NotFound(Sentence("There is no such evaluation."))
    return row


def told(session: Session, rows: Sequence[Any]) -> Mapping[tuple[int, int], history.Event]:
    """The events of these rows, personal values where they are not erased."""
    found = {}
    for row in rows:
        event = history.timeline(session, row.root_key, after=row.sequence - 1, limit=1)[0]
        found[row.root_key, row.sequence] = event
    return found
