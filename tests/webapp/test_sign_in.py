"""Signing in: what is said, what is remembered, what ends a session, and how guessing is slowed down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import clock
from engine.organisation import people
from tests.webapp.conftest import NOON
from tests.webapp.house import PASSWORD, House


def test_the_right_password_opens_the_inbox(either_house: House):
    page = either_house.stranger().sign_in()
    assert page.path == "/inbox"
    assert "赵倩" in page.words


def test_a_wrong_password_says_so_and_keeps_the_id(house: House):
    page = house.stranger().sign_in("wrong")
    assert page.status == 422
    assert page.tree.xpath('//input[@name="person"]/@value') == ["U19"]
    assert page.tree.xpath('//*[@role="alert"]') != []


def test_an_unknown_id_gets_the_same_answer(house: House):
    known, unknown = house.stranger(), house.stranger()
    unknown.id = "U99"
    alert = '//*[@role="alert"]/text()'
    assert known.sign_in("wrong").tree.xpath(alert) == unknown.sign_in("wrong").tree.xpath(alert)


def test_after_five_failures_even_the_right_password_waits(house: House):
    someone = house.stranger()
    for _ in range(5):
        someone.sign_in("wrong")
    assert someone.sign_in().status == 422
    with clock.pinned(NOON + timedelta(minutes=2)):
        assert someone.sign_in().path == "/inbox"


def test_one_address_cannot_try_everybody(house: House):
    guesser = house.stranger()
    statuses = []
    for number in range(31):
        guesser.id = f"U{number:02}"
        statuses.append(guesser.sign_in("wrong").status)
    assert statuses[:30] == [422] * 30
    assert statuses[30] == 429
    with clock.pinned(NOON + timedelta(minutes=11)):
        guesser.id = "U19"
        assert guesser.sign_in().path == "/inbox"


def test_one_address_cannot_try_everybody_by_asking_each_process_in_turn(either_house: House):
    others = [either_house, House(either_house.database)]
    statuses = []
    for number in range(31):
        guesser = others[number % 2].stranger()
        guesser.id = f"U{number:02}"
        statuses.append(guesser.sign_in("wrong").status)
    assert statuses == [422] * 30 + [429]


def test_somebody_at_another_address_is_let_in(house: House):
    guesser = house.stranger()
    for number in range(30):
        guesser.id = f"U{number:02}"
        guesser.sign_in("wrong")
    elsewhere = house.stranger()
    elsewhere.id = "U40"
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert elsewhere.sign_in().path == "/inbox"


@pytest.mark.parametrize("target", ["/started", "/inbox?whose=mine"])
def test_one_goes_on_to_where_one_wanted(house: House, target: str):
    page = house.stranger().sign_in(next=target)
    assert page.response.request.full_path.rstrip("?") == target


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\tevil", "evil"]
)
def test_one_is_never_sent_elsewhere(house: House, target: str):
    someone = house.stranger()
    token = someone.token(someone.get("/sign-in"))
    fields = {"person": "U19", "password": PASSWORD, "next": target, "csrf_token": token}
    assert someone.client.post("/sign-in", data=fields).headers["Location"] == "/inbox"


def test_signing_out_ends_the_session(house: House):
    someone = house.person("U19")
    someone.post("/sign-out")
    assert someone.get("/inbox").path == "/sign-in"


def test_a_higher_session_version_ends_every_session(house: House):
    someone = house.person("U19")
    house.unit_of_work.run(people.end_sessions, someone.actor, "U19")
    assert someone.get("/inbox").path == "/sign-in"


def test_a_deactivated_person_is_out_at_once(house: House):
    someone, administrator = house.person("U19"), house.person("U15")
    house.unit_of_work.run(people.deactivate, administrator.actor, "U19")
    assert someone.get("/inbox").path == "/sign-in"


def test_a_changed_password_ends_the_other_sessions_only(house: House):
    here, there = house.person("U19"), house.person("U19")
    fields = {"present": PASSWORD, "new": "eine ganze Zeile", "again": "eine ganze Zeile"}
    assert here.post("/account/password", fields).path == "/inbox"
    assert there.get("/inbox").path == "/sign-in"
    assert there.sign_in("eine ganze Zeile").path == "/inbox"


@pytest.mark.parametrize(
    ("present", "new", "again"),
    [("wrong", "long enough one", "long enough one"), (PASSWORD, "short", "short"),
     (PASSWORD, "long enough one", "another one here"), (PASSWORD, PASSWORD, PASSWORD)],
)  # fmt: skip
def test_a_password_that_cannot_be_taken_is_explained(house: House, present: str, new: str, again: str):
    page = house.person("U19").post("/account/password", {"present": present, "new": new, "again": again})
    assert page.status == 422
    assert page.tree.xpath('//*[@role="alert"]') != []


def test_a_password_that_somebody_else_set_must_be_changed_first(house: House):
    administrator = house.person("U15").actor
    house.unit_of_work.run(people.set_password, administrator, "U19", "given by another")
    someone = house.stranger()
    assert someone.sign_in("given by another").path == "/account/password"
    assert someone.get("/inbox").path == "/account/password"
    fields = {"present": "given by another", "new": "my very own one", "again": "my very own one"}
    assert someone.post("/account/password", fields).path == "/inbox"
