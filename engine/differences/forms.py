"""Two forms: fields that came and went, and every property of the others."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from engine.differences.diagrams import of_items, of_properties
from engine.differences.elements import Item
from engine.differences.model import Change
from feel.sentences import Sentence

_LISTS = frozenset({"values", "columns"})


def compare(before: bytes, after: bytes) -> tuple[list[Change], list[str]]:
    """The changes of fields; a form has no drawing apart from them."""
    old, new = json.loads(before), json.loads(after)
    if not isinstance(old, dict) or not isinstance(new, dict):
        raise ValueError("A form is an object.")  # noqa: TRY004 - JSON of another kind is no form, like JSON of none
    old_items, new_items = dict(_items(old)), dict(_items(new))
    changes = list(of_items(old_items, new_items))
    whole = Item("", "form", str(new.get("id", "")))
    changes += of_properties(whole, dict(_properties(old)), dict(_properties(new)))
    order = [id_ for id_ in new_items if id_ in old_items]
    was = [id_ for id_ in old_items if id_ in new_items]
    if order != was:
        names = ["、".join(items[id_].name for id_ in ids) for items, ids in ((old_items, was), (new_items, order))]
        changes.append(Change("moved", "", "", Sentence("Order of the fields"), *names))
    return changes, []


def _items(component: dict[str, Any]) -> Iterator[tuple[str, Item]]:
    for child in component.get("components") or ():
        if isinstance(child, dict):
            id_ = str(child.get("id") or child.get("key") or child.get("path") or child.get("type"))
            name = str(child.get("label") or child.get("key") or child.get("text") or id_)
            yield id_, Item(id_, str(child.get("type")), name, dict(_properties(child)))
            yield from _items(child)


def _properties(component: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for key, value in component.items():
        here = f"{path}{key}"
        if key in ("components", "layout") or here in ("id", "exporter.name", "exporter.version", "schemaVersion"):
            continue
        if isinstance(value, dict):
            yield from _properties(value, f"{here}.")
        elif isinstance(value, list) and key in _LISTS:
            for entry in value:
                if isinstance(entry, dict):
                    name = entry.get("value", entry.get("key", ""))
                    yield f"{here}[{name}]", str(entry.get("label", ""))
        else:
            yield here, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
