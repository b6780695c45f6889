"""The way in from the command line: the first administrator, and a new password for whoever is locked out."""

from __future__ import annotations

from sqlalchemy.orm import Session

from banli import foundation
from engine import clock
from engine.actor import system
from engine.organisation import assignments, people

_POST = "sysadmin"
_ACTOR = system("command line")


def add(session: Session, person_id: str, name: str, password: str) -> None:
    """Somebody who administers the system from today on."""
    foundation.load(session)
    people.add(session, _ACTOR, person_id, name=name, password=password)
    assignments.add(session, _ACTOR, person_id, _POST, foundation.HEAD_OFFICE, starts_on=clock.now().date())


def reset_password(session: Session, person_id: str, password: str) -> None:
    """A password that the person changes at the next sign-in."""
    people.set_password(session, _ACTOR, person_id, password)
