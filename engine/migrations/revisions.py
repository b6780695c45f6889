"""Which revisions there are, and which the tables are at, without Alembic.

Most starts find everything up to date; they are spared its import, a twentieth of a start and some megabytes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Connection

_VERSIONS = Path(__file__).parent / "versions"
_TABLE = "alembic_version"


@cache
def known() -> frozenset[str]:
    """Every revision that this version of the code knows: ``r0022_lean_keys.py`` is "0022"."""
    return frozenset(_revision(file) for file in _VERSIONS.glob("r*_*.py"))


def heads() -> frozenset[str]:
    """What an up-to-date database is at; the revisions are one line."""
    return frozenset({max(known())})


def found_in(connection: Connection) -> frozenset[str]:
    """The revisions that the tables are at; none in an empty database."""
    if not connection.dialect.has_table(connection, _TABLE):
        return frozenset()
    return frozenset(connection.exec_driver_sql(f"SELECT version_num FROM {_TABLE}").scalars())  # noqa: S608 - ours


def _revision(file: Path) -> str:
    return file.stem.removeprefix("r").partition("_")[0]
