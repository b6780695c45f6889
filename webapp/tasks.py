"""One task: open it, do it through its form, claim, release; and why one sees it. Nothing typed is ever lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import format_time

from engine import clock, deployments, process_instances, user_tasks
from engine.errors import Conflict, EngineError, ExecutionFailed, FormRefused
from engine.task_forms import Parsed
from engine.user_tasks import Completion, Filters, TaskView
from webapp import attachments, entries, glossary, task_pages, timeline
from webapp.formats import local
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.matter_parts import instances_of
from webapp.people import person_name
from webapp.security import safe_next
from webapp.surroundings import actor, reading, write
from webapp.task_pages import Filled
from webapp.timeline import Line, Telling

blueprint = Blueprint("tasks", __name__)
_LAST_EVENTS = 6


@blueprint.get("/tasks/<int:key>")
def show(key: int) -> Any:
    """The page of a task; one that is done shows its matter."""
    view = user_tasks.get(reading(), key, actor())
    if not view.is_open and not view.matter.suspended:
        return redirect(url_for("matters.show", key=view.task.root_key))
    _begin(view)
    return page(view, _opened(view))


def _begin(view: TaskView) -> None:
    """The first look of whoever has the task ends its waiting."""
    if view.task.begun_at is None and view.is_open and view.standing.is_assignee:
        write(user_tasks.opened, view.task.key, actor())


def _opened(view: TaskView) -> Filled | None:
    form = task_pages.form_of(view)
    return None if form is None else task_pages.opened(form, view)


def page(
    view: TaskView,
    filled: Filled | None,
    *,
    errors: Mapping[str, Sequence[str]] | None = None,
    problem: str = "",
    one_more: str = "",
) -> str:
    """The page with the form as it stands; ``problem`` concerns all of it, ``one_more`` names rows to add to."""
    painted, problems = task_pages.parts(view, filled, errors, one_more=one_more) if filled else ([], [])
    return render_template(
        "task.html",
        task=view.task,
        head=task_pages.head(view),
        view=view,
        nodes=painted,
        problems=problems,
        problem=problem,
        is_live=task_pages.is_live(filled),
        has_files=filled is not None and filled.form.has_files,
        assignee=person_name(view.task.assignee),
        documentation=_documentation(view),
        can_discard=view.matter.submitted_at is None and view.matter.starter == actor().person,
        events=_last_events(view),
    )


def _documentation(view: TaskView) -> str:
    definition = deployments.definition(reading(), view.task.definition_key)
    element = deployments.process(reading(), definition.key).elements.get(view.task.element_id)
    return glossary.translated(element.documentation, definition.pack) if element and element.documentation else ""


def _last_events(view: TaskView) -> list[Line]:
    if view.matter.submitted_at is None or not process_instances.may_see(reading(), actor(), view.matter):
        return []
    events = process_instances.timeline(reading(), view.task.root_key, actor())
    telling = Telling(
        instances={instance.key: instance for instance in instances_of(view.task.root_key)},
        glossary=glossary.of(view.matter.definition_key),
        pack=deployments.definition(reading(), view.matter.definition_key).pack,
    )
    return timeline.tell(events, telling)[-_LAST_EVENTS:]


@blueprint.get("/tasks/<int:key>/in-place")
def in_place(key: int) -> Any:
    """The form alone, to be done within the inbox."""
    view = user_tasks.get(reading(), key, actor())
    _begin(view)
    filled = _opened(view) if view.is_open and view.may_complete else None
    if filled is None:
        return render_template("in_place_refused.html", view=view)
    painted, _problems = task_pages.parts(view, filled, prefix=f"t{key}-")
    return render_template(
        "in_place.html",
        view=view,
        task=view.task,
        nodes=painted,
        is_live=task_pages.is_live(filled),
        has_files=filled.form.has_files,
    )


@blueprint.post("/tasks/<int:key>/complete")
def complete(key: int) -> Any:
    """Submit the form; wrong values come back with every value kept, else the next task opens."""
    view = user_tasks.get(reading(), key, actor())
    form = task_pages.form_of(view)
    view, given, refused = attachments.received(view, form, task_pages.posted())

    def filled() -> Filled | None:
        """The form as it was typed, for whoever has to see it once more."""
        return task_pages.from_posted(form, view, given) if form and view.is_open else None

    try:
        if refused and (typed := filled()) is not None:  # what else is wrong is told together with the files
            typed.check()
        attachments.check(refused)
        submitted: Mapping[str, Any] | Parsed = form.parse(given) if form and view.is_open else {}
        done = write(user_tasks.complete, key, actor(), submitted)
    except FormRefused as error:
        told = task_pages.in_words(attachments.both(error.fields, refused))
        return page(user_tasks.get(reading(), key, actor()), filled(), errors=told), 422
    except ExecutionFailed as error:
        return page(user_tasks.get(reading(), key, actor()), filled(), problem=say(error)), 422
    except Conflict as error:
        return _too_late(key, filled(), say(error))
    return _onward(view, done)


def _too_late(key: int, filled: Filled | None, sentence: str) -> Any:
    """Somebody was faster, or the matter took another way: say so, and give back what was typed."""
    try:
        view = user_tasks.get(reading(), key, actor())
    except EngineError:
        view = None
    typed = []
    if filled is not None and filled.parsed is not None:
        labels = {node.path: node.label for node in filled.nodes}
        pack = deployments.definition(reading(), view.task.definition_key).pack if view else ""
        typed = [
            (glossary.translated(labels.get(path, path), pack), ", ".join(attachments.named(filled.nodes, texts)))
            for path, texts in filled.parsed.texts.items()
        ]
    root = view.task.root_key if view else None
    return render_template("too_late.html", sentence=sentence, typed=typed, root_key=root), 409


def _onward(view: TaskView, done: Completion) -> Any:
    """Say where the matter went, and open what comes next."""
    flash(_where_it_went(view, done), "good")
    target = request.form.get("next")
    if target:
        return redirect(safe_next(target, url_for("inbox.mine")), code=303)
    if done.next_tasks:
        return redirect(url_for("tasks.show", key=done.next_tasks[0]), code=303)
    waiting = user_tasks.inbox(reading(), actor(), Filters(whose="mine", size=1)).tasks
    if waiting:
        return redirect(url_for("tasks.show", key=waiting[0].key), code=303)
    return redirect(url_for("inbox.mine"), code=303)


def _where_it_went(view: TaskView, done: Completion) -> str:
    matter = process_instances.get(reading(), done.root_key, actor())
    title = entries.title_of(matter)
    if done.ended:
        return _("Done. “%(title)s” has ended: %(outcome)s.", title=title, outcome=entries.outcome_name(matter))
    waits = process_instances.waiting(reading(), done.root_key, actor())
    if not waits:
        return _("Done. “%(title)s” goes on by itself.", title=title)
    words = "; ".join(f"{entries.step_name(task)} ({entries.waits_for(task)})" for task in waits)
    del view
    return _("Done. “%(title)s” now waits for: %(steps)s.", title=title, steps=words)


def again(key: int, fields: Mapping[str, Sequence[str]]) -> Any:
    """The page of a task with what was typed before the session ended."""
    view = user_tasks.get(reading(), key, actor())
    form = task_pages.form_of(view)
    if form is None or not view.is_open:
        return redirect(url_for("tasks.show", key=key), code=303)
    view, given, refused = attachments.received(view, form, fields)  # nothing that came with the form is lost either
    return page(view, task_pages.from_posted(form, view, given), errors=task_pages.in_words(refused))


@blueprint.post("/tasks/<int:key>/form")
def recalculate(key: int) -> Any:
    """The form again with a row more or less, for browsers without script."""
    view = user_tasks.get(reading(), key, actor())
    form = task_pages.form_of(view)
    if form is None:
        return redirect(url_for("tasks.show", key=key), code=303)
    view, given, refused = attachments.received(view, form, task_pages.posted())
    given = _with_rows(given, request.form.get("_row", ""))
    act, _separator, path = request.form.get("_row", "").partition(":")
    filled = task_pages.from_posted(form, view, given)
    return page(view, filled, errors=task_pages.in_words(refused), one_more=path if act == "add" else "")


def _with_rows(given: dict[str, list[str]], act: str) -> dict[str, list[str]]:
    """What was posted, with one row more or less."""
    what, _separator, path = act.partition(":")
    if what == "remove" and path:
        return {name: texts for name, texts in given.items() if not name.startswith(f"{path}.")}
    return given


@blueprint.post("/tasks/<int:key>/live")
def live(key: int) -> Any:
    """Which fields are shown and what is computed, for what is typed at this moment."""
    view = user_tasks.get(reading(), key, actor())
    form = task_pages.form_of(view)
    if form is None:
        return ""
    given = task_pages.posted()
    filled = task_pages.from_posted(form, view, given)
    painted, _problems = task_pages.parts(view, filled)
    everything = [part for node in painted for part in node.walk()]
    return render_template("live.html", nodes=everything)


@blueprint.post("/tasks/<int:key>/draft")
def draft(key: int) -> Any:
    """Keep what was typed so far, as it stands."""
    write(user_tasks.save_draft, key, actor(), {"posted": task_pages.posted()})
    return _("Draft saved at %(time)s", time=format_time(local(clock.now()), "HH:mm", rebase=False))


@blueprint.post("/tasks/<int:key>/claim")
def claim(key: int) -> Any:
    """Take a task from its queue."""
    return _moved(key, user_tasks.claim, _("The task is yours."))


@blueprint.post("/tasks/<int:key>/release")
def release(key: int) -> Any:
    """Put a task back into its queue."""
    return _moved(key, user_tasks.release, _("The task is back in the queue of your group."))


def _moved(key: int, command: Any, told: str) -> Any:
    try:
        write(command, key, actor())
    except EngineError as error:
        flash(say(error), "wrong")
    else:
        flash(told, "good")
    return redirect(safe_next(request.form.get("next"), url_for("inbox.mine")), code=303)


@blueprint.get("/tasks/<int:key>/why")
def why(key: int) -> str:
    """The rules that brought this task to this person, and the decisions before it."""
    view = user_tasks.get(reading(), key, actor())
    found = user_tasks.why(reading(), key, actor())
    telling = Telling(
        instances={instance.key: instance for instance in instances_of(view.task.root_key)},
        glossary=glossary.of(view.matter.definition_key),
        pack=deployments.definition(reading(), view.matter.definition_key).pack,
    )
    return render_template(
        "why.html",
        head=task_pages.head(view),
        task=view.task,
        rules=[say(rule) for rule in found.rules],
        who=entries.waits_for(view.task),
        decisions=timeline.tell(found.decisions, telling),
    )
