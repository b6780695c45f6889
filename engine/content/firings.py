"""When a timer start event fires: from ISO 8601, a cron expression, or FEEL that gives the next instant.

FEEL may give one instant or a list of them; the earliest after ``now()`` counts, where ``now()`` is the firing before
(at first: the deployment). Everything is counted on the clocks of the organisation's zone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import feel
from engine import calendar, cron
from engine.errors import Problem
from engine.organisation.functions import NAMES
from engine.runtime import timers
from engine.runtime.dialect.model import Event, Value
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.content.compiled import Content

Functions = Callable[[datetime], Mapping[str, Callable[..., Any]]]
"""The functions that FEEL may call, as they answer at an instant."""

STORE = "store"
_MOST_MISSED = 10_000  # more are not counted one by one


class FiringRefused(ValueError):  # noqa: N818 - reads as what it is, like the errors of the engine
    """A timer does not say when it fires; ``sentence`` says why."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Firing:
    """The next firing in UTC (None: never again), and how many are left with it (None: no limit)."""

    at: datetime | None
    repetitions: int | None = None


def problems_of(content: Content) -> Iterator[Problem]:
    """What the timer start events of a pack say wrongly, as far as it can be seen without an organisation."""
    for path, diagram in content.diagrams.items():
        for process in diagram.processes.values():
            try:
                _check_once_per(process.properties.get("oncePer"))
            except FiringRefused as refused:
                yield Problem("error", path, process.process_id, refused.sentence, "once-per")
            for element_id, event in process.references.timer_starts.items():
                try:
                    _check(event)
                except FiringRefused as refused:
                    yield Problem("error", path, element_id, refused.sentence, "schedule")


def subjects(expression: str, now: datetime, functions: Functions) -> list[dict[str, Any]]:
    """The variables of each matter to start, by the FEEL of ``oncePer``; raises :class:`FiringRefused`."""
    try:
        evaluation = _compiled(expression).evaluate({}, now=_local(now), functions=functions(now))
        found = feel.to_python(evaluation.value)
    except feel.FeelError as error:
        raise FiringRefused(_failed(expression, error.sentence)) from error
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise FiringRefused(_failed(expression, Sentence("it must give a list of contexts")))
    return found


def first(event: Event, now: datetime, functions: Functions) -> Firing:
    """The first firing after ``now``; raises :class:`FiringRefused`."""
    value, after = _value(event, now, functions), _local(now)
    repetition = _cycle(event, value, after)
    if repetition is None:
        return Firing(_next(event, value, now))
    if repetition.start is None:
        return Firing(_utc(repetition.interval.after(after)), repetition.repetitions)
    if repetition.start > now:
        return Firing(_utc(repetition.start), repetition.repetitions)
    found, missed = timers.following(repetition.interval, repetition.start.astimezone(after.tzinfo), after)
    return _left(found, repetition.repetitions, 1 + missed)


def following(event: Event, fired: Firing, now: datetime, functions: Functions) -> tuple[Firing, int]:
    """The firing after ``fired`` and after ``now``, and how many were missed; raises :class:`FiringRefused`."""
    if fired.at is None:
        return fired, 0
    value = _value(event, fired.at, functions)
    repetition = _cycle(event, value, _local(fired.at))
    if repetition is not None:
        found, missed = timers.following(repetition.interval, _local(fired.at), _local(now))
        return _left(found, fired.repetitions, 1 + missed), missed
    missed, found = 0, _next(event, value, fired.at)
    while found is not None and found <= now:
        missed += 1
        since = found if missed < _MOST_MISSED else now
        found = _next(event, _value(event, since, functions), since)
    return Firing(found), missed


def _check_once_per(text: str | None) -> None:
    if text is not None and text.startswith("="):
        try:
            _compiled(text)
        except feel.FeelError as error:
            raise FiringRefused(_failed(text, error.sentence)) from error
    elif text not in {None, STORE}:
        raise FiringRefused(
            Sentence(
                "The property oncePer is “store”, FEEL that gives a list, or left out, not “{value}”.", value=text
            )
        )


def _compiled(text: str) -> feel.Expression:
    return feel.compile(text.removeprefix("="), functions=NAMES)


def _check(event: Event) -> None:
    if event.timer == "duration":
        raise FiringRefused(
            Sentence("A process starts at a date, in a cycle or by a cron expression, not after a duration.")
        )
    if event.expression is None:
        raise _no_instant(None, None)
    if not event.expression.is_expression:
        text, now = event.expression.text, datetime.now(UTC)
        if _cycle(event, text, now) is None:
            _next(event, text, now)


def _cycle(event: Event, value: object, now: datetime) -> timers.Cycle | None:
    """A repetition that gets on, in a timer that may repeat; None for what is none."""
    found = timers.cycle(value, now) if isinstance(value, str) else None
    if found is None:
        return None
    ahead = found.interval.after(now)
    if event.timer == "date" or ahead is None or ahead <= now:
        raise _no_instant(event.expression, value)
    return found


def _left(found: datetime | None, repetitions: int | None, used: int) -> Firing:
    left = None if repetitions is None else repetitions - used
    return Firing(None, 0) if left is not None and left <= 0 else Firing(_utc(found), left)


def _next(event: Event, value: Any, after: datetime) -> datetime | None:
    """The earliest instant of a value, or time of a cron expression, after an instant."""
    if value is None:
        return None
    if isinstance(value, str) and event.timer == "cycle" and cron.looks_like_cron(value):
        try:
            return cron.read(value).after(after, calendar.zone_named())
        except cron.CronRefused as refused:
            raise FiringRefused(refused.sentence) from refused
    given = value if isinstance(value, list) else [value]
    instants = [_instant(event, item, after) for item in given if item is not None]
    return min((instant for instant in instants if instant > after), default=None)


def _instant(event: Event, value: Any, after: datetime) -> datetime:
    found = timers.instant(value, _local(after)) if isinstance(value, date | str) else None
    if found is None:
        raise _no_instant(event.expression, value)
    return found.astimezone(UTC)


def _no_instant(expression: Value | None, value: object) -> FiringRefused:
    return FiringRefused(
        Sentence(
            "The timer needs a date and time, a cycle such as R/P1D, or a cron expression, but {expression} gives "
            "{value}.",
            expression="–" if expression is None else expression.text,
            value=str(value)[:200],
        )
    )


def _value(event: Event, at: datetime, functions: Functions) -> Any:
    """The text of the timer, or what its expression gives at an instant."""
    if event.expression is None:
        raise _no_instant(None, None)
    if not event.expression.is_expression:
        return event.expression.text
    local = _local(at)
    try:
        evaluation = event.expression.expression.evaluate({}, now=local, functions=functions(at))
        value = feel.to_python(evaluation.value)
    except feel.FeelError as error:
        raise FiringRefused(_failed(event.expression.text, error.sentence)) from error
    if value is None and evaluation.warnings:
        raise FiringRefused(_failed(event.expression.text, evaluation.warnings[0].sentence))
    return value


def _failed(expression: str, reason: Sentence) -> Sentence:
    return Sentence("The expression {expression} failed: {reason}", expression=expression, reason=reason)


def _local(instant: datetime) -> datetime:
    return instant.astimezone(calendar.zone_named())


def _utc(instant: datetime | None) -> datetime | None:
    return None if instant is None else instant.astimezone(UTC)
