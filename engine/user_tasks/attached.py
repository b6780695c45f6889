"""Files at an open task: they belong to the draft of who does it, and stay only if they are submitted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from engine import deployments, media_types
from engine.statements import Statement
from engine.stored_files import ATTACHMENT, STORED_FILE, drop
from engine.task_forms import Attached
from engine.user_tasks.rights import Task


def rows() -> Select[Any]:
    """Attachments with what is known of their contents, without the bytes."""
    return select(*ATTACHMENT.c, STORED_FILE.c.size, STORED_FILE.c.media_type).join(STORED_FILE)


_OF_TASK = Statement(
    rows().where(ATTACHMENT.c.user_task_key == bindparam("task")).order_by(ATTACHMENT.c.uploaded_at, ATTACHMENT.c.key)
)


def shown(row: Any) -> Attached:
    """A row as forms know it."""
    return Attached(
        key=str(row.key),
        field=row.field,
        name=row.name,
        sha256=row.sha256,
        size=row.size,
        type=media_types.named(row.media_type, row.name),
    )


def doers(task: Task, *others: str | None) -> frozenset[str]:
    """Those whose files at the task are of one draft: who has it, for whom, and who acts now."""
    return frozenset({task.assignee, task.on_behalf_of, *others} - {None})  # type: ignore[arg-type] # none is None


def of_task(session: Session, task: Task, form_key: int | None, people: Collection[str]) -> tuple[Attached, ...]:
    """What these people uploaded for the task, in the order of uploading."""
    if not _has_files(session, form_key):
        return ()
    found = _OF_TASK.all(session, {"task": task.key})
    return tuple(shown(row) for row in found if row.uploaded_by in people)


def settle(session: Session, task: Task, uploaded: Sequence[Attached], submitted: Any) -> list[dict[str, str]]:
    """Keep what was submitted and drop the rest; gives what history tells: the key, digest and field of each file."""
    if not uploaded:
        return []
    kept = keys(submitted)
    going = [int(one.key) for one in uploaded if one.key not in kept]
    if going:
        drop(session, ATTACHMENT.c.user_task_key == task.key, ATTACHMENT.c.key.in_(going))
    return [{"key": one.key, "sha256": one.sha256, "field": one.field} for one in uploaded if one.key in kept]


def hand_over(session: Session, task: Task, form_key: int | None, person: str | None) -> None:
    """The task goes to somebody else: what others uploaded goes with their draft."""
    if _has_files(session, form_key):
        others = [] if person is None else [ATTACHMENT.c.uploaded_by != person]
        drop(session, ATTACHMENT.c.user_task_key == task.key, *others)


def keys(value: Any) -> set[str]:
    """The keys of all records of files in a value, at any depth."""
    if isinstance(value, Mapping):
        own = {value["key"]} if isinstance(value.get("key"), str) and "sha256" in value else set()
        return own.union(*(keys(item) for item in value.values()))
    if isinstance(value, list | tuple):
        return set().union(*(keys(item) for item in value))
    return set()


def _has_files(session: Session, form_key: int | None) -> bool:
    return form_key is not None and deployments.form(session, form_key).has_files
