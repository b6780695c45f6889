"""Programs before the API of the house: with a password, a token, or nothing."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from werkzeug.test import TestResponse

from engine import access_tokens
from tests.webapp.house import PASSWORD, House


class Program:
    """Something that asks, in English, with one ``Authorization``."""

    def __init__(self, house: House, authorization: str | None) -> None:
        self.house = house
        self.headers = {"Accept-Language": "en", **({"Authorization": authorization} if authorization else {})}

    def ask(self, method: str, path: str, body: Any = None, **options: Any) -> TestResponse:
        headers = {**self.headers, **options.pop("headers", {})}
        given = {} if body is None else {"json": body}
        return self.house.app.test_client().open(f"/v2{path}", method=method, headers=headers, **given, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.ask("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        return self.ask("POST", path, body, **options)

    def found(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        """The items of a search."""
        response = self.post(f"{path}/search", asked)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.json["items"]


def basic(person_id: str, secret: str = PASSWORD) -> str:
    return "Basic " + base64.b64encode(f"{person_id}:{secret}".encode()).decode()


class Programs:
    """All that comes to one house."""

    def __init__(self, house: House) -> None:
        self.house = house

    def of(self, person_id: str, secret: str = PASSWORD) -> Program:
        """With the id and password of a person."""
        return Program(self.house, basic(person_id, secret))

    def nobody(self) -> Program:
        return Program(self.house, None)

    def bearing(self, token: str) -> Program:
        return Program(self.house, f"Bearer {token}")

    def token(self, person_id: str, *rights: str, days: int = 30, name: str = "till") -> str:
        """A new token of a person."""
        someone = self.house.person(person_id)
        _row, secret = self.house.unit_of_work.run(
            access_tokens.create, someone.actor, name, kinds=rights or access_tokens.RIGHTS, days=days
        )
        return secret


@pytest.fixture
def programs(house: House) -> Programs:
    """On SQLite."""
    return Programs(house)


@pytest.fixture
def either(either_house: House) -> Programs:
    """On SQLite and on PostgreSQL."""
    return Programs(either_house)
