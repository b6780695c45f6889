"""Fill in a task: keep a draft, or complete it and see the matter move on."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, update
from sqlalchemy.orm import Session

from engine import deployments, history
from engine.actor import Actor
from engine.errors import FormRefused, NotAllowed
from engine.execution import Locked, Matter, failures, presentation
from engine.execution.tables import CANDIDATE, TASK
from engine.execution.updates import Update
from engine.history import Personal
from engine.models.user_task import COMPLETED, CREATED
from engine.process_instances.rights import groups_of, may_see
from engine.statements import Statement, constant
from engine.task_forms import Attached, Parsed
from engine.user_tasks import attached
from engine.user_tasks.locking import lock_task, refuse_closed
from engine.user_tasks.reading import knowing_who
from engine.user_tasks.rights import Standing, holder, named, no_such_task, refuse_excluded, standing, was_asked
from engine.values import canonical, dumps, same
from feel.sentences import Sentence

_DRAFT_LENGTH = 200_000

_COMPLETE = Update(TASK, TASK.c.key == bindparam("b_key"), TASK.c.state == constant(CREATED), state=COMPLETED)
_UNCLAIM = Statement(delete(CANDIDATE).where(CANDIDATE.c.user_task_key == bindparam("key")))


@dataclass(frozen=True, slots=True)
class Completion:
    """What a completion led to. ``next_tasks``: new tasks of this matter that the actor may do, own ones first."""

    root_key: int
    business_id: str | None
    next_tasks: tuple[int, ...]
    ended: bool
    outcome: str | None


def save_draft(session: Session, key: int, actor: Actor, values: Mapping[str, Any]) -> None:
    """Keep what was entered so far, as it was typed; nothing is checked but its size, nothing moves."""
    locked, task = lock_task(session, key, actor)
    refuse_closed(session, locked, task, actor)
    standing_to_do(session, locked, task, actor)
    if task.assignee is None:
        raise NotAllowed(Sentence("Claim the task first; then a draft can be kept for you."))
    if len(dumps(dict(values))) > _DRAFT_LENGTH:
        raise FormRefused({"": [Sentence("The draft is longer than {limit} characters.", limit=_DRAFT_LENGTH)]})
    session.connection().execute(update(TASK).where(TASK.c.key == key).values(draft=dict(values)))


def complete(
    session: Session, key: int, actor: Actor, values: Mapping[str, Any] | Parsed, *, posted: bool = False
) -> Completion:
    """Complete the task with what its form collected, and run the matter to where it waits next.

    ``values``: typed values by name, or what ``TaskForm.parse`` made of a page. ``posted``: they are those of a page,
    so that what it held of hidden and read-only fields is passed over; a client that sends such is refused.

    Raises :class:`FormRefused` for values that the form does not take, :class:`Conflict` when somebody was faster,
    :class:`NotAllowed`, :class:`NotFound`, and :class:`ExecutionFailed` when the matter cannot go on. The same
    completion by the same actor once more is harmless.
    """
    locked, task = lock_task(session, key, actor)
    matter, instance = locked.matter, locked.instance
    submitted, posted = (values.values, True) if isinstance(values, Parsed) else (dict(values), posted)
    digest = _digest(submitted)
    if task.state == COMPLETED and _is_repetition(session, task, actor, digest):
        return _completion(matter, actor, [])
    refuse_closed(session, locked, task, actor)
    acts_for = standing_to_do(session, locked, task, actor)
    refuse_excluded(session, actor.person, task, matter.root.starter)
    workflow = matter.workflow(instance)
    current = workflow.variables(task.element_instance)
    uploaded = attached.of_task(session, task, task.form_key, attached.doers(task, actor.person, acts_for))
    known = knowing_who(current, task, actor)
    cleaned = _clean(locked, task, values, known, uploaded, strict=not posted)
    files = attached.settle(session, task, uploaded, cleaned)
    if variable := (task.properties or {}).get("actorVariable"):
        cleaned[variable] = actor.person  # the diagram asks who did it, e.g. to pass over whoever assessed before
    matter.on_behalf_of = acts_for
    _close_row(matter, task, actor, acts_for)
    changes = {
        name: {"before": current.get(name), "after": value}
        for name, value in cleaned.items()
        if name not in current or _differs(current[name], value)
    }
    matter.reported |= {(instance.key, name) for name in changes}
    matter.record(
        instance,
        "user_task.completed",
        element_id=task.element_id,
        details={
            "task": key,
            "name": task.name,
            "definition": task.definition_key,
            "form": task.form_key,
            "assignee": task.assignee or actor.person,
            "created_at": task.created_at,
            "claimed_at": task.claimed_at,
            "due_at": task.due_at,
            "values": matter.told(cleaned),
            "changes": matter.told(changes),
            **({"attachments": files} if files else {}),
            # a digest of personal values would give them away to whoever tries short texts
            "submitted_sha256": Personal(digest) if matter.personal_names else digest,
        },
        actor=actor,
        on_behalf_of=acts_for,
    )
    with matter.attempt(instance, "user_tasks.complete", {"key": key, "values": submitted, "posted": posted}):
        if matter.root.submitted_at is None:
            presentation.submit(matter)
        matter.run(instance, lambda running: running.complete(task.element_instance, cleaned))
    failures.close_incidents(matter, lambda incident: _concerns(incident, task), actor)
    matter.save()
    return _completion(matter, actor, matter.path.created_tasks)


def standing_to_do(session: Session, locked: Locked, task: Any, actor: Actor) -> str | None:
    """For whom the actor may do the task (None: for himself); raises when he may not do it at all."""
    root = locked.matter.root
    stands: Standing = standing(session, actor, task, root)
    if stands.may_do:
        if stands.is_assignee:
            return task.on_behalf_of if task.assignee == actor.person else None  # else it came back to its owner
        if stands.stands_in_for is not None:
            return stands.stands_in_for
        owners: Mapping[str, str] = (task.resolution or {}).get("owners", {})
        return owners.get(actor.person)
    known = stands.is_owner or stands.is_superior or was_asked(actor, task)
    if not (known or may_see(session, actor, root)):
        raise no_such_task()
    has_it, _owner = holder(session, task, root.process_id)
    if has_it is not None:
        raise NotAllowed(Sentence("This task is assigned to {person}.", person=named(session, has_it)))
    raise NotAllowed(Sentence("This task waits for others; you may read it, not do it."))


def _clean(
    locked: Locked,
    task: Any,
    given: Mapping[str, Any] | Parsed,
    current: Mapping[str, Any],
    uploaded: Collection[Attached],
    *,
    strict: bool,
) -> dict[str, Any]:
    matter = locked.matter
    if task.form_key is None:
        unknown = {*given.values, *given.unknown} if isinstance(given, Parsed) else set(given)
        if unknown:
            sentence = Sentence("This task has no form, so it takes no values.")
            raise FormRefused({str(name): [sentence] for name in sorted(unknown)})
        return {}
    form = deployments.form(matter.session, task.form_key)
    functions = matter.host(locked.instance).functions
    return form.clean(given, current=current, now=matter.now, functions=functions, attached=uploaded, strict=strict)


def _close_row(matter: Matter, task: Any, actor: Actor, acts_for: str | None) -> None:
    """The row is closed by the command itself: with who did it, and only if it is still open."""
    if task.assignee is None:
        details = {"task": task.key, "name": task.name}
        matter.record(
            matter.instance(task.process_instance_key),
            "user_task.claimed",
            element_id=task.element_id,
            details=details,
            actor=actor,
            on_behalf_of=acts_for,
        )
    closed = {
        "assignee": actor.person if task.on_behalf_of == actor.person else task.assignee or actor.person,
        "on_behalf_of": acts_for,
        "claimed_at": task.claimed_at or (matter.now if task.assignee is None else None),
        "completed_at": matter.now,
        "completed_by": actor.person,
        "draft": None,
    }
    given = {"b_key": task.key, **{f"b_{name}": value for name, value in closed.items()}}
    matter.outbox.add(_COMPLETE.changing(task, closed), given, touching=1)
    matter.rows.settled.add((task.process_instance_key, task.element_instance))
    if task.due_at is None:
        matter.rows.undated.add((task.process_instance_key, task.element_instance))
    resolution: Mapping[str, Any] = task.resolution or {}
    if resolution.get("groups") or resolution.get("persons"):
        matter.outbox.add(_UNCLAIM, {"key": task.key})


def _is_repetition(session: Session, task: Any, actor: Actor, digest: str) -> bool:
    """Whether this very completion by this actor closed the task: the answer may have been lost on its way."""
    if task.completed_by != actor.person:
        return False
    completed = (
        event.details for event in history.timeline(session, task.root_key) if event.type == "user_task.completed"
    )
    return any(told.get("task") == task.key and told.get("submitted_sha256") == digest for told in completed)


def _digest(submitted: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(dict(submitted)).encode("utf-8", "surrogatepass")).hexdigest()


def _differs(before: object, after: object) -> bool:
    return not same(before, after)


def _concerns(incident: Mapping[str, Any], task: Any) -> bool:
    """Whether an open incident was about this task: an attempt to complete it, or that nobody was found for it."""
    attempt = incident["attempt"] or {}
    if attempt.get("command") == "user_tasks.complete":
        return bool(attempt["arguments"].get("key") == task.key)
    return bool(
        incident["process_instance_key"] == task.process_instance_key
        and attempt.get("element_instance") == task.element_instance
    )


def _completion(matter: Matter, actor: Actor, created: list[dict[str, Any]]) -> Completion:
    root = matter.root
    groups = set(groups_of(actor))
    mine, claimable = [], []
    for row in created:
        if row["state"] != CREATED:
            continue
        if row["assignee"] == actor.person:
            mine.append(row["key"])
        elif row["assignee"] is None and actor.person not in row["resolution"]["excluded"]:
            candidates = matter.rows.candidates.get(row["key"], [])
            named = {"person": {actor.person}, "group": groups}
            if any(item["id"] in named.get(item["kind"], ()) for item in candidates):
                claimable.append(row["key"])
    return Completion(root.key, root.business_id, (*mine, *claimable), not root.is_active, root.outcome)
