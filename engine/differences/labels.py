"""Two files of translations: label by label."""

from __future__ import annotations

from engine.content.labels import read_labels
from engine.differences.model import Change, Kind


def compare(before: bytes, after: bytes) -> tuple[list[Change], list[str]]:
    """The labels whose translation differs."""
    old, new = read_labels(before), read_labels(after)
    changes = []
    for label in dict.fromkeys((*old, *new)):
        if old.get(label) != new.get(label):
            kind: Kind = "added" if label not in old else "removed" if label not in new else "changed"
            changes.append(Change(kind, "", label, None, old.get(label, ""), new.get(label, "")))
    return changes, []
