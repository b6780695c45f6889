"""When I am away and who acts for me; for managers also the absences of those below them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from engine import deployments
from engine.organisation import absences, delegations, superiors
from webapp import glossary
from webapp.languages import gettext as _
from webapp.organisation.changes import process_name
from webapp.organisation.holdings import absence_paper
from webapp.organisation.room import act, attempt, done, people_choices, today
from webapp.papers import Choices, Field, Paper
from webapp.people import person_name
from webapp.surroundings import actor, reading

blueprint = Blueprint("away", __name__, url_prefix="/account/away")


@blueprint.get("")
def page() -> str:
    """Both lists, and the forms to add to them."""
    return _page(_absence(), _delegation())


def _page(absence: Paper, delegation: Paper) -> str:
    acting, session = actor(), reading()
    mine = [one for one in absences.of_person(session, acting, acting.person) if one.ends_on >= today()]
    below = [
        one
        for person in superiors.below(session, acting.person)
        for one in absences.of_person(session, acting, person)
        if one.ends_on >= today()
    ]
    given = [
        one
        for one in delegations.of_person(session, acting, acting.person)
        if one.revoked_at is None and one.ends_on >= today()
    ]
    return render_template(
        "away.html",
        absence=absence,
        delegation=delegation,
        absences=[*mine, *below],
        delegations=given,
        person_name=person_name,
        process_name=process_name,
        today=today(),
    )


def _absence() -> Paper:
    """The fields of an absence; who it is about, where one may speak for others."""
    acting = actor()
    paper = absence_paper()
    below = superiors.below(reading(), acting.person)
    if below:
        people: Choices = [(acting.person, _("Myself")), *((each, f"{person_name(each)} ({each})") for each in below)]
        paper.fields = [Field("person_id", _("Who"), "choice", choices=people, value=acting.person), *paper.fields]
    return paper


def _delegation() -> Paper:
    current = deployments.current_processes(reading())
    choices = sorted(
        ((one.process_id, glossary.translated(one.name, one.pack)) for one in current), key=lambda choice: choice[1]
    )
    return Paper(
        [
            Field("delegate_id", _("Who acts for me"), "choice", choices=_others()),
            Field("starts_on", _("First day"), "day", value=today(), span=8),
            Field("ends_on", _("Last day"), "day", value=today(), span=8),
            Field("reason", _("Reason"), maximum=200),
            Field(
                "process_ids",
                _("Procedures"),
                "several",
                required=False,
                choices=choices,
                hint=_("None chosen: all procedures."),
            ),
        ],
        prefix="d-",
    )


def _others() -> Choices:
    return [choice for choice in people_choices() if choice[0] != actor().person]


@blueprint.post("/absences")
def add_absence() -> Any:
    """Enter an absence."""
    acting, paper = actor(), _absence()
    given = paper.read(request.form)
    person_id = given.pop("person_id", acting.person) or acting.person
    if attempt(paper, absences.add, acting, person_id, **given):
        return done(_("Saved."), url_for("away.page"))
    return _page(paper, _delegation()), 422


@blueprint.post("/absences/<int:key>/remove")
def remove_absence(key: int) -> Any:
    """Take an absence back."""
    return act(url_for("away.page"), _("Taken back."), absences.remove, actor(), key)


@blueprint.post("/delegations")
def add_delegation() -> Any:
    """Let somebody act for me."""
    acting, paper = actor(), _delegation()
    given = paper.read(request.form)
    given["process_ids"] = given["process_ids"] or None
    delegate = given.pop("delegate_id")
    if attempt(paper, delegations.add, acting, delegate, **given):
        return done(_("%(person)s acts for you from now on.", person=person_name(delegate)), url_for("away.page"))
    return _page(_absence(), paper), 422


@blueprint.post("/delegations/<int:key>/revoke")
def revoke_delegation(key: int) -> Any:
    """End a delegation: what was given is mine again at once."""
    return act(url_for("away.page"), _("The delegation has ended."), delegations.revoke, actor(), key)
