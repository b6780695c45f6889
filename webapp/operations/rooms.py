"""What the pages of the operations desk share: their addresses, their tabs, and who may enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, request, url_for

from engine import calendar, clock
from engine.actor import Actor
from engine.errors import NotAllowed
from engine.organisation import oversight
from engine.organisation.oversight import Oversight
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.people import organisation, unit_name
from webapp.surroundings import actor, reading

blueprint = Blueprint("operations", __name__, url_prefix="/operations")


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of the desk."""

    name: str
    url: str
    chosen: bool


def opens_to(person: Actor) -> bool:
    """Whether the person leads a unit, administers, or audits."""
    return not oversight.of(reading(), person).is_empty


def overseen() -> Oversight:
    """What the reader oversees; raises :class:`NotAllowed` for who oversees nothing."""
    found = oversight.of(reading(), actor())
    if found.is_empty:
        raise NotAllowed(Sentence("This room is for who leads a store, an area or a department."))
    return found


@blueprint.context_processor
def tabs() -> dict[str, Any]:
    """The tabs of every page of the desk."""
    named = (
        ("operations.tasks", _("Tasks")),
        ("operations.trouble", _("Stopped")),
        ("operations.times", _("Waiting and working")),
        ("operations.figures", _("Figures")),
        ("operations.starts", _("Coming starts")),
    )
    return {"here": "operations", "tabs": [Tab(name, url_for(end), end == request.endpoint) for end, name in named]}


def unit_in_words(found: Oversight) -> str:
    """What the reader oversees, as the heading says it."""
    if found.everything:
        return _("All units")
    return ", ".join(unit_name(unit) for unit in stores_of(found) or sorted(found.stores)) or _("Your department")


def stores_of(found: Oversight) -> Sequence[str]:
    """The stores among the overseen units; of who oversees everything, all of them."""
    units = organisation().units
    return sorted(
        unit.id for unit in units.values() if unit.kind == "store" and (found.everything or unit.id in found.stores)
    )


def store_choices(found: Oversight) -> list[tuple[str, str]]:
    """Stores to choose from, by id and name."""
    return [(store, f"{store} {unit_name(store)}") for store in stores_of(found)]


def today() -> date:
    """The day on the organisation's calendar."""
    return calendar.local_date(clock.now())
