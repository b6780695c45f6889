"""What the clock did in a matter, in words: who or what started it, and which timer an outage kept from its time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from webapp.formats import exact_text
from webapp.languages import gettext as _
from webapp.people import person_name

PUNCTUAL = timedelta(minutes=1)
"""A timer that fires within this needs no words."""


def started(scheduled: Mapping[str, Any]) -> str:
    """A start by a schedule: ordered by somebody, or by the clock, and then what it stands for."""
    if scheduled.get("ordered_by"):
        return _("%(person)s had the schedule start the matter.", person=person_name(scheduled["ordered_by"]))
    words = _("The clock started the matter; it was due %(moment)s.", moment=exact_text(scheduled["due_at"]))
    missed = int(scheduled.get("missed", 0))
    if not missed:
        return words
    return f"{words} {_('Firings that an outage had made it miss: %(count)s.', count=missed)}"


def fired_late(details: Mapping[str, Any], step: str) -> str:
    """A timer that came late; nothing for one that came in time."""
    if timedelta(seconds=int(details.get("seconds_late", 0))) < PUNCTUAL:
        return ""
    return _("%(step)s came late: it was due %(moment)s.", step=step, moment=exact_text(details["due_at"]))
