"""XML files as elements with properties: children that have no life of their own are properties of their owner."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

_KEYS = ("name", "target", "key", "type", "eventType")
"""Attributes that tell children of one kind apart: a property by its name, an input by its target."""


@dataclass(slots=True)
class Item:
    """An element: what kind it is, what people call it, and its properties by path."""

    id: str
    kind: str
    name: str
    properties: dict[str, str] = field(default_factory=dict)


def parse(content: bytes) -> etree._Element:
    """The root of a file; raises ``SyntaxError`` or ``ValueError`` for what is none. Entities are never resolved."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    root = etree.fromstring(content, parser)
    if getattr(root.getroottree().docinfo, "doctype", ""):
        raise ValueError("A document type is not accepted.")
    return root


def local(element: etree._Element) -> str:
    """The name of an element without its namespace; "" for comments and instructions."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def properties_of(element: etree._Element, own: frozenset[str], skip: frozenset[str]) -> dict[str, str]:
    """The properties of an element by path ("assignmentDefinition.assignee", "property[title].value").

    ``own`` are ids of elements that stand for themselves and so are no properties of others.
    """
    found = dict(_attributes(element, ""))
    _collect(element, "", found, own, skip)
    return found


def _collect(
    element: etree._Element, path: str, found: dict[str, str], own: frozenset[str], skip: frozenset[str]
) -> None:
    for child in element.iterchildren():
        name = local(child)
        if not name or name in skip or child.get("id") in own:
            continue
        here = path if name in ("extensionElements", "ioMapping", "properties", "taskHeaders") else f"{path}{name}"
        if here != path:
            key = next((child.get(key) for key in _KEYS if child.get(key) and len(_like(child)) > 1), None)
            here = f"{here}[{key}]." if key else f"{here}."
            here = _free(here, found)
            found |= dict(_attributes(child, here))
            text = (child.text or "").strip()
            if text:
                found[here.rstrip(".")] = text
            elif not child.attrib and not len(child):
                found[here.rstrip(".")] = "✓"
        _collect(child, here, found, own, skip)


def _like(child: etree._Element) -> list[etree._Element]:
    parent = child.getparent()
    return [] if parent is None else [one for one in parent.iterchildren() if one.tag == child.tag] or [child]


def _free(path: str, found: dict[str, str]) -> str:
    """The path itself, or with a number where several of the same would fall together."""
    number, free = 1, path
    while any(known == free.rstrip(".") or known.startswith(free) for known in found):
        number += 1
        free = f"{path.rstrip('.')}({number})."
    return free


def _attributes(element: etree._Element, path: str) -> Iterator[tuple[str, str]]:
    for name, value in element.attrib.items():
        plain = etree.QName(name).localname
        if plain != "id" and not (path == "" and plain.startswith("exporter")):
            yield f"{path}{plain}", str(value)
