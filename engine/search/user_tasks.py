"""User tasks: open and done ones, of the matters that the actor may see.

A task's row repeats its matter's number and starter, and has no number until the matter was submitted; so whether a
task is found is read in its own row, and the queue of a group costs one look at each of its tasks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Text, and_, select, type_coerce
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.models import ProcessDefinition, ProcessInstance, UserTask, UserTaskCandidate
from engine.search.criteria import Column, Computed, Mapped, Operator, Through
from engine.search.paging import Asked, Catalogue, Found, Rows, find
from engine.search.variables import with_values
from engine.search.visible import Matter, visible


class _Instance(Column):
    """The process instance of a task: looked for by its matter, since that is what there is an index of."""

    def matches(self, operator: Operator, value: Any) -> Any:
        """The comparison, and where it names instances, their matters as well."""
        matches = super().matches(operator, value)
        if operator not in ("eq", "in"):
            return matches
        wanted = [value] if operator == "eq" else list(value)
        roots = select(ProcessInstance.root_key).where(ProcessInstance.key.in_(wanted))
        # one value is found before the rest; PostgreSQL would read all tasks for a set within an OR
        one = len(wanted) == 1
        return and_(UserTask.root_key == roots.scalar_subquery() if one else UserTask.root_key.in_(roots), matches)


def _candidates(kind: str) -> Through:
    rows = select(UserTaskCandidate.user_task_key).where(UserTaskCandidate.kind == kind)
    return Through(UserTask.key, rows, UserTaskCandidate.id)


_MATTER = Matter(UserTask.root_key, UserTask.starter, UserTask.business_id.is_not(None))
_NUMBERED = select(ProcessInstance.key).where(ProcessInstance.business_id.is_not(None))
_SORTS: dict[str, Column] = {
    "creation_date": Column(UserTask.created_at),
    "completion_date": Column(UserTask.completed_at, nullable=True),
    "follow_up_date": Column(UserTask.follow_up_at, nullable=True),
    "due_date": Column(UserTask.due_at, nullable=True),
    "priority": Column(UserTask.priority),
    "name": Column(UserTask.name),
    "business_id": Column(UserTask.business_id, nullable=True),
}
CATALOGUE = Catalogue(
    "user_tasks",
    fields={
        **_SORTS,
        # asked of the matters, whose numbers have an index
        "business_id": Through(UserTask.root_key, _NUMBERED, ProcessInstance.business_id),
        "state": Mapped({state: UserTask.state == state for state in ("CREATED", "COMPLETED", "CANCELED")}),
        "assignee": Column(UserTask.assignee, nullable=True),
        "element_id": Column(UserTask.element_id),
        "candidate_group": _candidates("group"),
        "candidate_user": _candidates("person"),
        "process_definition_id": Column(UserTask.process_id),
        "process_definition_key": Column(UserTask.definition_key),
        "process_instance_key": _Instance(UserTask.process_instance_key),
        "user_task_key": Column(UserTask.key),
        "element_instance": Column(UserTask.element_instance),
        "process_instance_variables": Computed(
            "eq", lambda wanted: with_values(UserTask.process_instance_key, wanted)
        ),
        "local_variables": Computed(
            "eq",
            lambda wanted: with_values(
                UserTask.process_instance_key, wanted, scope=type_coerce(UserTask.element_instance, Text)
            ),
        ),
    },
    sorts=_SORTS,
    keys=(UserTask.key,),
)


def statement() -> Rows:
    """A task with the version of its process."""
    return select(
        UserTask,
        ProcessDefinition.version.label("version"),
        ProcessDefinition.name.label("process_name"),
    ).join(ProcessDefinition, ProcessDefinition.key == UserTask.definition_key)


def search(session: Session, actor: Actor, asked: Asked) -> Found:
    """A page of tasks; each row has ``UserTask``, ``version`` and ``process_name``."""
    readable = visible(session, actor, select(UserTask.key), _MATTER)
    return find(session, CATALOGUE, statement(), readable, asked)


def candidates(session: Session, keys: Sequence[int]) -> dict[int, dict[str, list[str]]]:
    """Groups and persons who may claim each of these tasks, by task and kind."""
    found: dict[int, dict[str, list[str]]] = {key: {"group": [], "person": [], "excluded": []} for key in keys}
    rows = session.execute(
        select(UserTaskCandidate.user_task_key, UserTaskCandidate.kind, UserTaskCandidate.id)
        .where(UserTaskCandidate.user_task_key.in_(keys))
        .order_by(UserTaskCandidate.id)
    )
    for row in rows:
        found[row.user_task_key][row.kind].append(row.id)
    return found
