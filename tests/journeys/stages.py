"""An office in which every page has something to show: matters at all stages, drafts, a trial, an archive, faults."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from engine import audit, clock, deployments, drafts, incidents
from engine.content import Pack
from engine.errors import ExecutionFailed
from engine.models import Assignment, Employment, ProcessInstance, UserTask
from engine.models.user_task import CREATED
from feel import Sentence
from tests.journeys.office import Office
from tests.journeys.pages import ADMINISTRATOR, AREA, BUYER, DIAGRAM, OWNER, STORE, TABLE
from tests.webapp.archive.test_pages import archived
from tests.webapp.house import ROOT, House, Person, ask, request_of
from tests.webapp.schedules.test_pages import deploy as deploy_schedule
from tests.webapp.test_operations import finish


@dataclass(frozen=True)
class Stages:
    """The office, and the keys of what is in it by the names that ``pages`` uses."""

    office: Office
    named: dict[str, Any]


def prepare(office: Office) -> Stages:
    """Bring every kind of thing to the stage in which its page shows the most."""
    house = office.house
    named: dict[str, Any] = {"ended": ask(house.person(STORE), purpose="已办结的地毯申购")}
    finish(house)
    office.fill()
    named["late"] = ask(house.person(STORE), "85.00", category="other", purpose="逾期的申购")
    named["late_task"] = _late(house, named["late"])
    _stopped(house, named["late"])
    entry = archived(house)
    named |= {"entry": entry.key, "archived": entry.root_key, "schedule": deploy_schedule(house, "0 0 9 * * *")}
    named |= _workshop(house)
    named |= _trial(house.person(OWNER))
    house.person(STORE).post("/account/away", {"starts_on": "2030-01-02", "ends_on": "2030-01-05", "reason": "年假"})
    named |= _keys(house)
    house.unit_of_work.run(audit.catch_up)
    house.person("U13").get(f"/audit/matters/{named['ended']}")  # a line in the journal of who looked
    return Stages(office, named)


def _late(house: House, root: int) -> int:
    with house.database.writer() as session:
        open_task = (UserTask.root_key == root, UserTask.state == CREATED)
        session.execute(update(UserTask).where(*open_task).values(due_at=clock.now() - timedelta(hours=5)))
        session.commit()
        return session.scalars(select(UserTask.key).where(*open_task)).one()


def _stopped(house: House, root: int) -> None:
    failure = ExecutionFailed(Sentence("It cannot be."), element_id="AC1_line", kind="expression")
    failure.process_instance_key, failure.values = root, {"amount_total": 85}
    failure.attempt = {"command": None}
    house.unit_of_work.run(incidents.open_for, failure)


def _workshop(house: House) -> dict[str, Any]:
    """A draft that somebody overtook, another that changes a diagram and a table, and two versions between them."""
    owner = house.person(OWNER).actor
    half = (ROOT / TABLE).read_bytes().replace(b"(200..300]", b"(200..500]")
    table = half.replace(b"&gt; 300", b"&gt; 500")
    diagram = (ROOT / DIAGRAM).read_bytes().replace("店长填写申购单".encode(), "填写".encode())
    run = house.unit_of_work.run
    stale = run(drafts.create, owner, "chain_store", "被别人抢先的改动").key
    run(drafts.save, stale, owner, TABLE, half, 0)
    with house.unit_of_work.read() as session:
        old = deployments.current_deployment(session, "chain_store").key
    new = run(deployments.publish_pack, Pack("chain_store", {TABLE: table}), owner, "门槛提高到 500 元").key
    draft = run(drafts.create, owner, "chain_store", "改动").key
    run(drafts.save, draft, owner, DIAGRAM, diagram, 0)
    run(drafts.save, draft, owner, TABLE, half, 0)
    return {"stale_draft": stale, "draft": draft, "old_version": old, "new_version": new}


def _trial(owner: Person) -> dict[str, Any]:
    """A trial of a draft without errors, in which a request waits for the area manager."""
    sound = owner.house.unit_of_work.run(drafts.create, owner.actor, "chain_store", "试办").key
    begun = owner.post(f"/workshop/drafts/{sound}/trial", {"now": "2026-03-02T10:00"})
    trial = begun.path.rsplit("/", 1)[1]
    page = owner.post(f"{begun.path}/start", {"start": f"procurement_request|{STORE}"})
    (form,) = page.tree.xpath('//ul[@class="files"]//a/@href')
    page = owner.post(form.split("?")[0], {**request_of("260.00"), "needed_by": "2026-03-12", "_as": STORE})
    (task,) = page.tree.xpath('//ul[@class="files"]//a/@href')
    (matter,) = page.tree.xpath('//ul[@class="drafts"]//a/@href')
    waits = re.search(r"/tasks/(\d+)\?as=(\w+)$", task)
    assert waits, task
    return {
        "trial": trial,
        "trial_task": waits[1],
        "trial_person": waits[2],
        "trial_matter": matter.rsplit("/", 1)[1],
    }


def _keys(house: House) -> dict[str, Any]:
    with house.unit_of_work.read() as session:
        draft = select(UserTask.key).join(ProcessInstance, ProcessInstance.key == UserTask.root_key)
        unsubmitted = (UserTask.state == CREATED, ProcessInstance.submitted_at.is_(None))
        return {
            "new_task": session.scalars(draft.where(*unsubmitted, ProcessInstance.starter == STORE)).first(),
            "area_task": house.person(AREA).tasks()[0],
            "buyer_task": house.person(BUYER).tasks()[0],
            "holding": session.scalars(select(Assignment.key).where(Assignment.person_id == STORE)).first(),
            "employment": session.scalars(select(Employment.key).where(Employment.person_id == "U35")).first(),
            "administrator": ADMINISTRATOR,
        }
