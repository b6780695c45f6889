"""Processes that start by themselves: when they fire, and what people may do about it.

The map: ``firing`` (a due schedule fires once; its matters start by jobs), ``keeping`` (list, pause, resume, run now,
try a failed start again; who may, and what the journal of schedules tells).
"""

from engine.schedules.firing import ACTOR, START, due, fire, given_up, pass_over, start_matter
from engine.schedules.keeping import (
    Upcoming,
    get,
    last_event,
    listed,
    may_keep,
    may_look,
    pause,
    resume,
    retry,
    run_now,
    starts,
    stores,
    told,
    upcoming,
)

__all__ = [
    "ACTOR",
    "START",
    "Upcoming",
    "due",
    "fire",
    "get",
    "given_up",
    "last_event",
    "listed",
    "may_keep",
    "may_look",
    "pass_over",
    "pause",
    "resume",
    "retry",
    "run_now",
    "start_matter",
    "starts",
    "stores",
    "told",
    "upcoming",
]
