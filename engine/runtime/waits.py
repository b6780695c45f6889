"""Events that somebody outside brings about: timers, messages, signals; and conditions, which we watch ourselves."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from engine.errors import ExecutionFailed
from engine.runtime import timers
from engine.runtime.changes import SubscriptionOpened, TimerCreated, WaitClosed
from engine.runtime.dialect.model import Event, Value
from engine.runtime.token import Token
from feel.sentences import Sentence

_KINDS = {"date": Sentence("date and time"), "duration": Sentence("duration"), "cycle": Sentence("cycle")}
OUTSIDE = frozenset({"timer", "message", "signal"})


def open_wait(token: Token, event: Event, element_id: str, context: Token) -> None:
    """Tell what the token waits for. Expressions see the variables of ``context``."""
    if event.kind == "timer":
        _open_timer(token, event, element_id, context)
    elif event.kind == "message":
        name = text(context, event.name, element_id)
        key = "" if event.correlation_key is None else text(context, event.correlation_key, element_id)
        token.instance.emit(SubscriptionOpened(element_id, token.id, "message", name, key))
    elif event.kind == "signal":
        name = text(context, event.name, element_id)
        token.internal_data["signal"] = name
        token.instance.emit(SubscriptionOpened(element_id, token.id, "signal", name, ""))
    elif event.kind == "conditional":
        token.internal_data["held"] = False


def repeat_timer(token: Token, element_id: str) -> bool:
    """Set a repeating timer again after it fired; False when that was its last time.

    What was missed meanwhile is not made up for: it counts as fired, together with this time.
    """
    interval = timers.duration(token.internal_data["interval"])
    if interval is None:
        raise ValueError(token.internal_data["interval"])  # stored by ourselves
    now = token.instance.host.now
    fired = datetime.fromisoformat(token.internal_data["due"]).astimezone(now.tzinfo)
    due_at, missed = timers.following(interval, fired, now)
    if due_at is None:
        return False  # the calendar ends
    left = token.internal_data.get("left")
    if left is not None:
        left -= 1 + missed
        if left <= 0:
            return False
        token.internal_data["left"] = left
    token.internal_data["due"] = due_at.isoformat()
    token.instance.emit(TimerCreated(element_id, token.id, due_at, missed))
    return True


def close_wait(token: Token, element_id: str) -> None:
    """Tell that what the token waited for has come."""
    token.instance.emit(WaitClosed(element_id, token.id, "completed"))


def text(context: Token, value: Value | None, element_id: str) -> str:
    """A name or key: text, or a number as its digits; anything else stops the step."""
    result = None if value is None else context.instance.script_engine.evaluate(context, value)
    if isinstance(result, str):
        return result
    if isinstance(result, int | Decimal) and not isinstance(result, bool):
        return format(result, "f") if isinstance(result, Decimal) else str(result)
    raise ExecutionFailed(
        Sentence(
            "{expression} has to give a text or a number, but gives {value}.",
            expression=value.text if value is not None else "",
            value=str(result),
        ),
        element_id=element_id,
        kind="expression",
    )


def _open_timer(token: Token, event: Event, element_id: str, context: Token) -> None:
    value: Any = (
        None if event.expression is None else context.instance.script_engine.evaluate(context, event.expression)
    )
    now = token.instance.host.now
    due_at: datetime | None = None
    if event.timer == "date":
        due_at = None if value is None else timers.instant(value, now)
    elif event.timer == "duration":
        length = None if value is None else timers.duration(value)
        due_at = None if length is None else length.after(now)
    elif value is not None:
        repetition = timers.cycle(value, now)
        first = None if repetition is None else repetition.interval.after(now)
        if repetition is not None and first is not None and first > now:
            due_at = repetition.start or first
            token.internal_data.update(
                left=repetition.repetitions, interval=_interval(str(value)), due=due_at.isoformat()
            )
    if due_at is None:
        raise ExecutionFailed(
            Sentence(
                "The timer needs a {kind} in ISO 8601 or FEEL, but {expression} gives {value}.",
                kind=_KINDS[event.timer or "duration"],
                expression=event.expression.text if event.expression is not None else "",
                value=str(value),
            ),
            element_id=element_id,
            kind="expression",
        )
    token.instance.emit(TimerCreated(element_id, token.id, due_at))


def _interval(cycle: str) -> str:
    return cycle.strip().rpartition("/")[2]


def instant_of(token: Token, value: Value | None, element_id: str) -> datetime | None:
    """A due date: null stays none, a duration counts from now, anything else has to be an instant."""
    if value is None:
        return None
    result = token.instance.script_engine.evaluate(token, value)
    if result is None:
        return None
    now = token.instance.host.now
    if isinstance(result, timedelta) or str(result).lstrip("-").startswith("P"):
        length = timers.duration(result)
        due_at = None if length is None else length.after(now)
    else:
        due_at = timers.instant(result, now)
    if due_at is None:
        raise ExecutionFailed(
            Sentence(
                "{expression} has to give a date and time, but gives {value}.",
                expression=value.text,
                value=str(result),
            ),
            element_id=element_id,
            kind="expression",
        )
    return due_at
