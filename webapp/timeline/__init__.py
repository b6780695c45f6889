"""What happened in a matter, in words: who did what, when; which rule of which table decided, and why.

What only the machinery needs is left out of the short telling and stands in the full one. The map: ``lines`` (a line,
and what its words need), ``events`` (each type of event in its words), ``submissions`` (forms), ``machinery``.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.history import Event
from webapp.formats import exact
from webapp.timeline.events import WORDS, decided
from webapp.timeline.lines import Line, Telling
from webapp.timeline.machinery import machinery

__all__ = ["Line", "Telling", "tell"]


def tell(events: Iterable[Event], telling: Telling, *, full: bool = False) -> list[Line]:
    """The lines of a timeline, in order; ``full`` leaves nothing out."""
    lines = []
    for event in events:
        telling.remember(event)
        words = WORDS.get(event.type)
        line = words(event, telling) if words else None
        if line is None and full and event.type == "decision.evaluated":
            line = decided(event, telling, full=True)
        elif line is None and full:
            line = Line(machinery(event, telling), exact(event.occurred_at))
        if line is not None:
            lines.append(line)
    return lines
