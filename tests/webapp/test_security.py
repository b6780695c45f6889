"""The door before every page, proved over all routes: sign-in, forgery, headers, limits, what templates may hold."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.webapp.house import ROOT, House, ask
from webapp.security import CONTENT_SECURITY_POLICY, has_own_door, is_public

PUBLIC = {
    "static",
    "sign_in.page",
    "sign_in.enter",
    "account.switch_language",
    "health.process",
    "health.ready",
    "measurements.show",  # it has a door of its own: loopback, or a token
}
TEMPLATES = sorted((ROOT / "webapp/templates").glob("*.html"))


def addresses(house: House, method: str) -> list[tuple[str, str]]:
    """Every route of a page with this method, with an address that matches it; the API has a door of its own."""
    found = []
    for rule in house.app.url_map.iter_rules():
        with house.app.app_context():
            if has_own_door(rule.endpoint):
                continue
        if method in (rule.methods or ()):
            arguments = dict.fromkeys(rule.arguments, 1) | (
                {"filename": "app.css"} if rule.endpoint == "static" else {}
            )
            with house.app.test_request_context():
                found.append((rule.endpoint, rule.build(arguments)[1]))
    return found


def test_only_these_views_are_public(house: House):
    with house.app.app_context():
        public = {rule.endpoint for rule in house.app.url_map.iter_rules() if is_public(rule.endpoint)}
    assert public == PUBLIC


def test_nobody_gets_a_page_without_signing_in(house: House):
    stranger = house.stranger().client
    for endpoint, address in addresses(house, "GET"):
        if endpoint in PUBLIC:
            continue
        response = stranger.get(address)
        assert response.status_code == 302, endpoint
        assert response.headers["Location"].startswith("/sign-in"), endpoint


def test_nobody_changes_anything_without_signing_in(house: House):
    stranger = house.stranger().client
    for endpoint, address in addresses(house, "POST"):
        if endpoint not in PUBLIC:
            response = stranger.post(address, data={"a": "b"})
            assert response.status_code in (303, 401), endpoint
            assert "/sign-in" in response.headers.get("Location", "/sign-in")


def test_every_post_needs_the_token_of_its_session(house: House):
    client = house.person("U19").client
    checked = 0
    for endpoint, address in addresses(house, "POST"):
        response = client.post(address, data={"csrf_token": "forged"})
        assert response.status_code == 400, endpoint
        checked += 1
    assert checked >= 12


def test_htmx_is_told_to_sign_in_without_a_page(house: House):
    response = house.stranger().client.post("/tasks/1/draft", headers={"HX-Request": "true"})
    assert response.status_code == 401
    assert "<html" not in response.get_data(as_text=True)


def test_pages_carry_the_strict_headers(house: House):
    headers = house.person("U19").get("/inbox").response.headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin"


def test_static_files_are_kept_when_the_address_names_their_content(house: House):
    client = house.stranger().client
    address = house.stranger().get("/sign-in").tree.xpath('//link[@rel="stylesheet"]/@href')[0]
    with client.get(address) as kept, client.get("/static/app.css?v=old") as old:
        assert "immutable" in kept.headers["Cache-Control"]
        assert old.headers["Cache-Control"] == "no-cache"


def test_a_request_that_is_too_large_is_refused_kindly(house: House):
    page = house.person("U19").post("/start/procurement_request", {"csrf_token": "x", "store": "S" * 2_100_000})
    assert page.status == 413
    assert "内容过大" in page.words or "too large" in page.words


def test_the_session_cookie_is_kept_from_scripts_and_other_sites(house: House):
    someone = house.stranger()
    token = someone.token(someone.get("/sign-in"))
    fields = {"person": "U19", "password": "banli-demo", "csrf_token": token}
    cookie = someone.client.post("/sign-in", data=fields).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_scripts_styles_or_handlers(template: Path):
    text = template.read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text)
    assert "|safe" not in text.replace(" ", "")


def test_the_matters_of_others_are_nowhere_to_be_found(house: House):
    ask(house.person("U19"), "260.00")
    task = house.person("U16").tasks()[0]
    outsider = house.person("U24")
    for address in (f"/tasks/{task}", f"/tasks/{task}/why", f"/tasks/{task}/in-place"):
        assert outsider.get(address).status == 404, address
    for act in ("complete", "claim", "release", "draft", "form", "live"):
        page = outsider.post(f"/tasks/{task}/{act}", {}, follow_redirects=act in ("claim", "release"))
        assert page.status == 404 or "没有" in page.words or "no such task" in page.words, act
    assert house.person("U16").tasks() == [task]


def test_the_auditor_reads_and_cannot_act(house: House):
    matter = ask(house.person("U19"), "260.00")
    task = house.person("U16").tasks()[0]
    auditor = house.person("U13")
    assert auditor.get(f"/matters/{matter}").status == 200
    assert auditor.tasks() == []
    assert auditor.submit(task, {"decision": "approve"}).status == 403


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "=cmd|' /C calc'!A1"]
)
def test_what_people_type_stays_text(house: House, payload: str):
    matter = ask(house.person("U19"), "260.00", purpose=payload)
    for person, address in (("U19", f"/matters/{matter}"), ("U16", "/inbox"), ("U19", "/started")):
        page = house.person(person).get(address)
        assert page.status == 200
        assert payload in page.words
        assert page.tree.xpath("//script[not(@src)] | //img | //*[@onerror]") == []
