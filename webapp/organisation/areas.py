"""Form an area of stores, by the rule of the table ``area_structure``."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from engine import areas
from webapp.languages import gettext as _
from webapp.organisation.room import (
    administrator,
    answer,
    attempt,
    blueprint,
    done,
    unit_choices,
    unit_label,
)
from webapp.papers import Field, Paper
from webapp.people import organisation, unit_name


@blueprint.route("/areas/new", methods=["GET", "POST"])
def area_new() -> Any:
    """Choose the stores; those of another area leave it."""
    acting = administrator()
    paper = Paper(
        [
            Field("area_id", _("Id"), hint=_("Letters and digits, such as C. It never changes."), span=5),
            Field("name", _("Name"), span=6),
            Field("name_en", _("English name"), required=False, span=5),
            Field(
                "parent_id",
                _("Belongs to"),
                "choice",
                required=False,
                choices=unit_choices("head_office", "department"),
                span=10,
            ),
            Field("stores", _("Stores"), "several", choices=_stores()),
        ]
    )
    if request.method == "POST":
        given = paper.read(request.form)
        area_id = given.pop("area_id")
        if attempt(paper, areas.form, acting, area_id, **given):
            return done(_("Saved."), url_for("organisation.unit_page", unit_id=area_id))
    action, back = url_for("organisation.area_new"), url_for("organisation.units_tree")
    return answer(paper, _("Form an area"), action, back, button=_("Form the area"), folder="units")


def _stores() -> list[tuple[str, str]]:
    """The open stores, each with the area that it would leave."""
    found = sorted((unit for unit in organisation().units.values() if unit.kind == "store"), key=lambda unit: unit.id)
    areas_by_id = {unit.id for unit in organisation().units.values() if unit.kind == "area"}
    return [
        (
            unit.id,
            f"{unit_label(unit)} · {unit_name(unit.parent_id)}"
            if unit.parent_id in areas_by_id
            else unit_label(unit),
        )
        for unit in found
        if unit.open
    ]
