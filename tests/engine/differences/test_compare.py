"""Differences in the words of people: what they changed, apart from where they moved it, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.differences import compare

ROOT = Path(__file__).parents[3]
TABLE = "dmn/chain_store/procurement_authority.dmn"
DIAGRAM = "bpmn/chain_store/procurement_request.bpmn"
FORM = "forms/chain_store/procurement_request.form"
SCENARIOS = "bpmn/chain_store/procurement_request.scenarios.yaml"


def changed(path, *replaced):
    """The changes of one file of the pack when texts in it are replaced."""
    before = (ROOT / path).read_text(encoding="utf-8")
    after = before
    for old, new in replaced:
        assert old in after
        after = after.replace(old, new, 1)
    found = compare({path: before.encode()}, {path: after.encode()})
    return found[0] if found else None


def told(difference):
    return [(one.kind, one.element, str(one.part or ""), one.before, one.after) for one in difference.changes]


@pytest.mark.parametrize("path", sorted(p.relative_to(ROOT).as_posix() for p in ROOT.glob("*/chain_store/*.*")))
def test_a_file_does_not_differ_from_itself(path):
    body = (ROOT / path).read_bytes()
    assert compare({path: body}, {path: body + b"\n"}) == () or path.endswith((".yaml", ".po"))


def test_a_cell_of_a_table_is_told_by_rule_and_column():
    assert told(changed(TABLE, ("(200..300]", "(200..500]"), ("&gt; 300", "&gt; 500"))) == [
        ("changed", "申购审批权限(1.14) #3", "合并计算金额（元）", "(200..300]", "(200..500]"),
        ("changed", "申购审批权限(1.14) #4", "合并计算金额（元）", "> 300", "> 500"),
    ]


def test_rules_that_come_and_go_are_told_with_their_cells():
    body = (ROOT / TABLE).read_text(encoding="utf-8")
    start, end = body.index('<rule id="procurement_authority_rule_4">'), body.rindex("</rule>") + len("</rule>")
    without = body[:start] + body[end:]
    (gone,) = compare({TABLE: body.encode()}, {TABLE: without.encode()})
    assert told(gone) == [
        ("removed", "申购审批权限(1.14) #4", "", '合并计算金额（元）: > 300; 终审级别: "general_manager"', "")
    ]
    (come,) = compare({TABLE: without.encode()}, {TABLE: body.encode()})
    assert [one.kind for one in come.changes] == ["added"]


def test_the_order_of_rules_and_the_hit_policy_are_behaviour():
    body = (ROOT / TABLE).read_text(encoding="utf-8")
    third = body[
        body.index('<rule id="procurement_authority_rule_3">') : body.index(
            '<rule id="procurement_authority_rule_4">'
        )
    ]
    moved = body.replace(third, "").replace("</decisionTable>", f"{third}</decisionTable>")
    (found,) = compare({TABLE: body.encode()}, {TABLE: moved.encode()})
    assert {one.kind for one in found.changes} == {"moved"}
    assert told(changed(TABLE, ('hitPolicy="UNIQUE"', 'hitPolicy="FIRST"')))[0][2:] == (
        "Hit policy",
        "UNIQUE",
        "FIRST",
    )


def test_a_property_of_a_diagram_is_told_by_element_and_name():
    assert told(changed(DIAGRAM, ('assignee="=line(store)"', 'assignee="=superior(starter)"'))) == [
        ("changed", "区域经理或主任调查审核", "Assignee", "=line(store)", "=superior(starter)")
    ]
    assert told(
        changed(DIAGRAM, ('name="starterPosts" value="store_manager"', 'name="starterPosts" value="cashier"'))
    )[0][2] == ("Property starterPosts")
    assert told(changed(DIAGRAM, ('name="店长填写申购单"', 'name="填单"')))[0][1:] == (
        "填单",
        "Name",
        "店长填写申购单",
        "填单",
    )


def test_layout_is_no_behaviour():
    found = changed(DIAGRAM, ('<dc:Bounds x="', '<dc:Bounds x="9'))
    assert found.changes == ()
    assert len(found.layout) == 1


def test_spelling_is_no_difference():
    body = (ROOT / DIAGRAM).read_bytes()
    assert compare({DIAGRAM: body}, {DIAGRAM: body.replace(b'"/>', b'" />').replace(b"><", b">\n<")}) == ()


def test_an_element_that_comes_or_goes_is_told_once():
    body = (ROOT / DIAGRAM).read_text(encoding="utf-8")
    more = body.replace("<bpmn:startEvent", '<bpmn:task id="extra" name="新步骤"/><bpmn:startEvent', 1)
    (found,) = compare({DIAGRAM: body.encode()}, {DIAGRAM: more.encode()})
    assert told(found) == [("added", "新步骤", "", "", "")]


def test_a_field_of_a_form_is_told_by_label():
    schema = json.loads((ROOT / FORM).read_text(encoding="utf-8"))
    field = next(one for one in schema["components"] if one.get("key") == "purpose")
    field["label"], field["validate"] = "申购理由", {**field.get("validate", {}), "maxLength": 7}
    body = json.dumps(schema, ensure_ascii=False).encode()
    (found,) = compare({FORM: (ROOT / FORM).read_bytes()}, {FORM: body})
    assert ("changed", "申购理由", "Label", "申购事由", "申购理由") in told(found)
    assert next(one for one in told(found) if one[2] == "validate.maxLength")[4] == "7"
    schema["components"].remove(field)
    (gone,) = compare({FORM: (ROOT / FORM).read_bytes()}, {FORM: json.dumps(schema, ensure_ascii=False).encode()})
    assert told(gone) == [("removed", "申购事由", "", "", "")]


def test_scenarios_are_told_by_line():
    found = changed(SCENARIOS, ("恰好 200.00 元由区域经理终审", "恰好 200.00 元由区域终审"))
    assert [one.kind for one in found.changes] == ["changed"]
    assert "恰好 200.00 元由区域终审" in found.changes[0].after


def test_files_that_come_and_go():
    found = compare({"dmn/p/a.dmn": b"<a/>"}, {"dmn/p/b.dmn": b"<a/>"})
    assert [(one.path, one.kind) for one in found] == [("dmn/p/a.dmn", "removed"), ("dmn/p/b.dmn", "added")]


@pytest.mark.parametrize("end", ["bpmn", "dmn", "form", "po", "yaml"])
@pytest.mark.parametrize("body", [b"", b"<a>", b"{", b"\xff\xfe", b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'])
def test_what_cannot_be_read_is_compared_as_text(end, body):
    path = f"bpmn/p/a.{end}"
    (found,) = compare({path: body}, {path: body + b"more"})
    assert found.changes
