"""When people do what waits for them: most in time, some late, nobody in the night, nobody while away."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from engine import calendar
from engine.actor import Actor
from engine.models import UserTask

_LATE = 0.12
_LONGEST_DELAY = 2.4  # times the time that there was
_OPENS, _CLOSES = 9, 20


def answered_at(task: UserTask, now: datetime, chance: Random) -> datetime:
    """When somebody gets to the task: within its time, or beyond it; at once only in forms of one's own."""
    if task.due_at is None or task.due_at <= task.created_at:
        return by_day(now + timedelta(minutes=chance.randint(5, 600)))
    time = task.due_at - task.created_at
    share = chance.uniform(1.0, _LONGEST_DELAY) if chance.random() < _LATE else chance.betavariate(2, 4)
    return by_day(max(now, task.created_at + time * share))


def by_day(instant: datetime) -> datetime:
    """The instant itself, or the next morning where it falls into the night."""
    here = instant.astimezone(calendar.zone_named())
    if here.hour >= _CLOSES:
        here = (here + timedelta(days=1)).replace(hour=_OPENS)
    elif here.hour < _OPENS:
        here = here.replace(hour=_OPENS)
    return max(instant, here)


def may_hold(actor: Actor, groups: frozenset[str]) -> bool:
    """Whether somebody may claim from one of these queues."""
    return not actor.posts.isdisjoint(groups)
