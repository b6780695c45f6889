"""Cells of tables: a text, the value that is tested, and whether it meets the test."""

from __future__ import annotations

import pytest

import feel
from tests.feel.evaluating import answer


@pytest.mark.parametrize(
    ("text", "tested", "expected"),
    [
        ("-", None, True),
        ("> 200", 201, True),
        ("> 200", 200, False),
        ("<= 200", 200, True),
        ("= 5", 5, True),
        ("!= 5", 5, False),
        ("(200..300]", 200, False),
        ("(200..300]", 300, True),
        ("]200..300[", 300, False),
        ("[1,2,3]", 2, True),
        ('"a", "b"', "b", True),
        ('"a", "b"', "c", False),
        ('not("a")', "b", True),
        ('not("a", "b")', "b", False),
        ("not(< 5)", 5, True),
        ("< 5, > 10", 11, True),
        ("null", None, True),
        ("null", 1, False),
        ('"a"', None, False),
        ("-5", -5, True),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("? > 5 and ? < 10", 7, True),
        ("? > 5", 3, False),
        ("not(? > 5)", 3, True),
        ('contains(?, "bar")', "foobar", True),
        ('not(contains(?, "bar"))', "foobar", False),
        ("count(?) > 1", [1, 2], True),
        ("[1..5], 7", 7, True),
        ("(< 5)", 3, True),
        ('@"2024-01-01"', "x", None),
        ('> @"2024-01-01"', 5, None),
        ("> 5", None, None),
        ("> 5", "a", None),
        ('< "b"', "a", True),
        ("some x in ? satisfies x > 1", [1, 2], True),
    ],
)
def test_a_value_meets_a_test(text, tested, expected):
    assert answer(text, tested) is expected


def test_a_test_may_use_other_variables():
    assert answer("> limit", 5, {"limit": 3}) is True
    assert answer("? * rate > limit", 5, {"limit": 3, "rate": 2}) is True
    assert answer("flag", 5, {"flag": True}) is True
    assert answer("allowed", 5, {"allowed": [4, 5]}) is True
    assert answer("[limit..9]", 2, {"limit": 3}) is False


def test_a_date_lies_in_a_range_of_dates():
    date = feel.from_python(feel.compile('date("2024-02-29")').evaluate({}).value)
    assert answer('[date("2024-02-01")..@"2024-02-29"]', date) is True


def test_what_cannot_be_compared_warns_and_tells_a_missing_value_from_a_wrong_one():
    cell = feel.compile("> 200", kind="unary tests", element_id="rule_1_input_2")
    missing, wrong = cell.evaluate({"?": None}), cell.evaluate({"?": "x"})
    assert (missing.value, wrong.value) == (None, None)
    assert [warning.kind for warning in (*missing.warnings, *wrong.warnings)] == ["null", "type"]
    assert wrong.warnings[0].element_id == "rule_1_input_2"


@pytest.mark.parametrize("text", ["", "1,", "> ", "not(", "- 5,", "1 2 +", "[1..2", "> > 5"])
def test_what_is_no_test_is_refused(text):
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile(text, kind="unary tests")
