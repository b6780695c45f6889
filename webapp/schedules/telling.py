"""Schedules in words: how one stands, what was told of it, and the starts that are under way or were given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from engine import deployments
from engine.content import firings
from engine.history import Event
from engine.models import Job, Schedule
from engine.models.job import FAILED
from webapp import glossary
from webapp.formats import ago, exact, exact_text
from webapp.languages import gettext as _
from webapp.people import person_name, unit_name
from webapp.steps import State
from webapp.surroundings import reading
from webapp.timeline import Line


@dataclass(frozen=True, slots=True)
class Row:
    """One schedule: ``due`` and ``fired`` are moments in words; ``missed`` counts what the last firing stood for."""

    key: int
    name: str
    event: str
    pack: str
    timer: str
    once_per: str
    state: State
    is_ahead: bool
    due: Markup
    due_in: Markup
    has_fired: bool
    fired: Markup
    missed: str
    error: str
    paused: str


@dataclass(frozen=True, slots=True)
class Start:
    """A matter that is about to start, or could not."""

    key: int
    store: str
    planned: Markup
    is_given_up: bool
    error: str


def row(schedule: Schedule) -> Row:
    """How a schedule stands."""
    definition = deployments.definition(reading(), schedule.definition_key)
    element = deployments.process(reading(), schedule.definition_key).elements.get(schedule.element_id)
    return Row(
        key=schedule.key,
        name=glossary.translated(definition.name, definition.pack),
        event=glossary.translated((element.name if element else "") or "", definition.pack),
        pack=definition.pack,
        timer=schedule.timer.partition(" ")[2],
        once_per={None: "", firings.STORE: _("for each open store")}.get(schedule.once_per, _("for each of a list")),
        state=_state(schedule),
        is_ahead=schedule.due_at is not None and schedule.paused_at is None,
        due=exact(schedule.due_at),
        due_in=ago(schedule.due_at),
        has_fired=schedule.fired_at is not None,
        fired=exact(schedule.fired_at),
        missed=_missed(schedule.missed or 0),
        error=schedule.error or "",
        paused=_paused(schedule),
    )


def start(job: Job) -> Start:
    """A start that is not done yet."""
    return Start(
        job.key,
        unit_name(job.variables["store"]),
        exact(job.variables["due_at"]),
        job.state == FAILED,
        job.error or "",
    )


def line(event: Event) -> Line:
    """What the journal tells, as a line of a timeline."""
    words, kind = _WORDS.get(event.type, (lambda _event: event.type, "system"))
    reason = event.details.get("reason")
    return Line(words(event), exact(event.occurred_at), kind, opinion=str(reason) if reason else "")


def _state(schedule: Schedule) -> State:
    if schedule.error:
        return State("late", _("stopped by a mistake"))
    if schedule.due_at is None:
        return State("skipped", _("never again"))
    if schedule.paused_at is not None:
        return State("returned", _("paused"))
    return State("active", _("waiting for its time"))


def _paused(schedule: Schedule) -> str:
    if schedule.paused_at is None:
        return ""
    return _(
        "Paused by %(person)s: %(reason)s",
        person=person_name(schedule.paused_by),
        reason=schedule.pause_reason or "—",
    )


def _missed(count: int) -> str:
    if not count:
        return ""
    return _("Firings that an outage had made it miss: %(count)s.", count=count)


def _fired(event: Event) -> str:
    missed = _missed(int(event.details.get("missed", 0)))
    words = _(
        "Due %(moment)s, it fired. Matters started: %(count)s.",
        moment=exact_text(event.details["due_at"]),
        count=event.details["starts"],
    )
    return f"{words} {missed}".strip()


def _run(event: Event) -> str:
    store = event.details.get("store")
    if store:
        return _("%(person)s ran it for %(store)s.", person=person_name(event.actor), store=unit_name(store))
    count = event.details["starts"]
    return _("%(person)s ran it. Matters started: %(count)s.", person=person_name(event.actor), count=count)


def _resumed(event: Event) -> str:
    passed = int(event.details.get("passed_over", 0))
    words = _("%(person)s let it go on.", person=person_name(event.actor))
    if not passed:
        return words
    return f"{words} {_('Firings that were passed over: %(count)s.', count=passed)}"


_WORDS: Mapping[str, tuple[Callable[[Event], str], str]] = {
    "schedule.fired": (_fired, "system"),
    "schedule.run": (_run, "person"),
    "schedule.paused": (lambda event: _("%(person)s paused it.", person=person_name(event.actor)), "returned"),
    "schedule.resumed": (_resumed, "person"),
    "schedule.start_retried": (
        lambda event: _("%(person)s let a failed start be tried again.", person=person_name(event.actor)),
        "person",
    ),
}
