"""Change employment (inside): writes into the employee register what a procedure decided about somebody's employment.

Inputs: ``employee`` (id of a person), ``change`` (a header): "begin_review" and "release_review" (a matter decides
about the end of the probation, or has ended without a decision), "confirm", "extend_probation", "certify_health" and
"end", which need ``date``: since when, or until when. Nothing is returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.actor import Actor, system
from engine.errors import Refused
from engine.organisation import employments
from engine.topics import Work
from feel.sentences import Sentence

ACTOR = system("employee_register")

_DATED: Mapping[str, Callable[[Session, Actor, str, date], None]] = {
    "confirm": employments.confirm,
    "extend_probation": employments.extend_probation,
    "certify_health": employments.certify_health,
    "end": employments.end,
}
_UNDATED: Mapping[str, Callable[[Session, Actor, str], None]] = {
    "begin_review": employments.begin_review,
    "release_review": employments.release_review,
}


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Write it down."""
    change, employee = work.inputs["change"], work.inputs["employee"]
    if change in _UNDATED:
        _UNDATED[change](session, ACTOR, employee)
    elif "date" not in work.inputs:
        raise Refused(Sentence("The change “{change}” of an employment needs a date.", change=change))
    else:
        _DATED[change](session, ACTOR, employee, work.inputs["date"])
    return {}
