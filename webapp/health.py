"""For whoever watches the machine: is the process up, and can it serve?"""

from __future__ import annotations

import logging

from flask import Blueprint
from sqlalchemy.exc import SQLAlchemyError

from webapp.security import public
from webapp.surroundings import surroundings

blueprint = Blueprint("health", __name__)
_log = logging.getLogger(__name__)
_PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@blueprint.get("/healthz")
@public
def process() -> tuple[str, int, dict[str, str]]:
    """The process answers."""
    return "ok\n", 200, _PLAIN


@blueprint.get("/readyz")
@public
def ready() -> tuple[str, int, dict[str, str]]:
    """The database answers, and its tables are those of this version."""
    try:
        current = surroundings().database.is_current()
    except SQLAlchemyError as error:
        _log.warning("Not ready: the database does not answer (%s).", type(error).__name__)
        return "the database does not answer\n", 503, _PLAIN
    if not current:
        return "the database needs migrating\n", 503, _PLAIN
    return "ok\n", 200, _PLAIN
