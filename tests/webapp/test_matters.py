"""One matter: its timeline in words, its rules on demand, diagrams, values; drafts, withdrawal; lists; languages."""

from __future__ import annotations

import io
import re

import pytest
from lxml import etree
from sqlalchemy import text

from engine import clock, notifications, process_instances
from engine.models import Notification
from tests.webapp.house import INVESTIGATED, OPINION, House, ask, begin, request_of

HAN = re.compile(r"[\u4e00-\u9fff]+")


def investigated(house: House, amount: str = "260.00") -> int:
    matter = ask(house.person("U19"), amount)
    area = house.person("U16")
    area.submit(area.tasks()[0], INVESTIGATED)
    return matter


def test_the_timeline_names_the_rule_its_version_and_the_value_it_saw(either_house: House):
    matter = investigated(either_house)
    words = either_house.person("U19", "en").get(f"/matters/{matter}").words
    assert re.search(r"Rule \d+ of .+?, version 1, decided: .+, because it saw .*¥260\.00", words)
    assert "did not match" in words


def test_the_timeline_says_who_decided_what(house: House):
    matter = investigated(house)
    page = house.person("U19", "en").get(f"/matters/{matter}")
    assert "approved: Area manager or director investigates" in page.words
    assert [seal.text_content() for seal in page.tree.xpath('//*[@class="seals"]//b')] == ["Approved"]


def test_the_timeline_puts_an_opinion_into_nobody_elses_mouth(house: House):
    matter = investigated(house, "320.00")
    manager, director = house.person("U02"), house.person("U01")
    manager.submit(manager.tasks()[0], {"decision": "approve", "opinion": "地毯确已破损露底"})
    director.submit(director.tasks()[0], {"decision": "approve"})
    page = house.person("U19").get(f"/matters/{matter}")
    assert [each.text_content() for each in page.tree.xpath('//p[@class="opinion"]')] == ["地毯确已破损露底"]


def test_what_a_table_gave_is_told_as_the_forms_call_it(house: House):
    person = house.person("U31", "en")
    key = person.post("/start/writeoff_request").path.rsplit("/", 1)[1]
    fields = {
        "item_class": "semi_finished",
        "lines.0.item": "馒头",
        "lines.0.qty": "10",
        "lines.0.unit": "袋",
        "lines.0.unit_value": "5.00",
        "cause": "expired",
        "food_safety_risk": "false",
        "occurred_at": "2026-11-23T11:30",
        "_file.photos": (io.BytesIO(b"\xff\xd8\xff\xe0"), "馒头.jpg"),
    }
    page = person.submit(int(key), fields, content_type="multipart/form-data")
    assert page.status == 200, page.words
    matter = person.get("/started").tree.xpath('//a[starts-with(@href, "/matters/")]/@href')[0]
    assert re.search(r"Rule 1 of .+?, version 1, decided: Kitchen, because it saw ", person.get(matter).words)


def test_every_event_is_there_on_demand(house: House):
    matter = investigated(house)
    person = house.person("U19")
    short, full = person.get(f"/matters/{matter}"), person.get(f"/matters/{matter}?all=1")
    count = '//ol[@class="timeline"]/li'
    with house.unit_of_work.read() as session:
        events = process_instances.timeline(session, matter, person.actor)
    assert len(full.tree.xpath(count)) == len(events)
    assert len(short.tree.xpath(count)) < len(events)


def test_the_diagrams_of_the_matter_and_of_what_it_called_are_coloured(house: House):
    matter = investigated(house)
    page = house.person("U19").get(f"/matters/{matter}")
    drawings = page.tree.xpath("//*[@data-diagram]")
    assert len(drawings) == 2  # the request and its approval chain
    assert '"active"' in drawings[1].get("data-states")
    assert page.tree.xpath('//*[local-name()="svg"]//*[@stroke="#235688"]') != []
    assert page.tree.xpath('//ol[@class="steps-list"]/li') != []


def test_the_viewer_gets_the_diagram_with_names_of_its_readers_language(house: House):
    matter = investigated(house)
    address = f"/matters/{matter}/diagram.bpmn"
    for language, name in (("zh", "店长填写申购单"), ("en", "Store manager fills in the request")):
        answer = house.person("U19", language).get(address)
        assert answer.response.mimetype == "application/xml"
        names = etree.fromstring(answer.response.get_data()).xpath("//@name")
        assert name in names


def test_the_values_are_labelled(house: House):
    matter = investigated(house)
    page = house.person("U19").get(f"/matters/{matter}")
    facts = dict(
        zip(
            [each.text_content() for each in page.tree.xpath('//section[contains(@class,"s-values")]//dt')],
            [each.text_content() for each in page.tree.xpath('//section[contains(@class,"s-values")]//dd')],
            strict=True,
        )
    )
    assert facts["申购事由"] == "更换前厅地毯"
    assert facts["类别"] == "地毯"
    assert facts["合计"] == "¥260.00"
    assert facts["需用日期"] == "2026年12月5日"


def test_a_draft_is_its_starters_alone_and_can_be_discarded(house: House):
    applicant = house.person("U19")
    key = begin(applicant)
    assert house.person("U16").get(f"/tasks/{key}").status == 404
    page = applicant.get("/started")
    assert page.tree.xpath(f'//a[@href="/tasks/{key}"]') != []
    matter = page.tree.xpath("//li/@id")[0].removeprefix("task-")
    assert applicant.post(f"/matters/{matter}/discard").path == "/started"
    assert applicant.tasks() == []
    assert applicant.get("/started").tree.xpath('//li[contains(@class,"entry")]') == []


def test_a_matter_is_withdrawn_with_a_reason(house: House):
    matter = ask(house.person("U19"), "260.00")
    applicant = house.person("U19")
    assert applicant.post(f"/matters/{matter}/withdraw", {"reason": " "}).status == 422
    page = applicant.post(f"/matters/{matter}/withdraw", {"reason": "门店改用旧地毯"})
    assert page.path == f"/matters/{matter}"
    assert "门店改用旧地毯" in page.words
    assert house.person("U16").tasks() == []


def test_a_returned_request_is_revised_and_shown_as_returned(house: House):
    matter = ask(house.person("U19"), "260.00")
    area = house.person("U16")
    returned = {**INVESTIGATED, "decision": "return", "opinion": "请补充规格型号"}
    area.submit(area.tasks()[0], returned)
    applicant = house.person("U19")
    (task,) = applicant.tasks()
    form = applicant.get(f"/tasks/{task}")
    assert form.values("purpose") == ["更换前厅地毯"]
    assert form.values("lines.0.est_price") == ["260.00"]
    page = applicant.get(f"/matters/{matter}")
    assert page.tree.xpath('//ol[@class="timeline"]/li[@class="returned"]') != []
    assert applicant.submit(task, request_of("250.00")).status == 200


@pytest.mark.parametrize("address", ["/matters/1", "/tasks/1", "/nowhere", "/matters/x", "/copies/9/x"])
def test_what_does_not_exist_is_said_kindly(house: House, address: str):
    page = house.person("U19").get(address)
    assert page.status == 404
    assert page.tree.xpath('//a[@href="/inbox"]') != []


def test_english_pages_hold_no_chinese_but_what_people_typed(house: House):
    matter = investigated(house)
    person = house.person("U02", "en")
    # what people typed, what the diagram composed of it at run time, and the name of the other language
    typed = ("更换前厅地毯", "防滑地毯", "块", "经现场核实", "确属正常需求", "需用日期", "调查情况", "元", "中文")
    for address in ("/inbox", "/done", "/started", "/copies", "/start", f"/tasks/{person.tasks()[0]}",
                    f"/tasks/{person.tasks()[0]}/why", f"/matters/{matter}?all=1", "/account/password"):  # fmt: skip
        words = person.get(address).words
        for each in typed:
            words = words.replace(each, "")
        assert HAN.findall(words) == [], address


def test_the_language_is_the_browsers_and_can_be_switched(house: House):
    someone = house.person("U19", "en-GB,en;q=0.9")
    assert someone.get("/inbox").tree.get("lang") == "en"
    someone.post("/language", {"language": "zh", "next": "/done"})
    assert someone.get("/inbox").tree.get("lang") == "zh-CN"
    someone.post("/sign-out")
    assert someone.get("/sign-in").tree.get("lang") == "zh-CN"


def test_the_inbox_groups_counts_and_filters(house: House):
    ask(house.person("U19"), "100.00")
    ask(house.person("U19"), "90.00", category="office", purpose="打印纸")
    page = house.person("U16").get("/inbox")
    assert page.tree.xpath("//title/text()")[0].startswith("(2)")
    assert page.tree.xpath('//*[@id="group-later"]') != []
    found = house.person("U16").get("/inbox?text=打印纸")
    assert len(found.tree.xpath('//li[contains(@class,"entry")]')) == 1
    assert "¥90.00" in found.words
    assert house.person("U16").get("/inbox?text=没有的").tree.xpath('//li[contains(@class,"entry")]') == []


@pytest.mark.parametrize(
    "query", ["page=x", "page=99999999", "whose=everybody", "sort=due;drop", "text=%25", "process=none", "page=-1"]
)
def test_odd_addresses_of_the_inbox_are_harmless(house: House, query: str):
    assert house.person("U16").get(f"/inbox?{query}").status == 200


def test_done_tasks_lead_to_their_matter(house: House):
    matter = investigated(house)
    page = house.person("U16").get("/done")
    assert page.tree.xpath(f'//a[@href="/matters/{matter}"]') != []


def test_copies_are_read_once_opened(house: House):
    matter = investigated(house)
    person = house.person("U19")

    def brought(session):
        session.add(
            Notification(
                key=7, person_id="U19", root_key=matter, kind="copy", created_at=clock.now(), read_at=None,
                sentence={"template": "{name} approved.", "parameters": {"name": "吴海"}},
            )
        )  # fmt: skip

    house.unit_of_work.run(brought)
    assert "(1)" in person.get("/copies").tree.xpath("//title/text()")[0]
    assert person.post("/copies/7").path == f"/matters/{matter}"
    with house.unit_of_work.read() as session:
        assert notifications.unread(session, person.actor) == 0
    assert house.person("U16").post("/copies/7").status == 404


def test_an_error_of_ours_shows_a_reference_and_no_trace(house: House, monkeypatch: pytest.MonkeyPatch):
    def broken(*_arguments: object, **_named: object) -> None:
        raise RuntimeError("secret detail")

    person = house.person("U19")
    monkeypatch.setattr(process_instances, "started_by", broken)
    page = person.get("/started")
    assert page.status == 500
    assert "secret detail" not in page.text
    assert re.search(r"<code>[0-9a-f]{8}</code>", page.text)


def test_every_decision_has_its_seal_even_in_the_same_words(house: House):
    matter = investigated(house, "300.01")
    for person_id in ("U02", "U01"):
        person = house.person(person_id)
        assert person.submit(person.tasks()[0], OPINION).status == 200
    page = house.person("U19").get(f"/matters/{matter}")
    assert len(page.tree.xpath('//*[@class="seals"]/li')) == 3
    opinions = [each.text_content() for each in page.tree.xpath('//*[@class="opinion"]')]
    assert opinions.count("同意，请按计划采购") == 2


def test_the_operations_manager_sees_the_opinions_before_his(house: House):
    matter = investigated(house, "320.00")
    manager = house.person("U02")
    assert "经现场核实" in manager.get(f"/tasks/{manager.tasks()[0]}").words
    manager.submit(manager.tasks()[0], OPINION)
    assert "同意，请按计划采购" in house.person("U01").get(f"/matters/{matter}").words


def test_even_without_a_database_there_is_an_answer(house: House):
    person = house.person("U19")
    with house.database.writer() as session:
        session.execute(text("DROP TABLE user_task_candidate"))
        session.execute(text("ALTER TABLE person RENAME TO person_gone"))
        session.commit()
    page = person.get("/inbox")
    assert page.status == 500
    assert "Traceback" not in page.text
    assert re.search(r"<code>[0-9a-f]{8}</code>", page.text)
