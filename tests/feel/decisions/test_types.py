"""Item definitions: conformance, allowed values and the coercions of DMN."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feel import decisions
from tests.feel.decisions.files import decision, definitions, input_data, text

TYPES = (
    '<itemDefinition id="tKind" name="tKind"><typeRef>string</typeRef>'
    '<allowedValues><text>"加盟", "直营"</text></allowedValues></itemDefinition>'
    '<itemDefinition id="tKinds" name="tKinds" isCollection="true"><typeRef>tKind</typeRef>'
    "<typeConstraint><text>count(?) &lt;= 2</text></typeConstraint></itemDefinition>"
    '<itemDefinition id="tRow" name="tRow"><itemComponent name="unit price"><typeRef>number</typeRef></itemComponent>'
    '<itemComponent name="kind"><typeRef>tKind</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition id="tTree" name="tTree"><itemComponent name="children" isCollection="true">'
    "<typeRef>tTree</typeRef></itemComponent></itemDefinition>"
)


def compiled(type_, expression="x", result=""):
    variable = f'<variable name="决定" typeRef="{result}"/>' if result else ""
    return decisions.compile(
        definitions(
            TYPES
            + input_data("x", type_)
            + decision(text("literalExpression", expression), inputs=["x"], requires=variable)
        )
    )


def evaluated(type_, value, expression="x", result=""):
    return compiled(type_, expression, result).evaluate("d", {"x": value}).value


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("number", [3], 3),
        ("number", None, None),
        ("list<number>", 3, [3]),
        ("list<number>", [1, 2], [1, 2]),
        ("tKind", "加盟", "加盟"),
        ("tKind", ["加盟"], "加盟"),
        ("tKinds", "加盟", ["加盟"]),
        ("tKinds", [], []),
        ("integer", Decimal("3.0"), 3),
        ("long", 3, 3),
        ("double", Decimal("3.5"), Decimal("3.5")),
        ("feel:string", "a", "a"),
        ("Any", {"a": 1}, {"a": 1}),
        ("tTree", {"children": [{"children": []}]}, {"children": [{"children": []}]}),
    ],
)
def test_values_that_fit(type_, value, expected):
    assert evaluated(type_, value) == expected


@pytest.mark.parametrize(
    ("type_", "value", "code", "said"),
    [
        ("number", "3", "type", '"3" is no number'),
        ("number", [1, 2], "type", "is no number"),
        ("boolean", 1, "type", "is no boolean"),
        ("integer", Decimal("3.5"), "type", "is no integer"),
        ("tKind", "自营", "allowed_values", "not among the allowed values"),
        ("tKinds", ["加盟", "自营"], "allowed_values", "Item 2"),
        ("tKinds", ["加盟", "直营", "加盟"], "allowed_values", "count"),
        ("tRow", {"unit price": 1}, "type", "kind"),
        ("tRow", {"unit price": "1", "kind": "加盟"}, "type", "unit price"),
        ("tTree", {"children": [{}]}, "type", "children"),
        ("context", 1, "type", "is no context"),
    ],
)
def test_values_that_do_not_fit(type_, value, code, said):
    with pytest.raises(decisions.DecisionError) as caught:
        evaluated(type_, value)
    assert caught.value.code == code
    assert said in str(caught.value)
    assert caught.value.element_id == "in_x"


def test_a_path_may_have_spaces():
    assert evaluated("tRow", {"unit price": 5, "kind": "加盟"}, "x.unit price * 2") == 10


def test_a_date_becomes_midnight_where_a_date_and_time_is_asked_for():
    assert str(evaluated("string", "2026-01-02", "date(x)", "dateTime")) == "2026-01-02T00:00:00Z"


def test_the_result_of_a_decision_has_its_type():
    assert evaluated("list<number>", [1, 2, 3], "x[item > 2]", "number") == 3
    with pytest.raises(decisions.DecisionError) as caught:
        evaluated("number", 1, '"a"', "number")
    assert (caught.value.code, caught.value.element_id) == ("type", "d")


def test_instance_of_knows_the_types_of_the_file():
    assert evaluated("Any", "加盟", "x instance of tKind") is True
    assert evaluated("Any", "自营", "x instance of tKind") is False
