"""What every organisation starts with: the posts (岗位) that the packs speak of, and the head office.

Loading it again adds what is missing and changes nothing that somebody changed meanwhile.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from banli import shipped_lists
from engine import models
from engine.actor import system
from engine.organisation import posts, units

HEAD_OFFICE = "HQ"
_ACTOR = system("foundation")
_FILE = Path(__file__).with_name("posts.yaml")


def load(session: Session) -> None:
    """Add the posts and the head office where they are missing."""
    known = set(session.scalars(select(models.Post.code)))
    for entry in shipped_lists.read(_FILE):
        if entry["code"] not in known:
            posts.add(
                session, _ACTOR, entry["code"], **{name: value for name, value in entry.items() if name != "code"}
            )
    if session.get(models.Unit, HEAD_OFFICE) is None:
        units.add(session, _ACTOR, HEAD_OFFICE, kind="head_office", name="总部", name_en="Head Office")


def post_codes() -> frozenset[str]:
    """The codes of the posts, for checking a pack without a database."""
    return frozenset(entry["code"] for entry in shipped_lists.read(_FILE))
