"""Upload a file to a field of an open task, and take it back; only by who may do the task, within limits.

An upload is part of the draft: nothing moves, and nobody but those who do the task sees it until it is submitted.
"""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from engine import deployments, media_types
from engine.actor import Actor
from engine.attachments.names import harmless
from engine.errors import Conflict, FormRefused, NotFound
from engine.execution import Locked
from engine.models.user_task import CREATED
from engine.stored_files import ATTACHMENT, STORED_FILE, drop, store
from engine.task_forms import Attached
from engine.task_forms.files import MAXIMUM_FILES, find
from engine.user_tasks import attached
from engine.user_tasks.completing import standing_to_do
from engine.user_tasks.locking import lock_task, refuse_closed
from engine.user_tasks.rights import refuse_excluded
from feel.sentences import Sentence

MAXIMUM_SIZE = 10 * 1024 * 1024
"""Bytes of one file."""

MAXIMUM_UPLOADS = 3 * MAXIMUM_FILES
"""Files at one field of an open task: as many as it may hold, with room for those that are being replaced."""

MAXIMUM_OF_MATTER = 200
"""Files of one matter."""

MAXIMUM_BYTES_OF_MATTER = 200 * 1024 * 1024
"""Bytes of all files of one matter."""

_KEY_BITS = 63


def upload(session: Session, task_key: int, field: str, name: str, content: bytes, actor: Actor) -> Attached:
    """Attach a file to a field of the task, named by its path ("photos", "candidates.2.resume").

    Raises :class:`FormRefused` at that field for what cannot be attached, and what completing the task would raise
    for who may not do it.
    """
    media_type = _checked(field, name, content)  # before the transaction: others wait for it
    locked, task = lock_task(session, task_key, actor)
    acts_for = _refuse_others(session, locked, task, actor)
    path = _field(session, task, field, name, media_types.named(media_type, name))
    _refuse_too_many(session, task, field, path, len(content))
    row = {
        "key": secrets.randbits(_KEY_BITS),
        "sha256": store(session, content, media_type),
        "name": harmless(name, media_types.named(media_type, name)),
        "uploaded_by": actor.person,
        "uploaded_at": locked.matter.now,
        "root_key": task.root_key,
        "user_task_key": task.key,
        "field": path,
    }
    session.connection().execute(insert(ATTACHMENT), row)
    people = attached.doers(task, actor.person, acts_for)
    found = attached.of_task(session, task, task.form_key, people)
    return next(one for one in found if one.key == str(row["key"]))


def remove(session: Session, key: int, actor: Actor) -> None:
    """Take back a file of an open task; what was submitted stays."""
    found = session.connection().execute(select(*ATTACHMENT.c).where(ATTACHMENT.c.key == key)).one_or_none()
    if found is None:
        raise no_such_attachment()
    locked, task = lock_task(session, found.user_task_key, actor)
    if task.state != CREATED:
        refuse_submitted(locked, task, actor, session)
    acts_for = _refuse_others(session, locked, task, actor)
    if found.uploaded_by not in attached.doers(task, actor.person, acts_for):
        raise no_such_attachment()
    drop(session, ATTACHMENT.c.key == key)


def refuse_submitted(locked: Locked, task: Any, actor: Actor, session: Session) -> None:
    """Say to who may know of it that a file stays with what was submitted."""
    refuse_closed(session, locked, task, actor)
    raise Conflict(Sentence("This file was submitted and stays with the matter."))


def no_such_attachment() -> NotFound:
    """The same words whether it does not exist or is not the actor's business."""
    return NotFound(Sentence("There is no such file, or it is not open to you."))


def _checked(field: str, name: str, content: bytes) -> str:
    shown = harmless(name, media_types.TEXT).removesuffix(".txt")
    if not content:
        raise _refused(field, Sentence("The file {name} is empty.", name=shown))
    if len(content) > MAXIMUM_SIZE:
        limit = MAXIMUM_SIZE // (1024 * 1024)
        raise _refused(field, Sentence("The file {name} is larger than {limit} MB.", name=shown, limit=limit))
    media_type = media_types.sniffed(content)
    if media_type is None:
        raise _refused(
            field,
            Sentence(
                "The file {name} is of no kind that can be attached: pictures (JPEG, PNG, WebP, HEIC), PDF, Word and "
                "Excel files without macros, plain text and CSV.",
                name=shown,
            ),
        )
    return media_type


def _refuse_others(session: Session, locked: Locked, task: Any, actor: Actor) -> str | None:
    """For whom the actor does the task (None: himself); raises for who may not do it."""
    refuse_closed(session, locked, task, actor)
    acts_for = standing_to_do(session, locked, task, actor)
    refuse_excluded(session, actor.person, task, locked.matter.root.starter)
    return acts_for


def _field(session: Session, task: Any, field: str, name: str, media_type: str) -> str:
    """The path of the file field without numbers of rows, if the task's form has it and takes such files."""
    form = None if task.form_key is None else deployments.form(session, task.form_key)
    found = None if form is None else find(form.fields, field)
    if found is None:
        raise _refused(field, Sentence("This form has no such field."))
    path, entry = found
    if entry.disabled or entry.readonly is True:
        raise _refused(field, Sentence("This value can only be read here."))
    if not media_types.accepts(entry.accept, media_type):
        shown = harmless(name, media_type)
        raise _refused(field, Sentence("The file {name} is of a kind that this field does not take.", name=shown))
    return path


def _refuse_too_many(session: Session, task: Any, field: str, path: str, size: int) -> None:
    connection = session.connection()
    mine = (ATTACHMENT.c.user_task_key == task.key, ATTACHMENT.c.field == path)
    here = connection.execute(select(func.count()).select_from(ATTACHMENT).where(*mine)).scalar_one()
    if here >= MAXIMUM_UPLOADS:
        sentence = Sentence(
            "At most {maximum} files can be uploaded here; remove some first.", maximum=MAXIMUM_UPLOADS
        )
        raise _refused(field, sentence)
    count, used = connection.execute(
        select(func.count(), func.coalesce(func.sum(STORED_FILE.c.size), 0))
        .select_from(ATTACHMENT.join(STORED_FILE))
        .where(ATTACHMENT.c.root_key == task.root_key)
    ).one()
    if count >= MAXIMUM_OF_MATTER:
        raise _refused(field, Sentence("A matter holds at most {maximum} files.", maximum=MAXIMUM_OF_MATTER))
    if used + size > MAXIMUM_BYTES_OF_MATTER:
        limit = MAXIMUM_BYTES_OF_MATTER // (1024 * 1024)
        raise _refused(field, Sentence("The files of a matter are at most {limit} MB together.", limit=limit))


def _refused(field: str, sentence: Sentence) -> FormRefused:
    return FormRefused({field[:200]: [sentence]})
