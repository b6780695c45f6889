"""What the pages say of diagrams and words is so: every property is listed, every quotation stands in its line."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.content.labels import ROOT
from tests.content.test_specification import SPECIFICATION, needs_specification

ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
SETTINGS = (ROOT / "docs" / "diagram-settings.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
QUOTED = re.compile(r"(\d+) “([^”]+)”")


def read_by_the_engine() -> set[str]:
    """The names of properties that code asks for."""
    asked = re.compile(r"""properties(?:"\])?(?:\(node\)| or \{\})?\)?\.get\(\s*["'](\w+)["']""")
    return {
        name
        for room in ("engine", "webapp", "workers", "banli")
        for path in (ROOT / room).rglob("*.py")
        if "task_forms" not in path.parts and "node_modules" not in path.parts
        for name in asked.findall(path.read_text(encoding="utf-8"))
    }


def used_in_diagrams() -> set[str]:
    return {
        node.get("name")
        for path in (ROOT / "bpmn").rglob("*.bpmn")
        for node in etree.parse(path).iter(f"{ZEEBE}property")
    }


def test_every_property_that_the_code_reads_is_documented():
    read = read_by_the_engine()
    assert {"copyTo", "differentFrom", "starterPosts", "actorVariable", "title"} <= read
    assert sorted(name for name in read if f"| `{name}` |" not in SETTINGS) == []


def test_no_diagram_has_a_property_that_nothing_reads():
    assert sorted(used_in_diagrams() - read_by_the_engine()) == []


@needs_specification
def test_every_quotation_of_the_glossary_stands_in_its_line():
    lines = (SPECIFICATION / "source.txt").read_text(encoding="utf-8").splitlines()
    quotations = QUOTED.findall(GLOSSARY)
    assert len(quotations) >= 20
    assert [(number, words) for number, words in quotations if words not in lines[int(number) - 1]] == []


@pytest.mark.parametrize("heading", ["Procedure", "People and places", "Words of the system"])
def test_every_word_of_the_glossary_says_where_it_comes_from(heading):
    section = GLOSSARY.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| ")][1:]
    assert rows
    assert [row for row in rows if "source" not in row and "*ours*" not in row] == []
