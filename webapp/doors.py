"""The rooms beside the inbox that a person's posts open: workshop, audit, operations, organisation.

Each room names its door here once; the masthead shows those that open. A door that shows is no right: every view
and every command behind it asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, g, url_for
from flask_login import current_user

from engine import archive, schedules
from engine.actor import Actor
from webapp import organisation, workshop
from webapp.audit import rooms as audit
from webapp.languages import gettext as _
from webapp.operations import rooms as operations


@dataclass(frozen=True, slots=True)
class Door:
    """``name`` is the English msgid; ``here`` is what the room's pages say they are, as folders do."""

    here: str
    endpoint: str
    name: str
    opens_to: Callable[[Actor], bool]


DOORS: tuple[Door, ...] = (
    Door("organisation", "organisation.home", "Organisation", organisation.opens_to),
    Door("workshop", "workshop.catalogue", "Workshop", workshop.opens_to),
    Door("audit", "audit.search", "Audit", audit.opens_to),
    Door("operations", "operations.tasks", "Operations", operations.opens_to),
    Door("schedules", "schedules.index", "Schedules", schedules.may_look),
    Door("archive", "archive.index", "Archive", archive.may_look_through),
)


def install(app: Flask) -> None:
    """Give every page the doors that open to its reader."""

    @app.context_processor
    def doors() -> dict[str, Any]:
        if g.get("is_broken") or not current_user.is_authenticated:
            return {"doors": []}
        return {
            "doors": [
                {"here": door.here, "url": url_for(door.endpoint), "name": _(door.name)}
                for door in DOORS
                if door.opens_to(current_user.actor)
            ]
        }
