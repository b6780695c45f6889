"""Read attached files: a submitted one by whoever may see its matter, one of an open task by who does the task."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import process_instances
from engine.actor import Actor
from engine.attachments.uploading import no_such_attachment
from engine.errors import Refused
from engine.models import ProcessInstance, UserTask
from engine.models.user_task import COMPLETED, CREATED
from engine.process_instances.rights import may_see
from engine.stored_files import ATTACHMENT, STORED_FILE
from engine.task_forms import Attached
from engine.user_tasks import attached
from engine.user_tasks.rights import standing
from feel.sentences import Sentence

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it was uploaded. ``type`` is by its content, ``name`` is safe to write to a disk.

    ``root_key`` is the matter that it belongs to; ``is_submitted``: with a task that was completed, so that it is a
    part of the matter and no more that of a form.
    """

    name: str
    type: str
    size: int
    sha256: str
    content: bytes
    root_key: int
    is_submitted: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A submitted file of a matter: with which task, by whom and when it came."""

    file: Attached
    process_id: str
    definition_key: int
    element_id: str
    task_name: str
    uploaded_by: str
    uploaded_at: datetime


def read(session: Session, key: int, actor: Actor) -> Download:
    """The file of that key; :class:`NotFound` unless the actor may see it, and :class:`Refused` if it was altered."""
    found = session.execute(attached.rows().where(ATTACHMENT.c.key == key)).one_or_none()
    if found is None or not _may_read(session, found, actor):
        raise no_such_attachment()
    content = session.execute(select(STORED_FILE.c.content).where(STORED_FILE.c.sha256 == found.sha256)).scalar_one()
    if hashlib.sha256(content).hexdigest() != found.sha256:
        _log.error("The stored file %s is not what was uploaded.", found.sha256)
        raise Refused(Sentence("The stored file is not what was uploaded. Please tell the administrators."))
    shown = attached.shown(found)
    is_submitted = session.get_one(UserTask, found.user_task_key).state == COMPLETED
    return Download(shown.name, shown.type, shown.size, shown.sha256, content, found.root_key, is_submitted)


def of_matter(session: Session, root_key: int, actor: Actor) -> tuple[Shown, ...]:
    """All submitted files of a matter, in the order in which they were uploaded."""
    process_instances.get(session, root_key, actor)
    task = UserTask.__table__.c
    told = (task.process_id, task.definition_key, task.element_id, task.name.label("task_name"))
    statement = (
        attached.rows()
        .add_columns(*told)
        .join(UserTask.__table__, task.key == ATTACHMENT.c.user_task_key)
        .where(ATTACHMENT.c.root_key == root_key, task.state == COMPLETED)
        .order_by(ATTACHMENT.c.uploaded_at, ATTACHMENT.c.key)
    )
    return tuple(
        Shown(
            attached.shown(row),
            row.process_id,
            row.definition_key,
            row.element_id,
            row.task_name,
            row.uploaded_by,
            row.uploaded_at,
        )
        for row in session.execute(statement)
    )


def _may_read(session: Session, found: Any, actor: Actor) -> bool:
    task = session.get_one(UserTask, found.user_task_key)
    matter = session.get_one(ProcessInstance, task.root_key)
    if task.state == COMPLETED:
        return may_see(session, actor, matter)
    if task.state != CREATED or (matter.submitted_at is None and actor.person != matter.starter):
        return False
    stands = standing(session, actor, task, matter)
    return stands.may_do and found.uploaded_by in attached.doers(task, actor.person, stands.stands_in_for)
