"""The schedules of timer start events follow the deployment: a new version replaces the schedule of the old one.

A timer that reads as before keeps its next firing, so that publishing often never puts it off; a changed one is
counted anew; one that is gone ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import clock
from engine.content import Content, firings
from engine.content.firings import FiringRefused
from engine.errors import Problem
from engine.keys import new_key
from engine.models import ProcessDefinition, Schedule
from engine.organisation import functions
from engine.runtime import Process
from engine.runtime.dialect.model import Event


def problems(session: Session, content: Content) -> Iterator[Problem]:
    """Timer start events whose expression does not say when they fire; what is written out is checked without it."""
    now = clock.now()
    for path, diagram in content.diagrams.items():
        for process in diagram.processes.values():
            for element_id, event in process.references.timer_starts.items():
                if event.expression is None or not event.expression.is_expression:
                    continue
                try:
                    firings.first(event, now, functions_of(session, process.process_id))
                except FiringRefused as refused:
                    yield Problem("error", path, element_id, refused.sentence, "schedule")


def renew(session: Session, content: Content, definitions: Mapping[str, int]) -> None:
    """Write the schedules of a pack; ``definitions`` are the keys of its processes as they are bound now."""
    now = clock.now()
    stored = {(row.process_id, row.element_id): row for row in _of_pack(session, content.pack.name)}
    for diagram in content.diagrams.values():
        for process in diagram.processes.values():
            for element_id, event in process.references.timer_starts.items():
                row = stored.pop((process.process_id, element_id), None)
                definition_key = definitions[process.process_id]
                _write(session, row, process, element_id, event, definition_key=definition_key, now=now)
    for row in stored.values():
        session.delete(row)
    session.flush()


def functions_of(session: Session, process_id: str) -> firings.Functions:
    """What the expression of a timer may ask, at any instant."""
    return partial(functions.bound, session, process_id=process_id)


def _write(
    session: Session,
    row: Schedule | None,
    process: Process,
    element_id: str,
    event: Event,
    *,
    definition_key: int,
    now: datetime,
) -> None:
    timer, once_per = _as_drawn(event), process.properties.get("oncePer")
    if row is not None and row.timer == timer and row.error is None:
        row.definition_key, row.once_per = definition_key, once_per
        return
    if row is None:
        row = Schedule(key=new_key(), process_id=process.process_id, element_id=element_id, created_at=now)
        session.add(row)
    firing = firings.first(event, now, functions_of(session, process.process_id))
    row.definition_key, row.once_per, row.timer = definition_key, once_per, timer
    row.due_at, row.repetitions, row.error = firing.at, firing.repetitions, None


def _as_drawn(event: Event) -> str:
    return f"{event.timer} {'' if event.expression is None else event.expression.text}"


def _of_pack(session: Session, pack: str) -> Iterator[Schedule]:
    """Locked, so that no firing comes between."""
    statement = (
        select(Schedule)
        .join(ProcessDefinition, ProcessDefinition.key == Schedule.definition_key)
        .where(ProcessDefinition.pack == pack)
        .order_by(Schedule.key)
        .with_for_update(of=Schedule)
    )
    yield from session.scalars(statement, execution_options={"populate_existing": True})
