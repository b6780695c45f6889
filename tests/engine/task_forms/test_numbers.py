"""Amounts and numbers: exact, in plain digits, by both doors; never a number that was not meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engine.task_forms.forms import REQUIRED, Form, money, number

AMOUNT = money("amount", validate={"required": True, "min": 0.01})


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("300.005", "An amount has at most two decimals."),
        ("1e9", "Write the number in full, without an exponent."),
        ("1E+9", "Write the number in full, without an exponent."),
        ("３００", "Write the number with the digits 0 to 9 (half width)."),
        ("300．5", "“300．5” is no number."),
        ("٣٠٠", "Write the number with the digits 0 to 9 (half width)."),
        ("-1", "This must be at least 0.01."),
        ("0", "This must be at least 0.01."),
        ("", "Please fill in this field."),
        ("   ", "Please fill in this field."),
        ("1,000", "Write the number without separators between thousands, e.g. 1000.50."),
        ("1,000.00", "Write the number without separators between thousands, e.g. 1000.50."),
        ("1 000", "Write the number without separators between thousands, e.g. 1000.50."),
        ("1，000", "Write the number without separators between thousands, e.g. 1000.50."),
        ("¥300", "“¥300” is no number."),
        ("300元", "“300元” is no number."),
        (".5", "“.5” is no number."),
        ("5.", "“5.” is no number."),
        ("0x10", "“0x10” is no number."),
        ("NaN", "“NaN” is no number."),
        ("Infinity", "“Infinity” is no number."),
        ("1_000", "Write the number without separators between thousands, e.g. 1000.50."),
        ("--1", "“--1” is no number."),
        ("9" * 35, "A number has at most 34 digits."),
    ],
)
def test_a_page_answers_every_doubtful_amount_at_its_field(typed, sentence):
    assert Form(AMOUNT).post_errors({"amount": typed}) == {"amount": sentence}


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("300", "300"),
        ("300.10", "300.10"),
        (" 200.01 ", "200.01"),
        ("0.01", "0.01"),
        ("+5", "5"),
        ("007", "7"),
        ("99999999999999999999999999999999.99", "99999999999999999999999999999999.99"),
    ],
)
def test_an_amount_keeps_its_digits(typed, value):
    saved = Form(AMOUNT).post({"amount": typed})
    assert saved == {"amount": Decimal(value)}
    assert isinstance(saved["amount"], Decimal)


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (Decimal("300.005"), "An amount has at most two decimals."),
        (Decimal("300.000"), "An amount has at most two decimals."),
        (Decimal("1E+9"), "Write the number in full, without an exponent."),
        (Decimal(-1), "This must be at least 0.01."),
        (Decimal("NaN"), "A number is expected here."),
        (Decimal("Infinity"), "A number is expected here."),
        (300.1, "A number is expected here."),
        (True, "A number is expected here."),
        ("300", "A number is expected here."),
        ([300], "A number is expected here."),
        (None, "Please fill in this field."),
        (10**40, "A number has at most 34 digits."),
    ],
)
def test_the_api_is_answered_by_the_same_rules(sent, sentence):
    assert Form(AMOUNT).errors(amount=sent) == {"amount": sentence}


def test_whole_numbers_are_integers():
    form = Form(number("count", decimalDigits=0, validate={"min": 1, "max": 5}))
    assert form.post({"count": "3"}) == {"count": 3}
    assert type(form.clean(count=Decimal(3))["count"]) is int
    assert form.post_errors({"count": "3.0"}) == {"count": "A whole number is expected here."}
    assert form.post_errors({"count": "6"}) == {"count": "This must be at most 5."}


def test_nought_is_an_answer():
    form = Form(money("cost", **REQUIRED))
    assert form.post({"cost": "0"}) == {"cost": Decimal(0)}
    assert form.clean(cost=0) == {"cost": Decimal(0)}


def test_other_numbers_have_the_decimals_that_the_form_allows():
    form = Form(number("rate", decimalDigits=3))
    assert form.post({"rate": "1.125"}) == {"rate": Decimal("1.125")}
    assert form.post_errors({"rate": "1.1255"}) == {"rate": "At most 3 decimals are allowed."}


def test_exclusive_limits():
    form = Form(number("qty", properties={"moreThan": "0", "lessThan": "100"}))
    assert form.clean(qty=Decimal("0.001")) == {"qty": Decimal("0.001")}
    assert form.errors(qty=0) == {"qty": "This must be more than 0."}
    assert form.errors(qty=100) == {"qty": "This must be less than 100."}


def test_a_limit_may_be_computed_and_refuses_when_it_cannot():
    form = Form(money("approved", validate={"max": "=amount_total"}), amount_total=Decimal("300.00"))
    assert form.clean(approved=Decimal("300.00")) == {"approved": Decimal("300.00")}
    assert form.errors(approved=Decimal("300.01")) == {"approved": "This must be at most 300.00."}
    without = Form(money("approved", validate={"max": "=amount_total"}))
    assert without.errors(approved=1) == {
        "approved": "The limit of this field cannot be computed from the values so far."
    }


@given(st.decimals(min_value="0.01", max_value="999999999", places=2))
def test_every_amount_survives_page_and_api_alike(amount):
    form = Form(AMOUNT)
    assert form.post({"amount": format(amount, "f")}) == form.clean(amount=amount) == {"amount": amount}


@given(st.text(max_size=12))
def test_no_text_ever_becomes_another_number(typed):
    parsed = Form(AMOUNT).task_form.parse({"amount": typed})
    value = parsed.values["amount"]
    if value is None:
        assert parsed.errors or not typed.strip()
    else:
        assert Decimal(typed.strip()) == value
        assert typed.strip().lstrip("+-").replace(".", "", 1).isdecimal()
        assert typed.isascii() or typed.strip().isascii()
