"""The parts of a matter's page, wherever it is shown: head, what it waits for, diagrams, files, and what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from markupsafe import Markup
from sqlalchemy import select

from engine import attachments, deployments, process_instances
from engine.history import Event
from engine.models import ProcessInstance, UserTask
from webapp import diagram_svg, entries, file_links, glossary, steps, timeline
from webapp.formats import Due, ago, due, exact
from webapp.languages import language
from webapp.people import person_name, unit_name
from webapp.steps import State, Step
from webapp.surroundings import actor, reading
from webapp.timeline import Line, Telling


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of a matter's page."""

    key: int
    title: str
    procedure: str
    version: int
    state: State
    business_id: str | None
    applicant: str
    store: str
    moment: Markup
    ended: Markup | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that the matter waits for."""

    step: str
    who: str
    due: Due
    url: str


@dataclass(frozen=True, slots=True)
class Seal:
    """A decision as a seal: its word, who gave it, and when."""

    word: str
    person: str
    day: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """One diagram of a matter: the server's drawing, where the viewer finds the diagram, and its steps in words."""

    name: str
    url: str
    states: Mapping[str, Any]
    svg: Markup
    steps: Sequence[Step]


def instances_of(root_key: int) -> Sequence[ProcessInstance]:
    """The matter and the processes that it called, in the order in which they began."""
    own = process_instances.of_matter(root_key)
    rows = reading().execute(select(ProcessInstance).where(own).order_by(ProcessInstance.key))
    return rows.scalars().all()


def last_rounds(instances: Sequence[ProcessInstance]) -> Sequence[ProcessInstance]:
    """Of several rounds through one called process, the last."""
    last = {(instance.parent_key is None, instance.definition_key): instance for instance in instances}
    return sorted(last.values(), key=lambda instance: instance.key)


def seals(told: Sequence[Line]) -> list[Seal]:
    """The decisions among the lines, as seals."""
    return [Seal(line.seal, person_name(line.person), line.day) for line in told if line.seal and line.decided]


def lines_of(
    matter: ProcessInstance, instances: Sequence[ProcessInstance], events: Sequence[Event], *, full: bool
) -> list[Line]:
    """What happened, in words; ``full`` leaves nothing out."""
    telling = Telling(
        instances={instance.key: instance for instance in instances},
        glossary=glossary.of(matter.definition_key),
        pack=deployments.definition(reading(), matter.definition_key).pack,
    )
    return timeline.tell(events, telling, full=full)


def head(matter: ProcessInstance, tasks: Sequence[UserTask]) -> Head:
    """What stands at the top."""
    definition = deployments.definition(reading(), matter.definition_key)
    return Head(
        key=matter.key,
        title=entries.title_of(matter),
        procedure=entries.procedure_name(matter),
        version=definition.version,
        state=entries.state_of(matter),
        business_id=matter.business_id,
        applicant=person_name(matter.starter),
        store=unit_name(matter.store),
        moment=ago(matter.submitted_at or matter.started_at),
        ended=exact(matter.ended_at) if matter.ended_at else None,
        is_late=any(due(task.due_at).kind == "overdue" for task in tasks),
    )


def waiting(task: UserTask) -> Waiting:
    """One task that is waited for."""
    return Waiting(
        entries.step_name(task), entries.waits_for(task), due(task.due_at), url_for("tasks.show", key=task.key)
    )


def drawing_of(instance: ProcessInstance, events: Sequence[Event], tasks: Sequence[UserTask]) -> Drawing:
    """The diagram of one instance as it stands."""
    session = reading()
    definition = deployments.definition(session, instance.definition_key)
    process = deployments.process(session, instance.definition_key)

    def translate(text: str) -> str:
        return glossary.translated(text, definition.pack)

    standing = steps.standings(events).get(instance.key, steps.Standing())
    found = steps.states(instance, process, standing, tasks)
    name = translate(definition.name)
    try:
        svg = diagram_svg.draw(
            deployments.source(session, instance.definition_key),
            states={element: state.kind for element, state in found.items()},
            taken=standing.taken,
            title=name,
            translate=translate,
        )
    except ValueError:  # a diagram without coordinates runs all the same; its steps in words remain
        svg = ""
    badges = {"active", "late", "returned"}
    told = {
        "elements": {
            element: {"state": state.kind, "words": state.words if state.kind in badges else ""}
            for element, state in found.items()
            if process.elements[element].type != "subProcess"  # it would paint over what it holds
        },
        "taken": sorted(standing.taken),
    }
    url = url_for("matters.diagram", key=instance.key, language=language())
    return Drawing(name, url, told, Markup(svg), steps.in_words(process, found, translate))  # noqa: S704 - escaped part by part when it was drawn


def attached(matter: ProcessInstance) -> Sequence[Mapping[str, Any]]:
    """The files that were submitted in the matter, with the step that they came with."""
    pack = deployments.definition(reading(), matter.definition_key).pack
    return [
        {
            "file": file_links.link(each.file.record),
            "step": glossary.translated(each.task_name, pack),
            "person": person_name(each.uploaded_by),
            "moment": exact(each.uploaded_at),
        }
        for each in attachments.of_matter(reading(), matter.key, actor())
    ]
