"""Who asks: password or token, never a cookie; guessing is slow, and what was revoked is over."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from engine import access_tokens, clock, history
from engine.organisation import people
from tests.webapp.api.conftest import Program, Programs, basic
from tests.webapp.house import ROOT
from webapp.api import OPERATIONS

OPEN = {"getStatus", "getLicense"}


def test_every_operation_but_these_asks_who_it_is(programs: Programs):
    assert {operation.name for operation in OPERATIONS if operation.right is None} == OPEN
    for operation in OPERATIONS:
        path = operation.path.replace("{", "").replace("}", "")
        response = programs.nobody().ask(operation.method, path)
        assert (response.status_code == 401) is (operation.name not in OPEN), operation.name
    refused = programs.nobody().get("/topology")
    assert refused.headers["WWW-Authenticate"].startswith("Basic ")
    assert refused.mimetype == "application/problem+json"


def test_a_cookie_says_nothing(programs: Programs):
    person = programs.house.person("U15")
    assert person.get("/inbox").status == 200
    assert person.client.get("/v2/topology").status_code == 401
    assert person.client.post("/v2/user-tasks/search", json={}).status_code == 401


def test_a_request_leaves_no_session_behind(programs: Programs):
    response = programs.of("U19").get("/authentication/me")
    assert response.json["username"] == "U19"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic %%%", "Basic QUJD", "Bearer", "Bearer x", "Bearer a.b.c", "Digest x", basic("U19", "wrong")],
)
def test_what_is_no_credential_is_refused(programs: Programs, authorization: str):
    response = Program(programs.house, None).get("/topology", headers={"Authorization": authorization})
    assert response.status_code == 401


def test_repeated_failures_make_the_address_wait(programs: Programs):
    statuses = [programs.of("U00", "wrong").get("/topology").status_code for _ in range(31)]
    assert statuses[:30] == [401] * 30
    assert statuses[30] == 429
    assert programs.of("U15").get("/topology").status_code == 429


def test_a_changed_password_counts_at_once(programs: Programs):
    program = programs.of("U19")
    assert program.get("/topology").status_code == 200
    actor = programs.house.person("U19").actor
    programs.house.unit_of_work.run(people.set_password, actor, "U19", "another good one")
    assert program.get("/topology").status_code == 401
    assert programs.of("U19", "another good one").get("/topology").status_code == 200


def test_a_password_given_by_an_administrator_must_be_changed_first(programs: Programs):
    administrator = programs.house.person("U15").actor
    programs.house.unit_of_work.run(people.set_password, administrator, "U19", "given by somebody")
    assert programs.of("U19", "given by somebody").get("/topology").status_code == 403


def test_a_token_works_as_bearer_as_password_and_through_oauth(either: Programs):
    secret = either.token("U19", "read")
    assert either.bearing(secret).get("/authentication/me").json["username"] == "U19"
    assert either.of("U19", secret).get("/authentication/me").json["username"] == "U19"
    assert either.of("U16", secret).get("/authentication/me").status_code == 401
    granted = either.house.app.test_client().post(
        "/oauth/token",
        data={"grant_type": "client_credentials", "client_id": "U19", "client_secret": secret, "audience": "x"},
    )
    assert granted.json["token_type"] == "Bearer"
    issued = granted.json["access_token"]
    assert issued.count(".") == 2
    assert either.bearing(issued).get("/authentication/me").json["username"] == "U19"
    head, claims, signature = issued.split(".")
    for forged in (f"{head}.{claims}.{signature[:-2]}xx", f"{head}.{claims}x.{signature}", f"{head}.{claims}."):
        assert either.bearing(forged).get("/topology").status_code == 401
    with clock.pinned(clock.now() + timedelta(hours=2)):
        assert either.bearing(issued).get("/topology").status_code == 401
        assert either.bearing(secret).get("/topology").status_code == 200


def test_oauth_refuses_in_its_own_words(programs: Programs):
    client = programs.house.app.test_client()
    wrong = {"grant_type": "client_credentials", "client_id": "U19", "client_secret": "banli_nothing"}
    assert client.post("/oauth/token", data=wrong).json == {"error": "invalid_client"}
    assert client.post("/oauth/token", data={"grant_type": "password"}).json == {"error": "unsupported_grant_type"}


def test_a_token_is_for_what_it_names(programs: Programs):
    reader = programs.bearing(programs.token("U15", "read"))
    assert reader.post("/process-instances", {"processDefinitionId": "procurement_request"}).status_code == 403
    assert reader.post("/process-instances/1/cancellation", {}).status_code == 403
    assert reader.get("/topology").status_code == 200


def test_a_token_gives_no_right_that_its_person_lacks(programs: Programs):
    everything = programs.bearing(programs.token("U19"))
    assert everything.ask("PUT", "/clock", {"timestamp": 0}).status_code == 501
    assert everything.get("/deployments/packs").status_code == 403


@pytest.mark.parametrize("how", ["revoked", "expired", "left", "locked"])
def test_a_token_ends(programs: Programs, how: str):
    house = programs.house
    secret = programs.token("U19", "read", days=30)
    assert programs.bearing(secret).get("/topology").status_code == 200
    actor = house.person("U19").actor
    if how == "revoked":
        with house.unit_of_work.read() as session:
            key = access_tokens.listed(session, actor)[0].key
        house.unit_of_work.run(access_tokens.revoke, actor, key)
    elif how == "left":
        house.unit_of_work.run(people.deactivate, house.person("U15").actor, "U19")
    elif how == "locked":
        house.unit_of_work.run(people.lock, house.person("U15").actor, "U19")
    later = clock.now() + timedelta(days=31 if how == "expired" else 0)
    with clock.pinned(later):
        assert programs.bearing(secret).get("/topology").status_code == 401


def test_a_password_that_was_right_a_moment_ago_is_none_once_its_person_is_locked_out(programs: Programs):
    house, program = programs.house, programs.of("U19")
    assert program.get("/topology").status_code == 200
    house.unit_of_work.run(people.lock, house.person("U15").actor, "U19")
    assert program.get("/topology").status_code == 401


def test_the_secret_is_kept_nowhere(programs: Programs):
    secret = programs.token("U19", "read")
    with programs.house.unit_of_work.read() as session:
        row = access_tokens.listed(session, programs.house.person("U19").actor)[0]
        told = history.timeline(session, history.ORGANISATION)
    assert [event.type for event in told if "token" in event.type] == ["access_token.created"]
    assert secret not in repr(vars(row))
    assert all(secret not in repr(event) and row.secret_sha256 not in repr(event) for event in told)


def test_history_names_the_token(programs: Programs):
    program = programs.bearing(programs.token("U19", "tasks", "read", name="till of S01"))
    started = program.post("/process-instances", {"processDefinitionId": "procurement_request"}).json
    with programs.house.unit_of_work.read() as session:
        first = history.timeline(session, int(started["processInstanceKey"]))[0]
    assert (first.actor, first.details["token"]) == ("U19", "till of S01")


def test_nobody_revokes_the_token_of_somebody_else(programs: Programs):
    programs.token("U19", "read")
    house = programs.house
    with house.unit_of_work.read() as session:
        key = access_tokens.listed(session, house.person("U19").actor)[0].key
    page = house.person("U16").post(f"/account/tokens/{key}/revoke")
    assert "没有这个令牌" in page.words
    house.person("U15").post(f"/account/tokens/{key}/revoke")
    with house.unit_of_work.read() as session:
        assert access_tokens.listed(session, house.person("U19").actor) == []


def test_a_process_owner_is_shown_the_way_into_the_workshop(programs: Programs):
    """With a token for deployments too: scenarios and a second person stand before what he publishes."""
    file = (
        io.BytesIO((ROOT / "dmn/chain_store/procurement_authority.dmn").read_bytes()),
        "procurement_authority.dmn",
    )
    owner = programs.bearing(programs.token("U14", "deploy"))
    answer = owner.ask("POST", "/deployments", data={"resources": file}, content_type="multipart/form-data")
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"
    assert "Import the files in the workshop" in answer.json["detail"]
    assert owner.get("/deployments/packs").status_code == 200  # he may still compare
