"""Every type of event in its own words; what has none is the machinery's."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.history import Event
from webapp import clock_words, decision_words
from webapp.formats import exact, listed
from webapp.languages import gettext as _
from webapp.languages import say
from webapp.people import person_name, post_name
from webapp.timeline import task_changes
from webapp.timeline.lines import Line, Telling, simple, who
from webapp.timeline.submissions import completed


def decided(event: Event, telling: Telling, *, full: bool = False) -> Line | None:
    """The decision with its rules; of one that chose nothing, only the full telling speaks."""
    told = decision_words.tell(event.details, telling.glossary, telling.pack)
    if told.rules is None and not full:
        return None  # settings that were read or a value that was computed: no rule chose anything
    return Line(told.sentence, exact(event.occurred_at), "decision", rules=told.rules)


def _assigned(event: Event, _telling: Telling) -> Line:
    details = event.details
    to = person_name(details.get("to") or details.get("assignee"))
    sentence = _("%(person)s gave the task to %(to)s.", person=who(event), to=to)
    return Line(sentence, exact(event.occurred_at), "person", opinion=str(details.get("reason") or ""))


def _updated(event: Event, telling: Telling) -> Line:
    sentence = _("%(person)s changed the task: %(step)s", person=who(event), step=telling.step(event))
    return Line(
        sentence,
        exact(event.occurred_at),
        "person",
        opinion=str(event.details.get("reason") or ""),
        changes=task_changes.told(event.details.get("changes", {})),
        changes_title=_("What was changed"),
    )


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
        return Line(_("%(person)s started the matter.", person=who(event)), moment, "person")
    return Line(clock_words.started(scheduled), moment, opinion=str(scheduled.get("reason") or ""))


WORDS: Mapping[str, Callable[[Event, Telling], Line | None]] = {
    "process_instance.started": _started,
    "process_instance.submitted": simple(lambda: _("%(person)s submitted it as %(number)s.")),
    "process_instance.withdrawn": simple(lambda: _("%(person)s withdrew the matter."), "returned"),
    "process_instance.discarded": simple(lambda: _("%(person)s discarded the draft."), "returned"),
    "process_instance.canceled": simple(lambda: _("%(person)s cancelled the matter."), "trouble"),
    "process_instance.suspended": simple(lambda: _("%(person)s suspended the matter."), "trouble"),
    "process_instance.resumed": simple(lambda: _("%(person)s let the matter go on.")),
    "process_instance.modified": simple(lambda: _("%(person)s moved the matter by hand."), "trouble"),
    "process_instance.linked": _linked,
    "process_instance.completed": _ended,
    "user_task.claimed": simple(lambda: _("%(person)s claimed: %(step)s")),
    "user_task.released": simple(lambda: _("%(person)s released: %(step)s")),
    "user_task.assigned": _assigned,
    "user_task.updated": _updated,
    "user_task.taken_over": simple(lambda: _("%(person)s took over: %(step)s")),
    "user_task.muted": simple(lambda: _("%(person)s wants no reminders: %(step)s")),
    "user_task.unmuted": simple(lambda: _("%(person)s wants reminders again: %(step)s")),
    "deadline.reminded": _deadline(lambda: _("%(people)s were reminded: %(step)s"), "system"),
    "deadline.overdue": _deadline(lambda: _("Overdue: %(step)s. Told: %(people)s"), "returned"),
    "deadline.escalated": _deadline(
        lambda: _("Twice the time has passed: %(step)s. A superior may take it over. Told: %(people)s"), "trouble"
    ),
    "user_task.completed": completed,
    "decision.evaluated": decided,
    "copy.sent": _copied,
    "calendar.uncertain": _uncertain,
    "job.completed": _archived,
    "timer.fired": _fired,
    "incident.created": _trouble,
    "incident.resolved": simple(lambda: _("The trouble was put right: %(step)s"), "person"),
}
