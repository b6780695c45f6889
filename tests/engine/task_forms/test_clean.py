"""The rules of a form, by both doors: required, hidden, read-only, computed, unknown, rows, and rules of its own."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.engine.task_forms.forms import REQUIRED, Form, computed, money, number, radio, rows, text

HIDDEN = "This field is hidden here, so it takes no value."
READ_ONLY = "This value can only be read here."
FILL_IN = "Please fill in this field."

APPROVAL = (
    radio("decision", "approve", "return", "reject", validate={"required": True}),
    {
        "type": "textarea",
        "id": "opinion",
        "key": "opinion",
        "label": "审核意见",
        "validate": {"required": '=decision != "approve" or higher_tier', "minLength": 5},
    },
    money(
        "approved_amount",
        validate={"min": 0, "max": "=amount_total"},
        conditional={"hide": '=decision != "approve"'},
    ),
)


def approval(*, higher_tier=False):
    return Form(*APPROVAL, amount_total=Decimal("300.00"), higher_tier=higher_tier)


def test_an_approval_needs_no_opinion_at_the_last_tier():
    assert approval().clean(decision="approve") == {"decision": "approve", "opinion": None, "approved_amount": None}


def test_an_opinion_is_required_where_a_higher_tier_follows_or_it_is_no_approval():
    assert approval(higher_tier=True).errors(decision="approve") == {"opinion": FILL_IN}
    assert approval().errors(decision="reject") == {"opinion": FILL_IN}
    assert approval().errors(decision="reject", opinion="  no  ") == {
        "opinion": "At least 5 characters are needed; these are 2."
    }
    assert approval().clean(decision="reject", opinion="不属于正常需求") == {
        "decision": "reject",
        "opinion": "不属于正常需求",
    }


def test_less_can_be_approved_but_never_more():
    assert approval().clean(decision="approve", approved_amount=Decimal("299.99"))["approved_amount"] < 300
    assert approval().errors(decision="approve", approved_amount=Decimal("300.01")) == {
        "approved_amount": "This must be at most 300.00."
    }


def test_an_answer_of_an_earlier_step_never_stands_for_this_one():
    form = Form(*APPROVAL, amount_total=1, higher_tier=False, decision="approve", opinion="上一步的意见")
    assert form.errors() == {"decision": "Please choose.", "opinion": FILL_IN}


def test_unknown_names_are_refused_by_both_doors():
    form = Form(text("a"))
    assert form.errors(a="x", b="y") == {"b": "This form has no such field."}
    assert form.post_errors({"a": "x", "b": "y", "a.0.c": "z"}) == dict.fromkeys(
        ["b", "a.0.c"], "This form has no such field."
    )


def test_a_hidden_value_is_refused_from_the_api_and_ignored_from_a_page():
    form = approval()
    sent = {"decision": "reject", "opinion": "不同意这样做", "approved_amount": 5}
    assert form.errors(**sent) == {"approved_amount": HIDDEN}
    expected = {"decision": "reject", "opinion": "不同意这样做"}
    assert form.clean(strict=False, **sent) == expected
    assert form.post({key: str(value) for key, value in sent.items()}) == expected
    assert form.post({**{key: str(value) for key, value in sent.items()}, "approved_amount": "1e9"}) == expected


def test_a_hidden_field_is_not_required_and_counts_as_null_for_others():
    form = Form(
        radio("kind", "a", "b"),
        text("reason", conditional={"hide": '=kind = "a"'}, **REQUIRED),
        text("detail", conditional={"hide": "=reason = null"}, **REQUIRED),
        reason="an old one",
    )
    assert form.clean(kind="a") == {"kind": "a"}
    assert form.errors(kind="b", reason="r") == {"detail": FILL_IN}


def test_conditions_may_follow_each_other_in_any_order_of_the_fields():
    chain = [text(f"f{n}", conditional={"hide": f"=f{n + 1} = null"}) for n in range(6)]
    form = Form(*chain, text("f6", conditional={"hide": "=not(show)"}), show=False)
    assert form.clean() == {}
    assert form.errors(f0="x") == {"f0": HIDDEN}


def test_a_hidden_group_hides_all_that_is_in_it():
    inner = {"type": "group", "id": "inner", "components": [text("b", **REQUIRED)]}
    plain = {
        "type": "group",
        "id": "outer",
        "components": [text("a", **REQUIRED), inner],
        "conditional": {"hide": "=not(open)"},
    }
    assert Form(plain, open=False).clean() == {}
    assert Form(plain, open=False).errors(b="x") == {"b": HIDDEN}
    assert Form(plain, open=True).errors() == {"a": FILL_IN, "b": FILL_IN}
    nested = Form({**plain, "path": "details"}, open=False)
    assert nested.clean() == {}
    assert nested.errors(details={"a": "x"}) == {"details": HIDDEN, "details.a": HIDDEN}


def test_a_read_only_value_is_refused_unless_it_is_the_one_that_stands_there():
    form = Form(text("store", readonly=True), text("note"), store="S01")
    assert form.errors(store="S02") == {"store": READ_ONLY}
    assert form.clean(store="S01", note="n") == {"note": "n"}
    assert form.clean(strict=False, store="S02", note="n") == {"note": "n"}
    assert form.post({"store": "S02", "note": "n"}) == {"note": "n"}


def test_read_only_may_depend_on_values():
    form = Form(radio("kind", "a", "b"), text("note", readonly='=kind = "a"'), note="old")
    assert form.errors(kind="a", note="new") == {"note": READ_ONLY}
    assert form.clean(kind="b", note="new") == {"kind": "b", "note": "new"}


def test_a_read_only_default_is_saved_once_and_a_disabled_one_never():
    form = Form(text("a", readonly=True, defaultValue="x"), text("b", disabled=True, defaultValue="y"))
    assert form.clean() == {"a": "x"}
    assert Form(text("a", readonly=True, defaultValue="x"), a="z").clean() == {}


def test_computed_values_are_saved_and_cannot_be_sent():
    form = Form(
        rows(
            "lines",
            number("qty", properties={"moreThan": "0"}, **REQUIRED),
            money("price", **REQUIRED),
            computed("amount", "=qty * price"),
        ),
        computed("amount_total", "=sum(lines.amount)", properties={"money": "true"}),
        computed("is_large", "=amount_total > 300"),
    )
    lines = [{"qty": Decimal("1.5"), "price": Decimal("3.33")}, {"qty": 2, "price": Decimal("150.00")}]
    saved = form.clean(lines=lines)
    assert saved["amount_total"] == Decimal("305.00")  # 4.995 + 300, half up
    assert str(saved["amount_total"]) == "305.00"
    assert saved["is_large"] is True
    assert [row["amount"] for row in saved["lines"]] == [Decimal("4.995"), Decimal("300.00")]
    assert form.errors(lines=lines, amount_total=1) == {
        "amount_total": "This value is computed and cannot be changed."
    }
    assert form.clean(lines=lines, amount_total=Decimal(305)) == saved


def test_rows_are_checked_one_by_one():
    form = Form(
        rows(
            "lines", text("item", **REQUIRED), number("qty", **REQUIRED), properties={"minRows": "1", "maxRows": "3"}
        )
    )
    assert form.errors() == {"lines": "Too few rows: at least 1 needed."}
    assert form.errors(lines=[{"item": "地毯", "qty": 1}, {"item": "盒"}]) == {"lines.1.qty": FILL_IN}
    assert form.errors(lines=[{"item": "a", "qty": 1, "colour": "red"}]) == {
        "lines.0.colour": "This form has no such field."
    }
    assert form.errors(lines=[{"item": "a", "qty": 1}] * 4) == {"lines": "Too many rows: at most 3 allowed."}
    assert form.errors(lines="a") == {"lines": "A list of rows is expected here."}
    assert form.errors(lines=["a"])["lines.0"] == "A row is an object with its fields."


def test_a_page_posts_rows_by_number_and_empty_ones_go():
    form = Form(rows("lines", text("item", **REQUIRED), number("qty", **REQUIRED)))
    posted = {"lines.0.item": "地毯", "lines.0.qty": "1", "lines.1.item": "", "lines.1.qty": " ",
              "lines.7.item": "盒", "lines.7.qty": "x"}  # fmt: skip
    assert form.post_errors(posted) == {"lines.1.qty": "“x” is no number."}
    parsed = form.task_form.parse(posted)
    assert parsed.texts["lines.1.qty"] == ("x",)
    assert form.post({**posted, "lines.7.qty": "2"}) == {
        "lines": [{"item": "地毯", "qty": 1}, {"item": "盒", "qty": 2}]
    }


def test_a_page_cannot_flood_a_list():
    form = Form(rows("lines", text("item"), properties={"maxRows": "3"}))
    assert form.post_errors({f"lines.{n}.item": "x" for n in range(50)}) == {
        "lines": "Too many rows: at most 3 allowed."
    }


def test_the_names_in_a_row_are_its_own_first():
    form = Form(
        number("limit"),
        rows("lines", number("qty", validate={"max": "=limit"}), computed("place", "=i"),
             computed("outer", "=parent.limit"), computed("own", "=this.qty")),
    )  # fmt: skip
    saved = form.clean(limit=5, lines=[{"qty": 1}, {"qty": 5}])
    assert [(row["place"], row["outer"], row["own"]) for row in saved["lines"]] == [(1, 5, 1), (2, 5, 5)]
    assert form.errors(limit=5, lines=[{"qty": 1}, {"qty": 6}]) == {"lines.1.qty": "This must be at most 5."}


def received():
    return Form(
        rows("lines", text("item", readonly=True), number("received", **REQUIRED), allowAddRemove=False),
        lines=[{"item": "地毯", "ordered": 3}, {"item": "盒", "ordered": 1}],
    )


def test_fixed_rows_keep_what_else_they_hold():
    saved = {
        "lines": [
            {"item": "地毯", "ordered": 3, "received": 3},
            {"item": "盒", "ordered": 1, "received": 0},
        ]
    }
    assert received().clean(lines=[{"received": 3}, {"item": "盒", "received": 0}]) == saved
    assert received().post({"lines.0.received": "3", "lines.1.received": "0", "lines.1.item": "forged"}) == saved


def test_fixed_rows_are_neither_more_nor_fewer():
    message = "Rows can neither be added nor removed here."
    assert received().errors(lines=[{"received": 3}]) == {"lines": message, "lines.1.received": FILL_IN}
    assert received().errors(lines=[{"received": 1}] * 3) == {"lines": message}
    posted = {f"lines.{n}.received": "1" for n in range(3)}
    assert received().post_errors(posted) == {"lines": message}
    assert received().errors(lines=[{"received": 1}, {"received": 1, "item": "forged"}]) == {
        "lines.1.item": READ_ONLY
    }


def test_a_group_with_a_path_is_a_context():
    group = {"type": "group", "id": "g", "path": "contact", "components": [text("name", **REQUIRED), text("note")]}
    form = Form(group, contact={"name": "old", "id": 7})
    assert form.clean(contact={"name": "何佳"}) == {"contact": {"name": "何佳", "id": 7, "note": None}}
    assert form.post({"contact.name": "何佳", "contact.note": "n"})["contact"]["note"] == "n"
    assert form.errors(contact={}) == {"contact.name": FILL_IN}
    assert "contact" in form.errors(contact="x")


def test_a_rule_of_the_form_is_asked_for_what_is_there():
    form = Form(
        text("executor"),
        text("witness", properties={"rule": "=witness != executor", "ruleMessage": "见证人不能是执行人"}),
    )
    assert form.clean(executor="U01", witness="U02") == {"executor": "U01", "witness": "U02"}
    assert form.errors(executor="U01", witness="U01") == {"witness": "见证人不能是执行人"}
    assert form.clean(executor="U01")["witness"] is None


def test_a_rule_that_cannot_be_said_to_hold_does_not_hold():
    form = Form(number("a", properties={"rule": "=a < missing", "ruleMessage": "太大"}))
    assert form.errors(a=1) == {"a": "太大"}


def test_all_errors_come_at_once():
    form = Form(text("a", **REQUIRED), number("b"), radio("c", "x"))
    assert form.errors(b="?", c="y", d=1) == {
        "a": FILL_IN,
        "b": "A number is expected here.",
        "c": "“y” is none of the choices offered here.",
        "d": "This form has no such field.",
    }


@pytest.mark.parametrize(
    "expression", ["=for x in 1..1000000000 return x", '=string join(for x in 1..99999 return "aaaa")']
)
def test_an_expression_that_takes_too_long_is_an_error_at_its_field(expression):
    assert "could not be evaluated" in Form(computed("a", expression)).errors()["a"]


def test_form_and_values_are_left_as_they_were():
    current = {"lines": [{"item": "a"}]}
    submitted = {"lines": [{"item": "b", "note": None}]}
    form = Form(rows("lines", text("item"), text("note")), **current)
    form.clean(**submitted)
    assert (form.current, submitted) == (current, {"lines": [{"item": "b", "note": None}]})
