"""Every text of a pack that a person reads: names, labels, descriptions, documentation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

ROOT = Path(__file__).resolve().parents[2]
_FORM_LABELS = ("label", "dateLabel", "timeLabel", "description", "text", "title", "alt")
_ADORNERS = ("prefixAdorner", "suffixAdorner")


def in_diagram(path: Path) -> Iterator[str]:
    """Names and documentation, and the heading under which the catalogue shows the process."""
    for node in etree.parse(path).iter(etree.Element):
        kind = etree.QName(node).localname
        if kind in {"message", "signal", "header", "input", "output"}:
            continue  # names for machines
        if kind == "property":
            if node.get("name") == "category":
                yield node.get("value", "")
        elif node.get("name"):
            yield node.get("name", "")
        if kind == "documentation":
            yield (node.text or "").strip()


def in_table(path: Path) -> Iterator[str]:
    """Names, labels, descriptions and annotations."""
    for node in etree.parse(path).iter(etree.Element):
        kind = etree.QName(node).localname
        if kind in {"decision", "inputData", "annotation", "businessKnowledgeModel"}:
            yield node.get("name", "")
        yield node.get("label", "")
        if kind == "description":
            yield (node.text or "").strip()
        if kind == "annotationEntry":
            yield "".join(node.itertext()).strip()


def in_form(path: Path) -> Iterator[str]:
    """Labels, descriptions, options, columns, adorners, and what is said of a wrong value."""
    yield from _in_component(json.loads(path.read_text(encoding="utf-8")))


def _in_component(component: dict[str, Any]) -> Iterator[str]:
    for key in _FORM_LABELS:
        if isinstance(component.get(key), str):
            yield component[key]
    yield component.get("properties", {}).get("ruleMessage", "")
    yield component.get("validate", {}).get("patternErrorMessage", "")
    for key in _ADORNERS:
        yield component.get("appearance", {}).get(key, "")
    for option in [*component.get("values", ()), *component.get("columns", ())]:
        yield option["label"]
    for child in component.get("components", ()):
        yield from _in_component(child)


def of_pack(pack: str) -> frozenset[str]:
    """All of them."""
    readers = {"bpmn": in_diagram, "dmn": in_table, "forms": in_form}
    suffixes = {"bpmn": "*.bpmn", "dmn": "*.dmn", "forms": "*.form"}
    return frozenset(
        label
        for room, read in readers.items()
        for path in (ROOT / room / pack).glob(suffixes[room])
        for label in read(path)
        if label and not label.isascii()  # an id or a name of a variable needs no translation
    )
