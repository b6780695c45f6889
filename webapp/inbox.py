"""The inbox: what waits for me (待办), and what I did (已办). Filters are addresses, so that Back keeps the place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from engine import notifications, user_tasks
from engine.errors import EngineError
from engine.user_tasks import Counts, Filters
from engine.user_tasks.listing import MOST_COUNTED, Sort, Whose
from webapp import entries
from webapp.entries import Chosen, Entry
from webapp.formats import ago
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.security import safe_next
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("inbox", __name__)
_LONGEST_TEXT = 80
_MOST_CLAIMED_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Group:
    """Entries that are due at about the same time."""

    id: str
    name: str
    entries: list[Entry]


@dataclass(frozen=True, slots=True)
class Whom:
    """One of the tabs within the inbox."""

    name: str
    url: str
    count: str
    chosen: bool


@blueprint.app_context_processor
def counts() -> dict[str, Any]:
    """The counts beside the folders of every page."""
    if g.get("is_broken") or not current_user.is_authenticated:
        return {"counts": {"open": 0, "late": 0, "unread": 0}}
    found = waiting()
    return {
        "counts": {
            "open": _shown(found.mine + found.groups + found.delegated),
            "late": found.overdue,
            "unread": _shown(notifications.unread(reading(), current_user.actor, MOST_COUNTED)),
        }
    }


def waiting() -> Counts:
    """How much waits for who is signed in, counted once a request."""
    if "waiting" not in g:
        g.waiting = user_tasks.counts(reading(), current_user.actor)
    found: Counts = g.waiting
    return found


def _shown(count: int) -> str:
    """A count as it is shown; "" for none."""
    if count >= MOST_COUNTED:
        return f"{MOST_COUNTED - 1}+"
    return str(count) if count else ""


@blueprint.get("/")
def home() -> Any:
    """The inbox is home."""
    return redirect(url_for("inbox.mine"))


@blueprint.get("/inbox")
def mine() -> str:
    """What waits for me, for my groups, and for those I stand in for."""
    filters = _filters()
    numbers = waiting()
    found = user_tasks.inbox(reading(), actor(), filters, numbers)
    matters = entries.roots({task.root_key for task in found.tasks})
    rows = [entries.of_task(task, matters[task.root_key]) for task in found.tasks]
    procedures = {matter.process_id: entries.procedure_name(matter) for matter in matters.values()}
    return render_template(
        "inbox.html",
        groups=_groups(rows, filters.sort),
        claimable=any(row.can_claim for row in rows),
        choices=_choices(numbers, filters),
        chosen=_chosen(filters, procedures),
        pages=entries.pages(found.page, found.pages),
    )


def _filters() -> Filters:
    whose, sort = request.args.get("whose", "all"), request.args.get("sort", "due")
    return Filters(
        whose=whose if whose in get_args(Whose) else "all",  # type: ignore[arg-type] # checked in this line
        process_id=request.args.get("process") or None,
        text=request.args.get("text", "")[:_LONGEST_TEXT],
        sort=sort if sort in get_args(Sort) else "due",  # type: ignore[arg-type] # checked in this line
        page=entries.page_number(),
    )


def _choices(numbers: Counts, filters: Filters) -> list[Whom]:
    named = (
        ("all", _("All"), numbers.mine + numbers.groups + numbers.delegated),
        ("mine", _("Mine"), numbers.mine),
        ("groups", _("My groups"), numbers.groups),
        ("delegated", _("Standing in"), numbers.delegated),
    )
    kept: dict[str, Any] = {name: each for name, each in request.args.items() if name in ("process", "text", "sort")}
    return [
        Whom(
            name,
            url_for("inbox.mine", **(kept if id_ == "all" else {**kept, "whose": id_})),
            _shown(count) or "0",
            id_ == filters.whose,
        )
        for id_, name, count in named
        if count or id_ in ("all", filters.whose)
    ]


def _chosen(filters: Filters, procedures: dict[str, str]) -> Chosen:
    if filters.process_id is not None:
        procedures.setdefault(filters.process_id, filters.process_id)
    return Chosen(
        text=filters.text,
        process=filters.process_id or "",
        sort=filters.sort,
        procedures=sorted(procedures.items(), key=lambda item: item[1]),
        sorts=[("due", _("by due date")), ("priority", _("by priority")), ("newest", _("newest first"))],
        kept=[("whose", filters.whose)] if filters.whose != "all" else [],
        is_narrow=bool(filters.text or filters.process_id or filters.whose != "all"),
    )


def _groups(rows: list[Entry], sort: str) -> list[Group]:
    if not rows:
        return []
    if sort != "due":
        return [Group("all", _("All tasks"), rows)]
    named = (
        ("overdue", _("Overdue"), {"overdue"}),
        ("today", _("Due today"), {"today"}),
        ("later", _("Later"), {"later", "none"}),
    )
    groups = (
        Group(id_, name, [row for row in rows if (row.due.kind if row.due else "none") in kinds])
        for id_, name, kinds in named
    )
    return [group for group in groups if group.entries]


@blueprint.post("/inbox/claim")
def claim_several() -> Any:
    """Claim every task that was picked; what somebody else took meanwhile is told, and loses nothing."""
    keys = [
        int(key) for key in request.form.getlist("task")[:_MOST_CLAIMED_AT_ONCE] if key.isascii() and key.isdigit()
    ]
    claimed = 0
    for key in keys:
        try:
            write(user_tasks.claim, key, actor())
        except EngineError as error:
            flash(say(error), "wrong")
        else:
            claimed += 1
    if claimed:
        flash(_("Claimed: %(count)s.", count=claimed), "good")
    return redirect(safe_next(request.form.get("next"), url_for("inbox.mine")), code=303)


@blueprint.get("/done")
def done() -> str:
    """What I did, the latest first."""
    text = request.args.get("text", "")[:_LONGEST_TEXT]
    found = user_tasks.done(reading(), actor(), text=text, page=entries.page_number())
    matters = entries.roots({task.root_key for task in found.tasks})
    rows = []
    for task in found.tasks:
        matter = matters[task.root_key]
        row = entries.of_task(task, matter)
        row.url = url_for("matters.show", key=task.root_key)
        row.can_claim = row.can_release = row.can_decide = False
        row.due, row.moment, row.state = None, ago(task.completed_at), entries.state_of(matter)
        rows.append(row)
    return render_template(
        "list.html",
        here="done",
        heading=_("Done"),
        entries=rows,
        chosen=Chosen(text=text, is_narrow=bool(text)),
        pages=entries.pages(found.page, found.pages),
        empty=_nothing_done(text),
    )


def _nothing_done(text: str) -> dict[str, Any]:
    if text:
        return {
            "heading": _("Nothing matches."),
            "sentence": _("None of the tasks that you did fits."),
            "start": False,
        }
    sentence = _("Tasks that you completed are kept here, with the matter they belong to.")
    return {"heading": _("Nothing done yet."), "sentence": sentence, "start": False}
