"""The units as a tree; one unit with its people, its stores and its working time; add, change, open, close."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from engine import areas, models
from engine.actor import Actor
from engine.errors import NotFound
from engine.organisation import calendars, headcounts, journal, snapshot, units
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.organisation import changes
from webapp.organisation.calendars import in_words
from webapp.organisation.room import (
    KIND_ORDER,
    act,
    administrator,
    answer,
    attempt,
    blueprint,
    done,
    kind_name,
    reader,
    today,
    unit_choices,
)
from webapp.papers import Field, Paper
from webapp.people import named, organisation, person_name, post_name, unit_name
from webapp.surroundings import reading

_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit in the tree: how deep it stands, who leads it, how many work there."""

    id: str
    name: str
    kind: str
    depth: int
    is_open: bool
    people: int
    leader: str


@blueprint.get("/units")
def units_tree() -> str:
    """The house as a tree, stores without an area at its end."""
    reader()
    return render_template("organisation/units.html", folder="units", branches=[*_branches(None, 0)])


def _branches(parent: str | None, depth: int) -> Iterator[Branch]:
    house = organisation()
    below = [unit for unit in house.units.values() if unit.parent_id == parent]
    for unit in sorted(below, key=lambda one: (KIND_ORDER.index(one.kind), one.id)):
        held = _held_in(unit.id)
        leader = next((entry.person_id for entry in held if entry.post_code in _LEADERS), "")
        yield Branch(
            unit.id,
            named(unit.name, unit.name_en),
            kind_name(unit.kind),
            depth,
            unit.open,
            len({entry.person_id for entry in held}),
            person_name(leader),
        )
        if depth < _DEEPEST:
            yield from _branches(unit.id, depth + 1)


_LEADERS = ("area_manager", "store_manager", "md_director", "ops_manager", "general_manager")


def _held_in(unit_id: str) -> list[snapshot.Assignment]:
    day = today()
    return [
        entry
        for entries in organisation().by_person.values()
        for entry in entries
        if entry.unit_id == unit_id and entry.holds_on(day) and organisation().is_active(entry.person_id)
    ]


def known(unit_id: str) -> models.Unit:
    """The unit of that id."""
    found = reading().get(models.Unit, unit_id)
    if found is None:
        raise NotFound(Sentence("There is no unit {unit}.", unit=unit_id))
    return found


@blueprint.get("/units/<unit_id>")
def unit_page(unit_id: str) -> str:
    """Everything about one unit."""
    acting, session, unit = reader(), reading(), known(unit_id)
    held = sorted(_held_in(unit_id), key=lambda entry: (entry.post_code, entry.person_id))
    below = sorted((one for one in organisation().units.values() if one.parent_id == unit_id), key=lambda one: one.id)
    warned = areas.warnings(session, unit_id, today()) if unit.kind == "area" and unit.open else []
    return render_template(
        "organisation/unit.html",
        folder="units",
        unit=unit,
        name=unit_name(unit_id),
        kind=kind_name(unit.kind),
        held=[(entry, post_name(entry.post_code)) for entry in held],
        below=below,
        headcounts=headcounts.of_store(session, acting, unit_id) if unit.kind == "store" else None,
        warnings=[say(each) for each in warned],
        hours=in_words(calendars.of_unit(session, unit_id)),
        changes=changes.told(journal.of(session, acting, "unit", unit_id, limit=20)),
        today=today(),
    )


@blueprint.route("/units/new", methods=["GET", "POST"])
def unit_new() -> Any:
    """Add a head office, a department or a store; an area is formed of stores."""
    acting = administrator()
    kinds = [(kind, kind_name(kind)) for kind in KIND_ORDER if kind != "area"]
    paper = Paper(
        [
            Field("kind", _("Kind"), "choice", choices=kinds, value="store", span=5),
            Field("unit_id", _("Id"), hint=_("Letters and digits, such as S12. It never changes."), span=5),
            *_names(None, None),
            Field("parent_id", _("Belongs to"), "choice", required=False, choices=unit_choices(), span=10),
        ]
    )
    if request.method == "POST":
        given = paper.read(request.form)
        unit_id = given.pop("unit_id")
        if attempt(paper, units.add, acting, unit_id, **given):
            return done(_("Saved."), url_for("organisation.unit_page", unit_id=unit_id))
    action, back = url_for("organisation.unit_new"), url_for("organisation.units_tree")
    return answer(paper, _("Add a unit"), action, back, button=_("Add"), folder="units")


def _names(name: str | None, english: str | None) -> list[Field]:
    return [
        Field("name", _("Name"), value=name, span=8),
        Field("name_en", _("English name"), required=False, value=english, span=8),
    ]


@blueprint.route("/units/<unit_id>/edit", methods=["GET", "POST"])
def unit_edit(unit_id: str) -> Any:
    """Change names, and where a unit belongs."""
    acting, unit = administrator(), known(unit_id)
    above = [choice for choice in unit_choices() if choice[0] != unit_id]
    paper = Paper(
        [
            *_names(unit.name, unit.name_en),
            Field(
                "parent_id",
                _("Belongs to"),
                "choice",
                required=False,
                choices=above,
                value=unit.parent_id,
                span=10,
                hint=_("A store without an area is led by the head office itself.") if unit.kind == "store" else "",
            ),
        ]
    )
    target = url_for("organisation.unit_page", unit_id=unit_id)
    if request.method == "POST" and attempt(paper, _edit, acting, unit_id, paper.read(request.form)):
        return done(_("Saved."), target)
    action = url_for("organisation.unit_edit", unit_id=unit_id)
    return answer(paper, unit_name(unit_id), action, target, folder="units")


def _edit(session: Session, acting: Actor, unit_id: str, given: dict[str, Any]) -> None:
    """Names and place in one act."""
    units.rename(session, acting, unit_id, name=given["name"], name_en=given["name_en"])
    units.move(session, acting, unit_id, given["parent_id"])


@blueprint.post("/units/<unit_id>/open")
def unit_open(unit_id: str) -> Any:
    """Open or close a unit."""
    is_open = request.form.get("open") == "true"
    target = url_for("organisation.unit_page", unit_id=unit_id)
    words = (
        _("%(unit)s is open.", unit=unit_name(unit_id))
        if is_open
        else _("%(unit)s is closed. What runs there goes on; nothing new begins.", unit=unit_name(unit_id))
    )
    return act(target, words, units.set_open, administrator(), unit_id, is_open=is_open)
