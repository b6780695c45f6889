"""One compiled object, eight threads, the same answers as one thread; and limits that hold in a thread."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from feel import Limits, decisions
from tests.feel.decisions.files import decision, definitions, input_data, table_file, text

COMPILED = decisions.compile(
    table_file(
        [("n", "number"), ("kind", "string")],
        ["o", "p"],
        [([f"({i * 10}..{i * 10 + 10}]", '"加盟","直营"'], [f"n * {i}", "string(n)"]) for i in range(50)],
    )
)
ATTACK = decisions.compile(
    definitions(
        input_data("n")
        + decision(text("literalExpression", "count(for i in 1..1000000000 return i)"), id_="loop", name="loop")
        + decision(
            text("literalExpression", 'matches(string join(for i in 1..40 return "a", "") + "!", "^(a+)+$")'),
            id_="pattern",
            name="pattern",
        )
    )
)


def evaluated(number):
    variables = {"n": Decimal(number) / 3, "kind": "加盟" if number % 2 else "直营"}
    return COMPILED.evaluate("d", variables, trace=number % 3 == 0).value


def test_eight_threads_decide_as_one_does():
    numbers = list(range(1, 1400))
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(evaluated, numbers)) == [evaluated(number) for number in numbers]


def test_eight_threads_may_compile_the_same_file_at_once():
    file = table_file([("n", "number")], ["o"], [(["-"], ["n"])])
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: decisions.compile(file), range(64)))
    assert {each.evaluate("d", {"n": 1}).value for each in found} == {Decimal(1)}


def test_an_endless_loop_ends_in_a_thread_without_signals():
    with ThreadPoolExecutor(1) as threads, pytest.raises(decisions.DecisionError) as caught:
        threads.submit(lambda: ATTACK.evaluate("loop", {}, limits=Limits(ticks=20_000))).result()
    assert caught.value.code == "limit"
    assert "20000" in str(caught.value)
    assert 20_000 < caught.value.__cause__.ticks < 20_100


def test_a_hostile_pattern_is_linear():
    result = ATTACK.evaluate("pattern", {})
    assert result.value is False
    assert result.ticks < 1000
