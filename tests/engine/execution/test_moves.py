"""Return, jump and skip by an administrator: with a reason, told in history, and everything stays whole."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import history, incidents, jobs, process_instances, topics
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.models import UserTaskCandidate
from engine.models.process_instance import COMPLETED
from engine.runtime import Activation

REASON = "情况有变"


def act(office, command, root: int, person: str = "U15", **how):
    office.run(command, root, office.actor(person), REASON, **how)


def told(office, root: int) -> dict:
    return office.history(root, "process_instance.modified")[-1].details


def verified(office) -> list:
    with office.unit_of_work.read() as session:
        return list(history.verify(session).problems)


def bought(office) -> int:
    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    office.complete("U06", root, actual_amount=90)
    assert office.waits(root) == ["P5_receive"]
    return root


def test_return_to_a_step_that_was_done(office):
    root = bought(office)
    received = office.task(root)
    act(office, process_instances.send_back, root, to="P4_buy")
    assert office.waits(root) == ["P4_buy"]
    details = told(office, root)
    assert (details["act"], details["reason"], details["activated"]) == ("return", REASON, ["P4_buy"])
    assert details["terminated"] == [received.element_instance]
    events = [event.type for event in office.history(root)]
    assert events.index("process_instance.modified") < events.index("user_task.canceled")
    office.complete("U06", root, actual_amount=80)
    assert office.complete("U19", root, accepted=True).ended
    assert verified(office) == []


def test_return_into_the_part_that_can_be_withdrawn(office):
    root = bought(office)
    act(office, process_instances.send_back, root, to="A1_line")
    task = office.task(root)
    assert (task.element_id, task.assignee) == ("A1_line", "U16")
    office.run(process_instances.withdraw, root, office.actor("U19"), "算了")
    assert office.matter(root).outcome == "withdrawn"
    assert office.tasks(root) == []


def test_what_was_not_done_cannot_be_returned_to(office):
    root = office.ask("purchase")
    with pytest.raises(Refused, match="was not done yet"):
        act(office, process_instances.send_back, root, to="P5_receive")
    with pytest.raises(Refused, match="was not done yet"):
        act(office, process_instances.send_back, root, to="nothing")
    assert office.waits(root) == ["A1_line"]


def test_jump_ahead_with_what_the_steps_between_would_have_given(office):
    root = office.ask("purchase")
    act(office, process_instances.jump, root, to="P5_receive", variables={"actual_amount": 70})
    assert office.waits(root) == ["P5_receive"]
    assert office.variables(root)["actual_amount"] == 70
    with office.unit_of_work.read() as session:
        assert session.execute(select(UserTaskCandidate)).first() is None
    assert office.complete("U19", root, accepted=True).ended


def test_jump_with_several_branches_open(office):
    root = office.start("both")
    with pytest.raises(Refused, match="2 steps are open"):
        act(office, process_instances.jump, root, to="B3_file")
    first, second = (task.element_instance for task in office.tasks(root))
    with pytest.raises(Refused, match="done twice"):
        act(office, process_instances.jump, root, to="B3_file", ending=[first])
    assert office.waits(root) == ["B1_finance", "B2_admin"]
    act(office, process_instances.jump, root, to="B3_file", ending=[first, second])
    assert office.waits(root) == ["B3_file"]
    assert office.complete("U19", root).ended


def test_skip_one_branch_and_the_other_one_joins(office):
    root = office.start("both")
    act(office, process_instances.skip, root, element_instance=office.task(root, "B1_finance").element_instance)
    assert office.waits(root) == ["B2_admin"]
    assert told(office, root)["act"] == "skip"
    office.complete("U07", root, accepted=True)
    assert office.waits(root) == ["B3_file"]
    assert verified(office) == []


def test_skip_a_call_ends_what_was_called(office):
    root = office.ask("purchase", amount=500)
    office.complete("U16", root, decision="approve")
    called = office.task(root).process_instance_key
    waiting = office.matter(called).parent_element_instance
    act(office, process_instances.skip, root, element_instance=waiting, variables={"decision": "approve"})
    assert (office.matter(called).state, office.waits(root)) == ("CANCELED", ["P4_buy"])


def test_move_within_a_called_process(office):
    root = office.ask("purchase", amount=500)
    office.complete("U16", root, decision="approve")
    office.complete("U02", root, decision="approve")
    called = office.task(root).process_instance_key
    act(office, process_instances.send_back, root, to="C2_ops", process_instance_key=called)
    assert office.waits(root) == ["C2_ops"]
    act(office, process_instances.skip, root, process_instance_key=called,
        element_instance=office.task(root).element_instance, variables={"chain_result": "reject"})  # fmt: skip
    assert office.matter(root).outcome == "rejected"
    with pytest.raises(NotFound):
        act(office, process_instances.jump, office.ask("clock"), to="C2_ops", process_instance_key=called)


def test_what_stopped_at_a_step_that_is_given_up_is_no_incident_any_more(office, monkeypatch):
    monkeypatch.setattr(topics.find("trial_ledger"), "function", lambda _session, _work: {"entry": "记"})
    root = office.ask("work")
    (job,) = office.jobs(root, "CREATED")
    for _ in range(2):
        office.run(jobs.fail, job.key, "out of order")
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    act(office, process_instances.skip, root, element_instance=job.element_instance, variables={"pages": 0})
    assert office.read(incidents.listed, office.actor("U15"), root_key=root) == []
    assert office.jobs(root)[-2].state == "CANCELED"
    with pytest.raises(Conflict):
        office.run(incidents.retry, incident.key, office.actor("U15"))


def test_only_administrators_of_a_matter_that_moves_and_its_managers_to_send_it_back(office):
    root = bought(office)
    for person in ("U19", "U17", "U06"):  # whose request it is, who manages another area, who bought
        with pytest.raises((NotAllowed, NotFound)):
            act(office, process_instances.send_back, root, person, to="P4_buy")
    for person in ("U13", "U16"):  # an auditor; and its manager, who may send back but lead nowhere
        with pytest.raises(NotAllowed):
            act(office, process_instances.jump, root, person, to="P4_buy")
    with pytest.raises(Refused, match="reason"):
        office.run(process_instances.jump, root, office.actor("U15"), "", to="P4_buy")
    act(office, process_instances.suspend, root)
    with pytest.raises(Conflict, match="suspended"):
        act(office, process_instances.skip, root, element_instance="1")
    act(office, process_instances.resume, root)
    office.complete("U19", root, accepted=True)
    assert office.matter(root).state == COMPLETED
    with pytest.raises(Conflict, match="has ended"):
        act(office, process_instances.jump, root, to="P4_buy")


def test_what_is_begun_within_what_ends_is_refused(office):
    root = office.ask("purchase")
    with pytest.raises(Refused):
        act(office, process_instances.modify, root, terminate=["2"], activate=[Activation("A1_line")])
    assert office.waits(root) == ["A1_line"]
