"""Texts, dates, choices, ticks and files: what each kind of field takes, by both doors."""

from __future__ import annotations

import pytest

from tests.engine.task_forms.forms import REQUIRED, Form, radio, text

YES_OR_NO = "Yes or no (true or false) is expected here."


def area(key, **more):
    return {**text(key, **more), "type": "textarea"}


def moment(key, subtype="date", **more):
    return {"type": "datetime", "id": key, "key": key, "subtype": subtype, **more}


def choice(kind, *values, **more):
    options = {"values": [{"value": value, "label": value} for value in values]} if values else {}
    return {"type": kind, "id": "a", "key": "a", **options, **more}


def test_a_text_loses_the_white_space_at_its_ends():
    form = Form(text("a"), area("b"))
    assert form.clean(a="  好 ", b="\n一\r\n二\n") == {"a": "好", "b": "一\n二"}
    assert form.post({"a": " ", "b": "一\r\n二"}) == {"a": None, "b": "一\n二"}


@pytest.mark.parametrize("value", ["", " ", "\t\n", None])
def test_white_space_is_no_answer(value):
    assert Form(text("a", **REQUIRED)).errors(a=value) == {"a": "Please fill in this field."}


@pytest.mark.parametrize("value", ["a\x00b", "a\x1bb", "\ud800", "a\nb", "a\tb"])
def test_a_line_holds_no_control_characters(value):
    assert Form(text("a")).errors(a=value) == {
        "a": "The text holds characters that cannot be shown; please type it again."
    }


def test_texts_have_a_length_even_where_the_form_names_none():
    assert "At most 2000" in Form(text("a")).errors(a="x" * 2_001)["a"]
    assert "At most 20000" in Form(area("a")).errors(a="x" * 20_001)["a"]
    assert "A text is expected" in Form(text("a")).errors(a=3)["a"]


def test_lengths_count_characters():
    form = Form(text("a", validate={"minLength": 5, "maxLength": 6}))
    assert form.clean(a="一二三四五") == {"a": "一二三四五"}
    assert form.clean(a="👍👍👍👍👍👍") == {"a": "👍👍👍👍👍👍"}
    assert form.errors(a="一二三四") == {"a": "At least 5 characters are needed; these are 4."}
    assert form.errors(a="一二三四五六七") == {"a": "At most 6 characters are allowed; these are 7."}
    assert form.clean(a="") == {"a": None}  # nothing is not too short: required says whether it may be


def test_a_pattern_is_searched_as_in_a_browser():
    assert Form(text("a", validate={"pattern": "[0-9]{3}"})).clean(a="ab123cd") == {"a": "ab123cd"}
    form = Form(text("a", validate={"pattern": "^[A-Z]{2}-[0-9]+$", "patternErrorMessage": "单号如 PD-12"}))
    assert form.clean(a="PD-12") == {"a": "PD-12"}
    assert form.errors(a="xPD-12") == {"a": "单号如 PD-12"}
    assert Form(text("a", validate={"pattern": "^x$"})).errors(a="y") == {
        "a": "This does not have the form that is asked for."
    }


def test_a_pattern_cannot_be_made_to_hang():
    assert Form(text("a", validate={"pattern": "^(a+)+$"})).errors(a="a" * 1_500 + "!")


@pytest.mark.parametrize("address", ["a@b.cn", "first.last+tag@sub.example.com", "名@例子.中国"])
def test_addresses(address):
    assert Form(text("a", validate={"validationType": "email"})).clean(a=address) == {"a": address}


@pytest.mark.parametrize("address", ["a", "a@", "@b.cn", "a@b", "a b@c.cn", "a@b.cn, c@d.cn", "a@@b.cn", "a@.cn"])
def test_what_is_no_address(address):
    assert "no e-mail address" in Form(text("a", validate={"validationType": "email"})).errors(a=address)["a"]


@pytest.mark.parametrize("phone", ["13800138000", "+86 138 0013 8000", "010-12345678", "+49 30 1234567"])
def test_telephone_numbers(phone):
    assert Form(text("a", validate={"validationType": "phone"})).clean(a=phone) == {"a": phone}


@pytest.mark.parametrize("phone", ["12", "1" * 20, "call me", "１３８００１３８０００", "138;0013"])
def test_what_is_no_telephone_number(phone):
    assert "no telephone number" in Form(text("a", validate={"validationType": "phone"})).errors(a=phone)["a"]


def test_a_date_is_a_date():
    form = Form(moment("a"))
    assert form.post({"a": "2026-11-23"}) == form.clean(a="2026-11-23") == {"a": "2026-11-23"}
    for wrong in (
        "2026-02-30",
        "23.11.2026",
        "2026-11-23T10:00",
        "20261123",
        "0001-01-01",
        "２０２６-11-23",
        20261123,
    ):
        assert form.errors(a=wrong) == {"a": "A date is expected here, e.g. 2026-11-23."}


def test_today_is_that_of_the_organisations_clocks():
    """The test's instant is 20:00 on the 23rd in UTC, 04:00 on the 24th in Shanghai."""
    for bound in ({"properties": {"notBefore": "today"}}, {"disallowPassedDates": True}):
        form = Form(moment("a", **bound))
        assert form.clean(a="2026-11-24") == {"a": "2026-11-24"}
        assert form.errors(a="2026-11-23") == {"a": "This must not be before 2026-11-24."}


def test_limits_of_dates_may_be_computed():
    form = Form(
        moment("start"),
        moment("end", properties={"notBefore": "=start", "notAfter": '=date("2026-12-31")'}),
    )
    assert form.clean(start="2026-12-01", end="2026-12-01")["end"] == "2026-12-01"
    assert form.errors(start="2026-12-02", end="2026-12-01") == {"end": "This must not be before 2026-12-02."}
    assert form.errors(start="2026-12-02", end="2027-01-01") == {"end": "This must not be after 2026-12-31."}
    assert "cannot be computed" in form.errors(end="2026-12-01")["end"]


def test_a_date_with_time_is_kept_with_its_offset():
    form = Form(moment("a", "datetime", properties={"notAfter": "now"}))
    assert form.post({"a": "2026-11-24T03:30"}) == {"a": "2026-11-24T03:30:00+08:00"}
    assert form.clean(a="2026-11-23T19:30:00Z") == {"a": "2026-11-24T03:30:00+08:00"}
    assert form.errors(a="2026-11-24T04:01+08:00") == {"a": "This must not be after 2026-11-24 04:00."}
    assert "date with a time" in form.errors(a="2026-11-24")["a"]


@pytest.mark.parametrize(
    ("zone", "kept"),
    [
        ("utc_offset", "2026-11-24T03:30:00+08:00"),
        ("utc_normalized", "2026-11-23T19:30:00Z"),
        ("no_timezone", "2026-11-24T03:30:00"),
    ],
)
def test_how_a_time_is_written(zone, kept):
    form = Form(moment("a", "datetime", timeSerializingFormat=zone))
    assert form.clean(a="2026-11-24 03:30") == {"a": kept}
    assert form.clean(a=kept) == {"a": kept}


def test_a_time_of_day():
    form = Form(moment("a", "time", timeSerializingFormat="no_timezone", properties={"notBefore": "09:00:00"}))
    assert form.post({"a": "14:30"}) == {"a": "14:30:00"}
    assert form.errors(a="08:59") == {"a": "This must not be before 09:00:00."}
    assert "time of day" in form.errors(a="25:00")["a"]


@pytest.mark.parametrize("kind", ["radio", "select"])
def test_one_of_the_choices(kind):
    form = Form(choice(kind, "a", "b", **REQUIRED))
    assert form.clean(a="b") == form.post({"a": "b"}) == {"a": "b"}
    assert form.errors(a="c") == {"a": "“c” is none of the choices offered here."}
    assert form.post_errors({"a": ["a", "b"]}) == {"a": "Choose one of these only."}
    assert form.errors(a="") == form.post_errors({}) == {"a": "Please choose."}
    assert "none of the choices" in form.errors(a=1)["a"]


@pytest.mark.parametrize("kind", ["checklist", "taglist"])
def test_several_choices(kind):
    form = Form(choice(kind, "a", "b", "c", **REQUIRED))
    assert form.clean(a=["b", "a", "b"]) == form.post({"a": ["b", "a", "b"]}) == {"a": ["b", "a"]}
    assert form.errors(a=["b", "d"]) == {"a": "“d” is none of the choices offered here."}
    assert form.errors(a=[]) == {"a": "Please choose."}
    assert "A list of values" in form.errors(a="a")["a"]


def test_choices_of_a_variable_or_an_expression():
    form = Form(choice("select", valuesKey="offers"), offers=["x", {"value": "y", "label": "Y"}])
    assert form.clean(a="y") == {"a": "y"}
    assert form.errors(a="z")
    form = Form(choice("select", valuesExpression="=for line in lines return line.id"), lines=[{"id": "1"}])
    assert form.clean(a="1") == {"a": "1"}
    assert "no list" in Form(choice("select", valuesExpression="=1")).errors(a="1")["a"]
    assert "must be texts" in Form(choice("select", valuesExpression="=[1]")).errors(a="1")["a"]
    assert Form(choice("select", valuesKey="missing")).errors(a="1")


def test_choices_of_people_and_units():
    functions = {
        "people with post": lambda post=None: [{"value": "U12", "label": "曹军"}] if post == "maint_tech" else [],
        "units of kind": lambda kind: [{"value": "S01", "label": "一店"}] if kind == "store" else [],
    }
    people = Form(choice("select", properties={"userSelect": "maint_tech"}), functions=functions)
    assert people.clean(a="U12") == {"a": "U12"}
    assert people.errors(a="U11") == {"a": "“U11” is none of the choices offered here."}
    units = Form(choice("taglist", properties={"unitSelect": "store"}), functions=functions)
    assert units.clean(a=["S01"]) == {"a": ["S01"]}
    assert "cannot be found" in Form(choice("select", properties={"userSelect": "true"})).errors(a="U01")["a"]


def test_yes_and_no_may_have_to_be_said():
    form = Form(radio("a", "true", "false", properties={"boolean": "true"}, **REQUIRED))
    assert form.post({"a": "false"}) == form.clean(a=False) == {"a": False}
    assert form.post({"a": "true"}) == {"a": True}
    assert form.post_errors({}) == {"a": "Please choose."}
    assert form.errors(a="true") == {"a": YES_OR_NO}


def test_a_tick_is_true_or_false():
    form = Form({"type": "checkbox", "id": "a", "key": "a"})
    assert form.post({"a": "on"}) == form.clean(a=True) == {"a": True}
    assert form.post({}) == form.clean() == {"a": False}
    assert form.errors(a="on") == form.post_errors({"a": "perhaps"}) == {"a": YES_OR_NO}
    assert Form({"type": "checkbox", "id": "a", "key": "a", **REQUIRED}).post_errors({}) == {
        "a": "This must be ticked."
    }


def test_a_value_is_posted_once():
    assert Form(text("a")).post_errors({"a": ["x", "y"]}) == {"a": "This was sent more than once."}


def test_too_many_names_are_no_form():
    with pytest.raises(Exception, match="More than 10000 values"):
        Form(text("a")).post({f"n{n}": "" for n in range(10_001)})
