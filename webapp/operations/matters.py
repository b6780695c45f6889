"""Direct one matter of one's unit: suspend it, let it go on, send it back, cancel it; try again what stopped."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import incidents, process_instances
from engine.errors import EngineError, NotAllowed, NotFound
from engine.models import ProcessInstance
from engine.models.process_instance import ACTIVE
from engine.organisation import oversight
from webapp import entries
from webapp.errors import status_of
from webapp.formats import due
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.operations import rooms, trouble
from webapp.operations.rooms import blueprint
from webapp.people import person_name, unit_name
from webapp.surroundings import actor, reading, write


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
        act=act,
        reason=reason,
        problem=problem,
    )


def _stopped(matter: ProcessInstance) -> Any:
    return incidents.listed(reading(), actor(), root_key=matter.key)


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
