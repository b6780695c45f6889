"""What a form may hold: everything else is refused at deployment, by field, with a sentence."""

from __future__ import annotations

import json

import pytest

from engine.errors import DeploymentRefused
from engine.task_forms import TaskForm
from tests.engine.task_forms.forms import Form, computed, number, radio, rows, text


def compile_bytes(source):
    with pytest.raises(DeploymentRefused) as refused:
        TaskForm.compile(source, file="test.form")
    return [str(problem.sentence) for problem in refused.value.problems]


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        (b"", "The form is no JSON"),
        (b"{", "The form is no JSON"),
        (b"\xff\xfe", "The form is no JSON"),
        (b"[]", "The form is no JSON object."),
        (b"null", "The form is no JSON object."),
        (b'{"a":1,"a":2}', "a name stands twice"),
        (b"[" * 100_000, "The form is no JSON"),
        (b" " * 600_000, "The form is larger than 512000 bytes."),
        (b'{"components":[{"type":"separator","id":"a"}]}', "A form needs an “id”"),
        (b'{"id":"a b","components":[{"type":"separator"}]}', "A form needs an “id”"),
        (b'{"id":"a"}', "A form needs a list of “components”."),
        (b'{"id":"a","components":[]}', "A form needs a list of “components”."),
        (b'{"id":"a","components":[1]}', "A component of the form is no object."),
        (b'{"id":"a","schemaVersion":99,"components":[{"type":"separator"}]}', "“schemaVersion”"),
        (b'{"id":"a","type":"other","components":[{"type":"separator"}]}', "“type” of a form"),
    ],
)
def test_what_is_no_form_is_refused(source, sentence):
    assert any(sentence in found for found in compile_bytes(source))


@pytest.mark.parametrize(
    ("component", "part"),
    [
        ({"type": "html", "id": "x", "content": "<b>"}, "HTML in a form is refused"),
        ({"type": "iframe", "id": "x", "url": "https://example.com"}, "A foreign page"),
        ({"type": "documentPreview", "id": "x"}, "preview of documents"),
        ({"type": "button", "id": "x", "action": "submit"}, "Remove the button"),
        ({"type": "hologram", "id": "x"}, "A field of type hologram is not supported."),
        ({"id": "x"}, "A field of type None is not supported."),
        ({"type": "textfield", "id": "x"}, "A field needs a key"),
        (text("order.id", id="x"), "has a point: put the field into a group"),
        (text("a b", id="x"), "no name for a variable"),
        (text("class", id="x"), "no name for a variable"),
        (text("_hidden", id="x"), "no name for a variable"),
        (text("parent", id="x"), "has a meaning of its own"),
        (text("a", id="x", label="Dear {{name}}"), "“label” holds a template {{ }}"),
        (text("a", id="x", label=3), "“label” must be a text"),
        (text("a", id="x", conditional={"hide": "=1 +"}), "“hide” is no FEEL expression"),
        (text("a", id="x", conditional={"hide": "true"}), "“hide” must be FEEL"),
        (text("a", id="x", conditional={"show": "=true"}), "“conditional” knows only “hide”, not show."),
        (text("a", id="x", validate={"pattern": "(?=a)"}), "cannot be used"),
        (text("a", id="x", validate={"pattern": "("}), "cannot be used"),
        (text("a", id="x", validate={"minLength": "many"}), "“minLength” must be a number or FEEL"),
        (text("a", id="x", validate={"max": 3}), "The rule “max” is not known for a field of type textfield."),
        (text("a", id="x", validate={"validationType": "iban"}), "“validationType”"),
        (text("a", id="x", validate={"required": "yes"}), "“required” must be true, false or FEEL"),
        (text("a", id="x", readonly="yes"), "“readonly” must be true, false or FEEL"),
        (text("a", id="x", disabled="=true"), "“disabled” must be true or false."),
        (text("a", id="x", validate=[]), ""),
        (text("a", id="x", properties={"rule": "=a > 1"}), "needs a ruleMessage"),
        (text("a", id="x", properties={"rule": "a > 1", "ruleMessage": "x"}), "must be FEEL"),
        (
            text("a", id="x", properties={"personal": "maybe"}),
            "The property personal must be true or false, not maybe.",
        ),
        (number("a", id="x", decimalDigits=-1), "“decimalDigits”"),
        (number("a", id="x", serializeToString=True), "A number stays a number"),
        (number("a", id="x", validate={"min": "low"}), "“min” must be a number or FEEL, not low."),
        (radio("a", id="x"), "Choices come from exactly one of"),
        (radio("a", "b", id="x", valuesKey="c"), "Choices come from exactly one of"),
        (radio("a", "b", "b", id="x"), "A value stands twice"),
        (radio("a", "b", id="x", properties={"boolean": "true"}), "values true and false"),
        ({"type": "select", "id": "x", "key": "a", "values": [{"label": "A"}]}, "Each choice needs"),
        ({"type": "datetime", "id": "x", "key": "a", "subtype": "week"}, "“subtype”"),
        ({"type": "datetime", "id": "x", "key": "a", "properties": {"notBefore": "soon"}}, "soon is no limit"),
        ({"type": "datetime", "id": "x", "key": "a", "timeSerializingFormat": "odd"}, "“timeSerializingFormat”"),
        (computed("a", "1 + 1", id="x"), "“expression” must be FEEL that begins with =."),
        (computed("a", "=1 +", id="x"), "“expression” is no FEEL expression"),
        ({"type": "group", "id": "x", "components": []}, "A group or list needs fields."),
        ({"type": "radio", "id": "x", "key": "a", "values": 1}, "“values” must be a list."),
        ({"type": "image", "id": "x", "source": "https://example.com/a.png"}, "An image is part of the form"),
        ({"type": "table", "id": "x"}, "A table needs a “dataSource”."),
        ({"type": "table", "id": "x", "dataSource": "a", "columnsExpression": "=b"}, "Columns that are computed"),
    ],
)
def test_a_field_that_would_not_do_what_it_says_is_refused(refusals, component, part):
    if part:
        found = refusals(component)
        assert [field for field, _ in found] == ["x"] * len(found)
        assert any(part in sentence for _, sentence in found), found
    else:
        assert Form(component).task_form.problems == ()


def test_all_problems_come_at_once(refusals):
    found = refusals(
        {"type": "html", "id": "one"}, {"type": "textfield", "id": "two"}, {"type": "odd", "id": "three"}
    )
    assert [field for field, _ in found] == ["one", "two", "three"]


def test_a_key_or_id_stands_once(refusals):
    assert refusals(text("a", id="x"), text("b", id="x")) == [("x", "The id x stands twice in the form.")]
    group = {"type": "group", "id": "g", "components": [text("a", id="y")]}
    assert refusals(text("a", id="x"), group) == [("y", "The key a stands twice in the form.")]
    assert Form(text("a"), rows("lines", text("a", id="other"))).task_form.id == "test"


def test_values_that_depend_on_themselves_are_refused(refusals):
    assert "depend on each other in a circle" in refusals(computed("a", "=b + 1"), computed("b", "=a + 1"))[0][1]
    hides = text("a", conditional={"hide": "=b = null"}), text("b", conditional={"hide": "=a = null"})
    assert "in a circle" in refusals(*hides)[0][1]
    assert "in a circle" in refusals(computed("a", "=a + 1"))[0][1]


def test_the_same_name_in_a_row_and_in_the_form_is_no_circle():
    form = Form(
        rows("lines", number("qty"), computed("amount", "=qty * 2", id="of_row")),
        computed("amount", "=sum(lines.amount)"),
    )
    assert form.clean(lines=[{"qty": 2}, {"qty": 3}])["amount"] == 10


def test_a_read_only_field_in_rows_that_grow_is_refused(refusals):
    assert "would belong to no row" in refusals(rows("lines", text("item", readonly=True)))[0][1]
    assert Form(rows("lines", text("item", readonly=True), allowAddRemove=False)).task_form.id == "test"


def test_what_has_no_effect_is_warned_about():
    form = Form(text("a", colour="red", properties={"speed": "high"})).task_form
    assert [(problem.severity, str(problem.sentence)) for problem in form.problems] == [
        ("warning", "The property speed has no effect here."),
        ("warning", "The attribute colour has no effect here."),
    ]


def test_limits_of_a_form():
    many = json.dumps({"id": "a", "components": [text(f"f{n}") for n in range(301)]}).encode()
    assert any("at most 300 fields" in sentence for sentence in compile_bytes(many))
    deep = text("a")
    for level in range(6):
        deep = {"type": "group", "id": f"g{level}", "components": [deep]}
    assert any("nested 5 deep" in s for s in compile_bytes(json.dumps({"id": "a", "components": [deep]}).encode()))


def test_what_people_read_is_listed_for_the_catalogue():
    form = Form(
        text("a", label="申购事由", description="说明", properties={"rule": "=a != null", "ruleMessage": "不对"}),
        radio("b", "同意", "驳回", label="结论"),
        {"type": "text", "id": "t", "text": "# 提示"},
        text("c", label="=a"),
    )
    assert form.task_form.words() == {"申购事由", "说明", "不对", "结论", "同意", "驳回", "# 提示"}


def test_personal_values_are_known_by_variable():
    private = {"personal": "true"}
    form = Form(text("phone", properties=private), text("shop"), rows("people", text("name", properties=private)))
    assert form.task_form.personal_keys() == {"phone", "people"}
