"""Doing tasks through their forms, over HTTP: the way by the amount, wrong input kept, drafts, rows, two at once."""

from __future__ import annotations

import pytest

from engine import process_instances
from tests.webapp.house import INVESTIGATED, OPINION, House, Person, ask, begin, request_of

WAYS = [
    ("200.00", ["U16"]),
    ("200.01", ["U16", "U02"]),
    ("300.00", ["U16", "U02"]),
    ("300.01", ["U16", "U02", "U01"]),
]


def decide(house: House, person_id: str) -> None:
    person = house.person(person_id)
    (task,) = person.tasks()
    page = person.submit(task, INVESTIGATED if person_id in ("U16", "U03") else OPINION)
    assert page.status == 200, page.errors()


def waits_for(house: House, matter: int) -> list[str | None]:
    with house.unit_of_work.read() as session:
        tasks = process_instances.waiting(session, matter, house.person("U19").actor)
        return [task.assignee or task.resolution["groups"][0] for task in tasks]


@pytest.mark.parametrize(("amount", "deciders"), WAYS)
def test_the_amount_decides_who_decides(either_house: House, amount: str, deciders: list[str]):
    matter = ask(either_house.person("U19"), amount)
    for decider in deciders:
        assert waits_for(either_house, matter) == [decider]
        decide(either_house, decider)
    assert waits_for(either_house, matter) == ["purchaser"]


def test_a_store_without_an_area_begins_at_the_director(house: House):
    applicant = house.person("U29")
    begin(applicant)
    applicant.submit(applicant.tasks()[0], request_of("150.00"))
    assert house.person("U03").tasks() != []
    assert house.person("U16").tasks() == []


def test_two_requests_in_a_week_count_together(house: House):
    applicant = house.person("U19")
    for _ in range(2):
        matter = ask(applicant, "150.00")
    area = house.person("U16")
    for task in area.tasks():
        area.submit(task, INVESTIGATED)
    assert waits_for(house, matter) == ["U02"]


@pytest.mark.parametrize(
    "amount", ["300.005", "1e9", "-1", "３００", "", "abc", "0", "1,000", "NaN", "Infinity", "0x10"]
)
def test_a_wrong_amount_is_told_at_its_field_and_kept_as_it_was_typed(house: House, amount: str):
    applicant = house.person("U19")
    key = begin(applicant)
    page = applicant.submit(key, request_of(amount))
    assert page.status == 422
    assert page.errors()["f-lines-0-est_price"].strip()
    assert page.values("lines.0.est_price") == [amount]
    assert page.values("purpose") == ["更换前厅地毯"]
    assert page.values("category") == ["carpet"]
    assert page.values("lines.0.item") == ["防滑地毯"]
    assert page.tree.xpath('//*[@id="error-summary"]//a[@href="#f-lines-0-est_price"]') != []
    assert applicant.tasks() == [key]


def test_every_missing_field_is_named_in_the_summary(house: House):
    applicant = house.person("U19")
    page = applicant.submit(begin(applicant), {})
    assert page.status == 422
    links = page.tree.xpath('//*[@id="error-summary"]//a/@href')
    assert {"#f-purpose", "#f-category", "#f-lines", "#f-needed_by"} <= set(links)
    assert page.values("lines.0.item") == [""]  # an empty row waits to be filled in


def test_a_field_that_the_form_does_not_have_is_refused(house: House):
    applicant = house.person("U19")
    page = applicant.submit(begin(applicant), request_of("10.00", amount_effective="1"))
    assert page.status == 422
    assert "没有" in page.words or "no such field" in page.words


def test_values_that_are_only_shown_are_ignored(house: House):
    ask(house.person("U19"), "260.00")
    area = house.person("U16")
    page = area.submit(area.tasks()[0], {**INVESTIGATED, "amount_total": "1.00", "purpose": "变了"})
    assert page.status == 200
    shown = house.person("U02").get(f"/tasks/{house.person('U02').tasks()[0]}").words
    assert "260.00" in shown
    assert "变了" not in shown


def test_a_draft_is_shown_again_as_it_was_typed(house: House):
    applicant = house.person("U19")
    key = begin(applicant)
    saved = applicant.post(f"/tasks/{key}/draft", {"purpose": "半张", "lines.0.est_price": "12.3.4"})
    assert saved.status == 200
    page = applicant.get(f"/tasks/{key}")
    assert page.values("purpose") == ["半张"]
    assert page.values("lines.0.est_price") == ["12.3.4"]


def test_totals_and_conditions_are_asked_of_the_server(house: House):
    applicant = house.person("U19")
    key = begin(applicant)
    fields = request_of("86.50", **{"lines.0.qty": "3"})
    answer = applicant.post(f"/tasks/{key}/live", fields)
    computed = answer.tree.xpath('//data[@data-kind="computed"][@data-path="amount_total"]')
    assert [each.text_content() for each in computed] == ["¥259.50"]


def test_conditional_fields_follow_what_is_chosen(house: House):
    matter = ask(house.person("U19"), "100.00")
    decide(house, "U16")
    buyer = house.person("U06")
    (task,) = buyer.tasks()
    assert waits_for(house, matter) == ["purchaser"]

    def hidden(fields: dict[str, str]) -> set[str]:
        answer = buyer.post(f"/tasks/{task}/live", fields)
        return set(answer.tree.xpath('//data[@data-kind="visible"][@value="no"]/@data-path'))

    assert "reason" in hidden({})
    assert "supplier" in hidden({"cannot_buy": "true"})
    refused = buyer.submit(task, {"cannot_buy": "true", "supplier": "甲", "actual_amount": "1"})
    assert refused.status == 422
    assert set(refused.errors()) == {"f-reason"}


def test_rows_are_added_and_removed_without_script(house: House):
    applicant = house.person("U19")
    key = begin(applicant)
    fields = request_of("10.00", **{"lines.1.item": "胶", "lines.1.qty": "1", "lines.1.unit": "瓶"})
    more = applicant.post(f"/tasks/{key}/form", {**fields, "_row": "add:lines"})
    assert more.values("lines.2.item") == [""]
    fewer = applicant.post(f"/tasks/{key}/form", {**fields, "_row": "remove:lines.0"})
    assert fewer.values("lines.0.item") == ["胶"]
    assert fewer.values("lines.1.item") == []
    assert fewer.values("purpose") == ["更换前厅地毯"]


def test_who_comes_second_is_told_kindly_and_loses_nothing(either_house: House):
    ask(either_house.person("U19"), "260.00")
    first, second = either_house.person("U16"), either_house.person("U16")
    (task,) = first.tasks()
    assert first.submit(task, INVESTIGATED).status == 200
    page = second.submit(task, {**INVESTIGATED, "investigation_note": "我也写了一段很长的话"})
    assert page.status == 409
    assert "吴海" in page.words or "Wu" in page.words


def test_a_queue_is_claimed_and_released(house: House):
    ask(house.person("U19"), "100.00")
    decide(house, "U16")
    buyer = house.person("U06")
    (task,) = buyer.tasks()
    assert buyer.get("/inbox?whose=groups").tree.xpath(f'//li[@id="task-{task}"]//button[@data-claim]') != []
    buyer.post(f"/tasks/{task}/claim")
    assert buyer.get("/inbox?whose=mine").tree.xpath(f'//li[@id="task-{task}"]') != []
    buyer.post(f"/tasks/{task}/release")
    assert buyer.get("/inbox?whose=mine").tree.xpath(f'//li[@id="task-{task}"]') == []


def test_several_are_claimed_at_once(house: House):
    for amount, category in (("100.00", "carpet"), ("90.00", "office")):
        ask(house.person("U19"), amount, category=category)
    area = house.person("U16")
    for task in area.tasks():
        area.submit(task, INVESTIGATED)
    buyer = house.person("U06")
    page = buyer.post("/inbox/claim", {"task": [str(task) for task in buyer.tasks()]})
    assert page.tree.xpath('//button[@data-claim][normalize-space()="Claim" or normalize-space()="认领"]') == []


def test_after_a_submit_the_next_task_opens(house: House):
    ask(house.person("U19"), "100.00")
    ask(house.person("U19"), "90.00", category="office")
    area = house.person("U16")
    first, second = area.tasks()
    page = area.submit(first, INVESTIGATED)
    assert page.path == f"/tasks/{second}"
    assert area.submit(second, INVESTIGATED).path == "/inbox"


def test_deciding_within_the_inbox_comes_back_to_it(house: House):
    ask(house.person("U19"), "100.00")
    area = house.person("U16")
    (task,) = area.tasks()
    form = area.get(f"/tasks/{task}/in-place")
    assert form.tree.xpath('//input[@name="next"]/@value') == ["/inbox"]
    assert area.submit(task, {**INVESTIGATED, "next": "/inbox"}).path == "/inbox"


def test_a_session_that_ends_loses_no_form(house: House):
    applicant = house.person("U19")
    key = begin(applicant)
    applicant.client.delete_cookie("banli")
    page = applicant.submit(key, {**request_of("86.50"), "csrf_token": "gone"}, follow_redirects=False)
    assert page.status == 401
    kept = {
        field.get("name"): field.get("value")
        for field in page.tree.xpath('//form[@action="/sign-in"]//input[@type="hidden"]')
    }
    again = applicant.post("/sign-in", {**kept, "person": "U19", "password": "banli-demo"})
    assert again.values("lines.0.est_price") == ["86.50"]
    assert again.values("purpose") == ["更换前厅地毯"]
    token = Person.token(again)
    assert applicant.submit(key, {**request_of("86.50"), "csrf_token": token}).path == "/inbox"


def test_a_form_from_before_a_new_sign_in_is_shown_again(house: House):
    applicant = house.person("U19")
    key = begin(applicant)
    old = Person.token(applicant.get(f"/tasks/{key}"))
    applicant.post("/sign-out")
    applicant.sign_in()
    page = applicant.submit(key, {**request_of("86.50"), "csrf_token": old})
    assert page.values("lines.0.est_price") == ["86.50"]
    assert applicant.tasks() == [key]


def test_another_site_cannot_put_words_into_a_form(house: House):
    stranger = house.stranger()
    fields = {**request_of("1.00"), "csrf_token": "x"}
    page = stranger.submit(1, fields, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
    assert page.status == 303
    assert "防滑地毯" not in page.text


def test_why_names_the_rule(house: House):
    ask(house.person("U19"), "260.00")
    area = house.person("U16")
    words = area.get(f"/tasks/{area.tasks()[0]}/why").words
    assert "吴海" in words
    assert len(area.get(f"/tasks/{area.tasks()[0]}/why").tree.xpath("//ol/li")) >= 1
