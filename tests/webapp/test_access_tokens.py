"""The page of the tokens: a new one is shown once, what is wrong stands at its field, one can be ended."""

from __future__ import annotations

import re

from tests.webapp.house import House
from webapp.api import OPERATIONS


def test_a_new_token_is_shown_once_and_works(house: House):
    person = house.person("U19", "en")
    page = person.post("/account/tokens", {"name": "till system", "rights": ["read", "tasks"], "days": "90"})
    secret = re.search(r'value="(banli_[\w-]{43})"', page.text).group(1)
    assert "till system" in page.words
    again = person.get("/account/tokens")
    assert secret not in again.text
    assert "never used" in again.words
    answer = house.app.test_client().get("/v2/topology", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert "last used" in person.get("/account/tokens").words


def test_what_is_wrong_stands_at_its_field(house: House):
    person = house.person("U19", "en")
    page = person.post("/account/tokens", {"name": "", "rights": ["everything"], "days": "9999"})
    assert page.status == 422
    assert page.errors()["token-name-problem".removesuffix("-error")] == "A name has 1 to 100 printable characters."
    person.post("/account/tokens", {"name": "till", "rights": ["read"], "days": "7"})
    page = person.post("/account/tokens", {"name": "till", "rights": ["everything"], "days": "9999"})
    assert {"You have a token of this name already.", "Say what the token is for."} <= set(page.errors().values())


def test_a_revoked_token_is_gone(house: House):
    person = house.person("U19", "en")
    page = person.post("/account/tokens", {"name": "till", "rights": ["read"], "days": "7"})
    address = re.search(r"/account/tokens/\d+/revoke", page.text).group(0)
    assert "The token is revoked." in person.post(address).words
    assert "You have none." in person.get("/account/tokens").words


def test_the_page_of_the_api_shows_every_operation(house: House):
    page = house.person("U19", "en").get("/account/api")
    for address in ("/v2/user-tasks/{userTaskKey}/completion", "/v2/process-instances/search", "/v2/topology"):
        assert address in page.words


def test_the_page_of_the_api_says_in_chinese_what_each_operation_does(house: House):
    page = house.person("U19", "zh").get("/account/api")
    still_english = [one.summary for one in OPERATIONS if one.summary in page.words]
    assert still_english == []
