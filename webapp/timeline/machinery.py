"""What only the machinery needs, paths through the diagram and jobs: for the full telling alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine import deployments
from engine.history import Event
from webapp import glossary
from webapp.formats import listed
from webapp.languages import gettext as _
from webapp.people import person_name, post_name
from webapp.surroundings import reading
from webapp.timeline.lines import Telling


def machinery(event: Event, telling: Telling) -> str:
    """An event that the short telling leaves out, by its type and what it is about."""
    details = event.details
    words = {
        "user_task.created": lambda: _(
            "%(step)s waits for %(who)s.", step=telling.step(event), who=_waits_for(details)
        ),
        "call.started": lambda: _("The procedure %(step)s began.", step=telling.step(event)),
        "call.ended": lambda: _("It ended: %(step)s.", step=telling.step(event)),
        "process_instance.advanced": lambda: _(
            "Passed: %(steps)s.", steps=listed(_names(details.get("completed", ()), event, telling)) or "—"
        ),
        "variables.changed": lambda: _(
            "Set: %(names)s.", names=listed(telling.glossary.label(name) for name in details.get("variables", {}))
        ),
        "job.created": lambda: _("Work for the system: %(step)s.", step=telling.step(event)),
        "job.completed": lambda: _("The system did its work: %(step)s.", step=telling.step(event)),
        "timer.fired": lambda: _("Its time came: %(step)s.", step=telling.step(event)),
        "timer.created": lambda: _("%(step)s waits until its time.", step=telling.step(event)),
    }.get(event.type)
    return words() if words else f"{event.type} {telling.step(event)}"


def _names(element_ids: Iterable[str], event: Event, telling: Telling) -> list[str]:
    instance = telling.instances.get(event.process_instance_key)
    if instance is None:
        return list(element_ids)
    elements = deployments.process(reading(), instance.definition_key).elements
    named = (elements[each].name for each in element_ids if each in elements)
    return [glossary.translated(name, telling.pack) for name in named if name]


def _waits_for(details: Mapping[str, Any]) -> str:
    if details.get("assignee"):
        return person_name(details["assignee"])
    people = [person_name(each) for each in details.get("persons", ())]
    groups = [post_name(each) for each in details.get("groups", ())]
    return listed([*people, *groups])
