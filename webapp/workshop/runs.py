"""The scenarios of a draft: run in the background, watched, and told in the reader's language."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from markupsafe import Markup

from engine import clock, drafts
from engine.actor import system
from engine.content import Pack
from engine.drafts import DraftView
from engine.errors import EngineError
from engine.models import DraftRun
from feel.sentences import Sentence
from webapp.formats import ago
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import person_name
from webapp.rehearsals import Rehearsals
from webapp.surroundings import Surroundings, actor, reading, surroundings, write
from webapp.workshop.drafts import head
from webapp.workshop.room import blueprint

_log = logging.getLogger(__name__)
_SYSTEM = system("scenarios")
_BEAT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Played:
    """One scenario of a run: its sentence, and where and why it failed."""

    name: str
    id: str
    seconds: str
    where: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the scenarios as its page shows it. ``state``: running, lost, passed or failed."""

    state: str
    is_of_now: bool
    person: str
    moment: Markup
    done: int
    total: int
    failed: Sequence[Played]
    passed: Sequence[Played]
    faults: Sequence[Played]
    reached: Sequence[tuple[str, int, int]]
    missing: Sequence[tuple[str, str, str]]
    explained: Sequence[tuple[str, str, str]]


@blueprint.get("/drafts/<int:key>/scenarios")
def scenarios(key: int) -> str:
    """How the scenarios of a draft went."""
    found = drafts.get(reading(), key, actor())
    page = {
        "head": head(found),
        "run": _shown(found, drafts.last_run(reading(), key)),
        "files": list(found.pack.of_kind(".yaml")),
        "can_run": surroundings().rehearsals is not None,
    }
    if request.headers.get("HX-Request"):
        return render_template("workshop/_run.html", **page)
    return render_template("workshop/scenarios.html", **page)


@blueprint.post("/drafts/<int:key>/scenarios")
def run_scenarios(key: int) -> Any:
    """Begin a run; the page shows how far it is."""
    rehearsals = surroundings().rehearsals
    if rehearsals is None:
        flash(_("This installation cannot run scenarios."), "wrong")
        return redirect(url_for("workshop.scenarios", key=key), code=303)
    try:
        run = write(drafts.begin_run, key, actor())
    except EngineError as error:
        flash(say(error), "wrong")
        return redirect(url_for("workshop.scenarios", key=key), code=303)
    pack = drafts.get(reading(), key, actor()).pack
    context = copy_context()
    threading.Thread(
        target=context.run,
        args=(_play, surroundings(), rehearsals, run.key, pack),
        name="banli-scenarios",
        daemon=True,
    ).start()
    return redirect(url_for("workshop.scenarios", key=key), code=303)


def _play(around: Surroundings, rehearsals: Rehearsals, run_key: int, pack: Pack) -> None:
    """Play, tell how far it is about every second, and keep the report."""
    last = [clock.now() - _BEAT]

    def progress(done: int, total: int) -> None:
        now = clock.now()
        if now - last[0] >= _BEAT or done in (1, total):
            last[0] = now
            around.unit_of_work.run(drafts.beat, run_key, _SYSTEM, done, total)

    try:
        report = rehearsals.play(pack, progress)
    except EngineError as error:
        report = _broken_off(error.sentence)
    except Exception:
        _log.exception("The run %d of scenarios broke off", run_key)
        report = _broken_off(Sentence("The run of the scenarios broke off: it took too long or too much memory."))
    passed = bool(report["passed"])
    around.unit_of_work.run(drafts.end_run, run_key, _SYSTEM, passed=passed, report=report)


def _broken_off(sentence: Sentence) -> dict[str, Any]:
    fault = {"file": "", "line": 0, "step": "", "sentence": sentence.as_json()}
    return {"passed": False, "faults": [fault], "scenarios": [], "reached": {}, "missing": [], "explained": []}


def _shown(found: DraftView, run: DraftRun | None) -> Run | None:
    if run is None:
        return None
    report: Mapping[str, Any] = run.report or {}
    played = [(_played(found, one), one["fault"] is not None) for one in report.get("scenarios", ())]
    kinds = _kinds()
    state = (
        "lost"
        if drafts.run_is_lost(run)
        else "running"
        if run.passed is None
        else "passed"
        if run.passed
        else "failed"
    )
    return Run(
        state,
        run.fingerprint == found.fingerprint,
        person_name(run.started_by),
        ago(run.ended_at or run.started_at),
        run.done,
        run.total,
        [one for one, failed in played if failed],
        [one for one, failed in played if not failed],
        [_fault(found, fault, "", "", 0) for fault in report.get("faults", ())],
        [(kinds[kind], reached, there) for kind, (reached, there) in report.get("reached", {}).items()],
        [(kinds[one["kind"]], f"{one['of']} {one['id']}", one["name"]) for one in report.get("missing", ())],
        [(kinds[one["kind"]], f"{one['of']} {one['id']}", one["reason"]) for one in report.get("explained", ())],
    )


def _kinds() -> Mapping[str, str]:
    return {
        "rule": _("rules of tables"),
        "boundary_value": _("boundary values"),
        "flow": _("sequence flows"),
        "boundary_event": _("boundary events"),
        "end_event": _("end events"),
    }


def _played(found: DraftView, one: Mapping[str, Any]) -> Played:
    if one["fault"] is None:
        return Played(one["name"], one["id"], _seconds(one["milliseconds"]), "", "", "")
    return _fault(found, one["fault"], one["name"], one["id"], one["milliseconds"])


def _fault(found: DraftView, fault: Mapping[str, Any], name: str, id_: str, milliseconds: int) -> Played:
    step = say(Sentence("step {step}", step=fault["step"])) if fault["step"] else ""
    url = ""
    if fault["file"] in found.pack.files:
        anchor = f"line:{fault['line']}"
        url = url_for("workshop.editor", key=found.draft.key, path=fault["file"], _anchor=anchor)
    return Played(name, id_, _seconds(milliseconds), step, say(fault["sentence"]), url)


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds / 1000:.2f}"
