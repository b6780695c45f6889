"""The bytes of attached files: stored once for each content, gone when nothing refers to them any more."""

from __future__ import annotations

import hashlib

from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import Session

from engine.errors import StaleRevision
from engine.models import Attachment, StoredFile

ATTACHMENT: Table = Attachment.__table__  # type: ignore[assignment] # declarative's type says FromClause
STORED_FILE: Table = StoredFile.__table__  # type: ignore[assignment] # the same


def store(session: Session, content: bytes, media_type: str) -> str:
    """Store the content unless it is there already; gives its SHA-256 in hexadecimal, locked until the commit."""
    sha256 = hashlib.sha256(content).hexdigest()
    connection = session.connection()
    new = (sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert)(STORED_FILE)
    columns = {"sha256": sha256, "size": len(content), "media_type": media_type, "content": content}
    connection.execute(new.on_conflict_do_nothing(), columns)
    there = select(STORED_FILE.c.sha256).where(STORED_FILE.c.sha256 == sha256)
    if connection.execute(there.with_for_update(read=True, key_share=True)).first() is None:
        raise StaleRevision  # whoever had the only other copy dropped it between the two statements: try again
    return sha256


def drop(session: Session, *conditions: ColumnElement[bool]) -> int:
    """Delete the attachments that meet the conditions, and contents that nobody else attached; gives how many."""
    connection = session.connection()
    going = connection.execute(select(ATTACHMENT.c.key, ATTACHMENT.c.sha256).where(*conditions)).all()
    if not going:
        return 0
    connection.execute(delete(ATTACHMENT).where(ATTACHMENT.c.key.in_([row.key for row in going])))
    contents = sorted({row.sha256 for row in going})
    named = STORED_FILE.c.sha256.in_(contents)
    # First the locks, in order, then a statement that sees what was attached while they were waited for.
    connection.execute(select(STORED_FILE.c.sha256).where(named).order_by(STORED_FILE.c.sha256).with_for_update())
    attached = select(ATTACHMENT.c.key).where(ATTACHMENT.c.sha256 == STORED_FILE.c.sha256).exists()
    connection.execute(delete(STORED_FILE).where(named, ~attached))
    return len(going)
