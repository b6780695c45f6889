"""For whoever watches the machine: is the process up, and can it serve?"""

from __future__ import annotations

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Blueprint
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from engine.database import migration_config
from webapp.security import public
from webapp.surroundings import reading, surroundings

blueprint = Blueprint("health", __name__)
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
        reading().execute(text("SELECT 1"))
        connection = reading().connection()
        present = set(MigrationContext.configure(connection).get_current_heads())
        remembered = surroundings().remembered
        if "heads" not in remembered:
            remembered["heads"] = set(ScriptDirectory.from_config(migration_config(connection)).get_heads())
    except SQLAlchemyError:
        return "the database does not answer\n", 503, _PLAIN
    if present != remembered["heads"]:
        return "the database needs migrating\n", 503, _PLAIN
    return "ok\n", 200, _PLAIN
