"""Another version of its process for a running instance: its rows follow, and nobody's work is lost.

Tasks keep their keys, assignees, drafts and due dates, and get the name, form and properties of the new version;
jobs, timers and subscriptions are found under their new elements. What the instance called stays on its own version.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update

from engine import deployments
from engine.errors import ExecutionFailed, Refused
from engine.execution.deadlines import DEADLINE
from engine.execution.instance import Instance
from engine.execution.tables import INCIDENT, JOB, SUBSCRIPTION, TASK
from engine.execution.work import TIMER
from engine.models import job as job_states
from engine.models import user_task as task_states
from engine.models.incident import OPEN
from engine.runtime import changes
from engine.statements import constant
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.execution.matter import Matter


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why an instance cannot go to another version, and at which of its elements ("": not at a single one)."""

    element_id: str
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class Move:
    """What a migration would do: elements where the instance stands → where it will; waits that end or begin."""

    obstacles: tuple[Obstacle, ...]
    mapped: Mapping[str, str]
    withdrawn: tuple[str, ...] = ()
    opened: tuple[str, ...] = ()


def move(matter: Matter, instance: Instance, definition_key: int, mapping: Mapping[str, str]) -> Move:
    """What :func:`migrate` would do, tried in memory; nothing is written."""
    workflow = matter.workflow(instance)
    stands = {occurrence.element_instance_id: occurrence.element_id for occurrence in workflow.active}
    target = deployments.process(matter.session, definition_key)
    blocked = workflow.migration_preview(target, mapping)
    if blocked:
        return Move(tuple(Obstacle(one.element_id, one.sentence) for one in blocked), {})
    try:
        workflow.migrate(target, mapping)
    except ExecutionFailed as failure:
        return Move((Obstacle(failure.element_id, failure.sentence),), {})
    told = workflow.take_changes()
    if matter.root.suspended and any(isinstance(change, changes.ElementActivated) for change in told):
        return Move((Obstacle("", would_go_on()),), {})
    stood = {
        stands[occurrence.element_instance_id]: occurrence.element_id
        for occurrence in workflow.active
        if occurrence.element_instance_id in stands
    }
    return Move(
        (), stood, _ids(told, changes.WaitClosed), _ids(told, changes.TimerCreated, changes.SubscriptionOpened)
    )


def migrate(matter: Matter, instance: Instance, definition_key: int, mapping: Mapping[str, str]) -> None:
    """Bring the instance to the other version, all of it or (:class:`Refused`) nothing."""
    target = deployments.process(matter.session, definition_key)
    workflow = matter.workflow(instance)
    blocked = workflow.migration_preview(target, mapping)
    if blocked:
        raise Refused(blocked[0].sentence)
    instance.definition_key = definition_key  # before anything is projected: forms are bound by it
    matter.run(instance, lambda running: running.migrate(target, mapping))
    if matter.root.suspended and matter.path.steps:
        raise Refused(would_go_on())


def would_go_on() -> Sentence:
    """Nothing moves in a suspended matter, not even by a new drawing."""
    return Sentence("In the other version this suspended matter would go on at once. Resume it first.")


def renamed(matter: Matter, instance: Instance, change: changes.ElementMigrated) -> None:
    """What waits under the occurrence is found under its new element."""
    matter.flush()
    connection = matter.session.connection()
    mine = {"process_instance_key": instance.key, "element_instance": change.element_instance_id}
    connection.execute(
        update(SUBSCRIPTION)
        .where(*(SUBSCRIPTION.c[name] == value for name, value in mine.items()))
        .values(element_id=change.element_id)
    )
    jobs = [
        *(JOB.c[name] == value for name, value in mine.items()),
        JOB.c.state.in_((job_states.CREATED, job_states.FAILED)),
    ]
    connection.execute(update(JOB).where(*jobs).values(element_id=change.element_id))
    by_element = update(JOB).where(*jobs, JOB.c.kind.in_((TIMER, DEADLINE)))
    connection.execute(by_element.values(topic=change.element_id))
    connection.execute(
        update(INCIDENT)
        .where(
            INCIDENT.c.process_instance_key == instance.key,
            INCIDENT.c.element_id == change.migrated_from,
            INCIDENT.c.state == OPEN,
        )
        .values(element_id=change.element_id)
    )


def task_redrawn(matter: Matter, instance: Instance, change: changes.UserTaskMigrated) -> None:
    """The open task shows what the new version draws; it stays whose it is, with draft and due date."""
    form_key = None
    if change.form_id is not None:
        form_key = deployments.bound_form(
            matter.session, instance.definition_key, change.form_id, change.form_binding, change.form_version_tag
        )
    matter.flush()
    matter.session.connection().execute(
        update(TASK)
        .where(
            TASK.c.root_key == matter.root.key,  # that is what there is an index of
            TASK.c.process_instance_key == instance.key,
            TASK.c.element_instance == change.element_instance_id,
            TASK.c.state == constant(task_states.CREATED),
        )
        .values(
            definition_key=instance.definition_key,
            element_id=change.element_id,
            name=change.name or change.element_id,
            form_key=form_key,
            properties=dict(change.properties),
        )
    )


def _ids(told: Iterable[changes.Change], *kinds: type[changes.ElementChange]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(change.element_id for change in told if isinstance(change, kinds)))
