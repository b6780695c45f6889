"""The employee register as people read it: all of it as a list, and one employment in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import render_template, request

from engine import models
from engine.organisation import employments
from webapp import entries
from webapp.formats import day, listed
from webapp.languages import gettext as _
from webapp.organisation.posts import grades
from webapp.organisation.room import blueprint, contract_name, post_choices, reader, today, unit_choices
from webapp.people import organisation, person_name, post_name, unit_name
from webapp.surroundings import reading

_PAGE = 50
_CERTIFICATE_WARNING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Entry:
    """An employment in words; ``states`` are what to look at: the look of each, and its words."""

    key: int
    person_id: str
    name: str
    place: str
    grade: str
    contract: str
    dates: str
    particulars: str
    standing: str
    states: Sequence[tuple[str, str]]


@blueprint.get("/register")
def register_page() -> str:
    """Who is employed as what; by unit, post, and what is to be looked at."""
    acting = reader()
    unit, post, which = (request.args.get(name, "") for name in ("unit", "post", "which"))
    rows = [
        row
        for row in employments.listed(reading(), acting, unit_id=unit or None, ended=which == "ended")
        if (not post or row.post_code == post) and _is_wanted(row, which)
    ]
    number, size = entries.page_number(), max(1, -(-len(rows) // _PAGE))
    return render_template(
        "organisation/register.html",
        folder="register",
        rows=[in_words(row) for row in rows[(number - 1) * _PAGE : number * _PAGE]],
        total=len(rows),
        chosen={"unit": unit, "post": post, "which": which},
        units=unit_choices(),
        posts=post_choices(),
        kinds=[
            ("probation", _("On probation")),
            ("certificate", _("Health certificate ends within 30 days")),
            ("ended", _("Employed no more")),
        ],
        pages=entries.pages(number, size),
    )


def _is_wanted(row: models.Employment, which: str) -> bool:
    if which == "probation":
        return _is_on_probation(row)
    if which == "certificate":
        return _certificate_ends_soon(row)
    return which != "ended" or _standing(row) == "over"


def _is_on_probation(row: models.Employment) -> bool:
    """Until it is confirmed: a probation whose end passed without a decision stays in sight."""
    return row.probation_ends_on is not None and row.confirmed_on is None and _standing(row) == "now"


def _certificate_ends_soon(row: models.Employment) -> bool:
    until = row.health_certificate_until
    return until is not None and until <= today() + _CERTIFICATE_WARNING and _standing(row) != "over"


def _standing(row: models.Employment) -> str:
    """Whether an employment is over, runs or is still to begin."""
    if row.ends_on is not None and row.ends_on < today():
        return "over"
    return "coming" if row.starts_on > today() else "now"


def in_words(row: models.Employment) -> Entry:
    """An employment as people read it."""
    post = organisation().posts.get(row.post_code)
    contract = contract_name(row.contract_type)
    if row.contract_months is not None:
        contract = _in_months(contract, row.contract_months)
    last = day(row.ends_on) if row.ends_on else _("until further notice")
    return Entry(
        row.key,
        row.person_id,
        person_name(row.person_id),
        f"{post_name(row.post_code)} · {unit_name(row.unit_id)}",
        grades().get(post.grade, post.grade) if post else "",
        contract,
        f"{day(row.starts_on)} – {last}",
        _particulars(row),
        _standing(row),
        _states(row),
    )


def _in_months(contract: str, months: int) -> str:
    if months == 1:
        return _("%(contract)s, one month", contract=contract)
    return _("%(contract)s, %(count)s months", contract=contract, count=months)


def _particulars(row: models.Employment) -> str:
    """What is settled, apart from what ``_states`` puts in sight."""
    words = []
    if row.confirmed_on is not None:
        words.append(_("confirmed on %(day)s", day=day(row.confirmed_on)))
    if row.health_certificate_until is not None and not _certificate_ends_soon(row):
        words.append(_("health certificate until %(day)s", day=day(row.health_certificate_until)))
    return listed(words)


def _states(row: models.Employment) -> list[tuple[str, str]]:
    states = {"over": [("skipped", _("over"))], "coming": [("active", _("to come"))], "now": []}[_standing(row)]
    end, until = row.probation_ends_on, row.health_certificate_until
    if end is not None and _is_on_probation(row):
        if end < today():
            states.append(("late", _("probation ended on %(day)s, undecided", day=day(end))))
        else:
            states.append(("active", _("probation until %(day)s", day=day(end))))
    if until is not None and _certificate_ends_soon(row):
        if until < today():
            states.append(("late", _("health certificate ended on %(day)s", day=day(until))))
        else:
            states.append(("returned", _("health certificate until %(day)s", day=day(until))))
    if row.rehire_blocked:
        states.append(("late", _("not to be hired again")))
    return states
