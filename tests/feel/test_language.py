"""Every construct of FEEL's grammar: a text, and a text that means its value."""

from __future__ import annotations

import pytest

from tests.feel.evaluating import value

SAME = [
    # literals
    (".5", "0.5"),
    ("1e3", "1000"),
    ("1.5e-1", "0.15"),
    (r'"A\u4e2d\U01F40E\n\"\\"', '"A中🐎\\n\\"\\\\"'),
    (r'"\uD83D\uDC0E"', '"🐎"'),
    (r'"\d"', r'"\\d"'),
    ("1 // to the end\n + /* in * between */ 2", "3"),
    # arithmetic: 34 digits, groups to the left, minus binds tightest
    ("0.1 + 0.2", "0.3"),
    ("100000000000000000.01 + 0.01", "100000000000000000.02"),
    ("10 - 2 - 3", "5"),
    ("2 * 3 + 4 / 2", "8"),
    ("2 ** 3 ** 2", "64"),
    ("-3 ** 2", "9"),
    ("-(3 ** 2)", "0 - 9"),
    ("--1", "1"),
    ("1 / 0", "null"),
    ("10 ** 7000", "null"),
    ('"foo" + "bar"', '"foobar"'),
    ('"foo" + 1', "null"),
    ("null + 1", "null"),
    ("[1] + 1", "null"),
    # comparison
    ("1 = 1.0", "true"),
    ("1 != 2", "true"),
    ("null = null", "true"),
    ("null = 1", "false"),
    ('1 = "1"', "null"),
    ("[1, 2] = [1, 2]", "true"),
    ('[1, 2] = [1, "2"]', "false"),
    ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
    ("{a: 1} = {a: 1, b: 2}", "false"),
    ('"a" < "b"', "true"),
    ("1 < null", "null"),
    ("true < false", "null"),
    ('1 < "2"', "null"),
    ("5 between 1 and 5", "true"),
    ("5 between 1 and 4 or true", "true"),
    ("5 between null and 6", "null"),
    # logic of three values
    ("true and null", "null"),
    ("false and null", "false"),
    ("null and false", "false"),
    ('"a" or true', "true"),
    ('"a" or false', "null"),
    ("true or false and false", "true"),
    ("not(true)", "false"),
    ('not("a")', "null"),
    # in
    ("1 in [1, 2]", "true"),
    ("1 in (2, < 2)", "true"),
    ("1 in > 1", "false"),
    ("3 in (1..3]", "true"),
    ("1 in ]1..3[", "false"),
    ("3 in ([1..2], [3..4])", "true"),
    ("1 in ([2..3])", "false"),
    ("5 in (2) + 3", "true"),
    ("null in [1..2]", "null"),
    ("[1] in [[1], 2]", "true"),
    # if
    ('if 1 > 0 then "yes" else "no"', '"yes"'),
    ('if null then "yes" else "no"', '"no"'),
    ("1 + if true then 1 else 2", "2"),
    # contexts and paths
    ("{a: 1, b: a + 1}.b", "2"),
    ("{a b: 1, c: a b + 1}.c", "2"),
    ('{"a-b": 1, c: a-b + 1}.c', "2"),
    ("{x: {a-b: 2}}.x.a-b", "2"),
    ("{a: 1}.b", "null"),
    ("{a: 1, a: 2}", "null"),
    ("[{a: 1}, {a: 2}].a", "[1, 2]"),
    ("null.a", "null"),
    ("{f: function(n) if n <= 1 then 1 else n * f(n - 1)}.f(5)", "120"),
    ("{a: 1, b: {a: 2, c: a}}.b.c", "2"),
    # lists and filters
    ("[1, 2, 3][2]", "2"),
    ("[1, 2, 3][-1]", "3"),
    ("[1, 2, 3][4]", "null"),
    ("[1, 2, 3][0]", "null"),
    ("[1, 2, 3][item > 1]", "[2, 3]"),
    ("[1, 2, 3][> 1]", "[2, 3]"),
    ("[{a: 1}, {a: 2}][a > 1].a", "[2]"),
    ("[{item: 5}][item > 1]", "[{item: 5}]"),
    ("[{a: 1}, {b: 2}][a = 1]", "[{a: 1}]"),
    ("5[1]", "5"),
    ("5[item > 6]", "[]"),
    ("[1, 2, 3][count([1, 2])]", "2"),
    ("[[1, 2], [3]][1][2]", "2"),
    # iteration
    ("for i in [1, 2] return i * i", "[1, 4]"),
    ("for i in 1..3 return i", "[1, 2, 3]"),
    ("for i in 3..1 return i", "[3, 2, 1]"),
    ("for i in (1..4) return i", "[2, 3]"),
    ("for i in [3..1] return i", "null"),
    ("for i in 1..2, j in i..2 return i * 10 + j", "[11, 12, 22]"),
    ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3, 5]"),
    ("for i in 1..3 return count(partial)", "[0, 1, 2]"),
    ("for x-y in [1] return x-y + 1", "[2]"),
    ("for i in null return i", "null"),
    ("for i in 5 return i", "[5]"),
    ('for d in @"2024-02-28"..@"2024-03-01" return d.day', "[28, 29, 1]"),
    ("for i in [] return i", "[]"),
    ("some x in [1, 2] satisfies x > 1", "true"),
    ("every x in [1, 2] satisfies x > 1", "false"),
    ("every x in [] satisfies x > 1", "true"),
    ("some x in [1, null] satisfies x > 1", "null"),
    ("every x in [1, 2], y in [3] satisfies x < y", "true"),
    # functions
    ("(function(a, b) a - b)(5, 3)", "2"),
    ("(function(a, b) a - b)(b: 5, a: 3)", "0 - 2"),
    ("(function(a: number) a)([1])", "1"),
    ("(function(a: list<number>) a)(1)", "[1]"),
    ('(function(a: number) a)("x")', "null"),
    ("(function(a) a)(1, 2)", "null"),
    ("(function(a) function(b) a + b)(1)(2)", "3"),
    ("{add: function(x y: number) x y + 1, r: add(1)}.r", "2"),
    ("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
    ("unknown function(1)", "null"),
    # ranges as values
    ("(< 5) = (< 5)", "true"),
    ("3 in (< 5)", "true"),
    ("[1..3].start", "1"),
    ("(1..3].start included", "false"),
    ("(>= 3).end", "null"),
    ("[3..1]", "null"),
    ("[1..null]", "null"),
    # instance of
    ("1 instance of number", "true"),
    ("-1 instance of number", "true"),
    ("null instance of number", "false"),
    ("null instance of Null", "true"),
    ("null instance of Any", "false"),
    ("[1, 2] instance of list<number>", "true"),
    ('[1, "a"] instance of list<number>', "false"),
    ("[1..2] instance of range<number>", "true"),
    ("{a: 1} instance of context<a: number>", "true"),
    ("{a: 1} instance of context<a: string>", "false"),
    ('@"P1D" instance of days and time duration', "true"),
    ('@"2024-01-01T00:00:00" instance of date and time', "true"),
    ("(function(a) a) instance of function<number> -> number", "true"),
    ("1 instance of date and time or true", "true"),
]


@pytest.mark.parametrize(("text", "meaning"), SAME, ids=[text for text, _ in SAME])
def test_a_text_means_its_value(text, meaning):
    assert value(text) == value(meaning)


def test_names_are_found_longest_first():
    variables = {"申请": 1, "申请 金额": 2, "金额（元）": 3, "a": 5, "b": 3, "a-b": 7, "date and time of day": 9}
    assert value("申请 金额 + 1", variables) == 3
    assert value("金额（元） * 2", variables) == 6
    assert value("a-b", variables) == 7
    assert value("a - b", variables) == 2
    assert value("date and time of day", variables) == 9


def test_an_undeclared_name_is_joined_from_the_words_that_stand_together():
    assert value('申请 金额 > 100 and 门店 类型 = "加盟"', {"申请 金额": 200, "门店 类型": "加盟"}, names=()) is True


def test_a_variable_may_have_the_name_of_a_function():
    assert value("count + sum([1, 2])", {"count": 5}, names=["count"]) == 8
    assert value("date + 1", {"date": 5}, names=()) == 6


def test_a_field_does_not_take_the_function_of_its_name_away():
    lines = [{"date": "2024-01-02"}, {"date": "2023-01-02"}]
    assert value('lines[date(date) > date("2024-01-01")]', {"lines": lines}) == lines[:1]
    assert value("count(count)", {"count": [1, 2]}) == 2
    assert value("for sum in [[1, 2]] return sum(sum)") == [3]
    assert value("{max: function(a, b) a, r: max(1, 2)}.r") == 1
