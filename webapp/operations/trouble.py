"""What stopped in one's unit: where, why, and with which values; tried again, or closed by an administrator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine import incidents
from engine.errors import EngineError, NotAllowed, NotFound
from engine.models import Incident, ProcessInstance
from webapp import entries, glossary, steps
from webapp.formats import exact, shown
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.operations import rooms
from webapp.operations.rooms import blueprint
from webapp.people import person_name, unit_name
from webapp.security import safe_next
from webapp.surroundings import actor, reading, write

_MOST = 200
_MOST_VALUES = 30


@dataclass(frozen=True, slots=True)
class Stopped:
    """One incident in words."""

    key: int
    title: str
    matter: int
    where: str
    cause: str
    values: list[tuple[str, Markup]]
    since: Markup
    store: str
    starter: str
    may_retry: bool
    may_close: bool


@blueprint.get("/trouble", endpoint="trouble")
def shown_all() -> str:
    """All that stopped in the reader's unit, the latest first."""
    found = rooms.overseen()
    listed = incidents.listed(reading(), actor(), limit=_MOST)
    return render_template(
        "operations/trouble.html",
        unit=rooms.unit_in_words(found),
        stopped=[told(each) for each in listed],
        most=_MOST,
    )


def told(incident: Incident) -> Stopped:
    """An incident in the reader's words."""
    instance = reading().get_one(ProcessInstance, incident.process_instance_key)
    matter = reading().get_one(ProcessInstance, incident.root_key)
    words = glossary.of(matter.definition_key)
    values: Mapping[str, Any] = incident.values if isinstance(incident.values, Mapping) else {}
    looks_on = actor().is_auditor
    again = bool((incident.attempt or {}).get("command")) or incident.job_key is not None
    return Stopped(
        key=incident.key,
        title=" ".join(part for part in (matter.business_id, entries.title_of(matter)) if part),
        matter=matter.key,
        where=steps.element_name(instance, incident.element_id),
        cause=say(incident.sentence),
        values=[
            (words.label(name), shown(value, words.entries.get(name)))
            for name, value in list(values.items())[:_MOST_VALUES]
        ],
        since=exact(incident.created_at),
        store=unit_name(matter.store),
        starter=person_name(matter.starter),
        may_retry=again and not looks_on,
        may_close=actor().is_administrator and not looks_on,
    )


@blueprint.post("/incidents/<int:key>/retry", endpoint="retry")
def retry(key: int) -> Any:
    """Run the failed attempt again, as who made it."""
    return _done(key, incidents.retry, told_after=_("It was tried again."))


@blueprint.post("/incidents/<int:key>/close", endpoint="close_incident")
def close(key: int) -> Any:
    """Close what was put right by other means, with a reason."""
    return _done(key, incidents.resolve, request.form.get("reason", ""), told_after=_("The incident is closed."))


def _done(key: int, command: Any, *arguments: str, told_after: str) -> Any:
    back = safe_next(request.form.get("next"), url_for("operations.trouble"))
    try:
        write(command, key, actor(), *arguments)
    except (NotAllowed, NotFound):
        raise  # an answer of its own
    except EngineError as error:
        flash(_("It stopped again: %(reason)s", reason=say(error)), "wrong")
    else:
        flash(told_after, "good")
    return redirect(back, code=303)
