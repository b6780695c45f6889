"""What the calendar will start: which procedure, when next, and for which stores."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from markupsafe import Markup

from engine import schedules
from engine.models import Schedule
from webapp import procedures
from webapp.formats import ago, exact
from webapp.languages import gettext as _
from webapp.operations import rooms
from webapp.operations.rooms import blueprint
from webapp.surroundings import actor, reading


@dataclass(frozen=True, slots=True)
class Start:
    """One schedule in words."""

    procedure: str
    url: str
    due: Markup
    distance: Markup
    once_per: str
    last: Markup
    trouble: str


@blueprint.get("/starts", endpoint="starts")
def shown() -> str:
    """All schedules, the next to fire first."""
    found = rooms.overseen()
    rows = [_start(row) for row in schedules.listed(reading(), actor())]
    return render_template("operations/starts.html", unit=rooms.unit_in_words(found), starts=rows)


def _start(row: Schedule) -> Start:
    return Start(
        procedure=procedures.name_of(row.process_id),
        url=url_for("schedules.show", key=row.key) if schedules.may_look(actor()) else "",
        due=exact(row.due_at),
        distance=ago(row.due_at),
        once_per=_("one matter for each open store") if row.once_per == "store" else _("one matter"),
        last=exact(row.last_due_at),
        trouble=row.error or "",
    )
