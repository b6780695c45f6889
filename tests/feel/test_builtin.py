"""Every built-in function of DMN 1.5: a call, and a text that means its value."""

from __future__ import annotations

import pytest

from feel.builtin import BUILTIN
from feel.meter import Meter
from tests.feel.evaluating import NOW, value

SAME = [
    # numbers and conversions
    ('number("1.234,56", ".", ",")', "1234.56"),
    ('number("1 234", " ", null)', "1234"),
    ('number("12x")', "null"),
    ('number("NaN")', "null"),
    ("decimal(2.675, 2)", "2.68"),
    ("decimal(2.5, 0)", "2"),
    ("decimal(1234, -2)", "1200"),
    ("decimal(1, 6177)", "null"),
    ("floor(-1.5)", "-2"),
    ("floor(1.56, 1)", "1.5"),
    ("ceiling(-1.5)", "-1"),
    ("ceiling(1.52, 1)", "1.6"),
    ("round up(-5.5, 0)", "-6"),
    ("round down(-5.5, 0)", "-5"),
    ("round half up(-5.5, 0)", "-6"),
    ("round half down(-5.5, 0)", "-5"),
    ("abs(-10)", "10"),
    ('abs(@"-P1D")', '@"P1D"'),
    ("modulo(-12, 5)", "3"),
    ("modulo(10.1, 4.5)", "1.1"),
    ("modulo(1, 0)", "null"),
    ("sqrt(16)", "4"),
    ("sqrt(-1)", "null"),
    ("decimal(log(10), 8)", "2.30258509"),
    ("log(0)", "null"),
    ("decimal(exp(5), 8)", "148.41315910"),
    ("exp(1000000)", "null"),
    ("odd(5) and even(2) and not(even(1.5))", "true"),
    # strings
    ("string(1.10)", '"1.10"'),
    ("string(10 ** 20)", '"100000000000000000000"'),
    ('string([1, "a", {b: null}])', r'"[1, \"a\", {b: null}]"'),
    ("string(null)", "null"),
    ("string([1..2))", '"[1..2)"'),
    ('substring("foobar", 3, 3)', '"oba"'),
    ('substring("\\U01F40Eab", 2)', '"ab"'),
    ('substring("foobar", -2, 1)', '"a"'),
    ('substring("foobar", 0)', "null"),
    ('string length("\\U01F40Ea")', "2"),
    ('upper case("aß")', '"ASS"'),
    ('lower case("ABC")', '"abc"'),
    ('substring before("foobar", "bar")', '"foo"'),
    ('substring before("foobar", "x")', '""'),
    ('substring after("foobar", "ob")', '"ar"'),
    ('substring after("foobar", "")', '"foobar"'),
    ('contains("foobar", "ob")', "true"),
    ('starts with("foobar", "fo")', "true"),
    ('ends with("foobar", "r")', "true"),
    ('matches("foobar", "^fo*b")', "true"),
    ('matches("A\\nB", "a.b", "si")', "true"),
    ('matches("中文", "^\\w+$")', "true"),
    ('matches("c", "[a-z-[aeiou]]")', "true"),
    ('matches("e", "[a-z-[aeiou]]")', "false"),
    ('matches("x", "(?=x)")', "null"),
    ('matches("aa", "(a)\\\\1")', "null"),
    ('matches("a", "a", "k")', "null"),
    ('matches("a+b", "a+b", "q")', "true"),
    ('replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', '"[1=ab][2=]cd"'),
    ('replace("a.b", "\\.", "\\$")', '"a$b"'),
    ('replace("abc", "x*", "-")', "null"),
    ('replace("abc", "b", "$")', "null"),
    ('replace("a b", "a b", "-", "x")', '"a b"'),
    ('split("John Doe", "\\\\s")', '["John", "Doe"]'),
    ('split("a;b;;", ";")', '["a", "b", "", ""]'),
    ('string join(["a", null, "b"], "-")', '"a-b"'),
    ('string join(["a", 1])', "null"),
    # lists
    ("list contains([1, null], null)", "true"),
    ("count([1, null])", "2"),
    ("count(null)", "null"),
    ("min(3, 1, 2)", "1"),
    ('max(["a", "b"])', '"b"'),
    ('max([1, "a"])', "null"),
    ("sum([1, 2.5])", "3.5"),
    ("sum([])", "null"),
    ('sum([1, "a"])', "null"),
    ('sum([@"P1D", @"PT12H"])', '@"P1DT12H"'),
    ("mean([1, 2, 4])", "7 / 3"),
    ("median(8, 2, 5, 3)", "4"),
    ("stddev([2, 4, 7, 5])", "sqrt(13 / 3)"),
    ("stddev([1])", "null"),
    ("mode([6, 1, 9, 6, 1])", "[1, 6]"),
    ("product([2, 3, 4])", "24"),
    ("all([true, false])", "false"),
    ("any([false, null])", "null"),
    ("any(false, true)", "true"),
    ("sublist([4, 5, 6], 1, 2)", "[4, 5]"),
    ("sublist([4, 5, 6], -2)", "[5, 6]"),
    ("append([1], 2, 3)", "[1, 2, 3]"),
    ("concatenate([1], [2, 3])", "[1, 2, 3]"),
    ("insert before([1, 3], 2, 2)", "[1, 2, 3]"),
    ("remove([1, 2, 3], -1)", "[1, 2]"),
    ("reverse([1, 2, 3])", "[3, 2, 1]"),
    ("index of([1, 2, 1], 1)", "[1, 3]"),
    ("union([1, 2], [2, 3])", "[1, 2, 3]"),
    ('distinct values([1, "1", 1, true, [1], [1], null, null])', '[1, "1", true, [1], null]'),
    ("duplicate values([1, 2, 3, 2, 1])", "[1, 2]"),
    ("flatten([[1, [2]], 3])", "[1, 2, 3]"),
    ("list replace([2, 4, 7, 8], 3, 6)", "[2, 4, 6, 8]"),
    ("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", "[5, 5, 7, 8]"),
    ("sort([3, 1, 2], function(x, y) x < y)", "[1, 2, 3]"),
    ("sort([3, 1, 2], function(x, y) null)", "null"),
    # contexts
    ('get value({a: 1}, "a")', "1"),
    ("get entries({a: 1})", '[{key: "a", value: 1}]'),
    ('context([{key: "a", value: 1}])', "{a: 1}"),
    ('context([{key: "a", value: 1}, {key: "a", value: 2}])', "null"),
    ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
    ('context put({a: {b: 1}}, ["a", "b"], 2)', "{a: {b: 2}}"),
    ("context merge([{a: 1}, {a: 2, b: 3}])", "{a: 2, b: 3}"),
    # dates, times, durations
    ('date("2024-02-29")', '@"2024-02-29"'),
    ('date("2023-02-29")', "null"),
    ("date(2024, 2, 29)", '@"2024-02-29"'),
    ('date(@"2024-02-29T10:00:00Z")', '@"2024-02-29"'),
    ('time("10:15:30.5+01:00")', '@"10:15:30.5+01:00"'),
    ('time(10, 15, 30, duration("PT1H"))', '@"10:15:30+01:00"'),
    ('time(@"2024-02-29")', '@"00:00:00Z"'),
    ('date and time(@"2024-02-29", @"10:00:00")', '@"2024-02-29T10:00:00"'),
    ('date and time(2024, 2, 29, 10, 0, 0, "Europe/Paris")', '@"2024-02-29T10:00:00@Europe/Paris"'),
    ('date and time("2024-02-29T24:00:00")', '@"2024-03-01T00:00:00"'),
    ('date and time("2024-02-29T10:00:00@Mars/Base")', "null"),
    ('duration("P1DT2H")', '@"P1DT2H"'),
    ('duration("P1Y2D")', "null"),
    ('years and months duration(@"2011-12-22", @"2013-08-24")', '@"P1Y8M"'),
    ('years and months duration(@"2013-08-24", @"2011-12-25")', '@"-P1Y7M"'),
    ("now()", '@"2024-02-29T10:15:30Z"'),
    ("today()", '@"2024-02-29"'),
    ('day of year(@"2024-12-31")', "366"),
    ('day of week(@"2024-02-29")', '"Thursday"'),
    ('month of year(@"2024-02-29")', '"February"'),
    ('week of year(@"2005-01-01")', "53"),
    ('last day of month(@"2024-02-01")', '@"2024-02-29"'),
    ('is(@"10:00:00Z", @"10:00:00@Etc/UTC")', "false"),
    ("is([1], [1])", "true"),
    ("not(true)", "false"),
    # ranges
    ('range("[1..5)") = [1..5)', "true"),
    ('range("[5..1]")', "null"),
    ('range("(< 5)") = (< 5)', "true"),
    ("before(1, 2)", "true"),
    ("before([1..5), [5..6])", "true"),
    ("after([5..6], [1..5])", "false"),
    ("meets([1..5], [5..6])", "true"),
    ("meets([1..5], (5..6])", "false"),
    ("met by([5..6], [1..5])", "true"),
    ("overlaps([1..5], [5..6])", "true"),
    ("overlaps([1..5), [5..6])", "false"),
    ("overlaps before([1..5], [4..6])", "true"),
    ("overlaps after([4..6], [1..5])", "true"),
    ("finishes(5, [1..5])", "true"),
    ("finishes([3..5], [1..5])", "true"),
    ("finished by([1..5], [3..5])", "true"),
    ("includes([1..5], 5)", "true"),
    ("includes([1..5), 5)", "false"),
    ("includes([1..5], [2..3])", "true"),
    ("during([2..3], [1..5])", "true"),
    ("starts(1, [1..5])", "true"),
    ("starts([1..3], [1..5])", "true"),
    ("started by([1..5], [1..3])", "true"),
    ("coincides([1..5], [1..5])", "true"),
    ("coincides((1..5], [1..5])", "false"),
    ('before(1, "a")', "null"),
    ("includes((< 5), 4)", "true"),
]


@pytest.mark.parametrize(("text", "meaning"), SAME, ids=[text for text, _ in SAME])
def test_a_call_gives_its_value(text, meaning):
    assert value(text) == value(meaning)


def test_no_function_is_left_untested():
    tested = " ".join(text for text, _ in SAME)
    assert [name for name in BUILTIN if f"{name}(" not in tested] == []


@pytest.mark.parametrize("name", list(BUILTIN))
def test_arguments_by_name_do_what_they_do_by_position(name):
    function = BUILTIN[name]
    for overload in function.overloads:
        if overload.variadic:
            continue
        samples = [_SAMPLES[parameter.kind] for parameter in overload.parameters]
        by_position = function.invoke(Meter(now=NOW), samples)
        by_name = function.invoke_named(Meter(now=NOW), dict(zip(overload.names, samples, strict=True)))
        assert str(by_position) == str(by_name)


_SAMPLES = {
    "any": value("1"),
    "number": value("1"),
    "string": "a",
    "boolean": True,
    "list": [value("1")],
    "context": {"a": value("1")},
    "function": value("function(a, b) a < b"),
    "range": value("[1..2]"),
    "date": value('@"2024-02-29"'),
    "time": value('@"10:00:00"'),
    "date and time": value('@"2024-02-29T10:00:00"'),
    "date or date and time": value('@"2024-02-29"'),
    "days and time duration": value('@"PT1H"'),
    "duration": value('@"PT1H"'),
}
