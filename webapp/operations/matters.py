"""Direct one matter of one's unit: suspend it, let it go on, send it back, cancel it; try again what stopped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import incidents, process_instances
from engine.errors import EngineError, NotAllowed, NotFound
from engine.models import ProcessInstance
from engine.models.process_instance import ACTIVE
from engine.organisation import oversight
from webapp import entries, steps
from webapp.errors import status_of
from webapp.formats import due
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.matter_parts import instances_of
from webapp.operations import rooms, trouble
from webapp.operations.rooms import blueprint
from webapp.people import person_name, unit_name
from webapp.surroundings import actor, reading, write

_MOST_ENDING = 50


@blueprint.get("/matters/<int:key>", endpoint="matter")
def one(key: int) -> Any:
    """What a matter waits for, and what its manager may do about it."""
    matter = _root(key)
    if matter.key != key:
        return redirect(url_for("operations.matter", key=matter.key))
    return _page(matter)


def _root(key: int) -> ProcessInstance:
    rooms.overseen()
    matter = process_instances.get(reading(), key, actor())
    if matter.parent_key is not None:
        return process_instances.get(reading(), matter.root_key, actor())
    return matter


def _page(matter: ProcessInstance, *, act: str = "", reason: str = "", problem: str = "") -> str:
    refusal = oversight.of(reading(), actor()).refusal(matter)
    running = matter.state == ACTIVE
    return render_template(
        "operations/matter.html",
        matter=matter,
        title=entries.title_of(matter),
        procedure=entries.procedure_name(matter),
        state=entries.state_of(matter),
        applicant=person_name(matter.starter),
        store=unit_name(matter.store),
        waiting=[
            (entries.step_name(task), entries.waits_for(task), due(task.due_at), task.key)
            for task in process_instances.waiting(reading(), matter.key, actor())
        ],
        stopped=[trouble.told(each) for each in _stopped(matter)],
        why_not=say(refusal) if refusal is not None else ("" if running else _("This matter has ended.")),
        may_direct=refusal is None and running,
        places=_places(matter) if refusal is None and running and not matter.suspended else [],
        open_steps=[
            (task.element_instance, entries.step_name(task), entries.waits_for(task))
            for task in process_instances.waiting(reading(), matter.key, actor())
        ],
        act=act,
        reason=reason,
        problem=problem,
    )


def _stopped(matter: ProcessInstance) -> Any:
    return incidents.listed(reading(), actor(), root_key=matter.key)


def _places(matter: ProcessInstance) -> list[tuple[str, str]]:
    """The steps of people that were done before, to which the matter can go back: instance and element, and name."""
    events = process_instances.timeline(reading(), matter.key, actor())
    open_steps = {
        (task.process_instance_key, task.element_id)
        for task in process_instances.waiting(reading(), matter.key, actor())
    }
    running = {each.key: each for each in instances_of(matter.key) if each.state == ACTIVE}
    found: dict[tuple[int, str], str] = {}
    for event in events:
        instance = running.get(event.process_instance_key)
        if instance is None or event.type != "user_task.completed" or event.element_id is None:
            continue
        place = (instance.key, event.element_id)
        if place not in open_steps:
            found[place] = steps.element_name(instance, event.element_id)
    return [(f"{instance_key}:{element_id}", name) for (instance_key, element_id), name in found.items()]


@blueprint.post("/matters/<int:key>/send-back", endpoint="send_back")
def send_back(key: int) -> Any:
    """The matter goes back to a step that was done before, and on from there."""
    instance_key, _colon, element_id = request.form.get("to", "")[:200].partition(":")
    if not (instance_key.isascii() and instance_key.isdigit() and element_id):
        words = _("Please say to which step it is to go back.")
        return _page(_root(key), act="send-back", reason=request.form.get("reason", ""), problem=words), 422
    command = partial(
        process_instances.send_back,
        to=element_id,
        ending=request.form.getlist("ending")[:_MOST_ENDING],
        process_instance_key=int(instance_key),
    )
    return _done(key, "send-back", command, _("The matter was sent back."))


def _done(key: int, act: str, command: Callable[..., Any], told: str) -> Any:
    reason = request.form.get("reason", "")
    try:
        write(command, key, actor(), reason)
    except (NotAllowed, NotFound):
        raise  # an answer of its own: nothing on this page would change it
    except EngineError as error:
        return _page(_root(key), act=act, reason=reason, problem=say(error)), status_of(error)
    flash(told, "good")
    return redirect(url_for("operations.matter", key=key), code=303)


@blueprint.post("/matters/<int:key>/suspend", endpoint="suspend")
def suspend(key: int) -> Any:
    """Nothing moves in the matter until it is resumed."""
    return _done(key, "suspend", process_instances.suspend, _("The matter is suspended."))


@blueprint.post("/matters/<int:key>/resume", endpoint="resume")
def resume(key: int) -> Any:
    """The matter goes on."""
    return _done(key, "resume", process_instances.resume, _("The matter goes on."))


@blueprint.post("/matters/<int:key>/cancel", endpoint="cancel")
def cancel(key: int) -> Any:
    """The matter ends, whatever it waits for."""
    return _done(key, "cancel", process_instances.cancel, _("The matter is cancelled."))
