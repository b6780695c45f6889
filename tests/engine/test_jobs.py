"""Work that no person does: done inside the click, left for a worker, or for one that comes from outside."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import clock, incidents, jobs, process_instances, topics
from engine.errors import Conflict, ExecutionFailed, NotFound
from engine.models.job import CANCELED, COMPLETED, CREATED, FAILED
from tests.engine.conftest import NOON


@pytest.fixture(autouse=True)
def bind(monkeypatch):
    """Give a topic its function for one test; the ledger has one that works."""

    def bind(topic, function):
        monkeypatch.setattr(topics.find(topic), "function", function)

    bind("trial_ledger", lambda _session, work: {"entry": f"{work.variables['purpose']}/{work.element_id}"})
    return bind


def in_print(office) -> tuple[int, int]:
    root = office.ask("work")
    (job,) = office.jobs(root, CREATED)
    return root, job.key


def claim(office, key, worker="w1", **given):
    return office.run(jobs.claim, key, worker, **given)


def test_inside_work_is_done_in_the_click_and_outside_work_waits_and_wakes(office):
    root, key = in_print(office)
    assert office.variables(root)["entry"] == "地毯/J1_ledger"
    assert office.woken == [key]
    assert office.read(jobs.due) == [key]
    told = [(event.type, event.element_id) for event in office.history(root, "job.")]
    assert told == [("job.completed", "J1_ledger"), ("job.created", "J2_print")]


def test_a_worker_claims_does_and_reports(office):
    root, key = in_print(office)
    claimed = claim(office, key)
    assert (claimed.work.topic, claimed.work.variables["entry"], claimed.retries) == (
        "trial_print",
        "地毯/J1_ledger",
        2,
    )
    assert claim(office, key, "w2") is None
    assert office.read(jobs.due) == []
    office.run(jobs.complete, key, {"pages": 3})
    assert office.variables(root)["pages"] == 3
    office.run(jobs.complete, key, {"pages": 4})  # reported twice, it counts once
    assert office.variables(root)["pages"] == 3
    assert [job.element_id for job in office.jobs(root, CREATED)] == ["J3_scan"]


def test_a_lease_ends_and_somebody_else_takes_the_job(office):
    _, key = in_print(office)
    claim(office, key, lease=timedelta(minutes=5))
    with clock.pinned(NOON + timedelta(minutes=6)):
        assert office.read(jobs.due) == [key]
        assert claim(office, key, "w2").worker == "w2"
        with pytest.raises(Conflict, match="lease"):
            office.run(jobs.extend, key, "w1")
        assert office.run(jobs.extend, key, "w2") > NOON + timedelta(minutes=10)


def test_an_external_job_is_for_workers_of_the_api_alone(office):
    root, key = in_print(office)
    office.run(jobs.complete, key, {"pages": 1})
    assert office.read(jobs.due) == []
    assert office.woken == [key]
    (claimed,) = office.run(jobs.activate, "trial_scan", "api", 5)
    assert office.run(jobs.activate, "trial_scan", "api", 5) == []
    office.run(jobs.complete, claimed.work.key)
    assert office.matter(root).outcome == "done"


def test_an_error_that_the_diagram_foresees_goes_to_its_event(office):
    root, key = in_print(office)
    office.run(jobs.throw_error, key, "no_paper", "缺纸")
    assert office.matter(root).outcome == "no_paper"
    assert office.jobs(root, CREATED) == []
    office.run(jobs.throw_error, key, "no_paper", "缺纸")  # once more changes nothing


def test_an_error_that_nobody_foresaw_is_an_incident_and_the_job_waits(office):
    root, key = in_print(office)
    with pytest.raises(ExecutionFailed, match="jam"):
        office.run(jobs.throw_error, key, "jam", "卡纸")
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    assert (incident.kind, incident.element_id, incident.job_key) == ("error", "J2_print", key)
    assert [job.state for job in office.jobs(root) if job.key == key] == [FAILED]
    assert office.read(jobs.due) == []
    office.run(incidents.resolve, incident.key, office.actor("U15"), "换了打印机")
    assert office.read(jobs.due) == [key]
    office.run(jobs.complete, key, {"pages": 1})
    assert office.variables(root)["pages"] == 1


def test_failures_are_repeated_after_a_pause_and_end_in_an_incident(office):
    root, key = in_print(office)
    claim(office, key)
    office.run(jobs.fail, key, "connection refused")
    (job,) = (job for job in office.jobs(root) if job.key == key)
    assert (job.state, job.retries, job.due_at) == (CREATED, 1, NOON + timedelta(seconds=10))
    with clock.pinned(NOON + timedelta(seconds=10)):
        assert claim(office, key) is not None
        office.run(jobs.fail, key, "connection refused")
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    assert (incident.kind, incident.job_key) == ("job", key)
    office.run(incidents.retry, incident.key, office.actor("U15"))
    assert office.read(jobs.due) == [key]
    office.run(jobs.complete, key, {"pages": 2})
    assert office.read(incidents.listed, office.actor("U15"), root_key=root) == []
    assert [event.details["retries"] for event in office.history(root, "job.failed")] == [1, 0]


def test_a_job_that_waited_for_an_outage_to_end_is_tried_again_as_soon_as_any_other(office):
    root, key = in_print(office)
    pauses = []
    now = NOON + timedelta(hours=1)
    for _failure in range(3):
        with clock.pinned(now):
            claim(office, key)
            office.run(jobs.fail, key, "connection refused", retries=3)
            (job,) = (job for job in office.jobs(root) if job.key == key)
            pauses.append(job.due_at - now)
        now = job.due_at
    assert pauses[0] == timedelta(seconds=10)
    assert pauses[1:] == [timedelta(hours=1)] * 2  # as old as it is, and never longer than an hour


def test_work_of_an_ended_matter_is_cancelled(office):
    root, key = in_print(office)
    office.run(process_instances.cancel, root, office.actor("U15"), "重复")
    assert [job.state for job in office.jobs(root)] == [CANCELED]
    assert claim(office, key) is None
    with pytest.raises(Conflict, match="cancelled"):
        office.run(jobs.complete, key, {})
    office.run(jobs.fail, key, "too late")
    assert [job.state for job in office.jobs(root)] == [CANCELED]


def test_work_of_a_suspended_matter_waits(office):
    root, key = in_print(office)
    office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    assert office.read(jobs.due) == []
    assert claim(office, key) is None
    office.run(process_instances.resume, root, office.actor("U15"), "好了")
    assert claim(office, key) is not None


def test_inside_work_that_fails_undoes_the_click_and_is_tried_again(office, bind):
    def refuse(_session, _work):
        raise ZeroDivisionError("division by zero")

    bind("trial_ledger", refuse)
    root = office.start("work")
    with pytest.raises(ExecutionFailed, match="division by zero"):
        office.complete("U19", root, purpose="地毯", amount=100)
    assert office.waits(root) == ["W0_ask"]
    assert office.matter(root).business_id is None
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    assert (incident.kind, incident.element_id) == ("job", "J1_ledger")

    bind("trial_ledger", lambda _session, _work: {"entry": "登记"})
    office.run(incidents.retry, incident.key, office.actor("U15"))
    assert office.variables(root)["entry"] == "登记"
    assert office.matter(root).business_id == "W-20261123-001"
    completed = office.history(root, "user_task.completed")
    assert [event.actor for event in completed] == ["U19"]


def test_inside_work_may_throw_an_error_of_the_diagram(sqlite_office, bind):
    def foresee(_session, _work):
        raise topics.BpmnError("unforeseen", "没有台账")

    bind("trial_ledger", foresee)
    root = sqlite_office.start("work")
    with pytest.raises(ExecutionFailed, match="unforeseen"):
        sqlite_office.complete("U19", root, purpose="地毯", amount=100)
    assert sqlite_office.waits(root) == ["W0_ask"]


def test_copies_go_out_as_one_job_a_step(office):
    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    (copy,) = (job for job in office.jobs(root) if job.kind == "notification")
    assert (copy.topic, copy.variables["people"], copy.variables["groups"]) == ("notify", ["U19"], [])
    office.complete("U06", root, actual_amount=90)
    last = [job for job in office.jobs(root) if job.kind == "notification"][-1]
    assert (last.variables["people"], last.variables["groups"]) == ([], ["finance_officer"])
    assert set(office.read(jobs.due)) == {copy.key, last.key}


def test_notifications_are_sent_even_when_their_matter_has_ended(office, bind):
    sent = []
    bind("notify", lambda _session, work: sent.append(work.variables) or {})
    root = office.ask("purchase")
    office.complete("U16", root, decision="reject")
    assert office.matter(root).outcome == "rejected"
    (key,) = office.read(jobs.due)
    assert office.run(jobs.run_inside, key)
    assert not office.run(jobs.run_inside, key)
    assert [variables["people"] for variables in sent] == [["U19"]]
    assert [job.state for job in office.jobs(root) if job.kind == "notification"] == [COMPLETED]


def test_an_unknown_job_is_not_found(sqlite_office):
    for command in (jobs.complete, jobs.run_inside):
        with pytest.raises(NotFound):
            sqlite_office.run(command, 1)
    with pytest.raises(NotFound):
        sqlite_office.run(jobs.fail, 1, "nothing")
    assert claim(sqlite_office, 1) is None
