"""Boxed expressions: context, invocation, list, relation, function, conditional, filter, for, some, every."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feel import Limits, decisions
from tests.feel.decisions.files import decision, definitions, input_data, text


def literal(feel):
    return text("literalExpression", feel)


def entry(name, value):
    variable = f'<variable name="{name}"/>' if name else ""
    return f"<contextEntry>{variable}{value}</contextEntry>"


def evaluated(logic, variables=None, inputs=(), **options):
    file = definitions("".join(map(input_data, inputs)) + decision(logic, inputs=inputs))
    return decisions.compile(file).evaluate("d", variables or {}, **options).value


def test_a_context_sees_its_earlier_entries():
    logic = f"<context>{entry('a', literal('n + 1'))}{entry('b c', literal('a * 2'))}</context>"
    assert evaluated(logic, {"n": 1}, ["n"]) == {"a": Decimal(2), "b c": Decimal(4)}


def test_a_context_with_a_result_gives_only_that():
    logic = f"<context>{entry('a', literal('2'))}{entry('', literal('a + 40'))}</context>"
    assert evaluated(logic) == 42


def test_a_relation_is_a_list_of_contexts():
    logic = (
        '<relation><column name="x"/><column name="y"/>'
        f"<row>{literal('1')}{literal('2')}</row><row>{literal('3')}{literal('4')}</row></relation>"
    )
    assert evaluated(logic) == [{"x": 1, "y": 2}, {"x": 3, "y": 4}]


def test_a_list_keeps_its_order():
    assert evaluated(f"<list>{literal('1')}{literal('null')}{literal('3')}</list>") == [1, None, 3]


def test_an_invocation_calls_a_function_of_the_context_by_name():
    parameters = '<formalParameter name="x"/><formalParameter name="y"/>'
    function = f"<functionDefinition>{parameters}{literal('x - y')}</functionDefinition>"
    invocation = (
        f"<invocation>{literal('minus')}"
        f'<binding><parameter name="y"/>{literal("1")}</binding>'
        f'<binding><parameter name="x"/>{literal("n")}</binding></invocation>'
    )
    logic = f"<context>{entry('minus', function)}{entry('', invocation)}</context>"
    assert evaluated(logic, {"n": 10}, ["n"]) == 9


def test_a_function_keeps_the_names_around_it():
    function = f'<functionDefinition><formalParameter name="x"/>{literal("x * n")}</functionDefinition>'
    logic = f"<context>{entry('times', function)}{entry('', literal('for i in [1, 2] return times(i)'))}</context>"
    assert evaluated(logic, {"n": 3}, ["n"]) == [3, 6]


@pytest.mark.parametrize(("condition", "expected"), [("n > 1", "then"), ("n > 5", "else"), ("null", "else")])
def test_a_conditional_takes_one_branch(condition, expected):
    logic = (
        f"<conditional><if>{literal(condition)}</if><then>{literal(chr(34) + 'then' + chr(34))}</then>"
        f"<else>{literal(chr(34) + 'else' + chr(34))}</else></conditional>"
    )
    assert evaluated(logic, {"n": 2}, ["n"]) == expected


def test_a_filter_sees_the_item_and_its_entries():
    logic = f"<filter><in>{literal('rows')}</in><match>{literal('amount > 1 and item.amount < 4')}</match></filter>"
    rows = [{"amount": n} for n in range(6)]
    assert evaluated(logic, {"rows": rows}, ["rows"]) == [{"amount": 2}, {"amount": 3}]


@pytest.mark.parametrize(
    ("kind", "part", "body", "expected"),
    [
        ("for", "return", "i * 2", [2, 4, 6]),
        ("for", "return", "count(partial)", [0, 1, 2]),
        ("some", "satisfies", "i > 2", True),
        ("some", "satisfies", "i > 3", False),
        ("some", "satisfies", "null", None),
        ("every", "satisfies", "i > 0", True),
        ("every", "satisfies", "i > 1", False),
    ],
)
def test_iterators(kind, part, body, expected):
    logic = f'<{kind} iteratorVariable="i"><in>{literal("[1, 2, 3]")}</in><{part}>{literal(body)}</{part}></{kind}>'
    assert evaluated(logic) == expected


def test_a_range_is_iterated_within_the_budget():
    logic = f'<for iteratorVariable="i"><in>{literal("[1..1000000000]")}</in><return>{literal("i")}</return></for>'
    with pytest.raises(decisions.DecisionError) as caught:
        evaluated(logic, limits=Limits(ticks=5000))
    assert caught.value.code == "limit"


def test_a_function_that_calls_itself_is_stopped():
    model = (
        '<businessKnowledgeModel id="k" name="again"><encapsulatedLogic><formalParameter name="x"/>'
        f"{literal('again(x + 1)')}</encapsulatedLogic>"
        '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement></businessKnowledgeModel>'
    )
    requires = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
    file = definitions(model + decision(literal("again(1)"), requires=requires))
    with pytest.raises(decisions.DecisionError) as caught:
        decisions.compile(file).evaluate("d", {})
    assert caught.value.code == "limit"


def test_what_is_no_function_is_not_called():
    logic = f'<invocation>{literal("n")}<binding><parameter name="x"/>{literal("1")}</binding></invocation>'
    with pytest.raises(decisions.DecisionError) as caught:
        evaluated(logic, {"n": 1}, ["n"])
    assert caught.value.code == "no_function"
    assert evaluated(logic, {"n": 1}, ["n"], escalate=False) is None


def test_external_code_is_never_run_even_leniently():
    logic = f'<functionDefinition kind="Java">{literal("1")}</functionDefinition>'
    context = f"<context>{entry('f', logic)}{entry('', literal('f()'))}</context>"
    compiled = decisions.compile(definitions(decision(context)), strict=False)
    result = compiled.evaluate("d", {}, escalate=False)
    assert result.value is None
    assert "never run" in str(result.warnings[0])
