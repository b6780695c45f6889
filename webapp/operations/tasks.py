"""The tasks of one's unit: overdue and soon due, by store and person; give one to somebody else, or take it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from flask import flash, redirect, render_template, request, url_for

from engine import process_instances, user_tasks
from engine.errors import EngineError, NotAllowed, NotFound, Refused
from engine.models import UserTask
from engine.models.user_task import CREATED
from engine.user_tasks import Load, Overseen, TaskView
from engine.user_tasks.overseen import When
from feel.sentences import Sentence
from webapp import entries
from webapp.entries import Entry
from webapp.errors import status_of
from webapp.formats import ago, exact
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.operations import rooms
from webapp.operations.rooms import blueprint
from webapp.people import organisation, person_name, post_name, unit_name
from webapp.surroundings import actor, reading, write

_SHOWN_LOADS = 12


@dataclass(frozen=True, slots=True)
class Row:
    """One open task: what it is, who has it, and where it is directed from."""

    entry: Entry
    who: str
    since: Any
    url: str
    suspended: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What is open in one store or with one person."""

    name: str
    url: str
    late: int
    soon: int
    open: int
    chosen: bool


@blueprint.get("", endpoint="tasks")
def shown() -> str:
    """Open tasks within the reader's unit; overdue ones unless another tab is asked for."""
    found = rooms.overseen()
    chosen = _chosen()
    page = user_tasks.overseen(reading(), actor(), chosen)
    by_store = user_tasks.loads(reading(), actor(), "store")
    by_person = user_tasks.loads(reading(), actor(), "person")
    return render_template(
        "operations/tasks.html",
        unit=rooms.unit_in_words(found),
        rows=_rows(page.rows),
        total=page.total,
        chosen=chosen,
        whens=_whens(chosen, by_store),
        stores=_parts(by_store, "store", chosen),
        people=_parts(by_person, "person", chosen),
        pages=entries.pages(page.number, page.pages),
        narrowed=_narrowed(chosen),
        may_act=found.may_act,
    )


def _chosen() -> Overseen:
    when = request.args.get("when", "late")
    return Overseen(
        when=when if when in get_args(When) else "late",  # type: ignore[arg-type] # checked in this line
        store=request.args.get("store", "")[:64],
        person=request.args.get("person", "")[:64],
        process_id=request.args.get("process", "")[:128],
        page=entries.page_number(),
    )


def _rows(tasks: Sequence[UserTask]) -> list[Row]:
    matters = entries.roots({task.root_key for task in tasks})
    return [
        Row(
            entry=entries.of_task(task, matters[task.root_key]),
            who=entries.waits_for(task),
            since=ago(task.created_at),
            url=url_for("operations.task", key=task.key),
            suspended=matters[task.root_key].suspended,
        )
        for task in tasks
    ]


def _whens(chosen: Overseen, loads: Sequence[Load]) -> list[tuple[str, str, int, bool]]:
    counts = {
        "late": sum(load.late for load in loads),
        "soon": sum(load.soon for load in loads),
        "open": sum(load.open for load in loads),
    }
    named = (("late", _("Overdue")), ("soon", _("Due within a day")), ("open", _("All open")))
    return [(name, url_for("operations.tasks", when=when), counts[when], when == chosen.when) for when, name in named]


def _parts(loads: Sequence[Load], by: str, chosen: Overseen) -> list[Part]:
    parts = []
    for load in loads[:_SHOWN_LOADS]:
        if load.of is None and by == "person":
            continue
        name = (unit_name(load.of) if by == "store" else person_name(load.of)) or _("no unit")
        picked = bool(load.of) and load.of == getattr(chosen, by)
        given = {"when": chosen.when, "store": chosen.store, "person": chosen.person, by: "" if picked else load.of}
        kept: dict[str, Any] = {key: value for key, value in given.items() if value}
        url = url_for("operations.tasks", **kept)
        parts.append(Part(name, url if load.of else "", load.late, load.soon, load.open, picked))
    return parts


def _narrowed(chosen: Overseen) -> list[str]:
    return [words for words in (unit_name(chosen.store), person_name(chosen.person)) if words]


@blueprint.get("/tasks/<int:key>", endpoint="task")
def one(key: int) -> Any:
    """Who has a task, and to whom it can go."""
    view = _of_unit(key)
    if view.task.state != CREATED:
        return redirect(url_for("matters.show", key=view.task.root_key))
    return _page(view)


def _of_unit(key: int) -> TaskView:
    rooms.overseen()
    return user_tasks.get(reading(), key, actor())


def _page(view: TaskView, *, to: str = "", reason: str = "", problem: str = "", at: str = "") -> str:
    may_assign = view.is_open and view.standing.may_assign and view.matter.starter != actor().person
    people = user_tasks.assignable(reading(), actor(), view.task) if may_assign else ()
    return render_template(
        "operations/task.html",
        task=view.task,
        head=entries.of_task(view.task, view.matter),
        who=entries.waits_for(view.task),
        since=exact(view.task.created_at),
        choices=[(person, _with_posts(person)) for person in people],
        may_assign=may_assign,
        may_take_over=view.may_take_over,
        why_not=_why_not(view, may_assign=may_assign),
        to=to,
        reason=reason,
        problem=problem,
        at=at,
    )


def _why_not(view: TaskView, *, may_assign: bool) -> str:
    if may_assign:
        return ""
    if view.standing.is_auditor:
        return _("Auditors read everything and change nothing.")
    if view.matter.suspended:
        return _("This matter is suspended. Nothing can be done in it until it is resumed.")
    if view.matter.starter == actor().person:
        return _("This is your own request: others see to who works on it.")
    return _("This task is with somebody who does not work beneath you.")


def _with_posts(person: str) -> str:
    posts = organisation().assignments(person, rooms.today())
    words = ", ".join(dict.fromkeys(f"{post_name(held.post_code)} {unit_name(held.unit_id)}" for held in posts))
    return f"{person_name(person)} · {words}" if words else person_name(person)


@blueprint.post("/tasks/<int:key>/assign", endpoint="assign")
def assign(key: int) -> Any:
    """Give the task to somebody else, with a reason."""
    to, reason = request.form.get("to", "")[:64], request.form.get("reason", "")
    if not to:
        error: EngineError = Refused(Sentence("Please say who is to do it."))
        return _page(_of_unit(key), reason=reason, problem=say(error), at="to"), 422
    return _done(
        key, user_tasks.assign, to, reason, told=_("The task was given to %(person)s.", person=person_name(to))
    )


@blueprint.post("/tasks/<int:key>/take-over", endpoint="take_over")
def take_over(key: int) -> Any:
    """Take a task whose time has passed twice, with a reason."""
    reason = request.form.get("reason", "")
    return _done(key, user_tasks.take_over, reason, told=_("The task is yours now; who had it has been told."))


def _done(key: int, command: Any, *arguments: str, told: str) -> Any:
    try:
        write(command, key, actor(), *arguments)
    except (NotAllowed, NotFound):
        raise  # an answer of its own: nothing on this page would change it
    except EngineError as error:
        view = _of_unit(key)
        to = arguments[0] if len(arguments) > 1 else ""
        if view.task.state != CREATED or not process_instances.may_see(reading(), actor(), view.matter):
            raise
        return _page(view, to=to, reason=arguments[-1], problem=say(error), at="reason"), status_of(error)
    flash(told, "good")
    return redirect(url_for("operations.tasks"), code=303)
