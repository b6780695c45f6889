"""One task as its page needs it: the row, what it is to the reader, what its form starts from; why it is whose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import clock, history
from engine.actor import Actor
from engine.errors import Conflict
from engine.execution import Instance, Matter
from engine.execution.instance import COLUMNS
from engine.models import ProcessInstance, UserTask, UserTaskMute
from engine.models.user_task import CREATED
from engine.process_instances.rights import may_see
from engine.statements import Statement
from engine.task_forms import Attached
from engine.user_tasks import attached
from engine.user_tasks.rights import Standing, no_such_task, standing
from feel.sentences import Sentence

_MUTED = Statement(
    select(UserTaskMute.user_task_key).where(
        UserTaskMute.user_task_key == bindparam("task"), UserTaskMute.person_id == bindparam("person")
    )
)
_WITH_MATTER = (
    select(UserTask, ProcessInstance)
    .join(ProcessInstance, ProcessInstance.key == UserTask.root_key)
    .where(UserTask.key == bindparam("task"))
)


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task as the actor may see it.

    ``variables``: what the form starts from; ``draft``: his own, if kept; ``attached``: the files that he uploaded.
    """

    task: UserTask
    matter: ProcessInstance
    standing: Standing
    variables: Mapping[str, Any]
    draft: Mapping[str, Any] | None

    @property
    def may_complete(self) -> bool:
        """Whether the actor may do it now (claiming it first if it is in a queue)."""
        excluded = (self.task.resolution or {}).get("excluded", ())
        return self.is_open and self.standing.may_do and self.actor_person not in excluded

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.task.state == CREATED and not self.matter.suspended

    actor_person: str = ""
    attached: Sequence[Attached] = ()
    is_muted: bool = False  # the actor gets no reminders of it

    @property
    def may_take_over(self) -> bool:
        """Whether the actor stands above who has the task (or may claim it), and its time has passed twice."""
        start = self.task.take_over_from
        excluded = (self.task.resolution or {}).get("excluded", ())
        return (
            self.is_open
            and self.standing.is_superior
            and not self.standing.is_auditor
            and self.actor_person not in excluded
            and start is not None
            and start <= clock.now()
        )


@dataclass(frozen=True, slots=True)
class Why:
    """Why a task exists and is whose: the rules of its assignment, and the decisions that were made before it."""

    resolution: Mapping[str, Any]
    rules: Sequence[Sentence]
    decisions: Sequence[history.Event]


def get(session: Session, key: int, actor: Actor) -> TaskView:
    """The task of that key; :class:`NotFound` unless the actor may see it."""
    found = session.execute(_WITH_MATTER, {"task": key}).one_or_none()
    if found is None:
        raise no_such_task()
    task, matter = found
    stands = standing(session, actor, task, matter)
    involved = stands.may_do or stands.is_owner or stands.is_superior
    if not ((involved and matter.submitted_at is not None) or may_see(session, actor, matter)):
        raise no_such_task()
    variables = _variables(session, task, matter, actor) if task.state == CREATED else {}
    if stands.may_do:
        variables = knowing_who(variables, task, actor)
    draft = task.draft if stands.is_assignee or stands.stands_in_for is not None else None
    files: Sequence[Attached] = ()
    if task.state == CREATED and stands.may_do:
        files = attached.of_task(
            session, task, task.form_key, attached.doers(task, actor.person, stands.stands_in_for)
        )
    muted = bool(_MUTED.all(session, {"task": key, "person": actor.person}))
    return TaskView(task, matter, stands, variables, draft, actor.person, files, muted)


def why(session: Session, key: int, actor: Actor) -> Why:
    """The rules that gave the task to whom it was given, and every decision of the matter before it."""
    view = get(session, key, actor)
    events = history.timeline(session, view.task.root_key)
    created = next(
        (
            event.sequence
            for event in events
            if event.details.get("task") == key and event.type == "user_task.created"
        ),
        0,
    )
    resolution: Mapping[str, Any] = view.task.resolution or {}
    rules = [Sentence.from_json(rule) for rule in resolution.get("rules", ())]
    decisions = [event for event in events if event.type == "decision.evaluated" and event.sequence < created]
    return Why(resolution, rules, decisions)


def knowing_who(variables: Mapping[str, Any], task: Any, actor: Actor) -> Mapping[str, Any]:
    """The variables of a form with who does it, if its diagram asks (``actorVariable``): for "not he himself"."""
    name = (task.properties or {}).get("actorVariable")
    return variables if name is None else {**variables, name: actor.person}


def _variables(session: Session, task: UserTask, matter: ProcessInstance, actor: Actor) -> Mapping[str, Any]:
    """What is visible at the task, out of the state that the matter runs on (not of its projection)."""
    own = task.process_instance_key == matter.key
    row = matter if own else session.get_one(ProcessInstance, task.process_instance_key)
    instance = Instance(**{name: getattr(row, name) for name in COLUMNS})
    try:
        return dict(Matter(session, instance, actor).workflow(instance).variables(task.element_instance))
    except Conflict:  # it ended between two statements of this reader
        return {}
