"""The headcount plan of a store: how many people in each post, and the salary band; planned, changed, taken away."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import request, url_for

from engine import models
from engine.errors import NotFound
from engine.organisation import headcounts, posts
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.organisation.room import act, administrator, answer, attempt, blueprint, done, post_choices
from webapp.organisation.units import known
from webapp.papers import Field, Paper
from webapp.people import post_name, unit_name
from webapp.surroundings import reading


def _page(unit_id: str) -> str:
    return url_for("organisation.unit_page", unit_id=unit_id)


def _store(unit_id: str) -> models.Unit:
    """The store of that id; raises :class:`NotFound`."""
    unit = known(unit_id)
    if unit.kind != "store":
        raise NotFound(Sentence("Headcounts are planned for stores; {unit} is none.", unit=unit_id))
    return unit


def _figures(plan: models.HeadcountPlan | None) -> list[Field]:
    month = _("A month.")
    lowest, highest = (plan.salary_min, plan.salary_max) if plan else (None, None)
    return [
        Field("planned", _("Planned"), "number", value=plan.planned if plan else None, span=4),
        Field("salary_min", _("Lowest salary"), "amount", value=_text(lowest), hint=month, span=6),
        Field("salary_max", _("Highest salary"), "amount", value=_text(highest), hint=month, span=6),
    ]


def _text(amount: Decimal | None) -> str | None:
    """An amount as it is typed."""
    return None if amount is None else f"{amount:f}"


@blueprint.route("/units/<unit_id>/headcounts/new", methods=["GET", "POST"])
def headcount_new(unit_id: str) -> Any:
    """Plan a post that this store has no plan for."""
    acting = administrator()
    _store(unit_id)
    planned = {plan.post_code for plan in headcounts.listed(reading(), acting, unit_id=unit_id)}
    choices = [choice for choice in post_choices() if choice[0] not in planned]
    paper = Paper([Field("post_code", _("Post"), "choice", choices=choices), *_figures(None)])
    if request.method == "POST":
        given = paper.read(request.form)
        if attempt(paper, headcounts.set_plan, acting, unit_id, **given):
            return done(_("Saved."), _page(unit_id))
    action = url_for("organisation.headcount_new", unit_id=unit_id)
    heading = _("Headcount plan of %(unit)s", unit=unit_name(unit_id))
    return answer(paper, heading, action, _page(unit_id), folder="units")


@blueprint.route("/units/<unit_id>/headcounts/<code>/edit", methods=["GET", "POST"])
def headcount_edit(unit_id: str, code: str) -> Any:
    """Change the plan of a post, or make the first one."""
    acting = administrator()
    _store(unit_id)
    posts.get(reading(), code)
    plan = reading().get(models.HeadcountPlan, (unit_id, code))
    paper = Paper([Field("post", _("Post"), "given", value=post_name(code)), *_figures(plan)])
    if request.method == "POST":
        given = paper.read(request.form)
        if attempt(paper, headcounts.set_plan, acting, unit_id, code, **given):
            return done(_("Saved."), _page(unit_id))
    action = url_for("organisation.headcount_edit", unit_id=unit_id, code=code)
    undo = (url_for("organisation.headcount_remove", unit_id=unit_id, code=code), _("Take the plan away"))
    heading = _("Headcount plan of %(unit)s", unit=unit_name(unit_id))
    return answer(paper, heading, action, _page(unit_id), folder="units", undo=undo if plan else None)


@blueprint.post("/units/<unit_id>/headcounts/<code>/remove")
def headcount_remove(unit_id: str, code: str) -> Any:
    """Plan nobody for a post any more."""
    acting = administrator()
    words = _("The plan for %(post)s was taken away.", post=post_name(code))
    return act(_page(unit_id), words, headcounts.remove_plan, acting, unit_id, code)
