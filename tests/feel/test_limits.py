"""Attacks: each ends in the declared limit error, in a thread, without signals, after the ticks it may spend."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

import feel
from feel.limits import NESTING, TEXT_LENGTH
from tests.feel.evaluating import value

DOUBLING = "{f: function(x, n) if n = 0 then x else f(%s, n - 1), r: f(%s, 50)}.r"
ATTACKS = {
    "string doubling": DOUBLING % ("x + x", '"ab"'),
    "string joining": DOUBLING % ('string join([x, x], "")', '"ab"'),
    "string replacing": DOUBLING % ('replace(x, "a", "aa")', '"a"'),
    "list doubling": DOUBLING % ("concatenate(x, x)", "[1, 2]"),
    "list nesting": DOUBLING % ("[x, x]", "[1]"),
    "context nesting": DOUBLING % ("{a: x, b: x}", "{}"),
    "text of a shared list": f"string({DOUBLING % ('[x, x]', '[1]')})",
    "equality of shared lists": f"{DOUBLING % ('[x, x]', '[1]')} = {DOUBLING % ('[x, x]', '[1]')}",
    "flattening a shared list": f"flatten({DOUBLING % ('[x, x]', '[1]')})",
    "searching a shared list": f"list contains({DOUBLING % ('[x, x]', '[1]')}, 2)",
    "endless loop": "for i in 1..1000000000 return i",
    "loops in loops": "for a in 1..1000, b in 1..1000, c in 1..1000 return 1",
    "some over a long range": "some i in 1..1000000000 satisfies i < 0",
    "dates": 'for d in @"-999999999-01-01"..@"999999999-01-01" return d',
    "filter in a loop": "for i in 1..10000 return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12][item > i]",
    "partial results": "for i in 1..100000 return count(partial)",
    "recursion": "{f: function(n) f(n + 1), r: f(1)}.r",
    "mutual recursion": "{g: function(f, n) f(f, n), r: g(g, 1)}.r",
    "sorting": "sort(for i in 1..20000 return modulo(i * 7919, 20011), function(x, y) x < y)",
    "long items": 'for i in 1..100000 return replace("0123456789", "[0-9]", "%s")' % ("$0" * 30),
    "powers": "for i in 1..100000 return 1.0000001 ** 999999.5",
    "parity of long numbers": "for i in 1..100000 return odd(9.9E6000)",
    "types of long lists": "{l: for i in 1..5000 return i, r: for i in 1..99999 return l instance of list<number>}",
    "patterns without end": 'for i in 1..100000 return matches(string(i), string(i) + "(a|b|c)*")',
}
"""Every one would take hours or all memory."""


def _limit(text):
    expression = feel.compile(text)
    with pytest.raises(feel.LimitExceeded) as caught:
        expression.evaluate({})
    return caught.value


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_ends_in_the_limit_error_in_a_thread(name):
    with ThreadPoolExecutor(1) as threads:
        error = threads.submit(_limit, ATTACKS[name]).result()
    assert 0 <= error.ticks <= 2 * feel.DEFAULT.ticks
    assert str(error)


def test_ticks_are_counted_exactly():
    expression = feel.compile("for i in 1..100 return i + 1")
    assert expression.evaluate({}).ticks == 100
    assert expression.evaluate({}, limits=feel.Limits(ticks=100)).ticks == 100
    with pytest.raises(feel.LimitExceeded) as caught:
        expression.evaluate({}, limits=feel.Limits(ticks=99))
    assert caught.value.ticks == 100


def test_the_endless_loop_spends_its_budget_and_no_more():
    assert _limit("for i in 1..1000000000 return i").ticks == feel.DEFAULT.ticks + 1


def test_recursion_ends_at_the_call_depth():
    assert value("{f: function(n) if n = 0 then 0 else f(n - 1), r: f(59)}.r") == 0
    error = _limit("{f: function(n) if n = 0 then 0 else f(n - 1), r: f(60)}.r")
    assert "60" in str(error)


def test_a_stack_that_python_stops_is_a_limit_error_too():
    nested = "(" * 100 + "f(n + 1)" + " + 1)" * 100
    expression = feel.compile(f"{{f: function(n) {nested}, r: f(1)}}.r")
    limit = sys.getrecursionlimit()
    assert limit < 100 * 60
    with pytest.raises(feel.LimitExceeded):
        expression.evaluate({})


def test_the_classical_pattern_takes_linear_time():
    expression = feel.compile('matches(text, "^(a+)+$")', ["text"])
    result = expression.evaluate({"text": "a" * 50_000 + "!"})
    assert result.value is False
    assert result.ticks < 1000


@pytest.mark.parametrize(
    "opening",
    ["(", "[", "{a: ", "f(", "-", "not(", "if true then ", "x[", "function() ", "1 in (", "some x in [1] satisfies "],
)
def test_deep_nesting_is_a_syntax_error(opening):
    for depth in (NESTING + 1, 3000):
        with pytest.raises(feel.FeelSyntaxError):
            feel.compile(opening * depth + "1")


@pytest.mark.parametrize(
    "link", [" + 1", " * 1", ".a", "[1]", "()", " = 1", " instance of number", " between 1 and 2"]
)
def test_a_long_chain_is_a_syntax_error_or_works(link):
    assert feel.compile("x" + link * 100).syntax is not None
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile("x" + link * 900)


def test_long_conjunctions_are_one_row():
    text = " and ".join(f"x != {number}" for number in range(1500))
    assert value(text, {"x": -1}) is True


def test_a_text_that_is_too_long_is_refused():
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile("1" + " " * TEXT_LENGTH)


def test_a_huge_number_stays_small():
    assert value("9.9E6144 * 10") is None
    assert value("2 ** 1000000000") is None
    assert value("1E-6143 / 10 ** 6000") == 0
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile("1E7000")


@pytest.mark.parametrize(
    "text",
    [
        '"".__class__',
        "{append: 1}.__len__",
        "{}.keys",
        "x.__class__.__mro__",
        "(function() 1).__globals__",
        '@"P1D".nanoseconds',
        '@"2024-01-01".days',
        "[1..2].holds",
    ],
)
def test_nothing_reaches_python(text):
    assert value(text, {"x": 1}) is None


def test_warnings_are_bounded_and_say_that_there_were_more():
    result = feel.compile("for i in 1..1000 return i + null").evaluate({})
    assert len(result.warnings) == feel.DEFAULT.warnings
    assert "more warnings" in str(result.warnings[-1].sentence)
