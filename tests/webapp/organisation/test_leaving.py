"""The hand-over page, the question who would get it, and one's own absence, delegations and devices."""

from __future__ import annotations

import pytest

from tests.webapp.house import House, ask

AWAY = "/account/away"


def test_a_hand_over_is_previewed_and_then_made_in_one_act(house: House):
    ask(house.person("U19"))
    administrator = house.person("U15")
    page = administrator.get("/organisation/people/U16/leave?successor=U17")
    (chosen,) = page.tree.xpath('//ul[contains(@class, "handed")]//option[@selected]/@value')
    assert chosen == "U17"
    name = page.tree.xpath('//ul[contains(@class, "handed")]//select/@name')[0]
    fields = {"successor": "", "last_day": "2026-11-23", "reason": "离职", name: "U19"}
    page = administrator.post("/organisation/people/U16/leave", {**fields, "act": "preview"})
    assert [key for key in page.errors() if key.startswith("task-")]  # the applicant cannot have it
    page = administrator.post("/organisation/people/U16/leave", {**fields, "act": "hand_over"})
    assert page.status == 422
    assert house.person("U16").get("/inbox").path == "/inbox"  # nothing was half done
    page = administrator.post("/organisation/people/U16/leave", {**fields, name: "U17", "act": "hand_over"})
    assert page.path == "/organisation/people/U16"
    assert len(house.person("U17").tasks()) == 1
    assert house.person("U17").get("/inbox").status == 200


@pytest.mark.parametrize("person", ["U13", "U14", "U16", "U02"])
def test_only_an_administrator_hands_over(house: House, person: str):
    assert house.person(person).get("/organisation/people/U16/leave").status == 403
    given = {"act": "hand_over", "last_day": "2026-11-23", "reason": "离职"}
    assert house.person(person).post("/organisation/people/U19/leave", given).status == 403


@pytest.mark.parametrize("person", ["U13", "U14", "U15"])
def test_who_would_get_it_is_explained_in_words(house: House, person: str):
    asker = house.person(person)
    page = asker.get("/organisation/who-would-get-it")
    steps = page.tree.xpath('//select[@name="step"]/option/@value')
    step = next(each for each in steps if each.startswith("procurement_request/AC1"))
    question = f"/organisation/who-would-get-it?step={step}&starter=U19&store=S01&day=2026-11-23"
    page = asker.get(question)
    assert "吴海" in page.tree.xpath('//p[contains(@class, "answer")]')[0].text_content()
    assert page.tree.xpath('//ol[@class="because"]/li')
    assert asker.get(question.replace("2026-11-23", "never")).errors().keys() == {"f-day"}


def test_every_step_of_every_procedure_has_an_answer(house: House):
    asker = house.person("U14", "en")
    page = asker.get("/organisation/who-would-get-it")
    steps = [each for each in page.tree.xpath('//select[@name="step"]/option/@value') if each]
    assert len(steps) > 20
    for step in steps:
        page = asker.get(f"/organisation/who-would-get-it?step={step}&starter=U19&store=S01&day=2026-11-23")
        assert page.status == 200, (step, page.words)
        assert page.tree.xpath('//p[contains(@class, "answer")]'), step


def test_the_question_is_closed_to_everybody_else(house: House):
    assert house.person("U19").get("/organisation/who-would-get-it").status == 403
    assert house.person("U14").get("/organisation").path == "/organisation/who-would-get-it"


def test_everybody_enters_his_absence_and_takes_it_back(house: House):
    someone, me = house.person("U19"), {"person_id": "U19"}
    page = someone.post(f"{AWAY}/absences", {**me, "starts_on": "2026-12-01", "ends_on": "2026-11-30"})
    assert (page.status, [*page.errors()]) == (422, ["f-ends_on"])
    page = someone.post(
        f"{AWAY}/absences", {**me, "starts_on": "2026-12-01", "ends_on": "2026-12-05", "reason": "年假"}
    )
    assert "年假" in page.words
    (action,) = page.tree.xpath('//form[contains(@action, "/absences/")]/@action')
    assert "年假" not in someone.post(action).words


def test_a_superior_enters_an_absence_for_those_below_him_only(house: House):
    superior = house.person("U16")
    day = {"starts_on": "2026-12-01", "ends_on": "2026-12-01"}
    assert "U19" in superior.get(AWAY).tree.xpath('//select[@name="person_id"]/option/@value')
    assert superior.post(f"{AWAY}/absences", {**day, "person_id": "U19"}).status == 200
    assert superior.post(f"{AWAY}/absences", {**day, "person_id": "U23"}).status == 422
    assert house.person("U35").get(AWAY).tree.xpath('//select[@name="person_id"]') == []


def test_a_delegation_is_given_for_some_procedures_and_ended(house: House):
    someone = house.person("U16")
    given = {"delegate_id": "U17", "starts_on": "2026-11-23", "ends_on": "2026-11-30", "reason": "出差"}
    page = someone.post(f"{AWAY}/delegations", {**given, "ends_on": "2026-11-01"})
    assert (page.status, [*page.errors()]) == (422, ["d-ends_on"])
    page = someone.post(f"{AWAY}/delegations", {**given, "delegate_id": "U13"})
    assert (page.status, [*page.errors()]) == (422, ["d-delegate_id"])
    page = someone.post(f"{AWAY}/delegations", {**given, "process_ids": ["procurement_request"]})
    assert "孙颖 代 吴海" in page.words
    ask(house.person("U19"))
    assert len(house.person("U17").tasks()) == 1
    (action,) = page.tree.xpath('//form[contains(@action, "/revoke")]/@action')
    someone.post(action)
    assert (len(house.person("U17").tasks()), len(someone.tasks())) == (0, 1)


def test_one_device_is_signed_out_or_all_of_them(house: House):
    here, there = house.person("U19"), house.person("U19")
    page = here.get("/account/devices")
    (action,) = page.tree.xpath(
        '//form[contains(@action, "/account/devices/") and contains(@action, "/end")]/@action'
    )[:1]
    assert here.post(action).path == "/account/devices"
    assert (here.get("/inbox").path, there.get("/inbox").path) == ("/inbox", "/sign-in")
    assert house.person("U20").post(action).status == 404
    here.post("/account/devices/end")
    assert here.get("/inbox").path == "/sign-in"


def test_a_language_is_kept_for_every_device(house: House):
    someone = house.person("U19")
    page = someone.post("/account/language", {"language": "en"})
    assert page.tree.get("lang") == "en"
    assert house.person("U19", "zh").get("/inbox").tree.get("lang") == "en"
    assert someone.post("/account/language", {"language": "xx"}).status == 200
    someone.post("/account/language", {"language": ""})
    assert someone.get("/inbox").tree.get("lang") == "zh-CN"
