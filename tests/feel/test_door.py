"""The public door: compile, evaluate, errors with places, conversion of Python's values, host functions."""

from __future__ import annotations

import copy
import datetime as dt
import pickle
from decimal import Decimal
from enum import IntEnum

import pytest

import feel
from feel.meter import Meter
from feel.scope import Scope
from tests.feel.evaluating import NOW, value, warnings


def test_an_expression_says_what_it_is():
    expression = feel.compile("amount * rate > 10 + count(lines)", ["amount", "rate", "lines"], element_id="flow_1")
    assert expression.free == {"amount", "rate", "lines"}
    assert (expression.kind, expression.element_id) == ("expression", "flow_1")
    assert str(expression.syntax) == "amount * rate > 10 + count(lines)"
    with pytest.raises(AttributeError):
        expression.text = "other"
    with pytest.raises(TypeError):
        pickle.dumps(expression)


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("for x in xs return x + y", {"xs", "y"}),
        ("{a: b, c: a}", {"b"}),
        ("{a: a}", {"a"}),
        ("{f: function(n) f(n)}", set()),
        ("(function(p) p + q)(r)", {"q", "r"}),
        ("xs[item > limit]", {"xs", "limit"}),
        ("a.b.c", {"a"}),
        ("some v in [1] satisfies v = w", {"w"}),
        ("working hours(a)", {"a", "working hours"}),
    ],
)
def test_free_names(text, free):
    assert feel.compile(text, functions=["working hours"]).free == free


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("1 +", 1, 4),
        ("1 +\n  )", 2, 3),
        ('"中文" ! 1', 1, 6),
        ('a\n\n "x', 3, 2),
        ("[1, 2", 1, 6),
        ("if a then b", 1, 12),
        ("f(a: 1, 2)", 1, 9),
        ("a == b", 1, 3),
    ],
)
def test_a_syntax_error_says_where(text, line, column):
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile(text, element_id="cell_7")
    assert (caught.value.line, caught.value.column, caught.value.element_id) == (line, column, "cell_7")


def test_an_undeclared_name_is_an_error_when_compiling_strictly():
    with pytest.raises(feel.UndeclaredName) as caught:
        feel.compile("amount > 200 and\n  ammount < 500", ["amount"], strict=True, element_id="gateway")
    assert (caught.value.name, caught.value.line, caught.value.column) == ("ammount", 2, 3)
    for text in (
        "lines[price > 1 and item.x = 2].y",
        "for l in lines return l.a",
        "{a: 1, b: a}",
        "count(lines)",
        "sort(lines, before)",
        "some x in lines satisfies x > 1",
        "duty(lines)",
        "(function(p) p)(lines)",
    ):
        assert feel.compile(text, ["lines"], functions=["duty"], strict=True).free <= {"lines", "duty"}


@pytest.mark.parametrize(
    "text",
    [
        '@"2024-13-01"',
        'date("2024-02-30")',
        'duration("1D")',
        'matches(a, "(?=x)")',
        'replace(a, "(", "")',
        'split(a, delimiter: "[z-a]")',
        'split(string: a, delimiter: "[z-a]")',
        'function() external {java: {class: "x"}}',
    ],
)
def test_a_literal_that_can_have_no_value_is_an_error_when_compiling_strictly(text):
    with pytest.raises(feel.FeelSyntaxError):
        feel.compile(text, ["a"], strict=True)
    if "delimiter" not in text or "string:" in text:
        assert value(text, {"a": "text"}) is None


def test_a_warning_says_what_and_where():
    result = feel.compile("1 +\n  amount * 2", ["amount"], element_id="flow").evaluate({"amount": "x"})
    assert result.value is None
    first = result.warnings[0]
    assert (first.line, first.column, first.element_id) == (2, 10, "flow")
    assert str(first.sentence) == "“*” cannot be computed between string and number."
    assert warnings("missing + 1") == ["There is no value for “missing”.", "“+” was given null."]
    assert warnings("substring(1, 2)") == ["“string” of substring must be of type string."]


class _Level(IntEnum):
    HIGH = 3


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (5, Decimal(5)),
        (10**33 - 1, Decimal(10**33 - 1)),
        (Decimal("12.50"), Decimal("12.50")),
        (True, True),
        (None, None),
        ("中", "中"),
        ((1, [2]), [Decimal(1), [Decimal(2)]]),
        ({"a": {"b": 1}}, {"a": {"b": Decimal(1)}}),
        (_Level.HIGH, Decimal(3)),
    ],
)
def test_python_values_become_feel_values(given, expected):
    converted = feel.from_python(given)
    assert converted == expected
    assert type(converted) is type(expected)


def _deep():
    nested: list[object] = []
    for _ in range(5000):
        nested = [nested]
    return nested


_CYCLE: dict[str, object] = {}
_CYCLE["self"] = _CYCLE


@pytest.mark.parametrize(
    "refused",
    [
        0.1,
        float("nan"),
        Decimal("NaN"),
        Decimal("Infinity"),
        10**40 + 1,
        Decimal("1E7000"),
        "\ud800",
        {1: 2},
        {"a": {1, 2}},
        b"x",
        object(),
        _CYCLE,
        _deep(),
        10**100_000,
    ],
    ids=lambda refused: type(refused).__name__,
)
def test_what_is_no_feel_value_is_refused(refused):
    with pytest.raises(feel.ValueRefused):
        feel.compile("x", ["x"]).evaluate({"x": refused})


def test_only_the_variables_that_are_used_are_converted():
    assert feel.compile("x", ["x"]).evaluate({"x": 1, "y": object()}).value == 1


def test_evaluation_changes_nothing_of_the_callers():
    variables = {"x": [{"a": [1]}]}
    before = copy.deepcopy(variables)
    feel.compile('context put(x[1], "a", append(x[1].a, 2))', ["x"]).evaluate(variables)
    assert variables == before


def test_the_moment_is_injected_and_stands_still():
    assert value("now()") == feel.from_python(NOW)
    assert value("string(today())") == "2024-02-29"
    assert feel.compile("now() = now()").evaluate({}).value is True
    local = dt.datetime(2024, 2, 29, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    assert str(feel.compile("now()").evaluate({}, now=local).value) == "2024-02-29T23:30:00+08:00"


def test_host_functions_are_called_like_built_in_ones():
    def working_hours(start, end, unit="store"):
        assert isinstance(start, feel.Date)
        return [unit, end]

    def call(text):
        expression = feel.compile(text, ["a"], functions=["working hours"])
        return expression.evaluate({"a": dt.date(2024, 2, 29)}, functions={"working hours": working_hours})

    assert call("working hours(a, 2)").value == ["store", Decimal(2)]
    assert call('working hours(end: 2, start: a, unit: "hq")[1]').value == "hq"
    assert call("working hours(a)").value is None
    assert "working hours takes" in str(call("working hours(a)").warnings[0])
    assert call("working hours(a: 1)").value is None
    absent = feel.compile("working hours(a)", ["a"], functions=["working hours"]).evaluate({"a": 1})
    assert absent.value is None
    assert "not provided" in str(absent.warnings[0])


def test_the_lower_door_shares_one_account():
    meter = Meter(now=NOW, types={"tAmount": lambda amount: amount == 5})
    scope = Scope({"amount": feel.from_python(5)}, None, meter)
    first = feel.compile("sum([amount, 1]) + null", ["amount"])
    second = feel.compile("> amount", ["amount"], kind="unary tests")
    typed = feel.compile("(function(a: tAmount) a)(amount)", ["amount"])
    assert first.run(scope) is None
    assert second.test(Decimal(6), scope) is True
    assert typed.run(scope) == 5
    assert typed.run(Scope({"amount": Decimal(4)}, None, meter)) is None
    assert meter.ticks > 0
    assert [warning.kind for warning in meter.warnings] == ["null", "argument"]


def test_a_sentence_of_an_error_can_be_translated():
    with pytest.raises(feel.FeelSyntaxError) as caught:
        feel.compile("1 +")
    assert (
        caught.value.sentence.translate(
            lambda template: {"The expression ends too early.": "表达式不完整。"}[template]
        )
        == "表达式不完整。"
    )
