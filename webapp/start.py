"""Start a matter: the catalogue of the procedures that one's post may start, by category."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine import clock, deployments, process_instances
from engine.deployments import Startable
from engine.organisation import people
from webapp import glossary
from webapp.languages import gettext as _
from webapp.people import unit_name
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("start", __name__)


@dataclass(frozen=True, slots=True)
class Procedure:
    """A procedure in the catalogue; ``units`` are those for which the person may start it."""

    process_id: str
    name: str
    documentation: str
    units: list[tuple[str, str]]


@blueprint.get("/start")
def catalogue() -> str:
    """The catalogue."""
    found = deployments.startable(reading(), actor())
    headed = [
        (glossary.translated(category, group[0].pack) if category else _("Other"), [_procedure(one) for one in group])
        for category, group in ((category, list(group)) for category, group in groupby(found, key=_category))
    ]
    return render_template("start.html", catalogue=headed)


def _category(one: Startable) -> str:
    return one.category


def _procedure(one: Startable) -> Procedure:
    process = deployments.process(reading(), one.definition_key)
    posts = {name.strip() for name in process.properties.get("starterPosts", "").split(",")} - {""}
    units = people.units_of(reading(), actor().person, clock.now(), posts)
    documentation = str(getattr(process, "documentation", "") or "")
    return Procedure(
        one.process_id,
        glossary.translated(one.name, one.pack),
        glossary.translated(documentation, one.pack),
        [(unit, unit_name(unit)) for unit in units],
    )


@blueprint.post("/start/<process_id>")
def begin(process_id: str) -> Any:
    """Start the procedure as a draft, and open its first task."""
    matter = write(process_instances.start, process_id, actor(), store=request.form.get("store") or None)
    own = [
        task for task in process_instances.waiting(reading(), matter.key, actor()) if task.assignee == actor().person
    ]
    if own:
        return redirect(url_for("tasks.show", key=own[0].key), code=303)
    return redirect(url_for("matters.show", key=matter.key), code=303)
