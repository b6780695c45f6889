"""The people: who works here and who did, with their posts; one person with everything about him; add and change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from sqlalchemy.orm import Session

from engine import areas, models
from engine.actor import Actor
from engine.errors import NotFound
from engine.organisation import (
    absences,
    assignments,
    delegations,
    employments,
    journal,
    passwords,
    people,
    sessions,
    snapshot,
)
from feel.sentences import Sentence
from webapp import entries
from webapp.languages import gettext as _
from webapp.organisation import changes, register
from webapp.organisation.room import (
    administrator,
    answer,
    attempt,
    blueprint,
    done,
    post_choices,
    reader,
    today,
    unit_choices,
)
from webapp.papers import Field, Paper
from webapp.people import named, organisation, person_name, post_name, unit_name
from webapp.surroundings import reading

_PAGE = 50
_LONGEST_TEXT = 80


@dataclass(frozen=True, slots=True)
class Row:
    """A person in the list."""

    id: str
    name: str
    posts: list[str]
    away_until: date | None
    works_here: bool


@blueprint.get("/people")
def people_list() -> str:
    """Everybody who matches, by id."""
    reader()
    text = request.args.get("text", "").strip()[:_LONGEST_TEXT]
    unit, post, left = request.args.get("unit", ""), request.args.get("post", ""), request.args.get("left") == "1"
    found = [row for row in _rows(left=left, unit=unit, post=post) if _matches(row, text)]
    number, size = entries.page_number(), max(1, -(-len(found) // _PAGE))
    return render_template(
        "organisation/people.html",
        folder="people",
        rows=found[(number - 1) * _PAGE : number * _PAGE],
        total=len(found),
        chosen={"text": text, "unit": unit, "post": post, "left": left},
        units=unit_choices(),
        posts=post_choices(),
        pages=entries.pages(number, size),
    )


def _rows(*, left: bool, unit: str, post: str) -> list[Row]:
    house, day = organisation(), today()
    rows = []
    for person in sorted(house.people.values(), key=lambda one: one.id):
        held = house.assignments(person.id, day)
        if person.active == left or (unit and unit not in {entry.unit_id for entry in held}):
            continue
        if post and post not in {entry.post_code for entry in held}:
            continue
        away = house.absence(person.id, day)
        rows.append(
            Row(
                person.id,
                named(person.name, person.name_en),
                [holding(entry) for entry in held],
                away.ends_on if away else None,
                person.active,
            )
        )
    return rows


def _matches(row: Row, text: str) -> bool:
    person = organisation().people[row.id]
    return not text or any(text.casefold() in each.casefold() for each in (row.id, person.name, person.name_en or ""))


def holding(entry: snapshot.Assignment | models.Assignment) -> str:
    """A post with its unit, and whether somebody holds it for the time being."""
    words = f"{post_name(entry.post_code)} · {unit_name(entry.unit_id)}"
    return _("%(post)s (acting)", post=words) if entry.acting else words


@blueprint.get("/people/<person_id>")
def person_page(person_id: str) -> str:
    """Everything about one person."""
    acting, session = reader(), reading()
    person, running = known(person_id), employments.current(session, person_id)
    return render_template(
        "organisation/person.html",
        folder="people",
        person=person,
        name=person_name(person_id),
        held=[(entry, holding(entry), _standing(entry)) for entry in assignments.of_person(session, person_id)],
        employed=[register.in_words(row) for row in employments.of_person(session, acting, person_id)],
        running=running.key if running else None,
        away=absences.of_person(session, acting, person_id) if acting.is_administrator else [],
        given=_delegations(session, acting, person_id),
        sign_ins=sessions.of_person(session, acting, person_id, only_open=False) if acting.is_administrator else [],
        changes=changes.told(journal.of(session, acting, "person", person_id, limit=20)),
        today=today(),
    )


def _standing(entry: models.Assignment) -> str:
    """Whether an assignment is over, in force or still to come."""
    if entry.ends_on is not None and entry.ends_on < today():
        return "over"
    return "coming" if entry.starts_on > today() else "now"


def _delegations(session: Session, acting: Actor, person_id: str) -> list[Any]:
    if not acting.is_administrator:
        return []
    return [
        one
        for one in delegations.of_person(session, acting, person_id)
        if one.revoked_at is None and one.ends_on >= today()
    ]


def known(person_id: str) -> models.Person:
    """The person of that id."""
    found = reading().get(models.Person, person_id)
    if found is None:
        raise NotFound(Sentence("There is no person {person}.", person=person_id))
    return found


@blueprint.route("/people/new", methods=["GET", "POST"])
def person_new() -> Any:
    """Add somebody, perhaps with a post and a password for the first sign-in."""
    acting = administrator()
    paper = Paper(
        [
            Field(
                "person_id", _("Staff number"), hint=_("Letters and digits, such as U43. It never changes."), span=5
            ),
            Field("name", _("Full name"), span=6),
            Field("name_en", _("English name"), required=False, span=5),
            Field("email", _("E-mail"), required=False, maximum=250, span=10),
            Field("post_code", _("Post"), "choice", required=False, choices=post_choices(), span=5),
            Field("unit_id", _("Unit"), "choice", required=False, choices=unit_choices(), span=6),
            Field("starts_on", _("First day"), "day", value=today(), span=5),
            Field("may_sign_in", _("Give a password for the first sign-in"), "tick", value=True),
        ]
    )
    if request.method == "POST":
        given = paper.read(request.form)
        if bool(given["post_code"]) != bool(given["unit_id"]):
            missing = "unit_id" if given["post_code"] else "post_code"
            paper.errors[missing] = _("A post is held in a unit: please choose both, or neither.")
        password = passwords.one_time() if given["may_sign_in"] else None
        if attempt(paper, _add, acting, given, password):
            person_id = given["person_id"]
            target = url_for("organisation.person_page", person_id=person_id)
            if password is None:
                return done(_("%(person)s was added.", person=given["name"]), target)
            return one_time_page(person_id, password)
    return answer(
        paper,
        _("Add a person"),
        url_for("organisation.person_new"),
        url_for("organisation.people_list"),
        button=_("Add"),
        folder="people",
    )


def _add(session: Session, acting: Actor, given: dict[str, Any], password: str | None) -> None:
    """The person and the first post, both or neither."""
    names = {name: given[name] for name in ("name", "name_en", "email")}
    people.add(
        session, acting, given["person_id"], **names, password=password, must_change_password=password is not None
    )
    if given["post_code"]:
        place = (given["person_id"], given["post_code"], given["unit_id"])
        areas.assign(session, acting, *place, starts_on=given["starts_on"])


def one_time_page(person_id: str, password: str) -> str:
    """The password, shown this once: nothing keeps it but its hash."""
    return render_template("organisation/one_time.html", folder="people", person_id=person_id, password=password)


@blueprint.route("/people/<person_id>/edit", methods=["GET", "POST"])
def person_edit(person_id: str) -> Any:
    """Change names and address."""
    acting, person = administrator(), known(person_id)
    paper = Paper(
        [
            Field("name", _("Full name"), value=person.name, span=8),
            Field("name_en", _("English name"), required=False, value=person.name_en, span=8),
            Field("email", _("E-mail"), required=False, value=person.email, maximum=250),
        ]
    )
    target = url_for("organisation.person_page", person_id=person_id)
    if request.method == "POST" and attempt(paper, people.edit, acting, person_id, **paper.read(request.form)):
        return done(_("Saved."), target)
    action = url_for("organisation.person_edit", person_id=person_id)
    return answer(paper, person_name(person_id), action, target, folder="people")
