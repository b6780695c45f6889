"""Two diagrams: elements that came and went, and every property of the others; where they are drawn is apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from engine.differences import words
from engine.differences.elements import Item, local, parse, properties_of
from engine.differences.model import Change

_DI = "http://www.omg.org/spec/BPMN/20100524/DI"
_SKIPPED = frozenset({"incoming", "outgoing", "BPMNDiagram", "flowNodeRef"})
_INSIDE = frozenset({"extensionElements", "ioMapping", "multiInstanceLoopCharacteristics"})


def compare(before: bytes, after: bytes) -> tuple[list[Change], list[str]]:
    """The changes of behaviour, and the ids of elements that were only drawn elsewhere."""
    old_root, new_root = parse(before), parse(after)
    old, new = items_of(old_root), items_of(new_root)
    changes = list(of_items(old, new))
    return changes, _moved(old_root, new_root, set(old) & set(new))


def items_of(root: etree._Element) -> dict[str, Item]:
    """The elements that people draw and name, by id, with what hangs on each."""
    drawn = {id_: one for one in root.iter("{*}*") if (id_ := one.get("id")) and _stands_alone(one)}
    own = frozenset(drawn)
    return {
        id_: Item(id_, local(one), one.get("name") or id_, properties_of(one, own, _SKIPPED))
        for id_, one in drawn.items()
    }


def _stands_alone(element: etree._Element) -> bool:
    """Definitions of events, conditions and the like belong to their owner, even where they have ids."""
    if element.tag.startswith(f"{{{_DI}}}") or local(element) == "definitions":
        return False
    if local(element).endswith(("EventDefinition", "Expression", "LoopCharacteristics")):
        return False
    return not any(local(one) in _INSIDE or local(one) == "BPMNDiagram" for one in element.iterancestors())


def of_items(old: Mapping[str, Item], new: Mapping[str, Item]) -> Iterable[Change]:
    """What came, what went, and what changed of the rest, in the order of the newer file."""
    for id_, item in old.items():
        if id_ not in new:
            yield Change("removed", id_, item.name)
    for id_, item in new.items():
        if id_ not in old:
            yield Change("added", id_, item.name)
            continue
        yield from of_properties(item, old[id_].properties, item.properties)


def of_properties(item: Item, old: Mapping[str, str], new: Mapping[str, str]) -> Iterable[Change]:
    """The properties of one element that differ."""
    for path in dict.fromkeys((*old, *new)):
        if old.get(path) != new.get(path):
            yield Change("changed", item.id, item.name, words.of(path), old.get(path, ""), new.get(path, ""))


def _moved(old: etree._Element, new: etree._Element, both: set[str]) -> list[str]:
    before, after = _drawing(old), _drawing(new)
    return [id_ for id_ in after if id_ in both and before.get(id_) != after[id_]]


def _drawing(root: etree._Element) -> dict[str, tuple[tuple[str, ...], ...]]:
    """Where each element is drawn, as plain numbers."""
    found = {}
    for shape in root.iter(f"{{{_DI}}}BPMNShape", f"{{{_DI}}}BPMNEdge"):
        places = list(shape.iter("{*}Bounds", "{*}waypoint"))
        told = tuple(
            tuple(f"{float(one.get(name, 0)):g}" for name in ("x", "y", "width", "height")) for one in places
        )
        found[str(shape.get("bpmnElement"))] = (*told, (shape.get("isExpanded", ""),))
    return found
