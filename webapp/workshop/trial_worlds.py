"""What is in the world of a trial: its people to be played, what waits for whom, its matters, and its clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from engine import calendar, clock, deployments
from engine.actor import Actor, system
from engine.content.references import starter_posts
from engine.errors import Conflict
from engine.models import Incident, Job, ProcessInstance, UserTask, UserTaskCandidate
from engine.models.incident import OPEN
from engine.models.job import CREATED as DUE
from engine.models.user_task import CREATED
from engine.organisation import people
from feel.sentences import Sentence
from webapp import entries, glossary
from webapp.formats import exact, exact_text
from webapp.languages import gettext as _
from webapp.people import organisation, person_name, post_name
from webapp.rehearsals import Rehearsals, World
from webapp.surroundings import actor, elsewhere, reading, surroundings

_WATCHING = system("trial")
_MOST_PEOPLE = 12


@dataclass(frozen=True, slots=True)
class Waits:
    """A task that waits in a trial, and the people who may be played to do it."""

    key: int
    step: str
    who: str
    due: str
    people: Sequence[tuple[str, str]]


def rehearsals() -> Rehearsals:
    """Who keeps the worlds; :class:`Conflict` where nobody does."""
    found = surroundings().rehearsals
    if found is None:
        raise Conflict(Sentence("This installation cannot try drafts."))
    return found


@contextmanager
def inside(trial: str, person: str = "") -> Iterator[World]:
    """Within the block the request reads and writes the trial's world, as somebody or as its onlooker."""
    with (
        rehearsals().entered(trial, actor().person) as world,
        elsewhere(world.database, world.unit_of_work, _WATCHING),
    ):
        if not person:
            yield world
            return
        playing = player(person)
        with elsewhere(world.database, world.unit_of_work, playing):
            yield world


def player(person: str) -> Actor:
    """Somebody of the trial's organisation, to act as."""
    return people.actor(reading(), person, clock.now())


def open_tasks() -> Sequence[UserTask]:
    """Every open task, the oldest first."""
    return reading().scalars(select(UserTask).where(UserTask.state == CREATED).order_by(UserTask.key)).all()


def matters() -> Sequence[ProcessInstance]:
    """The matters, the newest first."""
    table = ProcessInstance
    return reading().scalars(select(table).where(table.parent_key.is_(None)).order_by(table.key.desc())).all()


def incidents() -> Sequence[Incident]:
    """What could not be carried out."""
    return reading().scalars(select(Incident).where(Incident.state == OPEN).order_by(Incident.key)).all()


def waits(task: UserTask) -> Waits:
    """A task with those who may be played."""
    today = calendar.local_date(clock.now())
    named = [task.assignee] if task.assignee else []
    if not named:
        table = UserTaskCandidate
        rows = reading().execute(select(table.kind, table.id).where(table.user_task_key == task.key))
        for kind, id_ in rows.all():
            named += (
                [id_] if kind == "person" else organisation().holders(id_, None, today) if kind == "group" else []
            )
    chosen = [(person, person_name(person)) for person in dict.fromkeys(named)][:_MOST_PEOPLE]
    due = exact_text(task.due_at) if task.due_at else ""
    return Waits(task.key, entries.step_name(task), entries.waits_for(task), due, chosen)


def matter(matter: ProcessInstance) -> Mapping[str, Any]:
    """A matter as a row of the page."""
    return {
        "key": matter.key,
        "title": entries.title_of(matter),
        "procedure": entries.procedure_name(matter),
        "number": matter.business_id or "",
        "state": entries.state_of(matter),
        "moment": exact(matter.started_at),
    }


def startable() -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Procedures with those who may start them: (name, [("process|person", "name, post")])."""
    session, today = reading(), calendar.local_date(clock.now())
    found: dict[str, list[tuple[str, str]]] = {}
    for one in deployments.independent(session):
        posts = starter_posts(one.properties)
        for post in posts:
            for person in organisation().holders(post, None, today)[:_MOST_PEOPLE]:
                name = glossary.translated(one.name, one.pack)
                words = f"{person_name(person)} · {post_name(post)}"
                found.setdefault(name, []).append((f"{one.process_id}|{person}", words))
    return sorted(found.items())


def next_instant() -> datetime | None:
    """When the next thing is due, if anything is."""
    return reading().scalar(select(func.min(Job.due_at)).where(Job.state == DUE, Job.due_at > clock.now()))


def next_due() -> str:
    """The same in words."""
    found = next_instant()
    return exact_text(found) if found is not None else ""


def steps() -> Sequence[tuple[str, str]]:
    """By how much time may pass: what is posted, and its words."""
    return [("PT1H", _("one hour")), ("PT8H", _("eight hours")), ("P1D", _("one day")), ("P7D", _("one week"))]
