"""Who enters the room of the organisation, and what all its pages share: the folders, the choices, the answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for

from engine import calendar, clock
from engine.actor import Actor
from engine.errors import EngineError, NotAllowed
from engine.organisation import snapshot
from feel.sentences import Sentence
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.papers import Choices, Paper
from webapp.people import named, organisation, person_name, post_name, unit_name
from webapp.surroundings import actor, write

blueprint = Blueprint("organisation", __name__, url_prefix="/organisation")


def opens_to(someone: Actor) -> bool:
    """Whom the door shows itself to."""
    return someone.is_administrator or someone.is_auditor or someone.is_process_owner


def asker() -> Actor:
    """The acting person, who may ask who would get a task; raises :class:`NotAllowed`."""
    acting = actor()
    if not opens_to(acting):
        raise NotAllowed(Sentence("Only process owners, administrators and auditors may ask who would get a task."))
    return acting


def reader() -> Actor:
    """The acting person, who may read everything here; raises :class:`NotAllowed`."""
    acting = actor()
    if not (acting.is_administrator or acting.is_auditor):
        raise NotAllowed(Sentence("The organisation is open to administrators and auditors."))
    return acting


def administrator() -> Actor:
    """The acting person, who may change everything here; raises :class:`NotAllowed`."""
    acting = actor()
    if not acting.is_administrator:
        raise NotAllowed(Sentence("Only an administrator may change the organisation."))
    return acting


@blueprint.context_processor
def shared() -> dict[str, Any]:
    """The folders of the room, and whether its reader may change what he sees."""
    if g.get("is_broken"):
        return {}
    acting = actor()
    folders: list[tuple[str, str, str]] = []
    if acting.is_administrator or acting.is_auditor:
        folders = [
            ("people", url_for("organisation.people_list"), _("People")),
            ("units", url_for("organisation.units_tree"), _("Units")),
            ("posts", url_for("organisation.posts_list"), _("Posts")),
            ("register", url_for("organisation.register_page"), _("Employee register")),
            ("roles", url_for("organisation.roles_page"), _("Roles")),
            ("calendar", url_for("organisation.calendar_page"), _("Calendar")),
        ]
    folders.append(("foresight", url_for("organisation.foresight_page"), _("Who would get it?")))
    if acting.is_administrator:
        folders.append(("exchange", url_for("organisation.exchange_page"), _("Import and export")))
    if acting.is_administrator or acting.is_auditor:
        folders.append(("changes", url_for("organisation.changes_page"), _("Changes")))
    return {
        "here": "organisation",
        "folders": folders,
        "may_edit": acting.is_administrator,
        "person_name": person_name,
        "unit_name": unit_name,
        "post_name": post_name,
    }


@blueprint.get("")
def home() -> Any:
    """Where the door leads."""
    acting = asker()
    reads = acting.is_administrator or acting.is_auditor
    return redirect(url_for("organisation.people_list" if reads else "organisation.foresight_page"))


def today() -> Any:
    """The date on the organisation's wall clocks."""
    return calendar.local_date(clock.now())


def people_choices() -> Choices:
    """Everybody who works here, by id."""
    found = sorted(organisation().people.values(), key=lambda person: person.id)
    return [(one.id, f"{named(one.name, one.name_en)} ({one.id})") for one in found if one.active]


def unit_choices(*kinds: str) -> Choices:
    """The open units (of these kinds), by their place in the house."""
    found = sorted(organisation().units.values(), key=lambda unit: (KIND_ORDER.index(unit.kind), unit.id))
    return [(one.id, unit_label(one)) for one in found if one.open and (not kinds or one.kind in kinds)]


KIND_ORDER = ("head_office", "department", "area", "store")


def unit_label(unit: snapshot.Unit) -> str:
    """The name of a unit with its id, as stores are known by it."""
    return f"{named(unit.name, unit.name_en)} ({unit.id})"


def post_choices() -> Choices:
    """All posts, as they were added."""
    return [(one.code, named(one.name, one.name_en)) for one in organisation().posts.values()]


def kind_name(kind: str) -> str:
    """What a kind of unit is called."""
    return {
        "head_office": _("Head office"),
        "department": _("Department"),
        "area": _("Area"),
        "store": _("Store"),
    }.get(kind, kind)


def contract_name(contract: str) -> str:
    """What a type of contract is called."""
    return {
        "fixed": _("Fixed term"),
        "open": _("Open-ended"),
        "task": _("Until a task is done"),
    }.get(contract, contract)


def attempt(paper: Paper, command: Callable[..., Any], *arguments: Any, **named_: Any) -> bool:
    """Run a command if the paper is good so far; what it refuses goes to the paper. Whether it ran through."""
    if not paper.is_good:
        return False
    try:
        write(command, *arguments, **named_)
    except NotAllowed:
        raise
    except EngineError as error:
        paper.refuse(error)
    return paper.is_good


def answer(paper: Paper, heading: str, action: str, back: str, *, button: str = "", **more: Any) -> Any:
    """The page of one form; 422 if it was refused."""
    page = render_template(
        "organisation/form.html",
        paper=paper,
        heading=heading,
        action=action,
        back=back,
        button=button or _("Save"),
        **more,
    )
    return page if paper.is_good else (page, 422)


def done(words: str, target: str) -> Any:
    """Say that it is done, and go on."""
    flash(words, "good")
    return redirect(target, code=303)


def act(target: str, words: str, command: Callable[..., Any], *arguments: Any, **named_: Any) -> Any:
    """Run a command that has no form of its own, and go back to the page of its button."""
    try:
        write(command, *arguments, **named_)
    except EngineError as error:
        flash(say(error), "wrong")
        return redirect(target, code=303)
    return done(words, target)
