"""Attached files: what a field holds is what was uploaded for that field, as a record of each file.

A submission names files by their keys alone. What else the value holds (name, SHA-256, size, type) comes from the
attachments of the task, or from what the matter held at that field already; a key found in neither is refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine import media_types
from engine.task_forms.fields import Field, FileField, GroupField, RowsField, saves
from engine.task_forms.formulas import FieldRefused
from engine.task_forms.structure import in_scope
from feel.sentences import Sentence

MAXIMUM_FILES = 20
_KEY = re.compile(r"[A-Za-z0-9._:-]{1,128}")

Record = Mapping[str, Any]
"""One file in a variable: key (text), name, sha256, size (bytes), type."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that was uploaded for a field; ``field`` is its path without numbers of rows ("candidates.resume")."""

    key: str
    field: str
    name: str
    sha256: str
    size: int
    type: str

    @property
    def record(self) -> dict[str, Any]:
        """What a variable holds of it."""
        return {"key": self.key, "name": self.name, "sha256": self.sha256, "size": self.size, "type": self.type}


def parse(entry: FileField, texts: Sequence[str]) -> list[str]:
    """The keys that a page posted."""
    return normalise(entry, [text for text in texts if text])


def normalise(entry: FileField, value: Any) -> list[str]:
    """The keys, each once; a client may send back the records that it was given."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise _no_list()
    unique = list(dict.fromkeys(_key(item) for item in value))
    most = maximum(entry)
    if len(unique) > most:
        raise FieldRefused(Sentence("Too many files: at most {maximum} here.", maximum=most))
    return unique


def maximum(entry: FileField) -> int:
    """How many files the field takes."""
    return MAXIMUM_FILES if entry.multiple else 1


def resolved(
    fields: Sequence[Field],
    given: Mapping[str, Any],
    stored: Mapping[str, Any],
    attached: Collection[Attached],
) -> dict[str, Any]:
    """The values with records in the place of keys; a key that belongs to nothing keeps only itself."""
    return _resolved(fields, given, [stored], {(one.field, one.key): one.record for one in attached}, "")


def constrain(entry: FileField, value: Sequence[Record]) -> Iterator[Sentence]:
    """What is wrong with the files of a field."""
    if any("sha256" not in record for record in value):
        yield Sentence("A file is named here that was not uploaded for this field. Please attach it again.")
    for record in value:
        if "type" in record and not media_types.accepts(entry.accept, record["type"]):
            yield Sentence("The file {name} is of a kind that this field does not take.", name=record["name"])


def find(fields: Sequence[Field], path: str) -> tuple[str, FileField] | None:
    """The file field at a path, with or without numbers of rows, and its path without them."""
    names = [name for name in path.split(".") if not name.isdecimal()]
    inside = fields
    for depth, name in enumerate(names, 1):
        entry = next((one for one in in_scope(inside) if one.key == name and saves(one)), None)
        if isinstance(entry, FileField) and depth == len(names):
            return ".".join(names), entry
        if not isinstance(entry, GroupField | RowsField):
            return None
        inside = entry.children
    return None


def _resolved(
    fields: Sequence[Field],
    given: Mapping[str, Any],
    stored: Sequence[Mapping[str, Any]],
    attached: Mapping[tuple[str, str], Record],
    prefix: str,
) -> dict[str, Any]:
    """``stored`` are the contexts of this scope in the matter: one, or those of all rows, whose order may change."""
    found = dict(given)
    for entry in in_scope(fields):
        value = given.get(entry.key)
        if value is None:
            continue
        path, held = prefix + entry.key, [scope.get(entry.key) for scope in stored]
        if isinstance(entry, FileField):
            kept = {item["key"]: item for items in held for item in _records(items)}
            found[entry.key] = [attached.get((path, key)) or kept.get(key) or {"key": key} for key in value]
        elif isinstance(entry, GroupField):
            inner = [one for one in held if isinstance(one, Mapping)]
            found[entry.key] = _resolved(entry.children, value, inner, attached, f"{path}.")
        elif isinstance(entry, RowsField):
            rows = [
                row for rows in held if isinstance(rows, list | tuple) for row in rows if isinstance(row, Mapping)
            ]
            found[entry.key] = [_resolved(entry.children, row, rows, attached, f"{path}.") for row in value]
    return found


def _records(value: Any) -> Iterator[Record]:
    """The records in what a matter holds at a field; what else stands there is none."""
    for item in value if isinstance(value, list | tuple) else ():
        if isinstance(item, Mapping) and isinstance(item.get("key"), str) and "sha256" in item:
            yield item


def _key(item: Any) -> str:
    key = item.get("key") if isinstance(item, Mapping) else item
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise _no_list()
    return key


def _no_list() -> FieldRefused:
    return FieldRefused(Sentence("A list of attached files is expected here."))
