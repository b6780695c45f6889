"""Somebody leaves: who gets his tasks, what ends with him, and then all of it in one act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import render_template, request, url_for

from engine import departures
from engine.departures import Departure
from webapp import entries
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.organisation.people import holding, known
from webapp.organisation.room import administrator, attempt, blueprint, done, people_choices, today
from webapp.papers import Field, Paper
from webapp.people import person_name, post_name
from webapp.surroundings import reading


@blueprint.route("/people/<person_id>/leave", methods=["GET", "POST"])
def departure(person_id: str) -> Any:
    """First the successor and the preview, then the act."""
    acting = administrator()
    known(person_id)
    others = [choice for choice in people_choices() if choice[0] != person_id]
    source = request.form if request.method == "POST" else request.args
    chosen = _chosen(source)
    paper = Paper(
        [
            Field(
                "successor",
                _("Tasks go to"),
                "choice",
                required=False,
                choices=others,
                value=request.args.get("successor") or None,
                hint=_("Empty: to the superior. Single tasks can go to others, below."),
                span=8,
            ),
            Field("last_day", _("Last day"), "day", value=today(), span=8),
            Field("reason", _("Reason"), value=_("Leaves the company"), maximum=200),
        ]
    )
    successor = source.get("successor") or None
    if request.method == "POST":
        given = paper.read(request.form)
        if request.form.get("act") == "hand_over" and attempt(
            paper, departures.leave, acting, person_id, **given, chosen=chosen
        ):
            target = url_for("organisation.person_page", person_id=person_id)
            return done(_("%(person)s left, and everything is handed over.", person=person_name(person_id)), target)
        if successor not in dict(others):
            successor = None
    found = departures.preview(reading(), acting, person_id, successor, chosen)
    page = _page(person_id, paper, found, others, chosen)
    return page if paper.is_good else (page, 422)


def _chosen(source: Mapping[str, str]) -> dict[int, str]:
    """To whom single tasks go: {key of the task: person}.

    A preview leaves away what was only suggested by the page, so that another successor gets it; who hands over gets
    what the page showed.
    """
    is_preview = source.get("act") != "hand_over"
    return {
        int(name[5:]): to
        for name, to in source.items()
        if name.startswith("task.") and name[5:].isdecimal() and to
        if not (is_preview and source.get(f"suggested.{name[5:]}") == to)
    }


def _page(
    person_id: str, paper: Paper, found: Departure, others: list[tuple[str, str]], chosen: Mapping[int, str]
) -> str:
    matters = entries.roots({each.task.root_key for each in found.tasks})
    rows = [
        (
            each,
            entries.of_task(each.task, matters[each.task.root_key]),
            say(each.problem) if each.problem else paper.errors.get(f"task.{each.task.key}", ""),
        )
        for each in found.tasks
    ]
    return render_template(
        "organisation/departure.html",
        folder="people",
        person_id=person_id,
        name=person_name(person_id),
        paper=paper,
        rows=rows,
        found=found,
        others=others,
        held=[holding(entry) for entry in found.assignments],
        chosen=chosen,
        emptied=[post_name(code) for code in found.emptied],
    )
