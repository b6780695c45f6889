"""What must be true when all steps are done: the end, the decisions, the events, the copies, the variables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from banli.scenarios.model import DecisionMade, EventHeld, Expectation, Unmet, Values
from banli.scenarios.values import matches
from banli.scenarios.world import World
from engine import history
from engine.history import Event
from engine.models import Incident, ProcessInstance, UserTask, Variable
from engine.models.incident import OPEN
from engine.models.process_instance import ACTIVE
from engine.models.user_task import CREATED
from feel.sentences import Sentence


def check(world: World, key: int, expected: Expectation) -> None:
    """Raise :class:`Unmet` for the first thing that is otherwise; no incident may be open in any case."""
    with world.unit_of_work.read() as session:
        incidents = session.scalars(select(Incident).where(Incident.root_key == key, Incident.state == OPEN)).all()
        events = history.timeline(session, key)
    for incident in incidents:
        raise Unmet(
            Sentence(
                "An incident is open at {element}: {reason}",
                element=incident.element_id or "–",
                reason=Sentence.from_json(incident.sentence),
            )
        )
    if expected.end is not None:
        _end(world, key, expected.end)
    if expected.decisions is not None:
        _decisions(expected.decisions, events)
    _events(expected.events, events)
    if expected.copies is not None:
        _copies(expected.copies, events)
    if expected.variables:
        _variables(world, key, expected.variables)


def state_of(world: World, key: int) -> Sentence:
    """Whether and how a matter ended, or who has what to do in it."""
    with world.unit_of_work.read() as session:
        matter = session.get_one(ProcessInstance, key)
        waiting = session.execute(
            select(UserTask.element_id, UserTask.assignee).where(UserTask.root_key == key, UserTask.state == CREATED)
        ).all()
    if matter.state != ACTIVE:
        return Sentence("the matter ended as {outcome}", outcome=matter.outcome or "–")
    tasks = ", ".join(f"{task.element_id} ({task.assignee or '–'})" for task in waiting)
    return Sentence("the matter runs, and what waits is {tasks}", tasks=tasks or "–")


def _end(world: World, key: int, end: str) -> None:
    with world.unit_of_work.read() as session:
        matter = session.get_one(ProcessInstance, key)
    if matter.state == ACTIVE or matter.outcome != end:
        raise Unmet(Sentence("Expected the end {end}, but {state}.", end=end, state=state_of(world, key)))


def _decisions(expected: Sequence[DecisionMade], events: Sequence[Event]) -> None:
    named = {decision.decision for decision in expected}
    made = [
        (event.details["decision"], inputs_and_outputs(event.details))
        for event in events
        if event.type == "decision.evaluated" and event.details["decision"] in named
    ]
    if len(made) == len(expected) and all(
        wanted.decision == name and matches(wanted.values, values)
        for wanted, (name, values) in zip(expected, made, strict=True)
    ):
        return
    raise Unmet(
        Sentence(
            "Expected the decisions {expected}, but they were {found}.",
            expected=_said((decision.decision, decision.values) for decision in expected),
            found=_said(made),
        )
    )


def inputs_and_outputs(details: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a table's columns by input expression and output name, from the trace of its evaluation."""
    trace = next(
        (part for part in details.get("trace") or () if part.get("decision_id") == details["decision"]), None
    )
    if trace is None:
        return {}
    found = {column["expression"]: column["value"] for column in trace["inputs"]}
    for output in trace["outputs"]:
        found |= {value["name"]: value["value"] for value in output["values"]}
    return found


def _events(expected: Sequence[EventHeld], events: Sequence[Event]) -> None:
    remaining = iter(events)
    for wanted in expected:
        if not any(_holds(event, wanted) for event in remaining):
            raise Unmet(
                Sentence(
                    "History does not hold the event {event} {details}, or not in this place; it holds {found}.",
                    event=wanted.type,
                    details=_shown({**wanted.columns, **wanted.details}),
                    found=", ".join(dict.fromkeys(event.type for event in events)),
                )
            )


def _holds(event: Event, wanted: EventHeld) -> bool:
    return (
        event.type == wanted.type
        and all(getattr(event, name) == value for name, value in wanted.columns.items())
        and matches(wanted.details, event.details)
    )


def _copies(expected: frozenset[str], events: Sequence[Event]) -> None:
    sent = [event.details for event in events if event.type == "copy.sent"]
    found = {name for details in sent for name in (*details["people"], *details["groups"])}
    if found != expected:
        raise Unmet(
            Sentence(
                "Expected copies to {expected}, but they went to {found}.",
                expected=", ".join(sorted(expected)) or "–",
                found=", ".join(sorted(found)) or "–",
            )
        )


def _variables(world: World, key: int, expected: Values) -> None:
    table = Variable
    with world.unit_of_work.read() as session:
        rows = session.execute(
            select(table.name, table.value).where(table.process_instance_key == key, table.scope == "")
        )
        found = {row.name: row.value for row in rows}
    for name, value in expected.items():
        if name not in found and value is not None:
            raise Unmet(Sentence("There is no variable {name}.", name=name))
        if not matches(value, found.get(name)):
            raise Unmet(
                Sentence(
                    "The variable {name} should be {expected}, but is {found}.",
                    name=name,
                    expected=_shown(value),
                    found=_shown(found.get(name)),
                )
            )


def _said(decisions: Any) -> str:
    return "; ".join(f"{name} {_shown(values)}" for name, values in decisions) or "–"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_shown(item)}" for key, item in value.items()) + "}"
    return str(value)
