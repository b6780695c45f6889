"""What happened in a matter, in words: who did what, when; which rule of which table decided, and why.

Every type of event has its own words here. What only the machinery needs (paths through the diagram, jobs) is left
out of the short telling and stands in the full one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from engine import deployments
from engine.history import Erased, Event
from engine.models import ProcessInstance
from webapp import clock_words, decision_words, file_links, glossary
from webapp.decision_words import Rules
from webapp.formats import exact, listed, short_day, shown
from webapp.glossary import Glossary
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import person_name, post_name
from webapp.surroundings import reading

SEALS = ("approve", "return", "reject")


@dataclass(slots=True)
class Line:
    """One line of a timeline. ``kind``: person, decision, returned, trouble or system."""

    sentence: str
    moment: Markup
    kind: str = "system"
    opinion: str = ""
    seal: str = ""
    decided: str = ""
    person: str = ""
    day: str = ""
    changes: Sequence[tuple[str, Any]] = ()
    rules: Rules | None = None


@dataclass(slots=True)
class Telling:
    """What the words of one matter need: its instances, its glossary, and the variables as they stood."""

    instances: Mapping[int, ProcessInstance]
    glossary: Glossary
    pack: str
    variables: dict[int, dict[str, Any]] = field(default_factory=dict)

    def step(self, event: Event) -> str:
        """The name of the element of an event."""
        instance = self.instances.get(event.process_instance_key)
        if instance is None or not event.element_id:
            return event.element_id or ""
        element = deployments.process(reading(), instance.definition_key).elements.get(event.element_id)
        name = (element.name if element else "") or event.element_id
        return glossary.translated(name, self.pack)

    def remember(self, event: Event) -> None:
        """Take over what an event says of variables, so that later events can be told with what stood then."""
        known = self.variables.setdefault(event.process_instance_key, {})
        for part in ("changes", "variables"):
            told = event.details.get(part)
            if isinstance(told, Mapping):
                for name, change in told.items():
                    known[name] = change["after"] if isinstance(change, Mapping) and "after" in change else change


def tell(events: Iterable[Event], telling: Telling, *, full: bool = False) -> list[Line]:
    """The lines of a timeline, in order; ``full`` leaves nothing out."""
    lines = []
    for event in events:
        telling.remember(event)
        words = _WORDS.get(event.type)
        line = words(event, telling) if words else None
        if line is None and full and event.type == "decision.evaluated":
            line = _decided(event, telling, full=True)
        elif line is None and full:
            line = Line(_machinery(event, telling), exact(event.occurred_at))
        if line is not None:
            lines.append(line)
    return lines


def _who(event: Event) -> str:
    """Who acted, and for whom."""
    person = person_name(event.actor)
    if event.on_behalf_of and event.on_behalf_of != event.actor:
        return _("%(person)s for %(owner)s", person=person, owner=person_name(event.on_behalf_of))
    return person


def _simple(template: Callable[[], str], kind: str = "person") -> Callable[[Event, Telling], Line]:
    def words(event: Event, telling: Telling) -> Line:
        reason = event.details.get("reason")
        parts = {"person": _who(event), "step": telling.step(event), "number": event.details.get("business_id", "")}
        return Line(template() % parts, exact(event.occurred_at), kind, opinion=str(reason) if reason else "")

    return words


def _completed(event: Event, telling: Telling) -> Line:
    details = event.details
    known = telling.variables.get(event.process_instance_key, {})
    names = _form_names(details.get("form"))
    decided = str(known.get("decision")) if "decision" in names and known.get("decision") in SEALS else ""
    changes = details.get("changes", {})
    # Who writes the same words as the one before changed nothing, and wrote them still; who wrote none, wrote none.
    written = details.get("values", known)
    opinion = written.get("opinion") if "opinion" in names else None
    words = {
        "approve": _("%(person)s approved: %(step)s"),
        "return": _("%(person)s returned it: %(step)s"),
        "reject": _("%(person)s rejected it: %(step)s"),
    }
    template = words.get(decided) or _("%(person)s completed: %(step)s")
    return Line(
        template % {"person": _who(event), "step": telling.step(event)},
        exact(event.occurred_at),
        "returned" if decided == "return" else "person",
        opinion=opinion if isinstance(opinion, str) else "",
        seal=seal_word(decided),
        decided=decided,
        person=event.actor,
        day=short_day(event.occurred_at),
        changes=[
            (telling.glossary.label(name), _value(change, telling.glossary.entries.get(name)))
            for name, change in changes.items()
        ],
    )


def _form_names(form_key: Any) -> frozenset[str]:
    """The variables that a form sets."""
    if not isinstance(form_key, int):
        return frozenset()
    found: set[str] = set()
    waiting = list(deployments.form(reading(), form_key).fields)
    while waiting:
        entry = waiting.pop()
        found.add(entry.key)
        waiting.extend(getattr(entry, "children", ()))
    return frozenset(found)


def seal_word(decided: str) -> str:
    """The word on the seal of a decision."""
    return {"approve": _("Approved"), "return": _("Returned"), "reject": _("Rejected")}.get(decided, "")


def _value(change: Any, entry: glossary.Entry | None) -> Markup:
    after = change.get("after") if isinstance(change, Mapping) else change
    if isinstance(after, Erased):
        return Markup("<em>{}</em>").format(_("erased"))
    if isinstance(after, list) and after and isinstance(after[0], Mapping) and not file_links.is_files(after):
        rows = ["; ".join(_cells(row, entry)) for row in after]
        return Markup("<br>").join(rows)
    return shown(after, entry)


def _cells(row: Mapping[str, Any], entry: glossary.Entry | None) -> list[str]:
    columns = entry.columns if entry else {}
    names = [name for name in (*columns, *(name for name in row if name not in columns)) if row.get(name) is not None]
    return [
        f"{columns[name].label if name in columns else name} {shown(row[name], columns.get(name)).striptags()}"
        for name in names
    ]


def _decided(event: Event, telling: Telling, *, full: bool = False) -> Line | None:
    told = decision_words.tell(event.details, telling.glossary, telling.pack)
    if told.rules is None and not full:
        return None  # settings that were read or a value that was computed: no rule chose anything
    return Line(told.sentence, exact(event.occurred_at), "decision", rules=told.rules)


def _assigned(event: Event, _telling: Telling) -> Line:
    details = event.details
    to = person_name(details.get("to") or details.get("assignee"))
    sentence = _("%(person)s gave the task to %(to)s.", person=_who(event), to=to)
    return Line(sentence, exact(event.occurred_at), "person", opinion=str(details.get("reason") or ""))


def _copied(event: Event, _telling: Telling) -> Line:
    people = [person_name(each) for each in event.details.get("people", ())]
    groups = [post_name(each) for each in event.details.get("groups", ())]
    return Line(_("Copied to %(people)s.", people=listed([*people, *groups])), exact(event.occurred_at))


def _deadline(template: Callable[[], str], kind: str) -> Callable[[Event, Telling], Line]:
    def words(event: Event, telling: Telling) -> Line:
        people = listed(person_name(each) for each in event.details.get("persons", ())) or "—"
        return Line(template() % {"step": telling.step(event), "people": people}, exact(event.occurred_at), kind)

    return words


def _trouble(event: Event, telling: Telling) -> Line:
    sentence = _(
        "The step %(step)s stopped: %(reason)s", step=telling.step(event), reason=say(event.details["sentence"])
    )
    return Line(sentence, exact(event.occurred_at), "trouble")


def _uncertain(event: Event, _telling: Telling) -> Line:
    return Line(say(event.details["sentence"]), exact(event.occurred_at))


def _ended(event: Event, telling: Telling) -> Line:
    return Line(_("The matter ended: %(step)s.", step=telling.step(event)), exact(event.occurred_at), "person")


def _machinery(event: Event, telling: Telling) -> str:
    """An event that the short telling leaves out, by its type and what it is about."""
    details = event.details
    words = {
        "user_task.created": lambda: _(
            "%(step)s waits for %(who)s.", step=telling.step(event), who=_waits_for(details)
        ),
        "call.started": lambda: _("The procedure %(step)s began.", step=telling.step(event)),
        "call.ended": lambda: _("It ended: %(step)s.", step=telling.step(event)),
        "process_instance.advanced": lambda: _(
            "Passed: %(steps)s.", steps=listed(_names(details.get("completed", ()), event, telling)) or "—"
        ),
        "variables.changed": lambda: _(
            "Set: %(names)s.", names=listed(telling.glossary.label(name) for name in details.get("variables", {}))
        ),
        "job.created": lambda: _("Work for the system: %(step)s.", step=telling.step(event)),
        "job.completed": lambda: _("The system did its work: %(step)s.", step=telling.step(event)),
        "timer.fired": lambda: _("Its time came: %(step)s.", step=telling.step(event)),
        "timer.created": lambda: _("%(step)s waits until its time.", step=telling.step(event)),
    }.get(event.type)
    return words() if words else f"{event.type} {telling.step(event)}"


def _names(element_ids: Iterable[str], event: Event, telling: Telling) -> list[str]:
    instance = telling.instances.get(event.process_instance_key)
    if instance is None:
        return list(element_ids)
    elements = deployments.process(reading(), instance.definition_key).elements
    named = (elements[each].name for each in element_ids if each in elements)
    return [glossary.translated(name, telling.pack) for name in named if name]


def _waits_for(details: Mapping[str, Any]) -> str:
    if details.get("assignee"):
        return person_name(details["assignee"])
    people = [person_name(each) for each in details.get("persons", ())]
    groups = [post_name(each) for each in details.get("groups", ())]
    return listed([*people, *groups])


def _linked(event: Event, telling: Telling) -> Line:
    if event.details.get("direction") == "started":
        words = _("It started another matter: %(step)s") % {"step": telling.step(event)}
    else:
        words = _("It was started by another matter.")
    return Line(words, exact(event.occurred_at))


def _archived(event: Event, _telling: Telling) -> Line | None:
    """What a job left in the archive; all other work of the system is machinery."""
    entry = event.details.get("variables", {}).get("archive_entry")
    if event.details.get("topic") != "archive_document" or not isinstance(entry, Mapping):
        return None
    return Line(_("Archived as %(number)s.", number=entry.get("number")), exact(event.occurred_at), "person")


def _fired(event: Event, telling: Telling) -> Line | None:
    words = clock_words.fired_late(event.details, telling.step(event))
    return Line(words, exact(event.occurred_at)) if words else None


def _started(event: Event, _telling: Telling) -> Line:
    scheduled, moment = event.details.get("scheduled"), exact(event.occurred_at)
    if not isinstance(scheduled, Mapping):
        return Line(_("%(person)s started the matter.", person=_who(event)), moment, "person")
    return Line(clock_words.started(scheduled), moment, opinion=str(scheduled.get("reason") or ""))


_WORDS: Mapping[str, Callable[[Event, Telling], Line | None]] = {
    "process_instance.started": _started,
    "process_instance.submitted": _simple(lambda: _("%(person)s submitted it as %(number)s.")),
    "process_instance.withdrawn": _simple(lambda: _("%(person)s withdrew the matter."), "returned"),
    "process_instance.discarded": _simple(lambda: _("%(person)s discarded the draft."), "returned"),
    "process_instance.canceled": _simple(lambda: _("%(person)s cancelled the matter."), "trouble"),
    "process_instance.suspended": _simple(lambda: _("%(person)s suspended the matter."), "trouble"),
    "process_instance.resumed": _simple(lambda: _("%(person)s let the matter go on.")),
    "process_instance.modified": _simple(lambda: _("%(person)s moved the matter by hand."), "trouble"),
    "process_instance.linked": _linked,
    "process_instance.completed": _ended,
    "user_task.claimed": _simple(lambda: _("%(person)s claimed: %(step)s")),
    "user_task.released": _simple(lambda: _("%(person)s released: %(step)s")),
    "user_task.assigned": _assigned,
    "user_task.taken_over": _simple(lambda: _("%(person)s took over: %(step)s")),
    "user_task.muted": _simple(lambda: _("%(person)s wants no reminders: %(step)s")),
    "user_task.unmuted": _simple(lambda: _("%(person)s wants reminders again: %(step)s")),
    "deadline.reminded": _deadline(lambda: _("%(people)s were reminded: %(step)s"), "system"),
    "deadline.overdue": _deadline(lambda: _("Overdue: %(step)s. Told: %(people)s"), "returned"),
    "deadline.escalated": _deadline(
        lambda: _("Twice the time has passed: %(step)s. A superior may take it over. Told: %(people)s"), "trouble"
    ),
    "user_task.completed": _completed,
    "decision.evaluated": _decided,
    "copy.sent": _copied,
    "calendar.uncertain": _uncertain,
    "job.completed": _archived,
    "timer.fired": _fired,
    "incident.created": _trouble,
    "incident.resolved": _simple(lambda: _("The trouble was put right: %(step)s"), "person"),
}
