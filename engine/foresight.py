"""Who would get a task: the assignment of a step, resolved for a store, a starter and a day; nothing is started.

What the diagram says is evaluated with the starter and the store alone; a step whose assignment depends on what
people enter on the way says so. The rest is the very resolution that a running matter gets.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

import feel
from engine import calendar, clock, deployments
from engine.actor import Actor
from engine.errors import NotAllowed, NotFound, Refused
from engine.organisation import functions, people, register_functions, resolution, snapshot, units
from engine.organisation.resolution import Resolution
from engine.runtime.dialect.model import UserTask, Value
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Foresight:
    """``assignment`` is what the diagram says; ``unknown`` are the variables in it that only a running matter has."""

    assignment: str
    resolution: Resolution
    unknown: tuple[str, ...]


def foresee(
    session: Session, actor: Actor, process_id: str, element_id: str, *, starter: str, store: str | None, day: date
) -> Foresight:
    """Resolve a step of the current version of a procedure, for process owners, administrators and auditors."""
    if not (actor.is_administrator or actor.is_process_owner or actor.is_auditor):
        raise NotAllowed(Sentence("Only process owners, administrators and auditors may ask who would get a task."))
    process = deployments.process(session, deployments.current_process(session, process_id).key)
    task = process.performers.get(element_id)
    if task is None:
        raise NotFound(Sentence("{process} has no step {step}.", process=process.name, step=element_id), field="step")
    _check(session, starter, store)
    at = _noon(day)
    variables = {"starter": starter, "store": store}
    bound = functions.bound(session, at=at, process_id=process_id)
    known = {"now": at, "functions": bound}

    def value(given: Value | None) -> object:
        if given is None or given.expression is None:
            return None if given is None else given.text
        return feel.to_python(given.expression.evaluate(variables, **known).value)

    named = value(task.assignee)
    drafting = task.assignee is not None and task.assignee.text == "starter"
    properties = process.elements[element_id].properties
    found = resolution.resolve(
        session,
        named if named is not None else _listed(value(task.candidate_users)) or None,
        applicant=starter,
        process_id=process_id,
        at=at,
        allow_self=drafting or properties.get("allowSelf") == "true",
        groups=_listed(value(task.candidate_groups)),
        delegation=not drafting,
    )
    return Foresight(_text(task), found, _unknown(task, variables))


def _check(session: Session, starter: str, store: str | None) -> None:
    people.get(session, starter, "starter")
    if not snapshot.of(session).is_active(starter):
        raise Refused(Sentence("{person} does not work here any more.", person=starter), field="starter")
    if store is not None and not units.get(session, store, "store").open:
        raise Refused(Sentence("{unit} is closed.", unit=store), field="store")


def _noon(day: date) -> datetime:
    """The present for today, else noon of that day."""
    now = clock.now()
    zone = calendar.zone_named()
    return now if calendar.local_date(now) == day else datetime.combine(day, time(12), tzinfo=zone)


def _listed(value: object) -> list[str]:
    if isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return [str(part) for part in value] if isinstance(value, list | tuple) else []


def _values(task: UserTask) -> list[Value]:
    return [value for value in (task.assignee, task.candidate_users, task.candidate_groups) if value is not None]


def _text(task: UserTask) -> str:
    return " · ".join(value.text for value in _values(task))


def _unknown(task: UserTask, variables: dict[str, str | None]) -> tuple[str, ...]:
    names = {name for value in _values(task) if value.expression is not None for name in value.expression.free}
    return tuple(sorted(names - set(variables) - functions.NAMES - register_functions.NAMES))
