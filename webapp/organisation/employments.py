"""An employment of a person: recorded, changed, ended, and taken back where it was entered by mistake."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import request, url_for

from engine import models
from engine.actor import Actor
from engine.errors import NotFound
from engine.organisation import employments
from engine.organisation.employments import Terms
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.organisation.people import known
from webapp.organisation.register import in_words
from webapp.organisation.room import (
    administrator,
    answer,
    attempt,
    blueprint,
    contract_name,
    done,
    post_choices,
    today,
    unit_choices,
)
from webapp.papers import Field, Paper
from webapp.people import organisation, person_name, unit_name
from webapp.surroundings import reading


def _page(person_id: str) -> str:
    return url_for("organisation.person_page", person_id=person_id)


def _heading(person_id: str) -> str:
    return _("Employment of %(person)s", person=person_name(person_id))


def _entry(acting: Actor, person_id: str, key: int) -> models.Employment:
    """That employment of that person; raises :class:`NotFound`."""
    for row in employments.of_person(reading(), acting, person_id):
        if row.key == key:
            return row
    raise NotFound(Sentence("There is no such employment."))


def _paper(values: dict[str, Any]) -> Paper:
    """The terms of an employment; ``values`` are what they are now."""
    units = [*unit_choices()]
    if values["unit_id"] not in (None, *(unit_id for unit_id, _label in units)):  # it was closed meanwhile
        units.append((values["unit_id"], unit_name(values["unit_id"])))
    contracts = [(contract, contract_name(contract)) for contract in employments.CONTRACT_TYPES]
    further, none = _("Empty: until further notice."), _("Empty: none was agreed.")
    fields = [
        Field("post_code", _("Post"), "choice", choices=post_choices(), span=8),
        Field("unit_id", _("Unit"), "choice", choices=units, span=8),
        Field("contract_type", _("Contract"), "choice", choices=contracts, span=8),
        Field("contract_months", _("Months"), "number", required=False, hint=_("Of a fixed term."), span=8),
        Field("starts_on", _("First day"), "day", span=8),
        Field("ends_on", _("Last day"), "day", required=False, hint=further, span=8),
        Field("probation_ends_on", _("Probation end"), "day", required=False, hint=none, span=8),
        Field("confirmed_on", _("Confirmed on"), "day", required=False, span=8),
        Field("health_certificate_until", _("Health certificate until"), "day", required=False, span=8),
        Field("rehire_blocked", _("Not to be hired again"), "tick"),
    ]
    for field in fields:
        field.value = values.get(field.name)
    return Paper(fields)


@blueprint.route("/people/<person_id>/employments/new", methods=["GET", "POST"])
def employment_new(person_id: str) -> Any:
    """Record that a person is employed."""
    acting = administrator()
    known(person_id)
    held = next(iter(organisation().assignments(person_id, today())), None)
    paper = _paper(
        {
            "post_code": held.post_code if held else None,
            "unit_id": held.unit_id if held else None,
            "contract_type": "fixed",
            "starts_on": today(),
        }
    )
    if request.method == "POST" and _attempt(paper, employments.record, acting, person_id):
        return done(_("Saved."), _page(person_id))
    action = url_for("organisation.employment_new", person_id=person_id)
    return answer(paper, _heading(person_id), action, _page(person_id), button=_("Record"), folder="people")


@blueprint.route("/people/<person_id>/employments/<int:key>/edit", methods=["GET", "POST"])
def employment_edit(person_id: str, key: int) -> Any:
    """Correct what an employment says."""
    acting = administrator()
    entry = _entry(acting, person_id, key)
    paper = _paper(asdict(employments.terms_of(entry)))
    if request.method == "POST" and _attempt(paper, employments.change, acting, key):
        return done(_("Saved."), _page(person_id))
    action = url_for("organisation.employment_edit", person_id=person_id, key=key)
    return answer(paper, _heading(person_id), action, _page(person_id), folder="people")


def _attempt(paper: Paper, command: Any, acting: Actor, of: str | int) -> bool:
    """Read the terms and give them to the command, if they can be read."""
    given = paper.read(request.form)
    return paper.is_good and attempt(paper, command, acting, of, Terms(**given))


@blueprint.route("/people/<person_id>/employments/end", methods=["GET", "POST"])
def employment_end(person_id: str) -> Any:
    """End the employment that runs, with the posts that are held."""
    acting = administrator()
    known(person_id)
    entry = employments.required(reading(), person_id)
    shown = in_words(entry)
    paper = Paper(
        [
            Field("place", _("Post"), "given", value=shown.place),
            Field("dates", _("Employed"), "given", value=shown.dates),
            Field("ends_on", _("Last day"), "day", value=entry.ends_on or max(today(), entry.starts_on), span=6),
            Field("rehire_blocked", _("Not to be hired again"), "tick", value=entry.rehire_blocked),
        ]
    )
    if request.method == "POST":
        given = paper.read(request.form)
        if attempt(paper, employments.end, acting, person_id, **given):
            return done(_("Saved."), _page(person_id))
    action = url_for("organisation.employment_end", person_id=person_id)
    note = _("All posts end with that day too. Open tasks are handed over apart: prepare the hand-over for them.")
    return answer(paper, _heading(person_id), action, _page(person_id), button=_("End"), folder="people", note=note)


@blueprint.route("/people/<person_id>/employments/<int:key>/remove", methods=["GET", "POST"])
def employment_remove(person_id: str, key: int) -> Any:
    """Take back what was entered by mistake, once it was shown again."""
    acting = administrator()
    shown = in_words(_entry(acting, person_id, key))
    paper = Paper(
        [
            Field("place", _("Post"), "given", value=shown.place),
            Field("dates", _("Employed"), "given", value=shown.dates),
            Field("contract", _("Contract"), "given", value=shown.contract),
        ]
    )
    if request.method == "POST" and attempt(paper, employments.remove, acting, key):
        return done(_("Taken back."), _page(person_id))
    action = url_for("organisation.employment_remove", person_id=person_id, key=key)
    note = _("Only for what was entered by mistake. Whoever leaves is ended instead, and stays in the register.")
    heading = _heading(person_id)
    return answer(paper, heading, action, _page(person_id), button=_("Take back"), folder="people", note=note)
