"""An archived document to take along: one ZIP file with the document, its files and their digests.

It reads without this program: JSON, the files as they were uploaded, and ``SHA256SUMS`` for ``sha256sum -c``. The
same document gives the same bytes, and nothing is given out that is not what was archived.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterator
from typing import IO

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import archive, calendar
from engine.actor import Actor
from engine.attachments.names import harmless
from engine.errors import Refused
from engine.models import ArchiveEntry, ArchiveFile
from engine.stored_files import ATTACHMENT, STORED_FILE
from feel.sentences import Sentence

DOCUMENT = "document.json"
SUMS = "SHA256SUMS"


def write(session: Session, key: int, actor: Actor, target: IO[bytes]) -> ArchiveEntry:
    """Write the package of a document. Raises :class:`Refused` if anything of it was altered."""
    entry = archive.get(session, key, actor)
    sums = []
    stamp = entry.archived_at.astimezone(calendar.zone_named()).timetuple()[:6]
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, sha256, content in _parts(session, entry):
            if hashlib.sha256(content).hexdigest() != sha256:
                raise Refused(
                    Sentence("The archived document {number} is not what was archived.", number=entry.number)
                )
            package.writestr(zipfile.ZipInfo(name, stamp), content)
            sums.append(f"{sha256}  {name}\n")
        package.writestr(zipfile.ZipInfo(SUMS, stamp), "".join(sums))
    return entry


def _parts(session: Session, entry: ArchiveEntry) -> Iterator[tuple[str, str, bytes]]:
    """Name, digest and content of each part, one in memory at a time."""
    yield DOCUMENT, entry.sha256, entry.document.encode()
    files = session.execute(
        select(ArchiveFile.sha256, ATTACHMENT.c.name, STORED_FILE.c.media_type)
        .join(ATTACHMENT, ATTACHMENT.c.key == ArchiveFile.attachment_key)
        .join(STORED_FILE, STORED_FILE.c.sha256 == ArchiveFile.sha256)
        .where(ArchiveFile.entry_key == entry.key)
        .order_by(ATTACHMENT.c.uploaded_at, ATTACHMENT.c.key)
    ).all()
    for number, file in enumerate(files, 1):
        content = session.execute(select(STORED_FILE.c.content).where(STORED_FILE.c.sha256 == file.sha256))
        yield f"files/{number:02d}-{harmless(file.name, file.media_type)}", file.sha256, content.scalar_one()
