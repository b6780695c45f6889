"""The trace of an evaluation: plain objects that JSON (with decimals) can hold, for the history of a matter."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from feel.values import text_of

if TYPE_CHECKING:
    from feel.decisions.run import Run
    from feel.decisions.tables import CompiledTable
    from feel.scope import Scope


def plain(value: object) -> object:
    """The value as null, boolean, number, text, list or object; what JSON lacks becomes its FEEL text."""
    kind = value.__class__
    if kind is Decimal or kind is str or kind is bool or value is None:
        return value
    if kind is list:
        return [plain(item) for item in value]  # type: ignore[attr-defined]
    if kind is dict:
        return {name: plain(item) for name, item in value.items()}  # type: ignore[attr-defined]
    return text_of(value, None)


def table_entry(
    table: CompiledTable, values: list[object], matched: list[int], scope: Scope, run: Run
) -> dict[str, object]:
    """What a table saw: every input, every rule, every cell; its outputs are those of the matched rules."""
    model = table.table
    answers = [column.answers(value, scope, run) for column, value in zip(table.columns, values, strict=True)]
    of_rules = zip(*answers, strict=True) if answers else ((),) * len(model.rules)
    # Comprehensions over what was put together once: a trace is written for every evaluation.
    rules = [
        {
            "id": identifier,
            "index": number,
            "annotations": [*annotations],
            "description": description,
            "cells": [
                {"id": cell, "text": text, "value": answer}
                for (cell, text), answer in zip(cells, of_rule)  # noqa: B905 - as many by construction, and this is the innermost loop
            ],
            "matched": False,
        }
        for (identifier, number, annotations, description, cells), of_rule in zip(table.shown, of_rules, strict=True)
    ]
    for index in matched:
        rules[index]["matched"] = True
    return {
        "decision_id": table.owner_id,
        "name": table.owner_name,
        "sha256": run.sha256,
        "table_id": model.id,
        "hit_policy": model.hit_policy,
        "aggregation": model.aggregation,
        "inputs": [
            {"id": column.id, "label": column.label, "expression": column.text, "value": plain(value)}
            for column, value in zip(table.columns, values, strict=True)
        ],
        "rules": rules,
        "matched": [model.rules[index].id for index in matched],
        "outputs": [],
        "value": None,
    }


def expression_entry(
    decision_id: str, name: str, sha256: str, inputs: dict[str, object], value: object
) -> dict[str, object]:
    """What a decision without a table saw and gave, in the shape of a table's entry."""
    return {
        "decision_id": decision_id,
        "name": name,
        "sha256": sha256,
        "table_id": "",
        "hit_policy": "",
        "aggregation": "",
        "inputs": [
            {"id": "", "label": label, "expression": label, "value": plain(each)} for label, each in inputs.items()
        ],
        "rules": [],
        "matched": [],
        "outputs": [],
        "value": plain(value),
    }
