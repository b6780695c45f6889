"""Who gets a user task: the diagram's expression, the organisation's rules, and the separation of duties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from engine.execution.tables import TASK
from engine.models.user_task import COMPLETED
from engine.organisation import resolution
from engine.organisation.resolution import Resolution
from engine.runtime.changes import UserTaskCreated

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from engine.execution.matter import Matter

_ACTORS = select(TASK.c.completed_by, TASK.c.on_behalf_of).where(
    TASK.c.root_key == bindparam("root_key"),
    TASK.c.element_id.in_(bindparam("elements", expanding=True)),
    TASK.c.state == COMPLETED,
)


def resolve(matter: Matter, change: UserTaskCreated) -> Resolution:
    """The persons, by the rules of the organisation; the exception queue when there is nobody, never nothing."""
    root = matter.root
    named = change.resolution if change.resolution is not None else list(change.candidate_users) or None
    if change.properties.get("differentFrom"):
        matter.flush()  # who completed a task in this very step is asked for, too
    # Filling in one's own request is no decision about it: the first step is the starter's, in person.
    drafting = root.submitted_at is None and change.assignees == (root.starter,) and _names_plainly(change.resolution)
    return resolution.resolve(
        matter.session,
        named,
        applicant=root.starter,
        process_id=root.process_id,
        at=matter.now,
        allow_self=drafting or change.properties.get("allowSelf") == "true",
        excluded=separated(matter.session, root.key, change.properties),
        groups=change.candidate_groups,
        delegation=not drafting,
    )


def separated(session: Session, root_key: int, properties: Mapping[str, str]) -> frozenset[str]:
    """Who did one of the elements that ``differentFrom`` names (or for whom it was done), so may not do this one."""
    elements = [name.strip() for name in properties.get("differentFrom", "").split(",") if name.strip()]
    if not elements:
        return frozenset()
    done = session.connection().execute(_ACTORS, {"root_key": root_key, "elements": elements})
    return frozenset(person for row in done for person in row if person is not None)


def _names_plainly(value: object) -> bool:
    """Whether the diagram names the person itself, and no rule of the organisation found him."""
    return isinstance(value, str) or (
        isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
    )
