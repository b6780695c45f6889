"""Copies (抄送), reminders and messages of the system: what was brought to a person's notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from markupsafe import Markup

from engine import notifications
from engine.models import Notification, ProcessInstance
from webapp import entries
from webapp.formats import ago
from webapp.languages import gettext as _
from webapp.languages import language, say
from webapp.surroundings import actor, reading, write

blueprint = Blueprint("notifications", __name__)


@dataclass(frozen=True, slots=True)
class Note:
    """One notification as a row."""

    key: int
    sentence: str
    lines: list[str]
    moment: Markup
    is_read: bool
    opens: bool
    tasks: list[tuple[str, str]]  # of a digest: the words about each task, and its page


@blueprint.get("/copies")
def copies() -> str:
    """The latest first, unread ones marked."""
    found = notifications.listed(reading(), actor(), page=entries.page_number())
    matters = entries.roots({row.root_key for row in found.rows if row.root_key is not None})
    notes = [_note(row, matters.get(row.root_key or 0)) for row in found.rows]
    return render_template("copies.html", notes=notes, pages=entries.pages(found.page, found.pages))


def _note(row: Notification, matter: ProcessInstance | None) -> Note:
    kinds = {
        "copy": _("copy"),
        "reminder": _("reminder"),
        "overdue": _("overdue"),
        "take_over": _("take-over"),
        "deadline": _("due dates"),
        "schedule": _("schedule"),
        "notice": _("notice"),
        "message": _("message"),
        "undelivered": _("not delivered"),
    }
    items = list(reversed(row.items or ()))
    tasks = [(say(item["sentence"]), url_for("tasks.show", key=item["task"])) for item in items]
    is_digest = len(tasks) > 1
    lines = [kinds.get(row.kind, row.kind)]
    if matter is not None:
        lines.append(entries.procedure_name(matter))
    return Note(
        row.key,
        _("%(count)s tasks", count=len(tasks))
        if is_digest
        else say(notifications.sentence_of(row.sentence, language())),
        lines,
        ago(row.created_at),
        row.read_at is not None,
        row.root_key is not None,
        tasks if is_digest else [],
    )


@blueprint.post("/copies/<int:key>")
def read(key: int) -> Any:
    """Mark one as read and open its matter."""
    root_key, tasks = write(_read, key, actor())
    if len(tasks) == 1:
        return redirect(url_for("tasks.show", key=tasks[0]), code=303)  # a task that is done shows its matter
    target = url_for("matters.show", key=root_key) if root_key else url_for("notifications.copies")
    return redirect(target, code=303)


def _read(session: Any, key: int, who: Any) -> tuple[int | None, list[int]]:
    found = notifications.read(session, key, who)
    return found.root_key, [item["task"] for item in found.items or ()]


@blueprint.post("/copies/read")
def read_all() -> Any:
    """Mark all as read."""
    write(notifications.read_all, actor())
    return redirect(url_for("notifications.copies"), code=303)
