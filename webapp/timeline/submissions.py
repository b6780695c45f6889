"""A form as somebody submitted it, in one line: what was decided, written and changed by it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from engine import deployments
from engine.history import Erased, Event
from webapp import file_links, glossary
from webapp.formats import exact, short_day, shown
from webapp.languages import gettext as _
from webapp.surroundings import reading
from webapp.timeline.lines import SEALS, Line, Telling, who


def completed(event: Event, telling: Telling) -> Line:
    """The line of a task that was completed."""
    details = event.details
    known = telling.variables.get(event.process_instance_key, {})
    names = _form_names(details.get("form"))
    decided = str(known.get("decision")) if "decision" in names and known.get("decision") in SEALS else ""
    changes = details.get("changes", {})
    # Who writes the same words as the one before changed nothing, and wrote them still; who wrote none, wrote none.
    written = details.get("values", known)
    opinion = written.get("opinion") if "opinion" in names else None
    words = {
        "approve": _("%(person)s approved: %(step)s"),
        "return": _("%(person)s returned it: %(step)s"),
        "reject": _("%(person)s rejected it: %(step)s"),
    }
    template = words.get(decided) or _("%(person)s completed: %(step)s")
    return Line(
        template % {"person": who(event), "step": telling.step(event)},
        exact(event.occurred_at),
        "returned" if decided == "return" else "person",
        opinion=opinion if isinstance(opinion, str) else "",
        seal=seal_word(decided),
        decided=decided,
        person=event.actor,
        day=short_day(event.occurred_at),
        changes=[
            (telling.glossary.label(name), _value(change, telling.glossary.entries.get(name)))
            for name, change in changes.items()
        ],
    )


def _form_names(form_key: Any) -> frozenset[str]:
    """The variables that a form sets."""
    if not isinstance(form_key, int):
        return frozenset()
    found: set[str] = set()
    waiting = list(deployments.form(reading(), form_key).fields)
    while waiting:
        entry = waiting.pop()
        found.add(entry.key)
        waiting.extend(getattr(entry, "children", ()))
    return frozenset(found)


def seal_word(decided: str) -> str:
    """The word on the seal of a decision."""
    return {"approve": _("Approved"), "return": _("Returned"), "reject": _("Rejected")}.get(decided, "")


def _value(change: Any, entry: glossary.Entry | None) -> Markup:
    after = change.get("after") if isinstance(change, Mapping) else change
    if isinstance(after, Erased):
        return Markup("<em>{}</em>").format(_("erased"))
    if isinstance(after, list) and after and isinstance(after[0], Mapping) and not file_links.is_files(after):
        rows = ["; ".join(_cells(row, entry)) for row in after]
        return Markup("<br>").join(rows)
    return shown(after, entry)


def _cells(row: Mapping[str, Any], entry: glossary.Entry | None) -> list[str]:
    columns = entry.columns if entry else {}
    names = [name for name in (*columns, *(name for name in row if name not in columns)) if row.get(name) is not None]
    return [
        f"{columns[name].label if name in columns else name} {shown(row[name], columns.get(name)).striptags()}"
        for name in names
    ]
