"""What the pages of the auditor's desk share: their addresses, who may enter, and that looking is written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from flask import Blueprint, request, url_for

from engine import audit
from engine.actor import Actor
from engine.errors import NotAllowed
from feel.sentences import Sentence
from webapp.formats import zone
from webapp.languages import gettext as _
from webapp.people import organisation, person_name
from webapp.surroundings import actor, write

blueprint = Blueprint("audit", __name__, url_prefix="/audit")


def opens_to(person: Actor) -> bool:
    """Whether the person reads everything: auditors and administrators."""
    return person.is_auditor or person.is_administrator


@blueprint.before_request
def door() -> None:
    """Refuse everybody else before anything is looked at."""
    if not opens_to(actor()):
        raise NotAllowed(Sentence("This room is for auditors and administrators."))


@blueprint.context_processor
def tabs() -> dict[str, Any]:
    """The tabs of every page of the desk."""
    named = (("audit.search", _("All matters")), ("audit.journal", _("Who looked at what")))
    return {"here": "audit", "tabs": [(name, url_for(end), end == request.endpoint) for end, name in named]}


def looked(kind: str, root_key: int | None = None, details: Mapping[str, str] | None = None) -> None:
    """Write down who looks at what, before it is shown."""
    write(audit.viewed, actor(), kind, root_key, details)


def day_of(name: str) -> tuple[date | None, bool]:
    """A day of the address, and whether what stands there is one (or nothing)."""
    text = request.args.get(name, "").strip()
    if not text:
        return None, True
    try:
        return date.fromisoformat(text), True
    except ValueError:
        return None, False


def midnight(day: date) -> datetime:
    """The instant at which a day begins on the organisation's clocks."""
    return datetime.combine(day, time(), zone())


def people_choices() -> list[tuple[str, str]]:
    """Everybody who works or worked here, by id and name."""
    return [(each, f"{person_name(each)} · {each}") for each in sorted(organisation().people)]
