"""Jobs of a step: work inside the database is done at once, work outside and timers wait in rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine import topics
from engine.database import lost_a_race
from engine.errors import Conflict, EngineError, ExecutionFailed
from engine.execution.instance import Instance
from engine.keys import new_key
from engine.models import job as job_states
from engine.organisation import snapshot
from engine.runtime.changes import CopyRequested, JobCreated, TimerCreated
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.execution.matter import Matter

SERVICE, TIMER, NOTIFICATION, MESSAGE, SIGNAL = "service", "timer", "notification", "message", "signal"
COPY_TOPIC = "notify"
_RETRIES = 3


def job_row(  # noqa: PLR0913 - a row has this many columns
    instance_key: int | None,
    root_key: int | None,
    *,
    kind: str,
    topic: str,
    element_id: str | None,
    element_instance: str | None,
    due_at: datetime,
    now: datetime,
    variables: Any,
    headers: Any = None,
    retries: int = _RETRIES,
    external: bool = False,
) -> dict[str, Any]:
    """A row of the table ``job``, still to be written."""
    return {
        "key": new_key(),
        "kind": kind,
        "topic": topic,
        "process_instance_key": instance_key,
        "root_key": root_key,
        "element_id": element_id,
        "element_instance": element_instance,
        "state": job_states.CREATED,
        "due_at": due_at,
        "retries": retries,
        "locked_until": None,
        "worker": None,
        "headers": dict(headers or {}),
        "variables": variables,
        "external": external,
        "error": None,
        "created_at": now,
        "ended_at": None,
    }


def create_job(matter: Matter, instance: Instance, change: JobCreated) -> None:
    """An element waits for work: inside the database it is done right after, outside it becomes a row."""
    declared = topics.find(change.topic)
    external = change.properties.get("external") == "true"
    row = job_row(
        instance.key,
        matter.root.key,
        kind=SERVICE,
        topic=change.topic,
        element_id=change.element_id,
        element_instance=change.element_instance_id,
        due_at=matter.now,
        now=matter.now,
        variables=dict(change.variables),
        headers=change.headers,
        retries=change.retries,
        external=external,
    )
    if declared is not None and declared.placement == "inside" and not external:
        work = topics.Work(
            key=row["key"],
            topic=change.topic,
            process_instance_key=instance.key,
            root_key=matter.root.key,
            element_id=change.element_id,
            headers=change.headers,
            variables=change.variables,
        )
        matter.rows.inside.add((instance.key, change.element_instance_id))
        matter.later(lambda: _do_inside(matter, instance, change.element_instance_id, work))
        return
    matter.rows.add_job((instance.key, change.element_instance_id), row)
    details = {"job": row["key"], "topic": change.topic}
    matter.record(instance, "job.created", element_id=change.element_id, details=details)


def _do_inside(matter: Matter, instance: Instance, element_instance: str, work: topics.Work) -> None:
    if not instance.is_active or (instance.key, element_instance) not in matter.rows.inside:
        return  # interrupted by what followed before its turn
    matter.flush()
    try:
        result = run_inside_function(matter.session, work)
    except topics.BpmnError as error:
        details = {"job": work.key, "topic": work.topic, "error_code": error.code, "message": error.message}
        matter.record(instance, "job.completed", element_id=work.element_id, details=details)
        code, message, given = error.code, error.message, error.variables
        matter.act(instance, lambda workflow: workflow.throw_error(element_instance, code, message, given))
        return
    details = {"job": work.key, "topic": work.topic, "variables": matter.told(result)}
    matter.record(instance, "job.completed", element_id=work.element_id, details=details)
    matter.act(instance, lambda workflow: workflow.complete(element_instance, result))


def run_inside_function(session: Session, work: topics.Work) -> dict[str, Any]:
    """What an inside topic's function returns; raises its :class:`topics.BpmnError`, or fails the step."""
    declared = topics.find(work.topic)
    if declared is None or declared.function is None:
        raise ExecutionFailed(
            Sentence("The work {topic} is declared, but nothing here does it.", topic=work.topic),
            element_id=work.element_id,
            kind="job",
        )
    try:
        return dict(declared.function(session, topics.with_inputs(work)) or {})
    except (ExecutionFailed, Conflict, topics.BpmnError):
        raise
    except Exception as error:  # whatever the function does wrong stops this step alone, and is kept
        if isinstance(error, DBAPIError) and lost_a_race(error):
            raise  # the whole step is tried again
        reason = error.sentence if isinstance(error, EngineError) else f"{type(error).__name__}: {error}"
        raise ExecutionFailed(
            Sentence("The work {topic} failed: {reason}", topic=work.topic, reason=reason),
            element_id=work.element_id,
            kind="job",
            values=dict(work.variables),
        ) from error


def create_timer(matter: Matter, instance: Instance, change: TimerCreated) -> None:
    """An element waits for an instant: a job that is due then."""
    row = job_row(
        instance.key,
        matter.root.key,
        kind=TIMER,
        topic=change.element_id,
        element_id=change.element_id,
        element_instance=change.element_instance_id,
        due_at=change.due_at,
        now=matter.now,
        variables={},
    )
    matter.rows.add_job((instance.key, change.element_instance_id), row)
    details = {"job": row["key"], "due_at": change.due_at} | ({"missed": change.missed} if change.missed else {})
    matter.record(instance, "timer.created", element_id=change.element_id, details=details)


def copy(matter: Matter, instance: Instance, change: CopyRequested) -> None:
    """Copies for people and groups (抄送): one notification a step and matter, everybody in it once."""
    pending = matter.rows.copies
    if pending is None:
        pending = job_row(
            matter.root.key,
            matter.root.key,
            kind=NOTIFICATION,
            topic=COPY_TOPIC,
            element_id=change.element_id,
            element_instance=None,
            due_at=matter.now,
            now=matter.now,
            variables={"kind": "copy", "people": [], "groups": [], "process_instance_key": instance.key},
        )
        matter.rows.copies = pending
        matter.rows.add_job(None, pending)
    organisation = snapshot.of(matter.session)
    groups = [*change.groups, *(name for name in change.people if name in organisation.posts)]
    people = [name for name in change.people if name not in groups]
    given = pending["variables"]
    given["people"] = list(dict.fromkeys([*given["people"], *people]))
    given["groups"] = list(dict.fromkeys([*given["groups"], *groups]))
    details = {"job": pending["key"], "people": people, "groups": groups}
    matter.record(instance, "copy.sent", element_id=change.element_id, details=details)
