"""Files in scenarios: the value of a file field names files, and each is uploaded as a person would.

The file is made up: small, true to the end of its name, and another for every name. So "photos: 地毯.jpg" is enough.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from banli.scenarios.world import World
from engine import attachments, deployments
from engine.actor import Actor
from engine.media_types import DOCX, EXTENSIONS, HEIC, JPEG, PDF, PNG, WEBP, XLSX
from engine.models import UserTask
from engine.task_forms import Field, FileField, GroupField, RowsField
from engine.task_forms.structure import in_scope

Upload = Callable[[str, str, bytes], str]
"""Attaches a file at the path of a field under a name; gives its key."""

_BEGINNINGS = {
    JPEG: b"\xff\xd8\xff\xe0",
    PNG: b"\x89PNG\r\n\x1a\n",
    WEBP: b"RIFF\x00\x00\x00\x00WEBP",
    HEIC: b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic",
    PDF: b"%PDF-1.7\n%",
}
_MAIN_PARTS = {XLSX: "spreadsheetml.sheet", DOCX: "wordprocessingml.document"}


def uploaded(world: World, task: UserTask, actor: Actor, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values for a task with the files that they name uploaded for it."""
    if task.form_key is None:
        return dict(values)
    with world.unit_of_work.read() as session:
        form = deployments.form(session, task.form_key)

    def upload(path: str, name: str, content: bytes) -> str:
        key: str = world.do(attachments.upload, task.key, path, name, content, actor).key
        return key

    return attached(form.fields, values, upload) if form.has_files else dict(values)


def attached(fields: Sequence[Field], values: Mapping[str, Any], upload: Upload, prefix: str = "") -> dict[str, Any]:
    """The values with each file that they name given to ``upload``, and in its place the key that it gives."""
    found = dict(values)
    for entry in in_scope(fields):
        value, path = values.get(entry.key), prefix + entry.key
        if isinstance(entry, FileField) and value:
            names = [value] if isinstance(value, str) else value
            found[entry.key] = [
                upload(path, name, made_up(name)) if isinstance(name, str) else name for name in names
            ]
        elif isinstance(entry, GroupField) and isinstance(value, Mapping):
            found[entry.key] = attached(entry.children, value, upload, f"{path}.")
        elif isinstance(entry, RowsField) and isinstance(value, list):
            found[entry.key] = [
                attached(entry.children, row, upload, f"{path}.{number}.") if isinstance(row, Mapping) else row
                for number, row in enumerate(value)
            ]
    return found


def made_up(name: str) -> bytes:
    """A small file as its name says; of an end that nobody may attach, one that is refused."""
    end = PurePosixPath(name).suffix.lower()
    media_type = next((kind for kind, ends in EXTENSIONS.items() if end in ends), None)
    if media_type is None:
        return b"<" + name.encode()
    if media_type in _BEGINNINGS:
        return _BEGINNINGS[media_type] + name.encode()
    if media_type in _MAIN_PARTS:
        return _office(_MAIN_PARTS[media_type], name)
    return f"{name}\n".encode()


def _office(part: str, name: str) -> bytes:
    main = f"application/vnd.openxmlformats-officedocument.{part}.main+xml"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        contents = f'<Types><Override PartName="/main.xml" ContentType="{main}"/></Types>'
        archive.writestr(zipfile.ZipInfo("[Content_Types].xml"), contents)
        archive.writestr(zipfile.ZipInfo("name.txt"), name)
    return written.getvalue()
