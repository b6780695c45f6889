"""How a task was changed by hand, in words: its dates, its urgency, and who may claim it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from webapp.formats import exact, listed
from webapp.languages import gettext as _
from webapp.people import person_name, post_name


def told(changes: Mapping[str, Any]) -> list[tuple[str, Markup]]:
    """What was changed and what it is now, from the details of ``user_task.updated``."""
    labels = {
        "due_date": _("Due"),
        "follow_up_date": _("To be followed up"),
        "priority": _("Priority"),
        "candidate_groups": _("Posts that may claim it"),
        "candidate_users": _("People who may claim it"),
    }
    return [(labels[name], _value(name, changes[name]["after"])) for name in labels if name in changes]


def _value(name: str, after: datetime | int | Sequence[str] | None) -> Markup:
    if isinstance(after, datetime):
        return exact(after)
    if isinstance(after, int):
        return escape(after)
    if not after:
        return escape(_("as it would be by itself") if name == "priority" else _("none"))
    named = person_name if name == "candidate_users" else post_name
    return escape(listed(named(each) for each in after))
