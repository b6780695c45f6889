"""Try it: a draft on the real engine in a world apart, every person played by one, and the clock in one's hands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for

from engine import clock, drafts, history, process_instances, user_tasks
from engine.errors import Conflict, EngineError, ExecutionFailed, FormRefused
from webapp import attachments, entries, glossary, matter_parts, task_pages
from webapp.facts import facts_of
from webapp.formats import exact_text, zone
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import person_name
from webapp.rehearsals import World
from webapp.surroundings import actor, reading, surroundings
from webapp.workshop import trial_worlds
from webapp.workshop.drafts import head
from webapp.workshop.room import blueprint

_STEPS = {"PT1H": timedelta(hours=1), "PT8H": timedelta(hours=8), "P1D": timedelta(days=1), "P7D": timedelta(days=7)}


@blueprint.get("/drafts/<int:key>/trial")
def ask_trial(key: int) -> str:
    """Begin to try a draft."""
    found = drafts.get(reading(), key, actor())
    now = clock.now().astimezone(zone())
    return render_template(
        "workshop/trial_begin.html",
        head=head(found),
        now=now.strftime("%Y-%m-%dT%H:%M"),
        can_try=surroundings().rehearsals is not None,
    )


@blueprint.post("/drafts/<int:key>/trial")
def begin_trial(key: int) -> Any:
    """Build the world of a trial."""
    found = drafts.get(reading(), key, actor())
    try:
        begins = datetime.fromisoformat(request.form.get("now", "")).replace(tzinfo=zone())
    except ValueError:
        begins = clock.now()
    try:
        name = trial_worlds.rehearsals().begin(found.pack, reading(), actor().person, begins)
    except EngineError as error:
        flash(f"{say(error)} {_('Put the errors right first.')}", "wrong")
        return redirect(url_for("workshop.ask_trial", key=key), code=303)
    return redirect(url_for("workshop.trial", draft=key, trial=name), code=303)


@blueprint.get("/drafts/<int:draft>/trial/<trial>")
def trial(draft: int, trial: str) -> str:
    """Where a trial stands: its clock, what waits for whom, its matters, what would have left the house."""
    found = head(drafts.get(reading(), draft, actor()))
    with trial_worlds.inside(trial) as world:
        page = {
            "now": exact_text(clock.now()),
            "waits": [trial_worlds.waits(task) for task in trial_worlds.open_tasks()],
            "matters": [trial_worlds.matter(one) for one in trial_worlds.matters()],
            "startable": trial_worlds.startable(),
            "incidents": [(one.element_id or "–", say(one.sentence)) for one in trial_worlds.incidents()],
            "outside": list(reversed(world.done_outside)),
            "next_due": trial_worlds.next_due(),
        }
    return render_template("workshop/trial.html", head=found, trial=trial, steps=trial_worlds.steps(), **page)


@blueprint.post("/drafts/<int:draft>/trial/<trial>/start")
def start_in_trial(draft: int, trial: str) -> Any:
    """Start a procedure as somebody."""
    process_id, _separator, person = request.form.get("start", "").partition("|")
    return _acted(
        draft, trial, lambda world: world.do(process_instances.start, process_id, trial_worlds.player(person))
    )


@blueprint.post("/drafts/<int:draft>/trial/<trial>/time")
def pass_time(draft: int, trial: str) -> Any:
    """Let time pass, by a step or until the next thing is due."""

    def passed(world: World) -> None:
        step = _STEPS.get(request.form.get("step", ""))
        until = clock.now() + step if step is not None else trial_worlds.next_instant()
        if until is not None:
            world.pass_until(max(until, clock.now()))

    return _acted(draft, trial, passed)


@blueprint.post("/drafts/<int:draft>/trial/<trial>/end")
def end_trial(draft: int, trial: str) -> Any:
    """Forget the trial."""
    trial_worlds.rehearsals().end(trial, actor().person)
    flash(_("The trial is forgotten. Nothing of it stays."), "good")
    return redirect(url_for("workshop.ask_trial", key=draft), code=303)


@blueprint.get("/drafts/<int:draft>/trial/<trial>/tasks/<int:task>")
def trial_task(draft: int, trial: str, task: int) -> str:
    """The form of a task, as the person sees it who is played."""
    return _task_page(draft, trial, task, request.args.get("as", ""))


def _task_page(draft: int, trial: str, task: int, person: str, given: Any = None, problem: str = "",
               errors: Mapping[str, Sequence[str]] | None = None, one_more: str = "") -> str:  # fmt: skip
    found = head(drafts.get(reading(), draft, actor()))
    with trial_worlds.inside(trial, person):
        view = user_tasks.get(reading(), task, actor())
        form = task_pages.form_of(view)
        filled = None
        if form is not None:
            filled = task_pages.opened(form, view) if given is None else task_pages.from_posted(form, view, given)
        painted, problems = task_pages.parts(view, filled, errors, one_more=one_more) if filled else ([], [])
        body = render_template(
            "workshop/_trial_task.html",
            draft=draft,
            trial=trial,
            person=person,
            view=view,
            task=view.task,
            nodes=painted,
            problems=problems,
            problem=problem,
            has_files=filled is not None and filled.form.has_files,
        )
        title, now, name = entries.step_name(view.task), exact_text(clock.now()), person_name(person)
    return render_template(
        "workshop/trial_task.html", head=found, trial=trial, body=body, title=title, now=now, person=name
    )


@blueprint.post("/drafts/<int:draft>/trial/<trial>/tasks/<int:task>")
def complete_in_trial(draft: int, trial: str, task: int) -> Any:
    """Do a task as somebody; wrong values come back with every value kept."""
    person, row = request.form.get("_as", ""), request.form.get("_row", "")
    given = {name: values for name, values in task_pages.posted().items() if name != "_as"}
    if row:
        act, _separator, path = row.partition(":")
        kept = {name: texts for name, texts in given.items() if act != "remove" or not name.startswith(f"{path}.")}
        return _task_page(draft, trial, task, person, kept, one_more=path if act == "add" else "")
    try:
        with trial_worlds.inside(trial, person) as world:
            view = user_tasks.get(reading(), task, actor())
            form = task_pages.form_of(view)
            view, given, refused = attachments.received(view, form, given)
            if refused and form is not None:  # what else is wrong is told together with the files
                task_pages.from_posted(form, view, given).check()
            attachments.check(refused)
            world.do(user_tasks.complete, task, actor(), form.parse(given) if form is not None else {})
    except FormRefused as error:
        return _task_page(draft, trial, task, person, given, errors=task_pages.in_words(error.fields)), 422
    except ExecutionFailed as error:
        return _task_page(draft, trial, task, person, given, problem=say(error)), 422
    except Conflict as error:
        flash(say(error), "wrong")
    return redirect(url_for("workshop.trial", draft=draft, trial=trial), code=303)


@blueprint.get("/drafts/<int:draft>/trial/<trial>/matters/<int:key>")
def trial_matter(draft: int, trial: str, key: int) -> str:
    """A matter of a trial: diagram, timeline with every decision and its rules, values."""
    found = head(drafts.get(reading(), draft, actor()))
    with trial_worlds.inside(trial):
        session = reading()
        matter = process_instances.get(session, key, actor())
        events = history.timeline(session, key)
        tasks = process_instances.waiting(session, key, actor())
        instances = matter_parts.instances_of(key)
        shown = [matter_parts.drawing_of(one, events, tasks) for one in matter_parts.last_rounds(instances)]
        body = render_template(
            "workshop/_trial_matter.html",
            events=matter_parts.lines_of(matter, instances, events, full=True),
            drawings=shown,
            facts=facts_of(process_instances.variables(session, key, actor()), glossary.of(matter.definition_key)),
        )
        title, state, now = entries.title_of(matter), entries.state_of(matter), exact_text(clock.now())
    return render_template(
        "workshop/trial_matter.html", head=found, trial=trial, body=body, title=title, state=state, now=now
    )


def _acted(draft: int, trial: str, act: Any) -> Any:
    try:
        with trial_worlds.inside(trial) as world:
            act(world)
    except EngineError as error:
        flash(say(error), "wrong")
    return redirect(url_for("workshop.trial", draft=draft, trial=trial), code=303)
