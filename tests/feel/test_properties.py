"""Properties that hold for any input: exact money, texts that round-trip, no undeclared error, threads that agree."""

from __future__ import annotations

import contextlib
import decimal
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

import feel
from feel.numbers import CONTEXT
from tests.feel.evaluating import NOW
from tests.feel.test_builtin import SAME as CALLS
from tests.feel.test_language import SAME as TEXTS

money = st.decimals(min_value=-(10**15), max_value=10**15, places=2)
ADD, MULTIPLY = feel.compile("a + b - c", "abc"), feel.compile("a * b", "abc")
DIVIDE, COMPARE = feel.compile("a / b", "abc"), feel.compile("a < b", "abc")


@given(money, money, money)
def test_money_is_exact_whatever_the_threads_context_says(a, b, c):
    variables = {"a": a, "b": b, "c": c}
    with decimal.localcontext(decimal.Context(prec=3, rounding=decimal.ROUND_UP)):
        added, multiplied = ADD.evaluate(variables).value, MULTIPLY.evaluate(variables).value
        divided, less = DIVIDE.evaluate(variables).value, COMPARE.evaluate(variables).value
    assert added == CONTEXT.subtract(CONTEXT.add(a, b), c)
    assert multiplied == CONTEXT.multiply(a, b)
    assert divided == (CONTEXT.divide(a, b) if b else None)
    assert less is (a < b)


@given(st.lists(money, min_size=1, max_size=50))
def test_a_sum_of_money_loses_nothing(amounts):
    total = feel.compile("sum(amounts)", ["amounts"]).evaluate({"amounts": amounts}).value
    assert total * 100 == sum(int(amount * 100) for amount in amounts)


names = st.sampled_from(["a", "b", "申请 金额", "x y", "a-b", "item"])
texts = st.text(st.characters(codec="utf-8"), max_size=8)
leaves = st.one_of(
    st.decimals(min_value=0, max_value=10**6, places=2).map(str),
    texts.map(lambda text: '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'),
    st.sampled_from(["true", "false", "null", '@"2024-02-29"', '@"P1D"', "[1..5]", "(1..a)", "(< 5)", "[]", "{}"]),
    names,
)


def _compound(inner):
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(
            inner,
            st.sampled_from([" + ", " - ", " * ", " / ", " ** ", " = ", " != ", " < ", " >= ", " and ", " or "]),
            inner,
        ).map("".join),
        pair.map(lambda p: f"({p[0]}) * ({p[1]})"),
        inner.map(lambda i: f"-({i})"),
        inner.map(lambda i: f"({i})"),
        pair.map(lambda p: f"[{p[0]}, {p[1]}]"),
        pair.map(lambda p: f'{{k: {p[0]}, "l m": {p[1]}}}'),
        pair.map(lambda p: f"({p[0]})[{p[1]}]"),
        inner.map(lambda i: f"({i}).k"),
        st.tuples(inner, inner, inner).map(lambda t: f"if {t[0]} then {t[1]} else {t[2]}"),
        pair.map(lambda p: f"for v in {p[0]} return {p[1]}"),
        pair.map(lambda p: f"some v in {p[0]} satisfies {p[1]}"),
        pair.map(lambda p: f"({p[0]}) in ({p[1]}, > 3)"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]}) between ({t[1]}) and ({t[2]})"),
        inner.map(lambda i: f"({i}) instance of list<number>"),
        pair.map(lambda p: f"max({p[0]}, {p[1]})"),
        inner.map(lambda i: f"(function(p: number, q) {i})(p: 1, q: 2)"),
        inner.map(lambda i: f"string(from: {i})"),
    )


expressions = st.recursive(leaves, _compound, max_leaves=12)
NAMES = ("a", "b", "申请 金额", "x y", "a-b")
VARIABLES = {"a": 1, "b": [1, 2], "申请 金额": Decimal("12.50"), "x y": {"k": None}, "a-b": "text"}


def _evaluated(expression):
    try:
        result = expression.evaluate(VARIABLES, now=NOW)
    except feel.LimitExceeded as error:
        return str(error)
    return repr(result.value), [str(warning.sentence) for warning in result.warnings]


@given(expressions)
@settings(max_examples=300)
def test_the_text_of_a_tree_compiles_to_an_equal_tree_that_means_the_same(text):
    expression = feel.compile(text, NAMES)
    again = feel.compile(str(expression.syntax), NAMES)
    assert again.syntax == expression.syntax
    assert _evaluated(again) == _evaluated(expression)


def test_every_text_of_the_other_tests_round_trips():
    for text, _ in [*TEXTS, *CALLS]:
        tree = feel.compile(text).syntax
        assert feel.compile(str(tree)).syntax == tree, text


@given(
    st.sampled_from(
        [
            "-",
            "1",
            "> 5",
            "[1..2]",
            "not(1, 2)",
            '"a", "b"',
            "? > 3",
            "not(?) and true",
            "(< 3), 5",
            "a",
            "= 1",
            "not(a)(1)",
        ]
    )
)
def test_unary_tests_round_trip(text):
    tree = feel.compile(text, kind="unary tests").syntax
    assert feel.compile(str(tree), kind="unary tests").syntax == tree


pieces = st.sampled_from(
    [
        *[
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "..",
            ",",
            ":",
            ".",
            "?",
            "-",
            "+",
            "*",
            "**",
            "/",
            "<",
            "<=",
            "=",
            "!=",
            "==",
            "->",
            "@",
            "'",
            "//",
            "/*",
            "*/",
            "if",
            "then",
            "else",
            "for",
            "in",
            "return",
            "some",
        ],
        *[
            "every",
            "satisfies",
            "function",
            "external",
            "between",
            "and",
            "or",
            "not",
            "instance",
            "of",
            "list<",
            "true",
            "null",
            "item",
            "a",
            "b",
        ],
        *["1", "0.5", "1e9999", '"x"', '@"P1D"', "中", "🐎", "sum(", "partial", '"', "\\"],
        r'"\ud800"',
        chr(0xD800),
        chr(0),
        " ",
        "\n",
        "\u3000",
        "date and time(",
        "b c",
    ]
)


@given(
    st.one_of(
        st.text(max_size=60), st.lists(pieces, max_size=25).map("".join), st.lists(pieces, max_size=25).map(" ".join)
    ),
    st.booleans(),
    st.booleans(),
)
@settings(max_examples=1500)
def test_no_text_raises_anything_but_the_declared_errors(text, unary, strict):
    kind = "unary tests" if unary else "expression"
    try:
        expression = feel.compile(text, NAMES, kind=kind, strict=strict, element_id="cell")
    except feel.FeelSyntaxError as refusal:
        error = refusal
    else:
        _evaluated(expression)
        assert feel.compile(str(expression.syntax), NAMES, kind=kind).syntax == expression.syntax
        return
    assert error.line >= 1
    assert error.column >= 1
    assert error.element_id == "cell"
    assert str(error.sentence)


values = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), texts, money, st.dates(), st.datetimes(), st.times(), st.timedeltas()
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(texts, inner, max_size=4)),
    max_leaves=10,
)
ANYTHING = [
    feel.compile(text, "xy")
    for text in """x = y; x < y; x + y; x - y; x * y; x / y; x ** y; x in y; x in (y); x[y]; x[item = y]; x.a
    string(x); sum(x); min(x, y); sort(x); flatten(x); distinct values(x)
    index of(x, y); for v in x return v = y; -x; date(x)
    x between y and x; not(x); if x then y else 1; [x..y]; context merge([x, y]); substring(x, y); is(x, y)
    """.replace("\n", ";").split(";")
    if text.strip()
]


@given(values, values)
@settings(max_examples=200)
def test_no_value_raises_anything_but_the_declared_errors(x, y):
    for expression in ANYTHING:
        with contextlib.suppress(feel.FeelError):
            result = expression.evaluate({"x": x, "y": y})
            assert result.value is not None or result.warnings or "x" in expression.free
            feel.to_python(result.value)


def test_eight_threads_agree_with_one():
    compiled = [feel.compile(text) for text, _ in [*TEXTS, *CALLS]]
    alone = [_evaluated(expression) for expression in compiled]
    with ThreadPoolExecutor(8) as threads:
        rounds = list(threads.map(lambda _: [_evaluated(expression) for expression in compiled], range(16)))
    assert all(each == alone for each in rounds)
