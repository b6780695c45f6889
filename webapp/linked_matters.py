"""The matters that one matter started, or that started it, as the page of a matter names them."""

from __future__ import annotations

from flask import url_for

from engine import process_instances
from webapp import entries
from webapp.languages import gettext as _
from webapp.surroundings import actor, reading


def of(key: int) -> list[tuple[str, str]]:
    """The words and the page of each, as far as the reader may see it."""
    found = []
    for link in process_instances.linked(reading(), key, actor()):
        other = link.matter
        named = " ".join(part for part in (other.business_id, entries.title_of(other)) if part)
        template = _("It started %(matter)s") if link.direction == "started" else _("It was started by %(matter)s")
        found.append((template % {"matter": named}, url_for("matters.show", key=other.key)))
    return found
