"""The room of schedules: who enters, what it shows; every act asks for its reason and keeps what was typed."""

from __future__ import annotations

from datetime import timedelta
from xml.sax.saxutils import escape

import pytest
from sqlalchemy import delete, select

from engine import clock, deployments, schedules
from engine.actor import system
from engine.content import Pack
from engine.models import Job, ProcessInstance, Schedule
from engine.models.job import FAILED
from tests.engine.test_schedules import DIAGRAM, ONCE_PER_STORE
from tests.webapp.house import House, Page
from workers import job_run


def deploy(house: House, timer: str, properties: str = "", assignee: str = "U03") -> int:
    source = DIAGRAM.format(kind="timeCycle", timer=escape(timer), properties=properties, assignee=assignee)
    pack = Pack("timed", {"bpmn/timed/timed.bpmn": source.encode()})
    house.unit_of_work.run(deployments.deploy, pack, system("test"))
    with house.unit_of_work.read() as session:
        return session.scalars(select(Schedule.key).where(Schedule.process_id == "timed")).one()


def start_what_waits(house: House) -> list[ProcessInstance]:
    """What a worker does; the matters that there are then."""
    with house.unit_of_work.read() as session:
        keys = session.scalars(select(Job.key).where(Job.kind == schedules.START)).all()
    for key in keys:
        job_run.run(house.unit_of_work, key)
    with house.unit_of_work.read() as session:
        return list(session.scalars(select(ProcessInstance).where(ProcessInstance.process_id == "timed")))


def seen(page: Page) -> str:
    return str(page.tree.xpath('//input[@name="seen"]/@value')[0])


@pytest.mark.parametrize(("person", "enters"), [("U15", True), ("U13", True), ("U19", False)])
def test_the_door_is_open_to_who_looks_after_procedures(house: House, person: str, enters: bool):
    key = deploy(house, "0 0 9 * * *")
    someone = house.person(person)
    assert bool(someone.get("/inbox").tree.xpath('//nav//a[@href="/schedules"]')) is enters
    for path in ("/schedules", f"/schedules/{key}"):
        assert someone.get(path).status == (200 if enters else 403)


def test_the_list_says_when_what_fires(house: House):
    deploy(house, "0 0 9 * * *")
    words = house.person("U15").get("/schedules").words
    assert "定期检查" in words
    assert "11月24日 09:00" in words
    assert "尚未触发" in words


def test_without_schedules_the_page_says_what_belongs_there(house: House):
    house.unit_of_work.run(lambda session: session.execute(delete(Schedule)) and None)
    assert "没有定时发起的流程" in house.person("U15").get("/schedules").words


def test_what_an_outage_missed_is_said_on_both_pages(house: House):
    key = deploy(house, "0 0 9 * * *")
    administrator = house.person("U15")
    with clock.pinned(clock.now() + timedelta(days=3)):
        house.unit_of_work.run(schedules.fire, key)
        for path in ("/schedules", f"/schedules/{key}"):
            assert "因停机错过 2 次" in administrator.get(path).words


def test_one_runs_it_once_however_often_one_clicks(house: House):
    key = deploy(house, "0 0 9 * * *")
    administrator = house.person("U15")
    page = administrator.get(f"/schedules/{key}")
    assert page.words.count("11月24日 09:00") == 1
    fields = {"reason": "临时检查", "seen": seen(page)}
    assert administrator.post(f"/schedules/{key}/run", fields).status == 200
    again = administrator.post(f"/schedules/{key}/run", fields)
    assert again.status == 409
    assert again.tree.xpath('//textarea[@id="reason-run"]/text()') == ["临时检查"]
    assert len(start_what_waits(house)) == 1
    assert "临时检查" in administrator.get(f"/schedules/{key}").words


def test_one_runs_it_for_one_store(house: House):
    key = deploy(house, "@daily", ONCE_PER_STORE)
    administrator = house.person("U15")
    page = administrator.get(f"/schedules/{key}")
    administrator.post(f"/schedules/{key}/run", {"reason": "补查", "seen": seen(page), "store": "S02"})
    assert [matter.store for matter in start_what_waits(house)] == ["S02"]


def test_pausing_and_resuming_say_by_whom_and_why(house: House):
    key = deploy(house, "0 0 9 * * *")
    administrator = house.person("U15")
    refused = administrator.post(f"/schedules/{key}/pause", {"reason": " "})
    assert refused.status == 422
    assert refused.tree.xpath('//span[@id="error-pause"]') != []
    paused = administrator.post(f"/schedules/{key}/pause", {"reason": "停业整顿"})
    assert paused.status == 200
    assert "停业整顿" in administrator.get("/schedules").words
    resumed = administrator.post(f"/schedules/{key}/resume", {"reason": "恢复营业"})
    assert "停业整顿" in resumed.words
    assert "停业整顿" not in administrator.get("/schedules").words


def test_a_start_that_was_given_up_is_tried_again(house: House):
    key = deploy(house, "0 0 9 * * *")
    administrator = house.person("U15")
    house.unit_of_work.run(schedules.run_now, key, administrator.actor, "临时检查")

    def give_up(session):
        job = session.scalars(select(Job).where(Job.kind == schedules.START)).one()
        job.state, job.error = FAILED, "没有这个岗位。"
        session.flush()
        return job.key

    job_key = house.unit_of_work.run(give_up)
    assert "没有这个岗位。" in administrator.get(f"/schedules/{key}").words
    page = administrator.post(f"/schedules/{key}/starts/{job_key}", {"reason": "岗位已补"})
    assert page.status == 200
    assert len(start_what_waits(house)) == 1


def test_auditors_read_and_cannot_act(house: House):
    key = deploy(house, "0 0 9 * * *")
    auditor = house.person("U13")
    page = auditor.get(f"/schedules/{key}")
    assert page.tree.xpath(f'//form[starts-with(@action, "/schedules/{key}")]') == []
    assert auditor.post(f"/schedules/{key}/pause", {"reason": "因为"}).status == 403


def test_an_english_reader_reads_english(house: House):
    key = deploy(house, "0 0 9 * * *")
    administrator = house.person("U15", "en")
    house.unit_of_work.run(schedules.pause, key, administrator.actor, "review")
    assert "Paused by" in administrator.get(f"/schedules/{key}").words
    assert administrator.get("/schedules/1").status == 404
