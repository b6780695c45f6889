"""Whatever comes in is answered in words: values, posts and schemas of any shape."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import DeploymentRefused, FormRefused
from engine.task_forms import TaskForm
from tests.engine.task_forms.forms import REQUIRED, Form, computed, money, number, radio, rows, text

FORM = Form(
    text("purpose", **REQUIRED),
    number("count", decimalDigits=0, validate={"max": "=limit"}),
    radio("kind", "a", "b"),
    {"type": "checklist", "id": "tags", "key": "tags", "values": [{"value": "x", "label": "x"}]},
    {"type": "checkbox", "id": "ok", "key": "ok"},
    {"type": "datetime", "id": "day", "key": "day", "properties": {"notBefore": "today"}},
    {"type": "datetime", "id": "at", "key": "at", "subtype": "datetime"},
    {"type": "datetime", "id": "time", "key": "time", "subtype": "time"},
    {"type": "filepicker", "id": "photos", "key": "photos", "multiple": True},
    {"type": "group", "id": "contact", "path": "contact", "components": [text("name", id="n")]},
    rows("lines", text("item"), money("price"), computed("double", "=price * 2"), rows("parts", text("part"))),
    rows("fixed", text("given", readonly=True), number("got"), allowAddRemove=False),
    computed("total", "=sum(lines.price)"),
    text("reason", conditional={"hide": "=total > count"}),
    limit=10,
    fixed=[{"given": "one"}],
)
NAMES = st.sampled_from(
    ["purpose", "count", "kind", "tags", "ok", "day", "at", "time", "photos", "contact", "lines", "fixed", "total",
     "reason", "name", "item", "price", "double", "parts", "part", "given", "got", "other", "", "limit"]
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-24", "14:30", "2026-11-24T10:00", "1e9", "a", "x"])
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4))
PATHS = st.lists(NAMES | st.integers(0, 300).map(str), min_size=1, max_size=4).map(".".join)


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=6), st.booleans())
def test_any_json_is_saved_or_refused_at_its_fields(submitted, strict):
    try:
        saved = FORM.task_form.clean(submitted, strict=strict, **FORM.around)
    except FormRefused as refused:
        saved, fields = None, refused.fields
    if saved is None:
        assert fields
        assert all(str(sentence) for sentences in fields.values() for sentence in sentences)
    else:
        assert saved["purpose"]
        assert FORM.task_form.clean(saved, strict=False, **FORM.around) == saved


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(PATHS, st.text(max_size=8) | st.lists(st.text(max_size=4), max_size=3), max_size=8))
def test_any_post_is_saved_or_refused_and_can_be_shown_again(posted):
    parsed = FORM.task_form.parse(posted)
    assert FORM.task_form.describe(parsed, **FORM.around)
    try:
        saved = FORM.task_form.clean(parsed, **FORM.around)
    except FormRefused as refused:
        saved, fields = None, refused.fields
    assert fields if saved is None else saved["purpose"]


ATTRIBUTES = st.sampled_from(
    ["id", "key", "label", "values", "validate", "properties", "conditional", "components", "path", "readonly",
     "expression", "subtype", "layout", "appearance", "decimalDigits", "dataSource", "columns", "source", "text"]
)  # fmt: skip
TYPES = st.sampled_from(
    ["textfield", "number", "checkbox", "radio", "checklist", "datetime", "filepicker", "group", "dynamiclist",
     "table", "expression", "text", "image", "html", None, 3]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 400) | st.text(max_size=6) | st.sampled_from(["=a", "=a +", "true"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ATTRIBUTES | st.text(max_size=4), inner, max_size=4),
)
COMPONENTS = st.builds(
    lambda kind, rest: {**rest, "type": kind}, TYPES, st.dictionaries(ATTRIBUTES, JSON, max_size=6)
)


@settings(max_examples=300, deadline=None)
@given(st.lists(COMPONENTS | JSON, min_size=1, max_size=3))
def test_any_schema_is_compiled_or_refused_with_sentences(components):
    source = json.dumps({"id": "any", "components": components}).encode()
    try:
        problems = TaskForm.compile(source, file="any.form").problems
    except DeploymentRefused as refused:
        problems = refused.problems
        severe = [problem for problem in problems if problem.severity == "error"]
        found = bool(severe)
    else:
        found = not [problem for problem in problems if problem.severity == "error"]
    assert found
    assert all(problem.file == "any.form" and str(problem.sentence) for problem in problems)
