"""start_process: another matter, linked to this one, once for each job, with both or with neither."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from engine import deployments, history, incidents, process_instances
from engine.errors import ExecutionFailed
from engine.models import MatterLink, ProcessInstance
from tests.workers.work import TEST, House, diagram, pack
from workers.topics import start_process

INPUTS = {"variables": "={purpose: purpose, amount: 12.50}"}


@pytest.fixture
def house(office, tmp_path):
    return House(office, tmp_path)


def links(house):
    return house.office.read(lambda session: session.execute(select(MatterLink)).scalars().all())


def matters(house):
    statement = select(ProcessInstance).order_by(ProcessInstance.key)
    return house.office.read(lambda session: session.execute(statement).scalars().all())


def test_it_starts_a_matter_for_a_person_with_variables(house):
    house.deploy("opening", "start_process", {"process": "waiting", "starter": "U18", "store": "S02"}, INPUTS)
    root = house.start("opening", purpose="地毯")
    (link,) = links(house)
    assert (link.from_key, link.element_id) == (root, "task")
    begun = house.office.matter(link.to_key)
    assert (begun.process_id, begun.starter, begun.store) == ("waiting", "U18", "S02")
    assert house.office.variables(begun.key)["purpose"] == "地毯"
    assert str(house.office.variables(begun.key)["amount"]) == "12.50"
    assert house.office.variables(root)["started"] == {"matter": str(begun.key), "number": None}
    assert house.office.task(begun.key).assignee == "U18"


def test_without_more_it_is_for_who_started_this_one(house):
    house.deploy("opening", "start_process", {"process": "waiting"})
    house.start("opening")
    begun = house.office.matter(links(house)[0].to_key)
    assert (begun.starter, begun.store) == ("U19", "S01")


def test_both_histories_tell_of_it_and_stay_whole(house):
    house.deploy("opening", "start_process", {"process": "waiting"})
    root = house.start("opening")
    (link,) = links(house)
    (here,) = house.office.history(root, "process_instance.linked")
    (there,) = house.office.history(link.to_key, "process_instance.linked")
    assert (here.element_id, here.details["direction"], here.details["matter"]) == ("task", "started", link.to_key)
    assert (there.details["direction"], there.details["matter"]) == ("started by", root)
    assert house.office.read(history.verify).problems == []


def test_a_matter_shows_its_links_to_who_may_see_the_other_one(house):
    house.deploy("begun", "write_ledger", {"ledger": "visits"})
    house.deploy("opening", "start_process", {"process": "begun", "starter": "U18"})
    root = house.start("opening")
    begun = links(house)[0].to_key

    def linked(person, key):
        found = house.office.read(process_instances.linked, key, house.office.actor(person))
        return [(link.direction, link.matter.key) for link in found]

    assert linked("U18", begun) == []  # U18 takes no part in the matter that started it
    assert linked("U15", begun) == [("started by", root)]
    assert linked("U15", root) == [("started", begun)]


def test_the_same_job_once_more_starts_nothing(house):
    house.deploy("opening", "start_process", {"process": "waiting"})
    house.start("opening")
    (link,) = links(house)
    work = start_process.Work(link.job_key, "start_process", link.from_key, link.from_key, "task", {}, {})
    told = house.office.run(start_process.run, work)
    assert told["started"]["matter"] == str(link.to_key)
    assert len(links(house)) == 1


@pytest.mark.parametrize(
    ("headers", "inputs"),
    [
        ({"process": "nothing"}, {}),
        ({"process": "waiting", "starter": "nobody"}, {}),
        ({"process": "waiting"}, {"variables": '={starter: "U01"}'}),
        ({"process": "waiting"}, {"variables": '="no context"'}),
        ({"process": "broken"}, {}),
    ],
)
def test_what_cannot_be_started_stops_this_one_too_with_a_reason(house, headers, inputs):
    house.deploy("broken", "write_ledger", {"ledger": "visits", "unit": "nowhere"})
    before = len(matters(house))
    house.deploy("opening", "start_process", headers, inputs)
    with pytest.raises(ExecutionFailed) as failed:
        house.start("opening")
    assert (failed.value.element_id, failed.value.kind) == ("task", "job")
    assert (len(matters(house)), links(house)) == (before, [])


def test_matters_that_start_one_another_without_end_are_stopped(house):
    house.office.run(
        deployments.deploy, pack(opening=diagram("opening", "start_process", {"process": "opening"})), TEST
    )
    with pytest.raises(ExecutionFailed, match="More than 10 matters"):
        house.start("opening")
    assert links(house) == []


def test_links_are_never_changed(house):
    house.deploy("opening", "start_process", {"process": "waiting"})
    house.start("opening")
    for statement in ("UPDATE matter_link SET element_id = 'x'", "DELETE FROM matter_link"):
        with pytest.raises(Exception, match=r"append-only|refused"):
            house.office.run(lambda session, statement=statement: session.execute(text(statement)))
    assert house.office.read(incidents.listed, house.office.actor("U15")) == []
