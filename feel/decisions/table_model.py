"""What a DMN file says about a decision table, as immutable values: inputs, outputs, rules, hit policy.

Every element has an id; one that the file leaves out is made from its place, so that a problem or a trace
can always name it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

HitPolicy = Literal["UNIQUE", "ANY", "PRIORITY", "FIRST", "COLLECT", "RULE ORDER", "OUTPUT ORDER"]
Aggregation = Literal["", "SUM", "COUNT", "MIN", "MAX"]

HIT_POLICIES: dict[str, HitPolicy] = {
    "UNIQUE": "UNIQUE",
    "ANY": "ANY",
    "PRIORITY": "PRIORITY",
    "FIRST": "FIRST",
    "COLLECT": "COLLECT",
    "RULE ORDER": "RULE ORDER",
    "OUTPUT ORDER": "OUTPUT ORDER",
}
AGGREGATIONS: dict[str, Aggregation] = {"SUM": "SUM", "COUNT": "COUNT", "MIN": "MIN", "MAX": "MAX"}
SINGLE_HIT = frozenset({"UNIQUE", "ANY", "PRIORITY", "FIRST"})


@dataclass(frozen=True, slots=True)
class Text:
    """A FEEL text at an element."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class TableInput:
    """A column of conditions: an expression and the values that it may have."""

    id: str
    label: str
    expression: Text
    type_reference: str = ""
    allowed_values: Text | None = None


@dataclass(frozen=True, slots=True)
class TableOutput:
    """A column of results: its allowed values also give the order of priority."""

    id: str
    name: str
    label: str
    type_reference: str = ""
    allowed_values: Text | None = None
    default: Text | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: a unary test for each input, an expression for each output, texts for people."""

    id: str
    number: int
    tests: tuple[Text, ...]
    results: tuple[Text, ...]
    annotations: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """Rules under a hit policy."""

    id: str
    hit_policy: HitPolicy
    aggregation: Aggregation
    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    rules: tuple[Rule, ...]
    annotation_names: tuple[str, ...] = ()
    type_reference: str = ""
