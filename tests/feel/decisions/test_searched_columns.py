"""A column that is searched gives exactly what its cells give one by one, with the trace and without."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

import feel
from feel import decisions
from tests.feel.decisions.files import table_file

numbers = st.integers(-3, 8).map(str)
operators = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
ranges = st.builds(
    lambda opening, ends, closing: f"{opening}{min(ends)}..{max(ends)}{closing}",
    st.sampled_from("[("),
    st.tuples(st.integers(0, 6), st.integers(0, 6)),
    st.sampled_from("])"),
)
number_tests = st.one_of(numbers, st.builds("{} {}".format, operators, numbers), ranges, st.just("null"))
texts = st.sampled_from(['"甲"', '"乙"', '"丙"', '"丁"'])
text_tests = st.one_of(texts, st.builds("{} {}".format, operators, texts), st.just("null"))


def cells(tests):
    several = st.lists(tests, min_size=1, max_size=3).map(", ".join)
    return st.one_of(st.just("-"), several, several.map("not({})".format), several.map("[{}]".format))


rows = st.lists(
    st.tuples(cells(number_tests), cells(text_tests), st.sampled_from(["-", "true", "false", "not(true)"])),
    min_size=1,
    max_size=8,
)
values = st.tuples(
    st.one_of(st.none(), st.integers(-4, 9), st.decimals(-1, 7, places=1), st.just("甲")),
    st.one_of(st.none(), st.sampled_from(["甲", "乙", "戊"]), st.just(1)),
    st.one_of(st.none(), st.booleans()),
)
NAMES = ("a", "b", "c")


@settings(max_examples=150, deadline=None)
@given(rows, values)
def test_the_matched_rules_are_those_whose_every_cell_is_true(table, inputs):
    file = table_file(
        [(name, "") for name in NAMES], ["o"], [(row, [str(i)]) for i, row in enumerate(table)], hit_policy="COLLECT"
    )
    compiled = decisions.compile(file, strict=False)
    variables = dict(zip(NAMES, inputs, strict=True))
    answers = [
        [
            feel.compile(cell, kind="unary tests").evaluate({"?": value}).value
            for cell, value in zip(row, inputs, strict=True)
        ]
        for row in table
    ]
    expected = [Decimal(i) for i, row in enumerate(answers) if all(answer is True for answer in row)]
    untraced = compiled.evaluate("d", variables, trace=False, escalate=False)
    traced = compiled.evaluate("d", variables, trace=True, escalate=False)
    assert untraced.value == traced.value == expected
    assert untraced.warnings == traced.warnings
    shown = [[cell["value"] is True for cell in rule["cells"]] for rule in traced.trace[0]["rules"]]
    assert shown == [[answer is True for answer in row] for row in answers]
