"""Runs the cases of the DMN Technology Compatibility Kit: a file of cases beside each file of decisions.

A case gives inputs and what one or more decisions must answer. One expected answer counts as one result.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from lxml import etree

import feel
from feel import decisions
from feel.values import equal

CASES = "{http://www.omg.org/spec/DMN/20160719/testcase}"
INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"
ENOUGH_DECIMALS = 8
INVOKED = frozenset({"decisionService", "bkm"})
TOLERANCE = Decimal("1e-8")
NOW = dt.datetime(2026, 1, 15, 9, 30, tzinfo=dt.UTC)
"""The moment of every evaluation."""


@dataclass(frozen=True)
class Result:
    """One expected answer: whether it was given, and what was given instead."""

    level: str
    name: str
    is_right: bool
    explanation: str


def results(folder: Path) -> Iterator[Result]:
    """Every result of a level, in the order of the files."""
    for cases in sorted(folder.glob("*/*-test-*.xml")):
        yield from _results_of(cases, folder.name)


def _results_of(cases: Path, level: str) -> Iterator[Result]:
    root = etree.fromstring(cases.read_bytes())
    file = cases.parent / root.findtext(f"{CASES}modelName", "").strip()
    others = {each.name: each.read_bytes() for each in cases.parent.glob("*.dmn") if each != file}
    try:
        compiled: decisions.Decisions | None = decisions.compile(file.read_bytes(), imports=others, strict=False)
        refusal = ""
    except decisions.DecisionsRefused as refused:
        compiled, refusal = None, str(refused)
    for case in root.iter(f"{CASES}testCase"):
        variables = _variables(case)
        for node in case.iter(f"{CASES}resultNode"):
            name = f"{cases.stem}/{case.get('id')}/{node.get('name')}"
            expected = _value(node.find(f"{CASES}expected"))
            asked = case.get("invocableName") if case.get("type") in INVOKED else node.get("name")
            given = refusal if compiled is None else _given(compiled, str(asked), variables)
            is_right = not refusal and _is_same(given, expected)
            yield Result(level, name, is_right, f"expected {_shown(expected)}, given {_shown(given)}")


class Crash(str):
    """What an evaluation must never end with."""

    __slots__ = ()


def _given(compiled: decisions.Decisions, name: str, variables: Mapping[str, object]) -> object:
    try:
        return compiled.evaluate(name, variables, now=NOW, escalate=False, trace=False).value
    except decisions.DecisionError as error:
        return Crash(f"{error.code}: {error}")


def _variables(case: etree._Element) -> dict[str, object]:
    variables: dict[str, object] = {}
    for node in case.iter(f"{CASES}inputNode"):
        variables[str(node.get("name"))] = _value(node)
    return variables


def _value(node: etree._Element | None) -> object:
    """The FEEL value that an element describes."""
    if node is None:
        return None
    listed = node.find(f"{CASES}list")
    if listed is not None:
        if listed.get(f"{INSTANCE}nil") == "true":
            return None
        return [_value(item) for item in listed.findall(f"{CASES}item")]
    components = node.findall(f"{CASES}component")
    if components:
        return {str(each.get("name")): _value(each) for each in components}
    value = node.find(f"{CASES}value")
    if value is None or value.get(f"{INSTANCE}nil") == "true":
        return None
    return _simple(value.text or "", (value.get(f"{INSTANCE}type") or "xsd:string").rpartition(":")[2])


def _simple(text: str, kind: str) -> object:
    match kind:
        case "string":
            return text
        case "boolean":
            return text.strip() == "true"
        case "decimal" | "double" | "integer" | "float" | "int" | "long":
            return Decimal(text.strip())
        case _:
            return feel.compile(f'@"{text.strip()}"').evaluate({}).value


def _is_same(given: object, expected: object) -> bool:
    if isinstance(given, Crash):
        return False
    if isinstance(expected, Decimal) and isinstance(given, Decimal):
        decimals = -int(expected.as_tuple().exponent)
        # Irrational results are written with the digits that a double had.
        return given == expected or (decimals >= ENOUGH_DECIMALS and abs(given - expected) <= TOLERANCE)
    if isinstance(expected, list) and isinstance(given, list):
        return len(given) == len(expected) and all(map(_is_same, given, expected))
    if isinstance(expected, dict) and isinstance(given, dict):
        return given.keys() == expected.keys() and all(_is_same(given[key], expected[key]) for key in expected)
    return equal(given, expected) is True


def _shown(value: object) -> str:
    return str(value).replace("\n", " ")[:300]
