"""The room of the organisation: who enters, what is added and changed, and messages at the fields."""

from __future__ import annotations

import pytest

from engine.organisation import assignments, journal, people
from tests.webapp.house import House, Page

READ = [
    "/organisation/people",
    "/organisation/people?text=%E8%B5%B5",
    "/organisation/people?unit=S01&post=store_manager",
    "/organisation/people?left=1",
    "/organisation/people/U19",
    "/organisation/register",
    "/organisation/register?which=certificate&unit=S01&post=server",
    "/organisation/units",
    "/organisation/units/S01",
    "/organisation/units/A",
    "/organisation/posts",
    "/organisation/posts/purchaser",
    "/organisation/roles",
    "/organisation/calendar",
    "/organisation/calendar?year=2099",
    "/organisation/changes",
]
CHANGE = [
    "/organisation/people/new",
    "/organisation/people/U19/edit",
    "/organisation/people/U19/posts/new",
    "/organisation/people/U19/absences/new",
    "/organisation/people/U35/employments/new",
    "/organisation/people/U35/employments/end",
    "/organisation/units/new",
    "/organisation/units/S01/edit",
    "/organisation/units/S01/calendar",
    "/organisation/units/S01/headcounts/new",
    "/organisation/units/S01/headcounts/server/edit",
    "/organisation/areas/new",
    "/organisation/posts/new",
    "/organisation/posts/purchaser/edit",
]
ACTS = [
    "/organisation/people/U19/password",
    "/organisation/people/U19/lock",
    "/organisation/people/U19/unlock",
    "/organisation/people/U19/sign-out",
    "/organisation/people/U19/return",
    "/organisation/units/S01/open",
    "/organisation/calendar",
    "/organisation/calendar/withdraw",
]


def alerts(page: Page) -> list[str]:
    return [each.text_content() for each in page.tree.xpath('//*[@role="alert"]')]


def changes(house: House, person: str = "U15") -> list[str]:
    actor = house.person(person).actor
    with house.unit_of_work.read() as session:
        return [event.type for event in journal.of(session, actor, limit=10)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", READ)
def test_administrators_and_auditors_read_everything(house: House, path: str, language: str):
    for person in ("U15", "U13"):
        page = house.person(person, language).get(path)
        assert page.status == 200, page.words


@pytest.mark.parametrize("path", READ + CHANGE)
def test_it_is_closed_to_everybody_else(house: House, path: str):
    for person in ("U19", "U14", "U01"):
        assert house.person(person).get(path).status == 403


@pytest.mark.parametrize("path", CHANGE)
def test_only_an_administrator_changes_anything(house: House, path: str):
    assert house.person("U15").get(path).status == 200
    assert house.person("U13").get(path).status == 403
    assert house.person("U13").post(path, {"name": "x"}).status == 403


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize("person", ["U13", "U14", "U19"])
def test_acts_without_a_form_are_the_administrators_too(house: House, path: str, person: str):
    before = changes(house)
    assert house.person(person).post(path, {"open": "false", "day": "2026-12-25"}).status == 403
    assert changes(house) == before


def test_the_door_shows_to_those_whom_it_opens_to(house: House):
    for person, shows in (("U15", True), ("U13", True), ("U19", False)):
        page = house.person(person).get("/inbox")
        assert bool(page.tree.xpath('//nav[contains(@class, "doors")]/a[@href="/organisation"]')) is shows


def test_a_new_person_gets_a_password_for_once_and_chooses_another(house: House):
    fields = {
        "person_id": "U43", "name": "新来", "name_en": "New Comer", "email": "new@example.com",
        "post_code": "server", "unit_id": "S01", "starts_on": "2026-11-23", "may_sign_in": "true",
    }  # fmt: skip
    page = house.person("U15").post("/organisation/people/new", fields)
    assert page.status == 200
    (password,) = page.tree.xpath('//code[@class="one-time"]/text()')
    someone = house.stranger()
    someone.id = "U43"
    assert someone.sign_in(password).path == "/account/password"
    chosen = {"present": password, "new": "my own sentence", "again": "my own sentence"}
    assert someone.post("/account/password", chosen).path == "/inbox"
    assert someone.actor.posts == {"server"}
    assert changes(house)[:3] == ["person.password_set", "assignment.added", "person.added"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"person_id": "U19"}, "person_id"),
        ({"person_id": "system:timer"}, "person_id"),
        ({"person_id": ""}, "person_id"),
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"email": "nobody"}, "email"),
        ({"post_code": "server", "unit_id": ""}, "unit_id"),
        ({"post_code": "emperor", "unit_id": "S01"}, "post_code"),
        ({"starts_on": "someday"}, "starts_on"),
        ({"post_code": "area_assistant", "unit_id": "A"}, "post_code"),
    ],
)
def test_what_is_wrong_with_a_person_is_said_at_the_field_and_nobody_is_added(house: House, given, field):
    fields = {"person_id": "U43", "name": "新来", "starts_on": "2026-11-23", **given}
    page = house.person("U15").post("/organisation/people/new", fields)
    assert page.status == 422
    assert f"f-{field}" in page.errors()
    assert page.tree.xpath('//input[@name="name"]/@value') == [fields["name"]]  # nothing that was typed is lost
    with house.unit_of_work.read() as session:
        assert session.get(people.models.Person, "U43") is None


def test_a_post_is_given_ended_and_told(house: House):
    administrator = house.person("U15")
    given = {"post_code": "store_manager", "unit_id": "S02", "starts_on": "2026-12-01", "acting": "true"}
    page = administrator.post("/organisation/people/U19/posts/new", given)
    assert page.path == "/organisation/people/U19"
    assert "店长 · 人民广场店（代理）" in page.words
    with house.unit_of_work.read() as session:
        key = assignments.of_person(session, "U19")[0].key
    page = administrator.post(f"/organisation/people/U19/posts/{key}/end", {"ends_on": "2026-11-01"})
    assert (page.status, [*page.errors()]) == (422, ["f-ends_on"])
    page = administrator.post(f"/organisation/people/U19/posts/{key}/remove")
    assert page.status == 200
    assert changes(house)[:2] == ["assignment.removed", "assignment.added"]


def test_a_closed_store_or_somebody_who_left_is_refused_at_the_field(house: House):
    administrator = house.person("U15")
    administrator.post("/organisation/units/S02/open", {"open": "false"})
    given = {"post_code": "server", "unit_id": "S02", "starts_on": "2026-12-01"}
    page = administrator.post("/organisation/people/U19/posts/new", given)
    assert (page.status, [*page.errors()]) == (422, ["f-unit_id"])
    house.unit_of_work.run(people.deactivate, administrator.actor, "U35")
    page = administrator.post(
        "/organisation/people/U35/absences/new", {"starts_on": "2026-12-01", "ends_on": "2026-12-02"}
    )
    assert page.status == 422
    assert alerts(page) != []


def test_an_area_is_formed_from_four_stores_on_and_has_an_assistant_from_five_on(house: House):
    administrator = house.person("U15")
    area = {"area_id": "C", "name": "C区", "parent_id": ""}
    page = administrator.post("/organisation/areas/new", {**area, "stores": ["S01", "S02", "S11"]})
    assert (page.status, [*page.errors()]) == (422, ["f-stores"])
    assert "4" in page.errors()["f-stores"]
    page = administrator.post("/organisation/areas/new", {**area, "stores": ["S01", "S02", "S03", "S11"]})
    assert page.path == "/organisation/units/C"
    assistant = {"post_code": "area_assistant", "unit_id": "C", "starts_on": "2026-11-23"}
    page = administrator.post("/organisation/people/U20/posts/new", assistant)
    assert (page.status, [*page.errors()]) == (422, ["f-post_code"])
    administrator.post("/organisation/units/S04/edit", {"name": "四店", "parent_id": "C"})
    assert administrator.post("/organisation/people/U20/posts/new", assistant).status == 200
    assert "4" in administrator.get("/organisation/units/A").words  # what is left of area A is warned about


def test_a_unit_changes_and_its_history_says_from_what_to_what(house: House):
    administrator = house.person("U15")
    page = administrator.post("/organisation/units/S11/edit", {"name": "新名店", "name_en": "", "parent_id": "A"})
    assert page.path == "/organisation/units/S11"
    told = page.tree.xpath('//dl[@class="changed"]')
    assert any("新名店" in each.text_content() for each in told)
    page = administrator.post("/organisation/units/A/edit", {"name": "A区", "parent_id": "S11"})
    assert page.status == 422
    assert "f-parent_id" in page.errors()


def test_a_unit_has_a_working_time_of_its_own_and_that_of_its_kind_again(house: House):
    administrator = house.person("U15")
    own = {
        "own": "true", "opens": "10:00", "closes": "22:30", "weekdays": ["5", "6", "7"], "holidays": "none",
        "free": "2026-12-25", "working": "",
    }  # fmt: skip
    page = administrator.post("/organisation/units/S01/calendar", own)
    assert "10:00–22:30" in page.words
    for field, text in (("opens", "ten"), ("closes", "09:00"), ("free", "Christmas")):
        page = administrator.post("/organisation/units/S01/calendar", {**own, field: text})
        assert page.status == 422
        assert page.errors() or alerts(page)
    page = administrator.post("/organisation/units/S01/calendar", {"own": "false"})
    assert "09:00–21:00" in page.words


def test_a_day_is_declared_and_taken_back(house: House):
    administrator = house.person("U15")
    page = administrator.post("/organisation/calendar", {"day": "2026-12-25", "kind": "free", "name": "盘点"})
    assert "盘点" in page.words
    page = administrator.post("/organisation/calendar", {"day": "", "kind": "free", "name": ""})
    assert (page.status, sorted(page.errors())) == (422, ["f-day", "f-name"])
    page = administrator.post("/organisation/calendar/withdraw", {"day": "2026-12-25"})
    assert page.tree.xpath('//form[contains(@action, "withdraw")]') == []
    assert changes(house)[:2] == ["calendar_day.withdrawn", "calendar_day.declared"]


def test_a_post_is_added_changed_and_never_stands_above_itself(house: House):
    administrator = house.person("U15")
    new = {"code": "barista", "name": "咖啡师", "grade": "staff", "scope": "unit", "superior": "store_manager"}
    assert administrator.post("/organisation/posts/new", new).path == "/organisation/posts/barista"
    page = administrator.post("/organisation/posts/new", new)
    assert (page.status, [*page.errors()]) == (422, ["f-code"])
    edited = {
        "name": "咖啡师傅",
        "grade": "supervisor",
        "scope": "unit",
        "superior": "store_manager",
        "queue": "true",
    }
    assert "咖啡师傅" in administrator.post("/organisation/posts/barista/edit", edited).words
    page = administrator.post("/organisation/posts/store_manager/edit", {**edited, "superior": "barista"})
    assert (page.status, [*page.errors()]) == (422, ["f-superior"])


def test_whoever_is_locked_out_is_out_at_once_until_he_is_let_in_again(house: House):
    administrator, someone = house.person("U15"), house.person("U19")
    administrator.post("/organisation/people/U19/lock")
    assert someone.get("/inbox").path == "/sign-in"
    assert someone.sign_in().status == 422
    administrator.post("/organisation/people/U19/unlock")
    assert someone.sign_in().path == "/inbox"


def test_nobody_locks_himself_out_and_there_is_always_an_administrator(house: House):
    administrator = house.person("U15")
    assert administrator.post("/organisation/people/U15/lock").path == "/organisation/people/U15"
    assert administrator.get("/inbox").path == "/inbox"
    with house.unit_of_work.read() as session:
        key = assignments.of_person(session, "U15")[0].key
    page = administrator.post(f"/organisation/people/U15/posts/{key}/end", {"ends_on": "2026-11-22"})
    assert page.status == 422
    assert alerts(page) != []
    assert administrator.get("/organisation/people").status == 200


def test_a_text_in_a_name_is_shown_as_it_is_written(house: House):
    administrator = house.person("U15")
    administrator.post(
        "/organisation/people/U20/edit", {"name": "<script>alert(1)</script>", "name_en": "", "email": ""}
    )
    page = administrator.get("/organisation/people/U20")
    assert "<script>alert(1)" not in page.text
    assert "<script>alert(1)</script>" in page.tree.body.text_content()
