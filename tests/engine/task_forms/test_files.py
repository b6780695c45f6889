"""File pickers: a value holds only what was uploaded for that field, or what the matter held there already."""

from __future__ import annotations

import pytest

from engine.task_forms import Attached, CheckboxField
from engine.task_forms.files import find
from tests.engine.task_forms.forms import Form, text

NOT_UPLOADED = "A file is named here that was not uploaded for this field. Please attach it again."
REQUIRED = {"validate": {"required": True}}


def picker(key="photos", **more):
    return {"type": "filepicker", "id": f"id_{key}", "key": key, "label": key, "multiple": True, **more}


def attached(key, field="photos", kind="image/jpeg"):
    return Attached(key=key, field=field, name=f"{key}.jpg", sha256="a" * 64, size=7, type=kind)


def record(key, kind="image/jpeg"):
    return {"key": key, "name": f"{key}.jpg", "sha256": "a" * 64, "size": 7, "type": kind}


def form(*components, files=(), **current):
    made = Form(*components, **current)
    made.attached = files
    return made


def test_a_value_holds_records_of_what_was_uploaded():
    filled = form(picker(), files=[attached("1"), attached("2")])
    expected = {"photos": [record("2"), record("1")]}
    assert filled.clean(photos=["2", "1", "2"]) == expected
    assert filled.post({"photos": ["2", "", "1"]}) == expected
    assert filled.clean(photos=[record("2"), {"key": "1"}]) == expected


def test_what_a_client_says_of_a_file_is_not_believed():
    filled = form(picker(), files=[attached("1")])
    lie = {"key": "1", "name": "合同.pdf", "sha256": "b" * 64, "size": 1, "type": "application/pdf"}
    assert filled.clean(photos=[lie]) == {"photos": [record("1")]}


@pytest.mark.parametrize(
    "files", [(), [attached("2")], [attached("1", field="others")]], ids=["none", "another", "of another field"]
)
def test_a_key_that_was_not_uploaded_for_the_field_is_refused(files):
    filled = form(picker(), picker("others"), files=files)
    assert filled.errors(photos=["1"]) == {"photos": NOT_UPLOADED}
    assert filled.errors(photos=[record("1")]) == {"photos": NOT_UPLOADED}
    assert filled.post_errors({"photos": ["1"]}) == {"photos": NOT_UPLOADED}


def test_what_the_matter_holds_at_the_field_may_stay():
    filled = form(picker(), picker("others"), files=[attached("2")], photos=[record("1")])
    assert filled.clean(photos=["1", "2"]) == {"photos": [record("1"), record("2")], "others": []}
    assert filled.clean(photos=[]) == {"photos": [], "others": []}
    assert filled.errors(others=["1"]) == {"others": NOT_UPLOADED}


def test_wrong_values_are_refused_in_words():
    filled = form(picker(), files=[attached(str(n)) for n in range(21)])
    for wrong in ("1", [1], ["../etc/passwd"], ["a b"], [{"id": "1"}], [None], {"key": "1"}, [["1"]]):
        assert filled.errors(photos=wrong) == {"photos": "A list of attached files is expected here."}
    assert filled.errors(photos=[str(n) for n in range(21)]) == {"photos": "Too many files: at most 20 here."}
    single = form(picker(multiple=False), files=[attached("1"), attached("2")])
    assert single.errors(photos=["1", "2"]) == {"photos": "Too many files: at most 1 here."}


def test_required_needs_a_file():
    assert form(picker(**REQUIRED)).errors(photos=[]) == {"photos": "Please attach a file."}
    assert form(picker(**REQUIRED), files=[attached("1")]).clean(photos=["1"]) == {"photos": [record("1")]}


def test_a_field_takes_only_the_kinds_that_it_names():
    filled = form(picker(accept="image/*, .pdf"), files=[attached("1"), attached("2", kind="text/plain")])
    assert filled.clean(photos=["1"]) == {"photos": [record("1")]}
    assert filled.errors(photos=["2"]) == {"photos": "The file 2.jpg is of a kind that this field does not take."}


def test_files_in_rows_belong_to_the_column():
    rows = {"type": "dynamiclist", "id": "rows", "path": "people", "components": [text("name"), picker("resume")]}
    held = [{"name": "李", "resume": [record("1")]}]
    filled = form(rows, files=[attached("2", field="people.resume")], people=held)
    given = [{"name": "王", "resume": ["2"]}, {"name": "李", "resume": ["1"]}]
    assert filled.clean(people=given)["people"][1]["resume"] == [record("1")]
    assert filled.clean(people=given)["people"][0]["resume"] == [record("2")]
    assert filled.errors(people=[{"name": "王", "resume": ["3"]}]) == {"people.0.resume": NOT_UPLOADED}


def test_files_in_a_group_have_its_path():
    group = {"type": "group", "id": "group", "path": "report", "components": [picker("scan")]}
    filled = form(group, files=[attached("1", field="report.scan")])
    assert filled.clean(report={"scan": ["1"]}) == {"report": {"scan": [record("1")]}}
    assert form(group, files=[attached("1", field="scan")]).errors(report={"scan": ["1"]}) == {
        "report.scan": NOT_UPLOADED
    }


def test_a_hidden_or_read_only_field_takes_no_file():
    hidden = form(picker(conditional={"hide": "=true"}), files=[attached("1")])
    assert hidden.errors(photos=["1"]) == {"photos": "This field is hidden here, so it takes no value."}
    read = form(picker(readonly=True), files=[attached("1")], photos=[record("2")])
    assert read.errors(photos=["1"]) == {"photos": "This value can only be read here."}
    assert read.post({"photos": ["1"]}) == {}


def test_expressions_see_the_records():
    count = {"type": "expression", "id": "total", "key": "total", "expression": "=count(photos[size > 5])"}
    assert form(picker(), count, files=[attached("1")]).clean(photos=["1"])["total"] == 1


def test_a_page_shows_what_is_attached():
    filled = form(picker(), files=[attached("1")])
    parsed = filled.task_form.parse({"photos": ["1", "9"]})
    (node,) = filled.task_form.describe(parsed, **filled.around)
    assert node.value == [record("1"), {"key": "9"}]


def test_find_ignores_the_numbers_of_rows():
    rows = {"type": "dynamiclist", "id": "rows", "path": "people", "components": [text("name"), picker("resume")]}
    fields = Form(rows, picker(), {"type": "checkbox", "id": "ok", "key": "ok"}).task_form.fields
    assert isinstance(fields[2], CheckboxField)
    assert find(fields, "people.3.resume")[0] == find(fields, "people.resume")[0] == "people.resume"
    assert find(fields, "photos")[0] == "photos"
    for wrong in ("ok", "people", "people.name", "photos.0.x", "nothing", "", ".", "0", "photos.photos"):
        assert find(fields, wrong) is None, wrong


def test_what_no_field_could_take_is_refused_at_deployment(refusals):
    for wrong in ("image/svg+xml", ".html", "audio/*", "text/html", "image"):
        ((element, sentence),) = refusals(picker(accept=wrong))
        assert element == "id_photos"
        assert f"“accept” names {wrong}, but no such file is ever accepted." in sentence
    assert refusals(picker(defaultValue=["1"])) == [
        ("id_photos", "A file picker has no default: files are there once somebody attached them.")
    ]
