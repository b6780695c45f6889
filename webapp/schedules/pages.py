"""The pages of schedules: all of them, one with its next firings and its journal, and what may be done about it.

The owners of a procedure and administrators act, with a reason each time; auditors read. What was typed stays where
an act is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from engine import schedules
from engine.errors import EngineError, NotAllowed
from feel.sentences import Sentence
from webapp.errors import status_of
from webapp.formats import exact
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import unit_name
from webapp.schedules import telling
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("schedules", __name__)


@blueprint.get("/schedules")
def index() -> str:
    """All schedules, the next to fire first."""
    if not schedules.may_look(actor()):  # who leads a unit finds what is due at the desk
        raise NotAllowed(Sentence("Only process owners, administrators and auditors may see the schedules."))
    rows = [telling.row(each) for each in schedules.listed(reading(), actor())]
    return render_template("schedules/index.html", rows=rows)


@blueprint.get("/schedules/<int:key>")
def show(key: int) -> str:
    """One schedule: when it fires, what it did, what may be done."""
    return _page(key)


@blueprint.post("/schedules/<int:key>/pause")
def pause(key: int) -> Any:
    """Start nothing until somebody resumes it."""
    return _act("pause", key, lambda reason: write(schedules.pause, key, actor(), reason), _("It is paused."))


@blueprint.post("/schedules/<int:key>/resume")
def resume(key: int) -> Any:
    """Start again from the next firing on."""
    return _act("resume", key, lambda reason: write(schedules.resume, key, actor(), reason), _("It goes on."))


@blueprint.post("/schedules/<int:key>/run")
def run(key: int) -> Any:
    """Start now what the clock would start."""
    store, seen = request.form.get("store") or None, request.form.get("seen", type=int)

    def command(reason: str) -> None:
        write(schedules.run_now, key, actor(), reason, store=store, seen=seen)

    return _act("run", key, command, _("It has begun; the matters appear in a moment."))


@blueprint.post("/schedules/<int:key>/starts/<int:job_key>")
def retry(key: int, job_key: int) -> Any:
    """Try a start again that was given up."""
    return _act(
        f"start-{job_key}",
        key,
        lambda reason: write(schedules.retry, key, job_key, actor(), reason),
        _("It is tried again."),
    )


def _act(what: str, key: int, command: Callable[[str], object], told: str) -> Any:
    reason = request.form.get("reason", "")
    try:
        command(reason)
    except EngineError as error:
        return _page(key, what, reason, say(error)), status_of(error)
    flash(told, "good")
    return redirect(url_for("schedules.show", key=key), code=303)


def _page(key: int, what: str = "", reason: str = "", problem: str = "") -> str:
    row = schedules.get(reading(), key, actor())
    ahead = schedules.upcoming(reading(), row)
    told = schedules.told(reading(), key, actor())
    return render_template(
        "schedules/show.html",
        schedule=telling.row(row),
        is_paused=row.paused_at is not None,
        instants=[exact(instant) for instant in ahead.instants],
        no_more="" if ahead.error is None else say(ahead.error),
        starts=[telling.start(job) for job in schedules.starts(reading(), row)],
        events=[telling.line(event) for event in told],
        seen=told[0].sequence if told else 0,
        stores=[(store, unit_name(store)) for store in schedules.stores(reading(), row)],
        store=request.form.get("store", ""),
        may_act=schedules.may_keep(reading(), actor(), row),
        attempt={"what": what, "reason": reason, "problem": problem},
    )
