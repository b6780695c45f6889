"""What was changed in the organisation, in words: who changed what, from what to what; about one thing, or all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from engine import deployments
from engine.errors import NotFound
from engine.history import Erased, Event
from engine.organisation import journal
from webapp import glossary
from webapp.formats import amount, day, exact, listed
from webapp.languages import NAMES
from webapp.languages import gettext as _
from webapp.organisation.room import blueprint, contract_name, kind_name, reader
from webapp.people import person_name, post_name, unit_name
from webapp.surroundings import reading

_PAGE = 50
_MANY = 9_223_372_036_854_775_807


@dataclass(frozen=True, slots=True)
class Change:
    """One act: what was done, by whom and when, and each value with what it was before."""

    sequence: int
    sentence: str
    by: str
    moment: Markup
    values: Sequence[tuple[str, str, str]]


@blueprint.get("/changes")
def changes_page() -> str:
    """Everything, the latest first."""
    acting = reader()
    text = request.args.get("before", "")
    before = min(int(text), _MANY) if text.isascii() and text.isdecimal() and len(text) < 20 else None  # noqa: PLR2004
    events = journal.of(reading(), acting, limit=_PAGE + 1, before=before)
    older = url_for("organisation.changes_page", before=events[_PAGE - 1].sequence) if len(events) > _PAGE else ""
    return render_template("organisation/changes.html", changes=told(events[:_PAGE]), older=older)


def told(events: Sequence[Event]) -> list[Change]:
    """Events of the journal in words."""
    return [
        Change(
            event.sequence, _sentence(event), person_name(event.actor), exact(event.occurred_at), [*_values(event)]
        )
        for event in events
    ]


def _sentence(event: Event) -> str:
    told_: Mapping[str, Any] = event.details
    person, unit, post = (
        person_name(told_.get("person")),
        unit_name(told_.get("unit")),
        post_name(told_.get("post") or ""),
    )
    words = {
        "person.added": _("%(person)s was added.", person=person),
        "person.changed": _("The particulars of %(person)s were changed.", person=person),
        "person.left": _("%(person)s left.", person=person),
        "person.returned": _("%(person)s came back.", person=person),
        "person.locked": _("%(person)s may not sign in any more.", person=person),
        "person.unlocked": _("%(person)s may sign in again.", person=person),
        "person.password_set": _("%(person)s got a new password.", person=person),
        "person.sessions_ended": _("%(person)s was signed out everywhere.", person=person),
        "person.handed_over": _("The open tasks of %(person)s were handed over.", person=person),
        "unit.added": _("%(unit)s was added.", unit=unit),
        "unit.changed": _("%(unit)s was changed.", unit=unit),
        "post.added": _("The post %(post)s was added.", post=post),
        "post.changed": _("The post %(post)s was changed.", post=post),
        "assignment.added": _("%(person)s became %(post)s of %(unit)s.", person=person, post=post, unit=unit),
        "assignment.ended": _(
            "The last day of %(person)s as %(post)s of %(unit)s was changed.", person=person, post=post, unit=unit
        ),
        "assignment.removed": _(
            "%(person)s does not become %(post)s of %(unit)s after all.", person=person, post=post, unit=unit
        ),
        "absence.added": _("%(person)s is away.", person=person),
        "absence.removed": _("An absence of %(person)s was taken back.", person=person),
        "delegation.added": _delegated(told_, person),
        "delegation.revoked": _(
            "The delegation of %(person)s to %(delegate)s was ended.",
            person=person,
            delegate=person_name(told_.get("delegate")),
        ),
        "calendar_day.declared": _("%(day)s was declared.", day=_shown("day", told_.get("day"))),
        "calendar_day.withdrawn": _(
            "%(day)s is as the public calendar says again.", day=_shown("day", told_.get("day"))
        ),
        "employment.recorded": _("%(person)s was entered in the employee register.", person=person),
        "employment.changed": _("What the employee register says of %(person)s was changed.", person=person),
        "employment.removed": _("An entry of %(person)s in the employee register was taken back.", person=person),
        "headcount.planned": _("The headcount of %(post)s in %(unit)s was planned.", post=post, unit=unit),
        "headcount.removed": _("The plan for %(post)s in %(unit)s was taken away.", post=post, unit=unit),
        "organisation.imported": _("An Excel file was imported: %(file)s", file=told_.get("file", "")),
    }
    return words.get(event.type, event.type)


def _delegated(told_: Mapping[str, Any], person: str) -> str:
    processes = told_.get("processes")
    what = listed(process_name(each) for each in processes) if processes else _("all procedures")
    delegate = person_name(told_.get("delegate"))
    return _("%(person)s lets %(delegate)s act for him: %(what)s", person=person, delegate=delegate, what=what)


def process_name(process_id: str) -> str:
    """The name of a procedure as it is now, the id of one that is no more."""
    try:
        found = deployments.current_process(reading(), process_id)
    except NotFound:
        return process_id
    return glossary.translated(found.name or process_id, found.pack)


def _values(event: Event) -> Iterator[tuple[str, str, str]]:
    before, after = event.details.get("before") or {}, event.details.get("after") or {}
    labels = labels_of_values()
    for name in dict.fromkeys([*after, *before]):
        old, new = before.get(name), after.get(name)
        if name in labels and not (old is None and new is None):
            yield labels[name], _shown(name, old) if before else "", _shown(name, new) if after else "—"


def labels_of_values() -> Mapping[str, str]:
    """What the columns of the organisation are called."""
    return {
        "name": _("Name"),
        "name_en": _("English name"),
        "email": _("E-mail"),
        "language": _("Language"),
        "kind": _("Kind"),
        "parent_id": _("Belongs to"),
        "open": _("Open"),
        "calendar": _("Working time of its own"),
        "grade": _("Grade"),
        "queue": _("Common queue"),
        "scope": _("Holder looked for"),
        "superior": _("Superior post"),
        "starts_on": _("First day"),
        "ends_on": _("Last day"),
        "acting": _("Acting"),
        "reason": _("Reason"),
        "working": _("Working day"),
        "tasks": _("Tasks"),
        "planned": _("Planned"),
        "salary_min": _("Lowest salary"),
        "salary_max": _("Highest salary"),
        "post_code": _("Post"),
        "unit_id": _("Unit"),
        "contract_type": _("Contract"),
        "contract_months": _("Months"),
        "probation_ends_on": _("Probation end"),
        "confirmed_on": _("Confirmed on"),
        "health_certificate_until": _("Health certificate until"),
        "rehire_blocked": _("Not to be hired again"),
    }


def _shown(name: str, value: Any) -> str:
    if isinstance(value, Erased):
        return _("(erased)")
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return str(exact(value))
    if name == "day":
        return day(date.fromisoformat(str(value)))
    if isinstance(value, date):
        return day(value)
    named: Mapping[str, Callable[[str], str]] = {
        "parent_id": unit_name,
        "unit_id": unit_name,
        "superior": post_name,
        "post_code": post_name,
        "kind": kind_name,
        "scope": scope_name,
        "contract_type": contract_name,
    }
    if isinstance(value, Decimal):
        return amount(value)
    if name == "language":
        return NAMES.get(str(value), str(value))
    if name == "calendar":
        return _("set")
    return named[name](str(value)) if name in named else str(value)


def scope_name(scope: str) -> str:
    """Where the holder of a post is looked for."""
    return _("in the whole organisation") if scope == "organisation" else _("in the unit, else in the one above")
