"""Change employment (inside): writes into the employee register what a procedure decided about somebody's employment.

Inputs: ``employee`` (id of a person), ``change`` (a header): "begin_review" and "release_review" (a matter decides
about the end of the probation, and follows from the one that hired the person; or it ended without a decision),
"confirm", "extend_probation", "certify_health" and "end", which need ``date``: since when, or until when. Nothing is
returned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import process_instances
from engine.actor import Actor, system
from engine.errors import Refused
from engine.organisation import employments
from engine.process_instances import Origin
from engine.topics import Work
from feel.sentences import Sentence

ACTOR = system("employee_register")

_DATED: Mapping[str, Callable[[Session, Actor, str, date], None]] = {
    "confirm": employments.confirm,
    "extend_probation": employments.extend_probation,
    "certify_health": employments.certify_health,
    "end": employments.end,
}


def run(session: Session, work: Work) -> Mapping[str, Any]:
    """Write it down."""
    change, employee = work.inputs["change"], work.inputs["employee"]
    if change == "begin_review":
        _begin_review(session, work, employee)
    elif change == "release_review":
        employments.release_review(session, ACTOR, employee)
    elif "date" not in work.inputs:
        raise Refused(Sentence("The change “{change}” of an employment needs a date.", change=change))
    else:
        _DATED[change](session, ACTOR, employee, work.inputs["date"])
    return {}


def _begin_review(session: Session, work: Work, employee: str) -> None:
    """Once for each end of a probation; the matter follows from the one in which the employee was hired."""
    employment = employments.begin_review(session, ACTOR, employee)
    if employment.hiring_key is not None and process_instances.started_by_job(session, work.key) is None:
        origin = Origin(work.key, employment.hiring_key, employment.hiring_key, employment.hiring_element_id or "")
        process_instances.follow(session, origin, work.process_instance_key, work.root_key, ACTOR)
