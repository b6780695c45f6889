"""The stages of due dates as they come: remind, tell of overdue work, offer it to the superior; never decide.

Each stage of a task comes once. After an outage only the latest that has come is told of, and history says how late
and what it passed over. The plan of the stages is made when the task is created (``engine.execution.deadlines``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import calendar, notifications
from engine.actor import Actor, system
from engine.errors import NotFound
from engine.execution import Locked, lock, queues, refuse_suspended, separated
from engine.execution.deadlines import DEADLINE, ESCALATION, OVERDUE, REMINDER, Plan
from engine.execution.tables import JOB, TASK
from engine.models import UserTaskMute
from engine.models import job as job_states
from engine.models.user_task import CREATED
from engine.notifications import Notice
from engine.organisation import delegations, resolvers, snapshot
from engine.organisation.resolvers import Circumstances
from feel.sentences import Sentence

ACTOR = system("deadline")
EVENTS: Mapping[str, str] = {
    REMINDER: "deadline.reminded",
    OVERDUE: "deadline.overdue",
    ESCALATION: "deadline.escalated",
}


def run(session: Session, key: int, actor: Actor = ACTOR) -> bool:
    """Let the stage of a task that has come take effect; False if there is none (any more, or yet)."""
    locked = lock(session, "job", key, actor)
    if locked is None or locked.row is None or locked.row.kind != DEADLINE:
        raise NotFound(Sentence("There is no such deadline."))
    job, matter = locked.row, locked.matter
    if job.state not in {job_states.CREATED, job_states.FAILED} or job.due_at > matter.now:
        return False
    refuse_suspended(matter)
    task = session.connection().execute(select(TASK).where(TASK.c.key == job.variables["task"])).one()
    if task.state != CREATED:
        _set(session, key, state=job_states.CANCELED, ended_at=matter.now)
        return False
    planned = Plan.from_variables(job.variables)
    come = planned.come(job.variables["stage"], matter.now)
    if not come:
        return False
    stage, since = come[-1]
    following = planned.after(stage)
    told = _Told(session, locked, task, stage).tell()
    details = {
        "task": task.key,
        "name": task.name,
        "due_at": task.due_at,
        "since": since,
        "seconds_late": int((matter.now - since).total_seconds()),
        "passed_over": [name for name, _instant in come[:-1]],
        "persons": told,
    }
    matter.record(locked.instance, EVENTS[stage], element_id=task.element_id, details=details, actor=actor)
    if following is None:
        _set(session, key, state=job_states.COMPLETED, ended_at=matter.now)
    else:
        variables = planned.as_variables(task.key, following[0])
        _set(session, key, state=job_states.CREATED, due_at=following[1], variables=variables)
    matter.save()
    return True


def _set(session: Session, key: int, **values: Any) -> None:
    session.connection().execute(
        update(JOB).where(JOB.c.key == key).values(locked_until=None, worker=None, error=None, **values)
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Who is told what at one stage of one task."""

    session: Session
    locked: Locked
    task: Any
    stage: str

    def tell(self) -> list[str]:
        """Add the notifications; gives everybody who was told."""
        responsible = set(self._responsible())
        if self.stage == REMINDER:
            muted = select(UserTaskMute.person_id).where(UserTaskMute.user_task_key == self.task.key)
            responsible -= set(self.session.scalars(muted))
            self._notify(responsible, Sentence("{task} is due at {time}.", **self._named()))
            return sorted(responsible)
        superiors = set() if self.locked.matter.root.submitted_at is None else set(self._superiors()) - responsible
        if self.stage == OVERDUE:
            self._notify(responsible, Sentence("{task} was due at {time} and is overdue.", **self._named()))
            sentence = Sentence(
                "{task} was due at {time} and is overdue; it waits for {people}.",
                people=self._waits_for(),
                **self._named(),
            )
            self._notify(superiors, sentence)
        else:
            sentence = Sentence(
                "{task} was due at {time} and is overdue; a superior may now take it over.", **self._named()
            )
            self._notify(responsible, sentence)
            sentence = Sentence(
                "{task} was due at {time} and still waits for {people}. You may take it over.",
                people=self._waits_for(),
                **self._named(),
            )
            self._notify(superiors, sentence)
        return sorted(responsible | superiors)

    @property
    def _now(self) -> datetime:
        return self.locked.matter.now

    def _notify(self, persons: set[str], sentence: Sentence) -> None:
        kind = {REMINDER: "reminder", OVERDUE: "overdue", ESCALATION: "take_over"}[self.stage]
        notifications.notify(self.session, persons, Notice(kind, self.task.key, self.task.root_key, sentence))

    def _named(self) -> dict[str, object]:
        """The task with its matter, and when it is due on the clock on the wall."""
        of_matter = (self.task.business_id, self.task.title)
        described = " ".join(text for text in of_matter if text)
        return {
            "task": Sentence("{task} ({matter})", task=Sentence(self.task.name), matter=described or "–"),
            "time": f"{self.task.due_at.astimezone(calendar.zone_named()):%Y-%m-%d %H:%M}",
        }

    def _responsible(self) -> list[str]:
        """Who has the task, for whom, and who may stand in; or everybody who may claim it."""
        if self.task.assignee is None:
            return sorted(queues.members(self.session, self.task, self._now))
        day, process_id = calendar.local_date(self._now), self.locked.matter.root.process_id
        organisation = snapshot.of(self.session)
        has_it, owner = self.task.assignee, self.task.on_behalf_of
        if owner is not None and not delegations.stands(self.session, owner, has_it, process_id, self._now):
            has_it, owner = owner, None  # the delegation has ended
        entries = organisation.delegations.get(has_it, ())
        persons = [has_it, owner, *(entry.delegate_id for entry in entries if entry.holds_on(day, process_id))]
        return [person for person in persons if person is not None and organisation.is_active(person)]

    def _superiors(self) -> list[str]:
        """The first above who may do it: neither the applicant of a task he may not decide, nor one kept apart."""
        matter, resolution = self.locked.matter, self.task.resolution or {}
        apart = separated(self.session, self.task.root_key, self.task.properties or {})
        out = apart.union(resolution.get("excluded", ()))
        organisation = snapshot.of(self.session)
        day = Circumstances(calendar.local_date(self._now), matter.root.process_id, out)
        if self.task.assignee is not None:
            return list(resolvers.superior(organisation, self.task.assignee, day).persons)
        above = [resolvers.above(organisation, group, self.task.store, day) for group in resolution.get("groups", ())]
        above += [resolvers.superior(organisation, person, day) for person in resolution.get("persons", ())]
        return [person for record in above for person in record.persons]

    def _waits_for(self) -> Sentence:
        """The assignee, or the posts and persons who may claim it."""
        organisation = snapshot.of(self.session)
        if self.task.assignee is not None:
            person = organisation.people.get(self.task.assignee)
            return Sentence("{name}", name=self.task.assignee) if person is None else person.sentence
        resolution = self.task.resolution or {}
        groups = (organisation.posts.get(group) for group in resolution.get("groups", ()))
        names = [post.sentence for post in groups if post is not None]
        names += [organisation.people[person].sentence for person in resolution.get("persons", ())]
        joined = names[0] if names else Sentence("nobody")
        for following in names[1:]:
            joined = Sentence("{first}, {following}", first=joined, following=following)
        return joined
