"""Trying, running, agreeing, publishing and going back, through the pages."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from engine import deployments, topics
from engine.content import Pack
from engine.deployments import files
from engine.models import Notification, ProcessInstance
from tests.webapp.house import INVESTIGATED, House, Page, Person, request_of
from tests.webapp.test_workshop import HALF, RAISED, TABLE, begin, save

SCENARIOS = "bpmn/chain_store/procurement_request.scenarios.yaml"
SHORT = """process: procurement_request
defaults:
  on: 2026-03-02 10:00
scenarios:
  - name: 草稿可以丢弃
    given: {person: U19}
    steps: [discard: {by: U19}]
    end: discarded
"""


def keep_one_scenario(house: House) -> None:
    """The pack with a single short scenario, so that a run takes a moment."""
    with house.unit_of_work.read() as session:
        pack = files.pack(session, deployments.current_deployment(session, "chain_store").key)
    kept = {path: body for path, body in pack.files.items() if not path.endswith(".yaml")}
    whole = Pack("chain_store", kept | {SCENARIOS: SHORT.encode()}, is_whole=True)
    house.unit_of_work.run(deployments.deploy, whole, house.person("U15").actor)


def start_trial(person: Person, key: int) -> str:
    page = person.post(f"/workshop/drafts/{key}/trial", {"now": "2026-03-02T10:00"})
    assert page.status == 200, page.words
    assert "/trial/" in page.path, page.words
    return page.path


def tasks_of(page: Page) -> list[str]:
    return [str(link) for link in page.tree.xpath('//ul[@class="files"]//a/@href')]


def do(person: Person, link: str, values: dict[str, str]) -> Page:
    path, played = link.split("?as=")
    return person.post(path, {**values, "_as": played})


def test_a_draft_is_tried_by_playing_everybody_and_leaves_nothing(house: House):
    person = house.person("U14")
    key = begin(person)
    assert save(person, key, TABLE, RAISED).status == 200
    trial = start_trial(person, key)
    page = person.post(f"{trial}/start", {"start": "procurement_request|U19"})
    (form,) = tasks_of(page)
    assert form.endswith("?as=U19")
    assert "申购事由" in person.get(form).words
    refused = do(person, form, {"purpose": ""})
    assert refused.status == 422
    page = do(person, form, {**request_of("400.00", category="office"), "needed_by": "2026-03-12"})
    (area,) = tasks_of(page)
    assert area.endswith("?as=U16")
    page = do(person, area, INVESTIGATED)
    (manager,) = tasks_of(page)
    assert manager.endswith("?as=U02")
    page = do(person, manager, {"decision": "approve", "opinion": "同意，请按计划采购"})
    assert [link.rpartition("=")[2] for link in tasks_of(page)] == [
        "U06"
    ]  # not the general manager: 400 is below 500
    matter = person.get(str(page.tree.xpath('//ul[@class="drafts"]//a/@href')[0]))
    assert "申购审批权限" in matter.words
    assert "(200..500]" in matter.words  # the decision with every rule
    later = person.post(f"{trial}/time", {"step": "P7D"})
    assert "3月9日" in later.words
    with house.unit_of_work.read() as session:
        assert session.scalar(select(func.count()).select_from(ProcessInstance)) == 0
        assert session.scalar(select(func.count()).select_from(Notification)) == 0


def test_a_trial_is_nobody_elses_and_ends(house: House):
    person = house.person("U14")
    key = begin(person)
    trial = start_trial(person, key)
    assert house.person("U15").get(trial).status == 404
    for bad in ("0" * 24, "..", "%2e%2e%2fx"):
        assert person.get(f"/workshop/drafts/{key}/trial/{bad}").status in (404, 308)
    person.post(f"{trial}/end")
    assert person.get(trial).status == 404


def test_a_draft_with_errors_is_not_tried(house: House):
    person = house.person("U14")
    key = begin(person)
    save(person, key, TABLE, HALF)
    page = person.post(f"/workshop/drafts/{key}/trial", {"now": "2026-03-02T10:00"})
    assert page.path == f"/workshop/drafts/{key}/trial"
    assert "请先改正错误" in page.words


def test_outside_topics_have_a_stand_in_in_this_thread_alone():
    name = next(name for name in topics.names() if topics.find(name).placement == "outside")
    before = topics.find(name).function
    with topics.answered_by(lambda _work: {"heard": True}):
        assert topics.find(name).function(None) == {"heard": True}
    assert topics.find(name).function is before


def run(person: Person, key: int) -> Page:
    """Run the scenarios and wait until they are over."""
    page = person.post(f"/workshop/drafts/{key}/scenarios")
    deadline = time.monotonic() + 300
    while not page.tree.xpath("//*[@data-run]"):
        assert time.monotonic() < deadline, page.words
        time.sleep(0.3)
        page = person.get(f"/workshop/drafts/{key}/scenarios")
    return page


def test_scenarios_run_in_a_process_of_their_own_and_open_the_way(house: House):
    keep_one_scenario(house)
    person = house.person("U14")
    key = begin(person)
    save(person, key, TABLE, RAISED)
    blocked = person.get(f"/workshop/drafts/{key}/publish")
    assert blocked.tree.xpath("//form//button[@disabled]")
    page = run(person, key)
    assert page.tree.xpath("//*[@data-run]/@data-run") == ["passed"]
    assert "决策表规则" in page.words or "规则" in page.words  # what they reach
    fingerprint = person.get(f"/workshop/drafts/{key}/publish").tree.xpath('//input[@name="fingerprint"]/@value')[0]
    empty = person.post(f"/workshop/drafts/{key}/publish", {"comment": " ", "fingerprint": fingerprint})
    assert empty.status == 422
    done = person.post(f"/workshop/drafts/{key}/publish", {"comment": "提高到 500", "fingerprint": fingerprint})
    assert done.path == "/workshop/packs/chain_store"
    assert "提高到 500" in done.words


def test_a_failing_scenario_is_told_with_its_step_and_stands_in_the_way(house: House):
    keep_one_scenario(house)
    person = house.person("U14")
    key = begin(person)
    wrong = SHORT.replace("end: discarded", "end: completed")
    save(person, key, SCENARIOS, wrong.encode())
    page = run(person, key)
    assert page.tree.xpath("//*[@data-run]/@data-run") == ["failed"]
    assert "草稿可以丢弃" in page.words
    assert "completed" in page.words


def test_a_scenario_file_that_cannot_be_read_is_told_by_line(house: House):
    person = house.person("U14")
    key = begin(person)
    answer = save(
        person, key, SCENARIOS, SHORT.replace("discard: {by: U19}", "fly: {by: U19}").encode()
    ).response.json
    assert answer["marks"][0]["id"].startswith("line:")


def test_a_second_person_agrees_where_the_setting_asks_for_it(house: House):
    around = house.app.extensions["banli"]
    house.app.extensions["banli"] = replace(around, settings=replace(around.settings, publish_approval=True))
    keep_one_scenario(house)
    person, second = house.person("U14"), house.person("U15")
    key = begin(person)
    save(person, key, TABLE, RAISED)
    run(person, key)
    page = person.get(f"/workshop/drafts/{key}/publish")
    fingerprint = page.tree.xpath('//input[@name="fingerprint"]/@value')[0]
    refused = person.post(f"/workshop/drafts/{key}/publish", {"comment": "提高", "fingerprint": fingerprint})
    assert refused.status == 422
    agreed = second.post(f"/workshop/drafts/{key}/approve", {"fingerprint": fingerprint, "comment": "同意"})
    assert "顾宁" in agreed.words
    done = person.post(f"/workshop/drafts/{key}/publish", {"comment": "提高", "fingerprint": fingerprint})
    assert done.path == "/workshop/packs/chain_store"


def test_going_back_shows_the_difference_and_needs_a_reason(house: House):
    person = house.person("U14")
    with house.unit_of_work.read() as session:
        old = deployments.current_deployment(session, "chain_store").key
    house.unit_of_work.run(deployments.publish_pack, Pack("chain_store", {TABLE: RAISED}), person.actor, "提高")
    page = person.get(f"/workshop/packs/chain_store/back/{old}")
    assert "(200..500]" in page.words
    based_on = page.tree.xpath('//input[@name="based_on"]/@value')[0]
    fields = {"based_on": based_on, "path": TABLE}
    assert person.post(f"/workshop/packs/chain_store/back/{old}", {**fields, "comment": ""}).status == 422
    done = person.post(f"/workshop/packs/chain_store/back/{old}", {**fields, "comment": "总经理要求"})
    assert re.search("恢复为 .* 的内容", done.words)
    again = person.post(f"/workshop/packs/chain_store/back/{old}", {**fields, "comment": "再来"})
    assert again.status == 422


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_difference_is_told_in_the_readers_language(house: House, language: str):
    person = house.person("U14", language)
    key = begin(person)
    save(person, key, TABLE, RAISED)
    page = person.get(f"/workshop/drafts/{key}/difference")
    rows = page.tree.xpath('//table[@class="changes"]/tbody/tr')
    assert len(rows) == 2
    assert ("changed" if language == "en" else "已改动") in page.words
