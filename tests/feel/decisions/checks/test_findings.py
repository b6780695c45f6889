"""The checks find gaps, overlaps, boundary mistakes, shadows and duplicates, with a counter-example for each."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feel import decisions
from tests.feel.decisions.files import definitions, table_file

AMOUNT = [("金额", "number")]


def findings(inputs, rows, **options):
    """Code, rules and example of each finding."""
    rules = [(tests, ["1"]) for tests in rows]
    return [
        (problem.code, problem.rules, dict(problem.example))
        for problem in decisions.check(table_file(inputs, ["o"], rules, **options))
    ]


def codes(inputs, rows, **options):
    return [code for code, _, _ in findings(inputs, rows, **options)]


def test_a_complete_table_without_overlaps_has_no_findings():
    assert findings(AMOUNT, [["<= 0"], ["(0..200]"], ["(200..300]"], ["> 300"]]) == []


def test_whole_numbers_leave_a_gap_on_money():
    assert findings(AMOUNT, [["<= 200"], [">= 201"]]) == [("gap", (), {"金额": "200.5"})]


def test_whole_numbers_leave_no_gap_where_the_type_has_only_whole_numbers():
    assert findings([("days", "integer")], [["<= 200"], [">= 201"]]) == []


def test_days_next_to_each_other_leave_no_gap():
    assert findings([("day", "date")], [['<= @"2026-01-31"'], ['>= date("2026-02-01")']]) == []
    assert codes([("day", "date")], [['<= @"2026-01-31"'], ['>= @"2026-02-02"']]) == ["gap"]


def test_an_overlap_in_one_value_is_a_boundary_mistake():
    assert findings(AMOUNT, [["<= 200"], ["[200..300]"], ["> 300"]]) == [
        ("boundary_overlap", ("r1", "r2"), {"金额": "200"})
    ]


def test_a_single_value_without_a_rule_is_a_boundary_mistake():
    assert findings(AMOUNT, [["< 200"], ["> 200"]]) == [("boundary_gap", (), {"金额": "200"})]


def test_a_wide_overlap_is_told_with_its_region():
    (problem,) = decisions.check(table_file(AMOUNT, ["o"], [(["<= 300"], ["1"]), (["> 200"], ["2"])]))
    assert (problem.code, problem.severity, problem.element_id) == ("overlap", "error", "r2")
    assert "(200..300]" in str(problem.sentence)
    assert problem.example == {"金额": "300"}


def test_choices_leave_any_other_open():
    inputs = [*AMOUNT, ("门店类型", "string")]
    rows = [["<= 200", "-"], ["> 200", '"直营"'], ["(200..300]", '"加盟"'], ["> 300", 'not("直营", "加盟")']]
    (gap, other) = decisions.check(table_file(inputs, ["o"], [(row, ["1"]) for row in rows]))
    assert {gap.code, other.code} == {"gap"}
    said = f"{gap.sentence} {other.sentence}"
    assert '金额 > 300, 门店类型 = "加盟"' in said
    assert 'not("加盟", "直营")' in said


def test_allowed_values_close_the_list_of_choices():
    options = {"allowed_inputs": {"kind": '"加盟", "直营"'}}
    assert findings([("kind", "string")], [['"加盟"'], ['"直营"']], **options) == []
    assert findings([("kind", "string")], [['"加盟"']], **options) == [("gap", (), {"kind": '"直营"'})]


def test_booleans_are_only_two():
    assert findings([("urgent", "boolean")], [["true"], ["false"]]) == []
    assert findings([("urgent", "boolean")], [["true"]]) == [("gap", (), {"urgent": "false"})]


@pytest.mark.parametrize(
    ("hit_policy", "severities"),
    [
        ("UNIQUE", ["error"]),
        ("FIRST", ["information"]),
        ("COLLECT", []),
        ("RULE ORDER", []),
    ],
)
def test_how_grave_an_overlap_is_depends_on_the_hit_policy(hit_policy, severities):
    rules = [(["<= 300"], ["1"]), (["> 200"], ["2"])]
    found = decisions.check(table_file(AMOUNT, ["o"], rules, hit_policy=hit_policy))
    assert [problem.severity for problem in found] == severities


def test_any_minds_only_different_outputs():
    same = [(["<= 300"], ["1.0"]), (["> 200"], ["1"])]
    different = [(["<= 300"], ["1"]), (["> 200"], ["2"])]
    assert decisions.check(table_file(AMOUNT, ["o"], same, hit_policy="ANY")) == ()
    (problem,) = decisions.check(table_file(AMOUNT, ["o"], different, hit_policy="ANY"))
    assert (problem.code, problem.severity) == ("overlap", "error")


@pytest.mark.parametrize("options", [{"hit_policy": "COLLECT"}, {"defaults": {"o": "0"}}])
def test_gaps_are_no_finding_where_they_do_no_harm(options):
    assert codes(AMOUNT, [["<= 200"]], **options) == []


def test_a_rule_that_never_decides_is_shadowed():
    rows = [["<= 200"], ["> 200"], ["[100..300]"], ["> 500"]]
    found = findings(AMOUNT, rows, hit_policy="FIRST")
    assert [(rules[0], set(rules[1:])) for code, rules, _ in found if code == "shadowed_rule"] == [
        ("r3", {"r1", "r2"}),
        ("r4", {"r2"}),
    ]


def test_a_rule_of_low_priority_is_shadowed():
    rules = [(["<= 100"], ['"low"']), (["-"], ['"high"'])]
    found = decisions.check(
        table_file(AMOUNT, ["o"], rules, hit_policy="PRIORITY", allowed_outputs={"o": '"high", "low"'})
    )
    assert [problem.rules for problem in found if problem.code == "shadowed_rule"] == [("r1", "r2")]


def test_duplicates_are_called_duplicates():
    assert codes(AMOUNT, [["<= 200"], ["> 200"], ["<= 200"]]) == ["duplicate_rule"]
    assert codes(AMOUNT, [["<= 200"], ["> 200"], ["<= 200"]], hit_policy="COLLECT") == ["duplicate_rule"]


def test_what_depends_on_more_than_the_value_is_not_analysable():
    inputs = [("a", "number"), ("b", "number")]
    found = findings(inputs, [["<= b", "-"], ["> 5", "-"], ["(0..5]", "? > today().year"]])
    assert ("not_analysable", ("r1",), {}) in found
    assert ("not_analysable", ("r3",), {}) in found
    assert "overlap" not in {code for code, _, _ in found}


def test_an_input_that_no_rule_asks_for_is_told():
    assert codes([("a", "number"), ("b", "number")], [["<= 5", "-"], ["> 5", "-"]]) == ["unused_input"]


def test_null_belongs_to_the_table_where_a_cell_speaks_of_it():
    assert codes([("a", "number")], [["null"], ["<= 5"], ["> 5"]]) == []
    assert findings([("a", "number")], [["null"], ["not(null)"], ["null"]])[0][:2] == ("duplicate_rule", ("r1", "r3"))


def test_times_without_an_order_are_not_analysable():
    cells = [['<= time("10:00:00")'], ['> time("10:00:00+01:00")']]
    assert codes([("t", "time")], cells) == ["not_analysable"]


def test_a_check_stops_at_its_number_of_findings_and_says_so():
    rows = [[f"= {index}"] for index in range(40)]
    found = decisions.check(table_file(AMOUNT, ["o"], [(row, ["1"]) for row in rows]), maximum=5)
    assert [problem.code for problem in found] == ["gap"]
    rows = [["<= 5"]] * 40
    found = decisions.check(table_file(AMOUNT, ["o"], [(row, ["1"]) for row in rows]), maximum=5)
    assert [problem.code for problem in found].count("duplicate_rule") == 5
    assert "stopped" in {problem.code for problem in found}


def test_a_check_stops_in_time():
    inputs = [(f"n{index}", "number") for index in range(12)]
    rows = [[f"({(i * 7 + k * 3) % 50}..{(i * 7 + k * 3) % 50 + 45}]" for k in range(12)] for i in range(60)]
    found = decisions.check(
        table_file(inputs, ["o"], [(row, ["1"]) for row in rows], hit_policy="FIRST"), seconds=0.05, maximum=1000
    )
    assert "stopped" in {problem.code for problem in found}


def test_a_file_that_is_refused_gives_its_problems_instead_of_raising():
    assert [problem.code for problem in decisions.check(b"<oops")] == ["malformed_xml"]
    assert decisions.check(definitions("")) == ()


def test_problems_are_plain_objects_for_an_editor():
    (problem,) = decisions.check(table_file(AMOUNT, ["o"], [(["< 200"], ["1"]), (["> 200"], ["2"])]))
    assert problem.as_json() == {
        "severity": "warning",
        "element_id": "t",
        "sentence": problem.sentence.as_json(),
        "code": "boundary_gap",
        "rules": [],
        "example": {"金额": "200"},
    }


def test_a_counter_example_really_is_one():
    rules = [(["<= 200.5"], ["1"]), (["[200.4..300)"], ["2"]), (["(300.01..400]"], ["3"])]
    compiled = decisions.compile(table_file(AMOUNT, ["o"], rules))
    for problem in decisions.check(table_file(AMOUNT, ["o"], rules)):
        with pytest.raises(decisions.DecisionError) as caught:
            compiled.evaluate("d", {"金额": Decimal(problem.example["金额"])})
        assert caught.value.code == ("two_matches" if "overlap" in problem.code else "no_match")
