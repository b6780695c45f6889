"""What a due date lets people do with a task: mute its reminders, take it over from whoever let it wait."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from engine import user_tasks
from engine.errors import EngineError
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.surroundings import actor, write

blueprint = Blueprint("overdue", __name__)


@blueprint.post("/tasks/<int:key>/take-over")
def take_over(key: int) -> Any:
    """A superior takes a task whose time has passed twice."""
    return _done(key, user_tasks.take_over, _("The task is yours now; who had it has been told."))


@blueprint.post("/tasks/<int:key>/mute")
def mute(key: int) -> Any:
    """No more reminders of this task for me, or reminders again."""
    muted = request.form.get("muted") == "true"
    told = _("You get no more reminders of this task.") if muted else _("You are reminded of this task again.")
    return _done(key, partial(user_tasks.mute, muted=muted), told)


def _done(key: int, command: Any, told: str) -> Any:
    try:
        write(command, key, actor())
    except EngineError as error:
        flash(say(error), "wrong")
    else:
        flash(told, "good")
    return redirect(url_for("tasks.show", key=key), code=303)
