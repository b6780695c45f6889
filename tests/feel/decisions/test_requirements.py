"""Decisions that require others, business knowledge models, decision services and imports."""

from __future__ import annotations

from decimal import Decimal

import pytest

from feel import decisions
from tests.feel.decisions.files import decision, decision_table, definitions, input_data, text


def literal(feel):
    return text("literalExpression", feel)


def needs(*references):
    return "".join(
        f'<informationRequirement><requiredDecision href="{each}"/></informationRequirement>' for each in references
    )


def knows(*references):
    return "".join(
        f'<knowledgeRequirement><requiredKnowledge href="{each}"/></knowledgeRequirement>' for each in references
    )


RATE = (
    '<businessKnowledgeModel id="k" name="with tax"><encapsulatedLogic><formalParameter name="net" typeRef="number"/>'
    f"{literal('net * 1.06')}</encapsulatedLogic></businessKnowledgeModel>"
)
TIER = decision_table([("gross", "")], ["tier"], [(["<= 200"], ['"line"']), (["> 200"], ['"area"'])])
FILE = definitions(
    input_data("net", "number")
    + RATE
    + decision(literal("with tax(net)"), id_="g", name="gross", inputs=["net"], requires=knows("#k"))
    + decision(TIER, id_="t1", name="tier", requires=needs("#g"))
    + decision(literal("{level: tier, amount: gross}"), id_="r", name="result", requires=needs("#t1", "#g"))
    + '<decisionService id="s" name="authority"><outputDecision href="#t1"/><encapsulatedDecision href="#g"/>'
    '<inputData href="#in_net"/></decisionService>'
    + '<decisionService id="s2" name="of gross"><outputDecision href="#t1"/><outputDecision href="#r"/>'
    '<inputDecision href="#g"/></decisionService>'
    + decision(literal("authority(100)"), id_="c", name="call", requires=knows("#s"))
)


def test_required_decisions_are_evaluated_once_and_traced_in_order():
    result = decisions.compile(FILE).evaluate("result", {"net": 200})
    assert result.value == {"level": "area", "amount": Decimal("212.00")}
    assert [entry["name"] for entry in result.trace] == ["gross", "tier", "result"]


def test_a_decision_says_what_it_and_those_it_requires_need():
    found = decisions.compile(FILE).decisions
    assert found["r"].inputs == ("net",)
    assert found["r"].required == ("t1", "g")
    assert found["call"].inputs == ()


def test_a_decision_service_is_evaluated_and_called():
    compiled = decisions.compile(FILE)
    assert compiled.evaluate("authority", {"net": 100}).value == "line"
    assert compiled.evaluate("call", {}).value == "line"
    assert compiled.services == {"authority": "s", "of gross": "s2"}


def test_a_service_takes_the_value_of_an_input_decision():
    assert decisions.compile(FILE).evaluate("of gross", {"gross": 500}).value == {
        "tier": "area",
        "result": {"level": "area", "amount": 500},
    }


def test_a_business_knowledge_model_is_evaluated_by_itself():
    assert decisions.compile(FILE).evaluate("with tax", {"net": 100}).value == 106


def test_a_decision_sees_only_what_it_requires():
    file = definitions(input_data("a") + input_data("b") + decision(literal("a + b"), inputs=["a"]))
    with pytest.raises(decisions.DecisionsRefused) as caught:
        decisions.compile(file)
    assert [problem.code for problem in caught.value.problems] == ["undeclared_name"]


def test_a_long_chain_of_decisions_needs_no_deep_stack():
    chain = [decision(literal("1"), id_="d0", name="d0")]
    chain += [
        decision(literal(f"d{i - 1} + 1"), id_=f"d{i}", name=f"d{i}", requires=needs(f"#d{i - 1}"))
        for i in range(1, 1500)
    ]
    assert decisions.compile(definitions("".join(chain))).evaluate("d1499", {}).value == 1500


LIBRARY = definitions(
    '<itemDefinition id="tKind" name="tKind"><typeRef>string</typeRef></itemDefinition>'
    + input_data("person name", "tKind")
    + RATE
    + decision(literal('"Hello " + person name'), id_="h", name="the greeting", inputs=["person name"]),
    own="urn:library",
)
IMPORTING = definitions(
    '<import name="lib" namespace="urn:library" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>'
    + input_data("kind", "lib.tKind")
    + decision(
        literal('lib.the greeting + ", " + kind + " " + string(lib.with tax(100))'),
        inputs=["kind"],
        requires=needs("urn:library#h") + knows("urn:library#k"),
    )
)


def test_imported_elements_are_seen_under_the_name_of_the_import():
    compiled = decisions.compile(IMPORTING, imports={"library.dmn": LIBRARY})
    expected = "Hello 王, 加盟 106.00"
    assert compiled.evaluate("d", {"kind": "加盟", "person name": "王"}).value == expected
    assert compiled.evaluate("d", {"kind": "加盟", "lib": {"person name": "王"}}).value == expected


def test_a_missing_import_is_refused():
    with pytest.raises(decisions.DecisionsRefused) as caught:
        decisions.compile(IMPORTING)
    assert "import" in {problem.code for problem in caught.value.problems}


def test_host_functions_are_called_when_they_were_declared():
    file = definitions(input_data("a") + decision(literal("double(a)"), inputs=["a"]))
    compiled = decisions.compile(file, functions=["double"])
    assert compiled.evaluate("d", {"a": 4}, functions={"double": lambda number: number * 2}).value == 8


def test_a_decision_without_logic_has_no_value():
    compiled = decisions.compile(definitions(decision("")))
    assert [problem.code for problem in compiled.problems] == ["no_logic"]
    with pytest.raises(decisions.DecisionError) as caught:
        compiled.evaluate("d", {})
    assert caught.value.code == "no_logic"
