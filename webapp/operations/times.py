"""Waiting against working: each step's mean times on the diagram, and in a table beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup

from engine import audit, deployments
from engine.audit import StepTime
from engine.errors import NotFound
from webapp import charts, diagram_svg, glossary, procedures
from webapp.diagram_svg import Look
from webapp.formats import duration, number, share
from webapp.languages import gettext as _
from webapp.operations import figures, rooms
from webapp.operations.rooms import blueprint
from webapp.records import catch_up_lately
from webapp.surroundings import actor, reading

HEAT: Mapping[str, Look] = {
    "heat-1": Look("#fbf3e4", "#8f8778", 1.5),
    "heat-2": Look("#f5dfb8", "#8a6a2c", 2, "2 2"),
    "heat-3": Look("#eec089", "#8a4a00", 3, "6 3"),
    "heat-4": Look("#e39a5f", "#6b2f00", 4.5),
}
"""From little to most of the time: darker, and with a heavier line, so that it can be read without colour."""

_LEVELS = (("heat-4", 0.4), ("heat-3", 0.2), ("heat-2", 0.08))
"""From which share of all time on a step has that look."""


@dataclass(frozen=True, slots=True)
class Row:
    """One step in the table."""

    name: str
    procedure: str
    tasks: str
    waiting: str
    working: str
    share: str
    bar: Markup


@dataclass(frozen=True, slots=True)
class Drawing:
    """The diagram of the procedure, or of one that it calls."""

    name: str
    svg: Markup


@blueprint.get("/times", endpoint="times")
def shown() -> str:
    """The heat-map of one procedure; the first of the catalogue unless another is asked for."""
    found = rooms.overseen()
    catch_up_lately()
    chosen = figures.period()
    choices = procedures.choices()
    process_id = chosen.process_id or (choices[0][0] if choices else "")
    steps = audit.step_times(reading(), actor(), process_id, first=chosen.first, last=chosen.last, store=chosen.store)
    total = sum(step.waiting + step.working for step in steps)
    return render_template(
        "operations/times.html",
        unit=rooms.unit_in_words(found),
        chosen=chosen,
        process_id=process_id,
        procedures=choices,
        stores=rooms.store_choices(found),
        rows=_rows(steps, total),
        drawings=_drawings(process_id, steps, total),
        hatching=charts.hatching(),
        looks=[*_key(), (Markup(""), _("under each step: waiting + working"))],
    )


def _rows(steps: Sequence[StepTime], total: int) -> list[Row]:
    most = max(((step.waiting + step.working) // step.tasks for step in steps), default=0)
    ordered = sorted(steps, key=lambda step: -(step.waiting + step.working))
    rows = []
    for step in ordered:
        waiting, working = step.waiting // step.tasks, step.working // step.tasks
        words = _("waits %(waiting)s, works %(working)s", waiting=duration(waiting), working=duration(working))
        rows.append(
            Row(
                name=_step_name(step),
                procedure=procedures.name_of(step.process_id),
                tasks=number(step.tasks),
                waiting=duration(waiting),
                working=duration(working),
                share=share(step.waiting + step.working, total),
                bar=charts.split(words, waiting, working, most),
            )
        )
    return rows


def _step_name(step: StepTime) -> str:
    try:
        definition = deployments.current_process(reading(), step.process_id)
    except NotFound:
        return step.element_id
    element = deployments.process(reading(), definition.key).elements.get(step.element_id)
    return glossary.translated((element.name if element else "") or step.element_id, definition.pack)


def _drawings(process_id: str, steps: Sequence[StepTime], total: int) -> list[Drawing]:
    drawn = []
    for each in dict.fromkeys([process_id, *(step.process_id for step in steps)]):
        drawing = _drawing(each, [step for step in steps if step.process_id == each], total)
        if drawing is not None:
            drawn.append(drawing)
    return drawn


def _drawing(process_id: str, steps: Sequence[StepTime], total: int) -> Drawing | None:
    try:
        definition = deployments.current_process(reading(), process_id)
        svg = diagram_svg.draw(
            deployments.source(reading(), definition.key),
            states={step.element_id: _level(step, total) for step in steps},
            looks=HEAT,
            notes={step.element_id: _note(step) for step in steps},
            title=glossary.translated(definition.name, definition.pack),
            translate=lambda text: glossary.translated(text, definition.pack),
        )
    except (NotFound, ValueError):  # gone, or drawn without coordinates: the table remains
        return None
    return Drawing(glossary.translated(definition.name, definition.pack), Markup(svg))  # noqa: S704 - escaped part by part when it was drawn


def _level(step: StepTime, total: int) -> str:
    part = (step.waiting + step.working) / total if total else 0
    return next((level for level, least in _LEVELS if part >= least), "heat-1")


def _note(step: StepTime) -> str:
    return _(
        "%(waiting)s + %(working)s",
        waiting=duration(step.waiting // step.tasks),
        working=duration(step.working // step.tasks),
    )


def _key() -> list[tuple[Markup, str]]:
    words = {
        "heat-4": _("40 % of all time or more"),
        "heat-3": _("20 % or more"),
        "heat-2": _("8 % or more"),
        "heat-1": _("less"),
    }
    shape = Markup(
        '<svg width="30" height="20" aria-hidden="true"><rect x="3" y="3" width="24" height="14" rx="3" {}/></svg>'
    )
    return [(shape.format(Markup(HEAT[level].attributes())), text) for level, text in words.items()]  # noqa: S704 - our own constants
