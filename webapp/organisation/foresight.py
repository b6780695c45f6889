"""“Who would get it?”: a step of a procedure, resolved for a store, a starter and a day, in words; nothing begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import render_template, request

from engine import deployments, foresight
from engine.errors import EngineError
from engine.foresight import Foresight
from engine.organisation.resolution import Resolution
from webapp import glossary
from webapp.formats import listed
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.organisation.room import asker, blueprint, people_choices, today, unit_choices
from webapp.papers import Choices, Field, Paper
from webapp.people import person_name, post_name
from webapp.surroundings import reading


@dataclass(frozen=True, slots=True)
class Answer:
    """What would happen, in words: whose it would be, the rules in order, what the diagram says."""

    whose: str
    rules: list[str]
    assignment: str
    unknown: str
    excluded: str
    is_exception: bool


@blueprint.get("/who-would-get-it")
def foresight_page() -> Any:
    """The question, and the answer once it is whole."""
    acting = asker()
    steps = _steps()
    paper = Paper(
        [
            Field("step", _("Procedure and step"), "choice", choices=steps),
            Field("starter", _("Started by"), "choice", choices=people_choices(), span=8),
            Field("store", _("Store or unit"), "choice", required=False, choices=unit_choices(), span=8),
            Field("day", _("Day"), "day", value=today(), span=6),
        ]
    )
    answer = None
    if request.args.get("step") is not None:
        given = paper.read(request.args)
        if paper.is_good:
            process_id, _separator, element_id = given["step"].partition("/")
            where = {"starter": given["starter"], "store": given["store"], "day": given["day"]}
            try:
                answer = _in_words(foresight.foresee(reading(), acting, process_id, element_id, **where))
            except EngineError as error:
                paper.refuse(error)
    page = render_template("organisation/foresight.html", folder="foresight", paper=paper, answer=answer)
    return page if paper.is_good else (page, 422)


def _steps() -> Choices:
    """Every user task of the current procedures, called ones too."""
    found = []
    for definition in deployments.current_processes(reading()):
        process = deployments.process(reading(), definition.key)
        words: Mapping[str, str] = glossary.labels(definition.pack)
        name = words.get(definition.name, definition.name)
        for element_id in process.performers:
            step = process.elements[element_id].name
            found.append((f"{definition.process_id}/{element_id}", f"{name} · {words.get(step, step)}"))
    return sorted(found, key=lambda choice: choice[1])


def _in_words(found: Foresight) -> Answer:
    return Answer(
        _whose(found.resolution),
        [say(rule) for rule in found.resolution.rules],
        found.assignment,
        listed(found.unknown),
        listed(person_name(person) for person in found.resolution.excluded),
        found.resolution.exceptional,
    )


def _whose(found: Resolution) -> str:
    if found.exceptional:
        return _("Nobody: it goes to the exception queue, where an administrator chooses somebody.")
    if found.assignee is not None and found.owner is not None:
        return _("%(person)s for %(owner)s", person=person_name(found.assignee), owner=person_name(found.owner))
    if found.assignee is not None:
        return person_name(found.assignee)
    candidates = [*map(person_name, found.persons), *map(post_name, found.groups)]
    return _("Whoever claims it: %(candidates)s", candidates=listed(candidates))
