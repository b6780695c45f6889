"""Two files of decisions: hit policies, columns, rules and their cells by ids; everything else by property."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from engine.differences.diagrams import of_items, of_properties
from engine.differences.elements import Item, local, parse, properties_of
from engine.differences.model import Change
from feel.sentences import Sentence

_SKIPPED = frozenset({"DMNDI", "informationRequirement"})
_OF_TABLE = frozenset({"input", "output", "rule", "annotation"})


@dataclass(frozen=True, slots=True)
class _Rule:
    number: int
    cells: Mapping[str, str]
    note: str


def compare(before: bytes, after: bytes) -> tuple[list[Change], list[str]]:
    """The changes of decisions, and the ids of what was only drawn elsewhere."""
    old, new = parse(before), parse(after)
    changes = [*of_items(_items(old), _items(new))]
    old_tables, new_tables = _tables(old), _tables(new)
    for id_ in [id_ for id_ in new_tables if id_ in old_tables]:
        changes += _of_table(old_tables[id_], new_tables[id_])
    before_drawn, after_drawn = _drawing(old), _drawing(new)
    return changes, [id_ for id_, place in after_drawn.items() if before_drawn.get(id_, place) != place]


def _items(root: etree._Element) -> dict[str, Item]:
    """Decisions, inputs and whatever else stands below the definitions; tables are compared apart."""
    elements = [one for one in root.iterchildren("{*}*") if one.get("id") and local(one) not in _SKIPPED]
    return {
        str(one.get("id")): Item(
            str(one.get("id")),
            local(one),
            one.get("name") or str(one.get("id")),
            {**properties_of(one, _inside(one), _SKIPPED | _OF_TABLE | {"decisionTable"}), **_required(one)},
        )
        for one in elements
    }


def _inside(element: etree._Element) -> frozenset[str]:
    return frozenset(str(one.get("id")) for one in element.iter("{*}decisionTable") if one.get("id"))


def _required(element: etree._Element) -> dict[str, str]:
    """What a decision needs, without the order in which it is written."""
    needed = sorted(
        one.get("href", "").lstrip("#") for one in element.iter("{*}requiredInput", "{*}requiredDecision")
    )
    return {"requires": ", ".join(needed)} if needed else {}


def _tables(root: etree._Element) -> dict[str, etree._Element]:
    return {str(one.get("id")): one for one in root.iter("{*}decisionTable") if one.get("id")}


def _of_table(old: etree._Element, new: etree._Element) -> Iterator[Change]:
    parent = new.getparent()
    name = (parent.get("name") or parent.get("id") or "") if parent is not None else ""
    table = Item(str(new.get("id")), "decisionTable", name)
    plain = (
        {"hitPolicy": one.get("hitPolicy", "UNIQUE"), "aggregation": one.get("aggregation", "")} for one in (old, new)
    )
    yield from of_properties(table, *plain)
    old_columns, new_columns = _columns(old), _columns(new)
    yield from of_items(old_columns, new_columns)
    names = {id_: item.name for id_, item in {**old_columns, **new_columns}.items()}
    old_rules, new_rules = _rules(old), _rules(new)
    for id_, rule in old_rules.items():
        if id_ not in new_rules:
            yield Change("removed", id_, f"{name} #{rule.number}", None, _told(rule, names), "")
    for id_, rule in new_rules.items():
        if id_ not in old_rules:
            yield Change("added", id_, f"{name} #{rule.number}", None, "", _told(rule, names))
            continue
        yield from _of_rule(id_, name, old_rules[id_], rule, names)
    yield from _order(name, list(old_rules), list(new_rules), new_rules)


def _of_rule(id_: str, table: str, old: _Rule, new: _Rule, names: Mapping[str, str]) -> Iterator[Change]:
    where = f"{table} #{new.number}"
    for column in dict.fromkeys((*old.cells, *new.cells)):
        before, after = old.cells.get(column, ""), new.cells.get(column, "")
        if before != after:
            yield Change("changed", id_, where, Sentence(_plain(names.get(column, column))), before, after)
    if old.note != new.note:
        yield Change("changed", id_, where, Sentence("Annotation"), old.note, new.note)


def _order(table: str, old: list[str], new: list[str], rules: Mapping[str, _Rule]) -> Iterator[Change]:
    """Rules that stand before others than they did: under FIRST and RULE ORDER that is a change of behaviour."""
    both = [id_ for id_ in new if id_ in set(old)]
    was = [id_ for id_ in old if id_ in set(new)]
    for place, id_ in enumerate(both):
        if was[place] != id_:
            before = str(old.index(id_) + 1)
            yield Change("moved", id_, f"{table} #{rules[id_].number}", None, before, str(rules[id_].number))


def _columns(table: etree._Element) -> dict[str, Item]:
    found = {}
    for one in table.iterchildren("{*}input", "{*}output"):
        expression = one.findtext("{*}inputExpression/{*}text") or one.get("name") or ""
        name = one.get("label") or expression.strip() or str(one.get("id"))
        found[str(one.get("id"))] = Item(
            str(one.get("id")), local(one), name, properties_of(one, frozenset(), frozenset())
        )
    return found


def _rules(table: etree._Element) -> dict[str, _Rule]:
    columns = [str(one.get("id")) for one in table.iterchildren("{*}input", "{*}output")]
    found = {}
    for number, rule in enumerate(table.iterchildren("{*}rule"), start=1):
        texts = [
            (one.findtext("{*}text") or "").strip() for one in rule.iterchildren("{*}inputEntry", "{*}outputEntry")
        ]
        note = (rule.findtext("{*}description") or "").strip()
        found[str(rule.get("id") or number)] = _Rule(number, dict(zip(columns, texts, strict=False)), note)
    return found


def _told(rule: _Rule, names: Mapping[str, str]) -> str:
    return "; ".join(f"{names.get(column, column)}: {text or '-'}" for column, text in rule.cells.items())


def _plain(text: str) -> str:
    """A label of the pack as the template of a sentence: braces would be taken for parameters."""
    return text.replace("{", "(").replace("}", ")")


def _drawing(root: etree._Element) -> dict[str, tuple[str, ...]]:
    return {
        str(shape.get("dmnElementRef")): tuple(
            f"{float(one.get(name, 0)):g}"
            for one in shape.iter("{*}Bounds")
            for name in ("x", "y", "width", "height")
        )
        for shape in root.iter("{*}DMNShape")
    }
