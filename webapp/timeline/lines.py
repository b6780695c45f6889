"""What a line of a timeline is, and what the words of one matter need to be found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from engine import deployments
from engine.history import Event
from engine.models import ProcessInstance
from webapp import glossary
from webapp.decision_words import Rules
from webapp.formats import exact
from webapp.glossary import Glossary
from webapp.languages import gettext as _
from webapp.people import person_name
from webapp.surroundings import reading

SEALS = ("approve", "return", "reject")


@dataclass(slots=True)
class Line:
    """One line of a timeline. ``kind``: person, decision, returned, trouble or system."""

    sentence: str
    moment: Markup
    kind: str = "system"
    opinion: str = ""
    seal: str = ""
    decided: str = ""
    person: str = ""
    day: str = ""
    changes: Sequence[tuple[str, Any]] = ()
    changes_title: str = ""  # where the changes are not what was entered in a form
    rules: Rules | None = None


@dataclass(slots=True)
class Telling:
    """What the words of one matter need: its instances, its glossary, and the variables as they stood."""

    instances: Mapping[int, ProcessInstance]
    glossary: Glossary
    pack: str
    variables: dict[int, dict[str, Any]] = field(default_factory=dict)

    def step(self, event: Event) -> str:
        """The name of the element of an event."""
        instance = self.instances.get(event.process_instance_key)
        if instance is None or not event.element_id:
            return event.element_id or ""
        element = deployments.process(reading(), instance.definition_key).elements.get(event.element_id)
        name = (element.name if element else "") or event.element_id
        return glossary.translated(name, self.pack)

    def remember(self, event: Event) -> None:
        """Take over what an event says of variables, so that later events can be told with what stood then."""
        if event.type == "user_task.updated":
            return  # its changes are the task's, not the matter's
        known = self.variables.setdefault(event.process_instance_key, {})
        for part in ("changes", "variables"):
            told = event.details.get(part)
            if isinstance(told, Mapping):
                for name, change in told.items():
                    known[name] = change["after"] if isinstance(change, Mapping) and "after" in change else change


def who(event: Event) -> str:
    """Who acted, and for whom."""
    person = person_name(event.actor)
    if event.on_behalf_of and event.on_behalf_of != event.actor:
        return _("%(person)s for %(owner)s", person=person, owner=person_name(event.on_behalf_of))
    return person


def simple(template: Callable[[], str], kind: str = "person") -> Callable[[Event, Telling], Line]:
    """The words of an event in which somebody did something, with the reason that was given."""

    def words(event: Event, telling: Telling) -> Line:
        reason = event.details.get("reason")
        parts = {"person": who(event), "step": telling.step(event), "number": event.details.get("business_id", "")}
        return Line(template() % parts, exact(event.occurred_at), kind, opinion=str(reason) if reason else "")

    return words
