"""The operations desk over HTTP: what is late in whose unit, who may direct it, what stopped, figures in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import clock, history, process_instances, user_tasks
from tests.webapp.house import INVESTIGATED, OPINION, House, Person, ask

ROOMS = ("/operations", "/operations/trouble", "/operations/times", "/operations/figures", "/operations/starts")


def task_of(house: House, person: Person):
    with house.unit_of_work.read() as session:
        return user_tasks.inbox(session, person.actor).tasks[0]


def told(house: House, root: int, event_type: str) -> dict:
    with house.unit_of_work.read() as session:
        events = [event for event in history.timeline(session, root) if event.type == event_type]
    return dict(events[-1].details)


def finish(house: House) -> None:
    """The store's request of 260 through all its steps."""
    area, operations, buyer, applicant = (house.person(person) for person in ("U16", "U02", "U06", "U19"))
    area.submit(area.tasks()[0], INVESTIGATED)
    operations.submit(operations.tasks()[0], OPINION)
    key = buyer.tasks()[0]
    buyer.post(f"/tasks/{key}/claim")
    buyer.submit(key, {"supplier": "恒达", "actual_amount": "255.00", "eta": "2026-12-01"})
    received = {"received_qty.0.item": "防滑地毯", "received_qty.0.qty": "1", "accepted": "true"}
    page = applicant.submit(applicant.tasks()[0], received)
    assert page.status == 200, page.words


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_room_opens_to_managers_administrators_and_auditors(either_house: House, language: str):
    ask(either_house.person("U19"))
    for person in ("U19", "U16", "U03", "U06", "U15", "U13"):
        someone = either_house.person(person, language)
        for address in ROOMS:
            page = someone.get(address)
            assert page.status == 200, (person, address, page.words)
            assert "operations" in page.text


def test_who_leads_nobody_finds_no_door(house: House):
    someone = house.person("U35", "en")
    assert "/operations" not in someone.get("/inbox").text
    for address in ROOMS:
        assert someone.get(address).status == 403, address


def test_a_manager_sees_his_unit_and_no_other(house: House):
    ask(house.person("U19"), purpose="甲店的申购")
    ask(house.person("U23"), purpose="乙店的申购")
    for person, sees in (("U16", "甲店"), ("U17", "乙店"), ("U19", "甲店"), ("U03", "甲店"), ("U03", "乙店")):
        assert sees in house.person(person).get("/operations?when=open").words, person
    assert "乙店" not in house.person("U16").get("/operations?when=open").words
    assert "甲店" not in house.person("U06").get("/operations?when=open").words


def test_overdue_ones_stand_first_and_are_counted_by_store_and_person(house: House):
    for _ in range(2):
        ask(house.person("U19"))
    ask(house.person("U20"))
    due_at = task_of(house, house.person("U16")).due_at
    with clock.pinned(due_at + timedelta(hours=1)):
        page = house.person("U16", "en").get("/operations")
        assert len(page.tree.xpath('//li[contains(@class, "entry")]')) == 3
        (store,) = [row for row in page.tree.xpath("//table[1]//tbody/tr") if "Jiefang" in row.text_content()]
        assert [cell.text_content().strip() for cell in store.xpath("./td")] == ["2", "0", "2"]
        narrowed = house.person("U16", "en").get("/operations?store=S02")
        assert len(narrowed.tree.xpath('//li[contains(@class, "entry")]')) == 1


def test_a_task_is_given_to_somebody_else_with_a_reason(house: House):
    root = ask(house.person("U19"))
    key = task_of(house, house.person("U16")).key
    director = house.person("U03", "en")
    refused = director.post(f"/operations/tasks/{key}/assign", {"to": "U17", "reason": " "})
    assert refused.status == 422
    assert "Please give a reason." in refused.words
    assert director.post(f"/operations/tasks/{key}/assign", {"to": "", "reason": "休假"}).status == 422
    page = director.post(f"/operations/tasks/{key}/assign", {"to": "U17", "reason": "吴海休假"})
    assert page.status == 200
    assert task_of(house, house.person("U17")).key == key
    assert told(house, root, "user_task.assigned")["reason"] == "吴海休假"


def test_a_manager_gives_tasks_to_whom_they_fit_or_who_is_beneath(house: House):
    ask(house.person("U19"))
    key = task_of(house, house.person("U16")).key
    director = house.person("U03")
    offered = director.get(f"/operations/tasks/{key}").tree.xpath('//select[@id="to"]/option/@value')
    assert "U17" in offered
    assert not {"U13", "U16", "U01", "U02"} & set(offered)
    assert director.post(f"/operations/tasks/{key}/assign", {"to": "U02", "reason": "请上级决定"}).status == 403


def test_nobody_says_who_decides_on_his_own_request(house: House):
    root = ask(house.person("U19"))
    key = task_of(house, house.person("U16")).key
    applicant = house.person("U19")
    assert "/assign" not in applicant.get(f"/operations/tasks/{key}").text
    assert applicant.post(f"/operations/tasks/{key}/assign", {"to": "U17", "reason": "快一点"}).status == 403
    for act in ("suspend", "cancel", "send-back"):
        page = applicant.post(f"/operations/matters/{root}/{act}", {"reason": "快一点", "to": f"{root}:PR0_request"})
        assert page.status == 403, act


def test_a_matter_is_suspended_resumed_sent_back_and_cancelled(either_house: House):
    root = ask(either_house.person("U19"))
    area, applicant = either_house.person("U16", "en"), either_house.person("U19")
    assert "The matter is suspended." in area.post(f"/operations/matters/{root}/suspend", {"reason": "核查"}).words
    assert told(either_house, root, "process_instance.suspended")["reason"] == "核查"
    area.post(f"/operations/matters/{root}/resume", {"reason": "核查完毕"})
    assert area.post(f"/operations/matters/{root}/send-back", {"reason": "请补照片", "to": "?"}).status == 422
    (place,) = area.get(f"/operations/matters/{root}").tree.xpath('//select[@id="back-to"]/option/@value')[1:]
    page = area.post(f"/operations/matters/{root}/send-back", {"reason": "请补照片", "to": place})
    assert page.status == 200, page.words
    assert applicant.tasks() != []
    assert area.tasks() == []
    area.post(f"/operations/matters/{root}/cancel", {"reason": "重复申购"})
    with either_house.unit_of_work.read() as session:
        assert process_instances.get(session, root, area.actor).outcome == "canceled"
    assert area.post(f"/operations/matters/{root}/cancel", {"reason": "重复申购"}).status == 409


def test_the_matters_of_another_unit_are_nowhere_to_be_found(house: House):
    root = ask(house.person("U19"))
    other = house.person("U17")
    assert other.get(f"/operations/matters/{root}").status == 404
    assert other.post(f"/operations/matters/{root}/cancel", {"reason": "无关"}).status == 404


def test_what_stopped_is_shown_with_its_cause_and_tried_again(house: House):
    from engine import incidents  # noqa: PLC0415 - here only
    from engine.errors import ExecutionFailed  # noqa: PLC0415
    from feel import Sentence  # noqa: PLC0415

    root = ask(house.person("U19"))
    failure = ExecutionFailed(Sentence("It cannot be."), element_id="AC1_line", kind="expression")
    failure.process_instance_key, failure.values = root, {"amount_total": 260}
    failure.attempt = {"command": None}
    key = house.unit_of_work.run(incidents.open_for, failure)
    page = house.person("U16", "en").get("/operations/trouble")
    assert "It cannot be." in page.words
    assert "Area manager or director investigates" in page.words
    assert "It cannot be." not in house.person("U17", "en").get("/operations/trouble").words
    assert house.person("U16").post(f"/operations/incidents/{key}/close", {"reason": "已处理"}).status == 403
    assert house.person("U17").post(f"/operations/incidents/{key}/retry").status == 404
    again = house.person("U16", "en").post(f"/operations/incidents/{key}/retry")
    assert "cannot be tried again" in again.words
    closed = house.person("U15", "en").post(f"/operations/incidents/{key}/close", {"reason": "已处理"})
    assert "Nothing has stopped." in closed.words


def test_figures_and_times_of_what_ended(either_house: House):
    ask(either_house.person("U19"))
    with clock.pinned(clock.now() + timedelta(hours=5)):
        finish(either_house)
        figures = either_house.person("U16", "en").get("/operations/figures?by=store")
        assert "Jiefang Road" in figures.words
        assert "5 h" in figures.words
        assert "100 %" in figures.words
        times = either_house.person("U16", "en").get("/operations/times?process=procurement_request")
        assert "Area manager or director investigates" in times.words
        assert len(times.tree.xpath('//*[contains(@class, "drawing")]//*[local-name()="svg"]')) == 2
        assert "No matter ended" in either_house.person("U17", "en").get("/operations/figures").words


def test_the_first_look_of_who_has_a_task_begins_his_work(house: House):
    ask(house.person("U19"))
    area = house.person("U16")
    key = task_of(house, area).key
    house.person("U03").get(f"/tasks/{key}")
    assert task_of(house, area).begun_at is None
    area.get(f"/tasks/{key}")
    begun = task_of(house, area).begun_at
    assert begun == clock.now()
    with clock.pinned(clock.now() + timedelta(hours=1)):
        area.get(f"/tasks/{key}")
    assert task_of(house, area).begun_at == begun
