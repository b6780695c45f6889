"""What a person holds, and when he is away: begin, end and take back."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from engine import areas
from engine.organisation import absences, assignments, delegations
from webapp.languages import gettext as _
from webapp.organisation.people import holding, known
from webapp.organisation.room import (
    act,
    administrator,
    answer,
    attempt,
    blueprint,
    done,
    post_choices,
    today,
    unit_choices,
)
from webapp.papers import Field, Paper
from webapp.people import person_name
from webapp.surroundings import reading


def _page(person_id: str) -> str:
    return url_for("organisation.person_page", person_id=person_id)


@blueprint.route("/people/<person_id>/posts/new", methods=["GET", "POST"])
def holding_new(person_id: str) -> Any:
    """Let a person hold a post."""
    acting = administrator()
    known(person_id)
    paper = Paper(
        [
            Field("post_code", _("Post"), "choice", choices=post_choices(), span=8),
            Field("unit_id", _("Unit"), "choice", choices=unit_choices(), span=8),
            Field("starts_on", _("First day"), "day", value=today(), span=5),
            Field("ends_on", _("Last day"), "day", required=False, hint=_("Empty: until further notice."), span=6),
            Field("acting", _("Acting: for the time being, in place of its holder"), "tick"),
        ]
    )
    if request.method == "POST":
        given = paper.read(request.form)
        place = (given.pop("post_code"), given.pop("unit_id"))
        if attempt(paper, areas.assign, acting, person_id, *place, **given):
            return done(_("Saved."), _page(person_id))
    action = url_for("organisation.holding_new", person_id=person_id)
    heading = _("A post for %(person)s", person=person_name(person_id))
    return answer(paper, heading, action, _page(person_id), folder="people")


@blueprint.route("/people/<person_id>/posts/<int:key>/end", methods=["GET", "POST"])
def holding_end(person_id: str, key: int) -> Any:
    """Let an assignment end on a day, or go on."""
    acting = administrator()
    entry = assignments.get(reading(), key)
    paper = Paper(
        [
            Field("post", _("Post"), "given", value=holding(entry)),
            Field("first", _("First day"), "given", value=entry.starts_on),
            Field(
                "ends_on",
                _("Last day"),
                "day",
                required=False,
                hint=_("Empty: until further notice."),
                value=entry.ends_on or max(today(), entry.starts_on),
                span=6,
            ),
        ]
    )
    if request.method == "POST" and attempt(paper, assignments.end, acting, key, **paper.read(request.form)):
        return done(_("Saved."), _page(person_id))
    action = url_for("organisation.holding_end", person_id=person_id, key=key)
    return answer(paper, person_name(person_id), action, _page(person_id), folder="people")


@blueprint.post("/people/<person_id>/posts/<int:key>/remove")
def holding_remove(person_id: str, key: int) -> Any:
    """Take back an assignment that has not begun."""
    return act(_page(person_id), _("Taken back."), assignments.remove, administrator(), key)


@blueprint.route("/people/<person_id>/absences/new", methods=["GET", "POST"])
def absence_new(person_id: str) -> Any:
    """Enter that a person is away."""
    acting = administrator()
    known(person_id)
    paper = absence_paper()
    if request.method == "POST" and attempt(paper, absences.add, acting, person_id, **paper.read(request.form)):
        return done(_("Saved."), _page(person_id))
    action = url_for("organisation.absence_new", person_id=person_id)
    heading = _("An absence of %(person)s", person=person_name(person_id))
    return answer(paper, heading, action, _page(person_id), folder="people")


def absence_paper() -> Paper:
    """The fields of an absence."""
    return Paper(
        [
            Field("starts_on", _("First day"), "day", value=today(), span=8),
            Field("ends_on", _("Last day"), "day", value=today(), span=8),
            Field("reason", _("Reason"), required=False, maximum=200),
        ]
    )


@blueprint.post("/people/<person_id>/absences/<int:key>/remove")
def absence_remove(person_id: str, key: int) -> Any:
    """Take an absence back."""
    return act(_page(person_id), _("Taken back."), absences.remove, administrator(), key)


@blueprint.post("/people/<person_id>/delegations/<int:key>/revoke")
def delegation_revoke(person_id: str, key: int) -> Any:
    """End a delegation of somebody else."""
    return act(_page(person_id), _("The delegation has ended."), delegations.revoke, administrator(), key)
