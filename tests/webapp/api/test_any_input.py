"""Whatever is sent to the API, it answers in words: never 500, for any operation of its own document."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from engine.access_tokens import RIGHTS
from tests.webapp.api.conftest import Programs, basic
from tests.webapp.house import House
from webapp.api import OPERATIONS, openapi_document

# what waits, what ends the server's time, and what changes the clock of this very process
LEFT_OUT = {"activateJobs", "pinClock", "resetClock"}


@pytest.fixture(scope="module")
def any_house(furnished_sqlite, tmp_path_factory) -> Any:
    """One house for all operations: what one of them did is what the next one meets."""
    from engine.database import Database  # noqa: PLC0415 - only here

    target = tmp_path_factory.mktemp("any") / "house.db"
    target.write_bytes(furnished_sqlite.read_bytes())
    database = Database(f"sqlite:///{target}")
    yield House(database)
    database.dispose()


def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(openapi_document())
    return [result.ok() for result in schema.get_all_operations() if isinstance(result, Ok)]


@pytest.mark.parametrize("operation", operations(), ids=lambda operation: operation.label)
def test_no_input_breaks_an_operation(any_house: House, operation: Any) -> None:
    name = operation.definition.raw["operationId"]
    if name in LEFT_OUT:
        pytest.skip("it waits for work, or moves the clock of this very process")
    operation.schema.app = any_house.app
    strategies = operation.as_strategy(generation_mode=GenerationMode.POSITIVE) | operation.as_strategy(
        generation_mode=GenerationMode.NEGATIVE
    )

    @settings(
        max_examples=25,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategies)
    def ask(case: Any) -> None:
        response = case.call(app=any_house.app, headers={"Authorization": basic("U15")})
        assert response.status_code < 500 or response.status_code == 501, (case.as_curl_command(), response.text)
        if response.status_code >= 400:
            assert response.headers["content-type"][0].startswith("application/problem+json")

    ask()


def test_the_document_names_every_operation() -> None:
    named = {
        operation["operationId"] for methods in openapi_document()["paths"].values() for operation in methods.values()
    }
    assert named == {operation.name for operation in OPERATIONS}
    assert {operation.right for operation in OPERATIONS} - {None} <= set(RIGHTS)


HOSTILE = [
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"1e999999999",
    b'{"filter": {"priority": 1e999999999}}',
    b'{"filter": {"name": "\\u0000"}}',
    b'{"filter": {"name": "\\ud800"}}',
    b'{"page": {"limit": 100000000000000000000000}}',
    b'{"page": {"after": "AAAA"}}',
    b'{"page": {"after": "' + b"A" * 5000 + b'"}}',
    b'{"filter": {"name": {"$like": "' + b"*" * 300 + b'"}}}',
    b'{"filter": {"processInstanceKey": "99999999999999999999"}}',
    b'{"filter": {"creationDate": "9999-12-31T23:59:59+14:00"}}',
    b'{"sort": [{"field": "password"}]}',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"a":' * 50_000,
]


@pytest.mark.parametrize("body", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_body_is_refused_in_words(either: Programs, body: bytes) -> None:
    program = either.of("U15")
    response = program.ask("POST", "/user-tasks/search", data=body, content_type="application/json")
    assert response.status_code in (200, 400), response.get_data(as_text=True)
    if response.status_code == 400:
        assert response.json["detail"]


def test_a_body_over_the_limit_is_413(programs: Programs) -> None:
    large = b'{"variables": {"a": "' + b"a" * 2_100_000 + b'"}}'
    response = programs.of("U15").ask("POST", "/messages/publication", data=large, content_type="application/json")
    assert (response.status_code, response.mimetype) == (413, "application/problem+json")


def test_another_kind_of_body_is_415(programs: Programs) -> None:
    response = programs.of("U15").ask("POST", "/user-tasks/search", data="a=b", content_type="text/plain")
    assert response.status_code == 415


def test_a_cursor_of_another_search_is_refused(programs: Programs) -> None:
    program = programs.of("U19")
    program.post("/process-instances", {"processDefinitionId": "procurement_request"})
    cursor = program.post("/user-tasks/search", {}).json["page"]["endCursor"]
    assert program.post("/user-tasks/search", {"page": {"after": cursor}}).status_code == 200
    refused = program.post("/user-tasks/search", {"filter": {"assignee": "U19"}, "page": {"after": cursor}})
    assert refused.status_code == 400
    assert refused.json["errors"][0]["field"] == "page.after"


def test_what_is_not_served_says_why(programs: Programs) -> None:
    program = programs.of("U15")
    response = program.post("/batch-operations/search", {})
    assert response.status_code == 501
    assert "one by one" in response.json["detail"]
    assert program.get("/nothing/at/all").status_code == 404
    assert program.ask("PUT", "/topology").status_code == 405


def test_a_problem_speaks_the_language_of_who_asks(programs: Programs) -> None:
    program = programs.of("U15")
    chinese = program.get("/user-tasks/1", headers={"Accept-Language": "zh"})
    assert chinese.json["title"] == "这里没有内容"
    assert program.get("/user-tasks/1").json["title"] == "There is nothing here"
