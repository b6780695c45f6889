"""Every hit policy and aggregation, with and without a match, with one output and with several."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feel import decisions
from tests.feel.decisions.files import table_file

STAIRS = [
    ([">= 10"], ['"small"', "1"]),
    ([">= 20"], ['"large"', "2"]),
    ([">= 30"], ['"large"', "3"]),
]


def evaluated(amount, hit_policy, rules=STAIRS, outputs=("size", "points"), **options):
    file = table_file([("n", "number")], list(outputs), rules, hit_policy=hit_policy, **options)
    return decisions.compile(file).evaluate("d", {"n": amount}).value


def only(column, rules=STAIRS):
    """The rules with one of their outputs."""
    return [(tests, [results[column]]) for tests, results in rules]


def test_unique_gives_the_only_rule_as_a_context():
    assert evaluated(10, "UNIQUE") == {"size": "small", "points": Decimal(1)}


def test_unique_with_two_rules_is_an_error_that_names_both():
    with pytest.raises(decisions.DecisionError) as caught:
        evaluated(20, "UNIQUE")
    assert caught.value.code == "two_matches"
    assert "1, 2" in str(caught.value)
    assert "n = 20" in str(caught.value)
    assert caught.value.trace[0]["matched"] == ["r1", "r2"]


@pytest.mark.parametrize("hit_policy", ["UNIQUE", "ANY", "FIRST"])
def test_no_rule_without_a_default_is_an_error_that_names_the_values(hit_policy):
    with pytest.raises(decisions.DecisionError) as caught:
        evaluated(5, hit_policy)
    assert caught.value.code == "no_match"
    assert caught.value.values == {"n": Decimal(5)}
    assert "决定" in str(caught.value)
    assert [rule["matched"] for rule in caught.value.trace[0]["rules"]] == [False, False, False]


@pytest.mark.parametrize("hit_policy", ["UNIQUE", "ANY", "FIRST"])
def test_the_default_output_answers_where_no_rule_does(hit_policy):
    assert evaluated(5, hit_policy, defaults={"size": '"none"'}) == {"size": "none", "points": None}


def test_first_gives_the_first_rule():
    assert evaluated(30, "FIRST") == {"size": "small", "points": Decimal(1)}


def test_any_gives_what_all_rules_agree_on():
    rules = [([">= 10"], ['"a"']), ([">= 20"], ['"a"']), ([">= 30"], ['"b"'])]
    assert evaluated(20, "ANY", rules, ["o"]) == "a"
    with pytest.raises(decisions.DecisionError) as caught:
        evaluated(30, "ANY", rules, ["o"])
    assert caught.value.code == "different_outputs"


def test_priority_follows_the_list_of_output_values():
    allowed = {"size": '"large", "small"'}
    assert evaluated(30, "PRIORITY", allowed_outputs=allowed) == {"size": "large", "points": Decimal(2)}


def test_output_order_sorts_by_the_list_and_keeps_the_order_of_rules():
    assert evaluated(30, "OUTPUT ORDER", allowed_outputs={"size": '"large", "small"'}) == [
        {"size": "large", "points": Decimal(2)},
        {"size": "large", "points": Decimal(3)},
        {"size": "small", "points": Decimal(1)},
    ]


def test_several_lists_of_output_values_rank_from_left_to_right():
    found = evaluated(30, "OUTPUT ORDER", allowed_outputs={"size": '"large", "small"', "points": "3, 2, 1"})
    assert [each["points"] for each in found] == [3, 2, 1]


def test_rule_order_and_collect_give_lists():
    assert evaluated(20, "RULE ORDER", only(0), ["o"]) == ["small", "large"]
    assert evaluated(20, "COLLECT", only(0), ["o"]) == ["small", "large"]
    assert evaluated(5, "COLLECT", only(0), ["o"]) == []


@pytest.mark.parametrize(
    ("aggregation", "amount", "expected"),
    [
        ("SUM", 30, 6),
        ("MIN", 30, 1),
        ("MAX", 30, 3),
        ("COUNT", 30, 3),
        ("COUNT", 5, 0),
        ("SUM", 5, None),
        ("MAX", 5, None),
    ],
)
def test_aggregations(aggregation, amount, expected):
    found = evaluated(amount, "COLLECT", only(1), ["o"], aggregation=aggregation)
    assert found == (None if expected is None else Decimal(expected))


@pytest.mark.parametrize(
    ("letter", "expected"), [("C+", 6), ("C<", 1), ("C>", 3), ("C#", 3), ("F", 1), ("R", [1, 2, 3])]
)
def test_the_letters_of_the_corner_are_understood(letter, expected):
    assert evaluated(30, letter, only(1), ["o"]) == expected


def test_a_sum_of_money_is_exact():
    rules = [(["-"], ["0.1"]), (["-"], ["0.2"]), (["-"], ["100000000000000000.01"])]
    assert evaluated(1, "COLLECT", rules, ["o"], aggregation="SUM") == Decimal("100000000000000000.31")


def test_an_output_is_an_expression_over_what_the_table_sees():
    assert evaluated(12, "FIRST", [([">= 10"], ["n * 1.06"])], ["o"]) == Decimal("12.72")


def test_a_first_table_does_not_mind_what_a_later_rule_could_not_compare():
    rules = [(['"x"'], ["1"]), (["?.year > 2000"], ["2"])]
    file = table_file([("s", "")], ["o"], rules, hit_policy="FIRST")
    assert decisions.compile(file).evaluate("d", {"s": "x"}).value == 1


def test_null_is_matched_only_where_a_cell_says_so():
    rules = [(["null"], ['"missing"']), (["<= 10"], ['"small"']), (["> 10"], ['"large"'])]
    file = table_file([("n", "number")], ["o"], rules)
    compiled = decisions.compile(file)
    assert compiled.evaluate("d", {"n": None}).value == "missing"
    assert compiled.evaluate("d", {"n": 11}).value == "large"


def test_a_negation_does_not_speak_of_null():
    rules = [(["not(5)"], ['"other"']), (["<= 3"], ['"small"'])]
    compiled = decisions.compile(table_file([("n", "number")], ["o"], rules, hit_policy="COLLECT"))
    with pytest.raises(decisions.DecisionError) as caught:
        compiled.evaluate("d", {"n": None})
    assert caught.value.code == "null_comparison"
    assert compiled.evaluate("d", {"n": None}, escalate=False).value == ["other"]


def test_an_output_without_a_value_is_an_error():
    file = table_file([("n", "number")], ["o"], [(["-"], ["n + null"])])
    with pytest.raises(decisions.DecisionError) as caught:
        decisions.compile(file).evaluate("d", {"n": 1})
    assert caught.value.code == "null_output"
