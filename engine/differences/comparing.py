"""Two packs side by side: each file by the way of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.differences import diagrams, forms, labels, tables, texts
from engine.differences.model import Change, FileDifference

Comparison = Callable[[bytes, bytes], tuple[list[Change], list[str]]]

_WAYS: Mapping[str, Comparison] = {
    ".bpmn": diagrams.compare,
    ".dmn": tables.compare,
    ".form": forms.compare,
    ".po": labels.compare,
}


def compare(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[FileDifference, ...]:
    """Every file that differs, by path; one that differs in spelling alone (spaces, order of attributes) does not."""
    found = []
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        if old is None:
            found.append(FileDifference(path, "added"))
        elif new is None:
            found.append(FileDifference(path, "removed"))
        else:
            changes, layout = _compared(path, old, new)
            if changes or layout:
                found.append(FileDifference(path, "changed", tuple(changes), tuple(layout)))
    return tuple(found)


def _compared(path: str, old: bytes, new: bytes) -> tuple[list[Change], list[str]]:
    way = next((way for end, way in _WAYS.items() if path.endswith(end)), texts.compare)
    try:
        return way(old, new)
    except (ValueError, SyntaxError):  # what cannot be read in its own way is text all the same
        return texts.compare(old, new)
