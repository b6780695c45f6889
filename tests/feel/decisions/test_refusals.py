"""A file that cannot be used is refused with all its problems at once, each with its place; nothing crashes."""

from __future__ import annotations

import pytest

from feel import decisions
from tests.feel.decisions.files import decision, decision_table, definitions, input_data, table_file, text


def refused(xml, **options):
    with pytest.raises(decisions.DecisionsRefused) as caught:
        decisions.compile(xml, **options)
    return {(problem.code, problem.element_id) for problem in caught.value.problems if problem.severity == "error"}


@pytest.mark.parametrize(
    ("xml", "code"),
    [
        (b"", "malformed_xml"),
        (b"<definitions", "malformed_xml"),
        (b"<definitions/>", "unknown_namespace"),
        (b'<definitions xmlns="urn:something"/>', "unknown_namespace"),
        (b'<decisions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "unknown_namespace"),
        (b'<!DOCTYPE d [<!ENTITY e "x">]><definitions/>', "doctype"),
        ('<?xml version="1.0" encoding="UTF-16"?><definitions/>'.encode("utf-16"), "encoding"),
        (b'<?xml version="1.0" encoding="UTF-7"?><definitions/>', "encoding"),
        (b" " * (1024 * 1024 + 1), "too_large"),
    ],
)
def test_what_is_no_dmn_is_refused(xml, code):
    assert {found for found, _ in refused(xml)} == {code}


def test_the_size_limit_can_be_set():
    file = table_file([("n", "number")], ["o"], [(["-"], ["1"])])
    assert refused(file, maximum_size=100) == {("too_large", "")}


def test_an_entity_is_never_expanded():
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><definitions>&a;</definitions>'
    )
    assert refused(bomb) == {("doctype", "")}


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_dmn_1_1_to_1_5_are_read(namespace):
    file = definitions(decision("<literalExpression><text>1 + 1</text></literalExpression>"), namespace=namespace)
    assert decisions.compile(file).evaluate("d", {}).value == 2


def test_all_problems_are_told_at_once():
    file = definitions(
        input_data("n", "number")
        + decision(
            decision_table(
                [("n", "number")],
                ["o"],
                [(["<= "], ["1"]), (['"a"'], ["unknown + other"]), (["[5..1]"], ["1"]), (["1", "2"], ["1"])],
                output_types={"o": "number"},
            ),
            inputs=["n"],
        )
        + decision(text("literalExpression", "missing variable"), id_="e", name="第二", inputs=["n"])
        + decision('<decisionTable id="empty" hitPolicy="WILD"/>', id_="f", name="第三")
    )
    assert refused(file) == {
        ("syntax", "r1i1"),
        ("cell_type", "r2i1"),
        ("empty_range", "r3i1"),
        ("rule_length", "r4"),
        ("undeclared_name", "r2o1"),
        ("undeclared_name", "e/literalExpression"),
        ("unknown_hit_policy", "empty"),
        ("without_rules", "empty"),
        ("without_output", "empty"),
    }


def test_cells_and_outputs_of_the_wrong_type_are_refused():
    file = table_file(
        [("n", "number"), ("day", "date")],
        ["o"],
        [(['"a"', "-"], ["1"]), (["[5..1]", '"2026-01-01"'], ['"x"']), (["> 3", '> date("2026-01-01")'], ["2"])],
        output_types={"o": "number"},
    )
    assert refused(file) == {
        ("cell_type", "r1i1"),
        ("empty_range", "r2i1"),
        ("cell_type", "r2i2"),
        ("output_type", "r2o1"),
    }


def test_values_outside_the_allowed_ones_are_refused():
    file = table_file(
        [("kind", "string")],
        ["o"],
        [(['"加盟"'], ['"yes"']), (['"other"'], ['"perhaps"'])],
        allowed_inputs={"kind": '"加盟", "直营"'},
        allowed_outputs={"o": '"yes", "no"'},
    )
    assert refused(file) == {("value_not_allowed", "r2i1"), ("output_not_allowed", "r2o1")}


def test_a_lenient_compilation_leaves_out_a_rule_of_the_wrong_length():
    file = table_file(
        [("n", "number")], ["o"], [([], ["1"]), (["<= 5"], ["2"]), (["> 5", "-"], ["3"]), (["> 5"], ["4"])]
    )
    compiled = decisions.compile(file, strict=False)
    assert [problem.code for problem in compiled.problems] == ["rule_length", "rule_length"]
    assert compiled.evaluate("d", {"n": 5}).value == 2
    assert compiled.evaluate("d", {"n": 6}).value == 4


@pytest.mark.parametrize(
    ("options", "outputs", "code"),
    [
        ({"hit_policy": "PRIORITY"}, ["o"], "without_priority"),
        ({"hit_policy": "OUTPUT ORDER"}, ["o"], "without_priority"),
        ({"hit_policy": "UNIQUE", "aggregation": "SUM"}, ["o"], "aggregation_without_collect"),
        ({"hit_policy": "COLLECT", "aggregation": "MEDIAN"}, ["o"], "unknown_aggregation"),
        ({"hit_policy": "COLLECT", "aggregation": "SUM"}, ["o", "p"], "aggregation_of_several"),
        ({"hit_policy": "COLLECT", "aggregation": "SUM"}, ["s"], "sum_of_no_number"),
        ({}, ["o", "o"], "duplicate_name"),
        ({}, ["o", ""], "without_name"),
    ],
)
def test_misuse_of_a_hit_policy_is_refused(options, outputs, code):
    results = ['"text"' if name == "s" else "1" for name in outputs]
    file = table_file([("n", "number")], outputs, [(["-"], results)], **options)
    assert code in {found for found, _ in refused(file)}


def test_circular_requirements_are_refused_with_every_decision_of_the_circle():
    def requiring(own, other):
        required = f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>'
        return decision(text("literalExpression", other), id_=own, name=own, requires=required)

    file = definitions(requiring("a", "b") + requiring("b", "c") + requiring("c", "a"))
    assert refused(file) == {("cycle", "a"), ("cycle", "b"), ("cycle", "c")}


def test_references_names_and_ids_that_do_not_fit_are_refused():
    requires = (
        '<informationRequirement><requiredInput href="#nowhere"/></informationRequirement>'
        '<informationRequirement><requiredInput href="broken"/></informationRequirement>'
    )
    file = definitions(
        decision(text("literalExpression", "1"), id_="a", name="同名", requires=requires)
        + decision(text("literalExpression", "1"), id_="a", name="同名")
        + '<inputData id="unnamed"/><wonder id="w"/>'
        + '<inputData id="typed" name="typed"><variable name="typed" typeRef="tUnknown"/></inputData>'
        + '<itemDefinition name="tLoop" id="tLoop"><typeRef>tLoop</typeRef></itemDefinition>'
    )
    codes = {code for code, _ in refused(file)}
    assert codes == {
        "reference",
        "duplicate_id",
        "duplicate_name",
        "without_name",
        "unknown_element",
        "unknown_type",
        "circular_type",
    }


@pytest.mark.parametrize(
    ("logic", "code"),
    [
        (
            '<literalExpression id="x" expressionLanguage="groovy"><text>1</text></literalExpression>',
            "expression_language",
        ),
        ('<literalExpression id="x"><importedValues/><text>1</text></literalExpression>', "imported_values"),
        ('<literalExpression id="x"/>', "missing_expression"),
        ('<functionDefinition id="x" kind="Java"><context/></functionDefinition>', "not_run"),
        (
            '<conditional id="x"><if><literalExpression><text>true</text></literalExpression></if></conditional>',
            "missing_expression",
        ),
        ('<for id="x"><in><list/></in><return><list/></return></for>', "missing_expression"),
        ("<list>" * 60 + "</list>" * 60, "nesting"),
    ],
)
def test_boxed_expressions_that_cannot_run_are_refused(logic, code):
    assert code in {found for found, _ in refused(definitions(decision(logic)))}


def test_a_decision_without_requirements_takes_its_names_from_the_variables_and_says_so():
    compiled = decisions.compile(definitions(decision(text("literalExpression", "金额 * 2"))))
    assert compiled.decisions["d"].inputs == ("金额",)
    assert {problem.code for problem in compiled.problems} == {"undeclared_input"}
    assert compiled.evaluate("d", {"金额": 3}).value == 6


def test_a_variable_of_another_name_is_a_warning():
    file = definitions(decision(text("literalExpression", "1"), requires='<variable name="其他"/>'))
    assert [problem.code for problem in decisions.compile(file).problems] == ["variable_name"]


def test_an_unknown_decision_is_told():
    compiled = decisions.compile(definitions(decision(text("literalExpression", "1"))))
    with pytest.raises(decisions.DecisionError) as caught:
        compiled.evaluate("nothing", {})
    assert caught.value.code == "unknown_decision"
