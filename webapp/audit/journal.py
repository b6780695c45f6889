"""Who looked at what: the journal of views, by person, matter and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import simplejson
from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import select

from engine import audit
from engine.audit import View
from engine.models import MatterView, ProcessInstance
from webapp import entries
from webapp.audit import rooms
from webapp.audit.rooms import blueprint
from webapp.formats import exact
from webapp.languages import gettext as _
from webapp.people import person_name
from webapp.surroundings import actor, reading

NOTHING = -1
"""The key of no matter: what a number that nobody has leads to."""


@dataclass(frozen=True, slots=True)
class Line:
    """One view in words."""

    person: str
    what: str
    matter: str
    url: str
    details: str
    moment: Markup


@blueprint.get("/views", endpoint="journal")
def shown() -> Any:
    """One page of the journal, the latest first."""
    since, since_ok = rooms.day_of("since")
    until, until_ok = rooms.day_of("until")
    number = request.args.get("number", "").strip()[:40]
    wanted = View(
        person=request.args.get("person", "")[:64],
        root_key=_matter_of(number) if number else None,
        since=None if since is None else rooms.midnight(since),
        until=None if until is None else rooms.midnight(until + timedelta(days=1)),
        page=entries.page_number(),
    )
    page = audit.views(reading(), actor(), wanted)
    return render_template(
        "audit/journal.html",
        lines=told(page.rows),
        pages=entries.pages(page.number, page.pages),
        given=request.args,
        people=rooms.people_choices(),
        problem="" if since_ok and until_ok else _("This is no day; write it as 2026-11-23."),
    )


def _matter_of(number: str) -> int:
    found = select(ProcessInstance.key).where(ProcessInstance.business_id == number.upper())
    return reading().execute(found).scalar_one_or_none() or NOTHING


def told(rows: Any) -> list[Line]:
    """Views in words."""
    matters = entries.roots({row.root_key for row in rows if row.root_key is not None})
    return [_line(row, matters.get(row.root_key)) for row in rows]


def _line(row: MatterView, matter: ProcessInstance | None) -> Line:
    words = {
        "page": _("opened the matter"),
        "audit": _("opened it on the auditor's desk"),
        "file": _("opened a file of it"),
        "document": _("opened it in the archive"),
        "package": _("took it away from the archive"),
        "pdf": _("took it away as a PDF"),
        "lines": _("took its history away as JSON lines"),
        "search": _("searched"),
        "excel": _("took a list away as a workbook"),
    }
    named = " ".join(part for part in (matter.business_id, entries.title_of(matter)) if part) if matter else ""
    return Line(
        person=person_name(row.person_id),
        what=words.get(row.kind, row.kind),
        matter=named,
        url=url_for("audit.matter", key=matter.key) if matter and matter.submitted_at else "",
        details=_details(row.details),
        moment=exact(row.viewed_at),
    )


def _details(text: str | None) -> str:
    """What was searched for, as it was written down; the beginning of what was too long for the journal."""
    if not text:
        return ""
    try:
        found = simplejson.loads(text)
    except simplejson.JSONDecodeError:
        return text
    names = {"file": _("File"), "number": _("Number"), "sha256": "SHA-256"}
    return "; ".join(f"{names.get(name, name)}: {value}" for name, value in found.items())
