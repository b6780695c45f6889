"""Checking a pack: every problem at once, each with its file, its element and a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import content
from tests import packs

POSTS = {"store_manager", "purchaser"}


def _problems(groups=POSTS, **changed):
    found = content.check(content.Pack("p", packs.files(**changed), is_whole=True), groups=groups)
    return [(problem.code, problem.file, problem.element_id) for problem in found if problem.severity == "error"]


def test_a_right_pack_has_no_error():
    assert _problems() == []


@pytest.mark.parametrize(
    ("wrong", "expected"),
    [
        ({"form": "receipt"}, ("unknown_form", "PR0_request")),
        ({"decision_id": "settings"}, ("unknown_decision", "BR_authority")),
        ({"called": "payment"}, ("unknown_process", "CA_approval")),
        ({"groups": "purchaser, buyer"}, ("unknown_group", "PR0_request")),
        ({"posts": "store_manager, boss"}, ("unknown_group", "request")),
    ],
)
def test_a_reference_that_leads_nowhere_is_found(wrong, expected):
    assert _problems(request=packs.request_process(**wrong)) == [(expected[0], "bpmn/p/request.bpmn", expected[1])]


def test_the_sentence_names_what_is_missing_and_what_to_do():
    broken = packs.files(request=packs.request_process(form="receipt"))
    (problem,) = [p for p in content.check(content.Pack("p", broken)) if p.severity == "error"]
    assert "receipt" in str(problem.sentence)
    assert "forms/p/receipt.form" in str(problem.sentence)


def test_groups_are_not_looked_up_without_an_organisation():
    assert _problems(groups=None, request=packs.request_process(groups="nobody", posts="nobody")) == []


def test_all_problems_of_all_files_are_told_at_once():
    found = _problems(
        request=packs.request_process(groups="nobody", called="payment"),
        approval=b"this is no XML",
        authority=packs.decision().replace(b"&lt;= 200", b"&lt;= ("),
        form=b"{",
    )
    assert {file for _, file, _ in found} == set(packs.files()) - {"bpmn/p/labels.en.po"}


def test_a_name_is_not_called_unknown_while_its_own_file_is_refused():
    codes = {code for code, _, _ in _problems(form=b"{", authority=b"<a/>", approval=b"<a/>")}
    assert codes.isdisjoint({"unknown_form", "unknown_decision", "unknown_process"})


@pytest.mark.parametrize(
    "attack",
    [
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]><a>&e;</a>',
        b'<!DOCTYPE a [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><a>&c;</a>',
        b"\xff\xfe<\x00a\x00/\x00>\x00",
        b"",
    ],
)
def test_dangerous_and_empty_files_are_refused_wherever_they_stand(attack):
    files = {file for _, file, _ in _problems(request=attack, authority=attack)}
    assert files >= {"bpmn/p/request.bpmn", "dmn/p/authority.dmn"}


def test_a_topic_that_nobody_does_is_refused():
    service = packs.request_process().replace(
        b'<zeebe:calledDecision decisionId="authority" resultVariable="tier" bindingType="deployment"/>',
        b'<zeebe:taskDefinition type="launch_rocket"/>',
    )
    assert [(file, element) for _, file, element in _problems(request=service)] == [
        ("bpmn/p/request.bpmn", "BR_authority")
    ]


def test_one_id_for_two_things_is_refused():
    files = packs.files() | {"forms/p/z.form": packs.form("request"), "dmn/p/z.dmn": packs.decision(300)}
    files["bpmn/p/z.bpmn"] = packs.approval_process()
    found = content.check(content.Pack("p", files))
    codes = {(problem.code, problem.file) for problem in found if problem.severity == "error"}
    assert codes == {
        ("form_twice", "forms/p/z.form"),
        ("decision_twice", "dmn/p/z.dmn"),
        ("process_twice", "bpmn/p/z.bpmn"),
    }


def test_an_overlap_of_unique_rules_refuses_the_table():
    overlapping = packs.decision().replace(b"&gt; 200", b"&gt;= 200")
    assert {file for _, file, _ in _problems(authority=overlapping)} == {"dmn/p/authority.dmn"}


def test_a_gap_refuses_the_table():
    gap = packs.decision().replace(b"&gt; 200", b"&gt;= 201")
    assert _problems(authority=gap) == [("gap", "dmn/p/authority.dmn", "authority_table")]


def test_a_label_without_translation_is_a_warning_once():
    found = content.check(content.Pack("p", packs.files()))
    untranslated = [str(p.sentence) for p in found if p.code == "untranslated"]
    assert len(untranslated) == len(set(untranslated)) == 7
    assert not any('"填写"' in sentence for sentence in untranslated)


@pytest.mark.parametrize("labels", [b'msgid "a', b"\xff\xfe", b"garbage"])
def test_labels_that_are_no_gettext_file_are_refused(labels):
    assert _problems(labels=labels) == [("labels_unreadable", "bpmn/p/labels.en.po", "")]


def test_fuzzy_and_empty_translations_do_not_count():
    text = packs.LABELS + '\n#, fuzzy\nmsgid "审批"\nmsgstr "Sell"\n\nmsgid "权限"\nmsgstr ""\n'
    assert content.read_labels(text.encode()) == {"填写": "Fill in"}


def test_a_file_named_otherwise_than_its_process_is_a_warning():
    files = packs.files()
    files["bpmn/p/purchase.bpmn"] = files.pop("bpmn/p/request.bpmn")
    (found,) = [p for p in content.check(content.Pack("p", files)) if p.code == "file_name"]
    assert (found.severity, found.file) == ("warning", "bpmn/p/purchase.bpmn")


def test_decisions_may_import_other_files_of_the_pack():
    library = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="l" name="library"
        namespace="http://example.org/library">
      <businessKnowledgeModel id="bkm" name="limit"><variable name="limit"/>
        <encapsulatedLogic id="e"><literalExpression id="x"><text>200</text></literalExpression></encapsulatedLogic>
      </businessKnowledgeModel></definitions>"""
    main = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="main"
        namespace="http://example.org/main">
      <import namespace="http://example.org/library" name="lib"
        importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>
      <decision id="limited" name="limited"><variable name="limited"/>
        <knowledgeRequirement id="k"><requiredKnowledge href="http://example.org/library#bkm"/></knowledgeRequirement>
        <literalExpression id="y"><text>lib.limit()</text></literalExpression></decision></definitions>"""
    files = packs.files() | {"dmn/p/library.dmn": library, "dmn/p/main.dmn": main}
    compiled = content.compile_pack(content.Pack("p", files))
    assert [str(p) for p in compiled.problems if p.severity == "error"] == []
    assert set(compiled.imports["dmn/p/main.dmn"]) == {"dmn/p/library.dmn"}
    assert compiled.decisions["dmn/p/main.dmn"].evaluate("limited", {}).value == 200


def test_every_pack_of_this_repository_is_right():
    root = Path(__file__).resolve().parents[3]
    names = sorted(folder.name for folder in (root / "bpmn").iterdir() if folder.is_dir())
    assert names
    problems = [p for name in names for p in content.check(content.read_pack(root, name)) if p.severity == "error"]
    assert problems == []
