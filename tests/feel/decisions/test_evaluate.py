"""A table decides exactly at its boundaries, explains itself cell by cell, and refuses to guess."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feel import decisions
from tests.feel.decisions.files import table_file

AUTHORITY = table_file(
    [("amount_effective", "number")],
    ["final_tier"],
    [
        (["<= 0"], ['"invalid"']),
        (["(0..200]"], ['"line"']),
        (["(200..300]"], ['"ops_manager"']),
        (["> 300"], ['"general_manager"']),
    ],
)


@pytest.mark.parametrize(
    ("amount", "tier"),
    [
        ("-1", "invalid"),
        ("0", "invalid"),
        ("0.01", "line"),
        ("200", "line"),
        ("200.00", "line"),
        ("200.01", "ops_manager"),
        ("300", "ops_manager"),
        ("300.000000000000000000000000001", "general_manager"),
        ("99999999999999999999999999.99", "general_manager"),
    ],
)
def test_the_authority_table_decides_at_its_boundaries(amount, tier):
    result = decisions.compile(AUTHORITY).evaluate("d", {"amount_effective": Decimal(amount)})
    assert result.value == tier
    assert result.warnings == ()


def test_a_decision_is_found_by_id_and_by_name_and_says_what_it_needs():
    compiled = decisions.compile(AUTHORITY)
    assert compiled.decisions["d"] is compiled.decisions["决定"]
    assert compiled.decisions["d"].inputs == ("amount_effective",)
    assert compiled.decisions["d"].is_table
    assert list(compiled.decisions) == ["d"]
    assert compiled.evaluate("决定", {"amount_effective": 5}).value == "line"


def test_the_same_bytes_give_the_same_object():
    assert decisions.compile(AUTHORITY) is decisions.compile(bytes(AUTHORITY))


def test_the_trace_holds_every_rule_and_cell():
    compiled = decisions.compile(AUTHORITY)
    (entry,) = compiled.evaluate("d", {"amount_effective": 250}).trace
    assert entry["decision_id"] == "d"
    assert entry["sha256"] == compiled.sha256
    assert entry["hit_policy"] == "UNIQUE"
    assert entry["inputs"] == [
        {
            "id": "c_amount_effective",
            "label": "amount_effective",
            "expression": "amount_effective",
            "value": Decimal(250),
        }
    ]
    assert [rule["cells"][0]["value"] for rule in entry["rules"]] == [False, False, True, False]
    assert [rule["matched"] for rule in entry["rules"]] == [False, False, True, False]
    assert entry["matched"] == ["r3"]
    assert entry["outputs"] == [
        {
            "rule_id": "r3",
            "values": [{"id": "o_final_tier", "name": "final_tier", "label": "final_tier", "value": "ops_manager"}],
        }
    ]
    assert entry["value"] == "ops_manager"


def test_without_a_trace_the_value_is_the_same():
    result = decisions.compile(AUTHORITY).evaluate("d", {"amount_effective": 250}, trace=False)
    assert (result.value, result.trace) == ("ops_manager", ())


@pytest.mark.parametrize(
    ("variables", "code", "said"),
    [
        ({}, "missing", "amount_effective"),
        ({"amount_effective": "250"}, "type", '"250" is no number'),
        ({"amount_effective": None}, "null_comparison", "amount_effective = null"),
        ({"amount_effective": 0.1}, "value", "float"),
    ],
)
def test_what_cannot_be_decided_is_an_error_that_says_why(variables, code, said):
    with pytest.raises(decisions.DecisionError) as caught:
        decisions.compile(AUTHORITY).evaluate("d", variables)
    assert caught.value.code == code
    assert said in str(caught.value)


def test_without_escalation_it_is_null_with_a_warning():
    result = decisions.compile(AUTHORITY).evaluate("d", {"amount_effective": "250"}, escalate=False)
    assert result.value is None
    assert result.warnings
