"""A step that cannot be executed leaves nothing behind but an incident, and can be tried again."""

from __future__ import annotations

import pytest

from engine import incidents, user_tasks
from engine.actor import system
from engine.errors import Conflict, ExecutionFailed, NotAllowed, NotFound
from engine.models.incident import OPEN, RESOLVED
from engine.organisation import people

NOBODY = "U99"


def stuck(office) -> tuple[int, int]:
    """A matter whose first step fails: nobody of the id that its gateway asks for works here yet."""
    root = office.start("failing")
    with pytest.raises(ExecutionFailed) as failure:
        office.complete("U19", root, purpose="地毯", amount=100)
    assert failure.value.element_id == "gw_person"
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    return root, incident.key


def hire(office):
    office.run(people.add, system("test"), NOBODY, name="新人")


def test_a_failed_step_rolls_back_whole_and_says_why(office):
    root, key = stuck(office)
    matter = office.matter(root)
    assert (matter.business_id, matter.submitted_at, office.waits(root)) == (None, None, ["W0_ask"])
    assert "amount" not in office.variables(root)
    incident = office.read(incidents.get, key, office.actor("U15"))
    assert (incident.element_id, incident.kind, incident.state) == ("gw_person", "gateway", OPEN)
    assert incident.attempt["arguments"]["values"] == {"purpose": "地毯", "amount": 100}
    assert [event.type for event in office.history(root)][-1] == "incident.created"
    assert office.history(root, "user_task.completed") == []


def test_the_same_failure_again_is_the_same_incident(office):
    root, key = stuck(office)
    with pytest.raises(ExecutionFailed):
        office.complete("U19", root, purpose="另一事由", amount=5)
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    assert (incident.key, incident.attempt["arguments"]["values"]["purpose"]) == (key, "另一事由")
    assert len(office.history(root, "incident.created")) == 1


def test_once_its_cause_is_put_right_the_attempt_is_made_again_as_it_was(office):
    root, key = stuck(office)
    with pytest.raises(ExecutionFailed):
        office.run(incidents.retry, key, office.actor("U15"))
    assert office.read(incidents.get, key, office.actor("U15")).state == OPEN

    hire(office)
    office.run(incidents.retry, key, office.actor("U15"))
    assert office.variables(root)["amount"] == 100
    assert (office.waits(root), office.task(root).assignee) == (["F2_person"], NOBODY)
    incident = office.read(incidents.get, key, office.actor("U15"))
    assert (incident.state, incident.resolved_by) == (RESOLVED, "U15")
    told = [(event.type, event.actor) for event in office.history(root) if event.actor != "system:engine"]
    assert told[-3:] == [
        ("incident.resolved", "U15"),
        ("user_task.completed", "U19"),
        ("process_instance.submitted", "U19"),
    ]
    with pytest.raises(Conflict, match="closed already"):
        office.run(incidents.retry, key, office.actor("U15"))


def test_an_incident_closes_by_itself_when_the_person_gets_through(office):
    root, key = stuck(office)
    office.complete("U19", root, purpose="地毯", amount=5000)
    assert office.waits(root) == ["F1_other"]
    assert office.read(incidents.get, key, office.actor("U15")).state == RESOLVED


def test_a_task_that_falls_to_nobody_waits_for_the_administrators(office):
    root = office.ask("nobody")
    task = office.task(root)
    assert (task.element_id, task.assignee, task.resolution["exceptional"]) == ("N1_absent", None, True)
    assert [found.key for found in office.read(user_tasks.inbox, office.actor("U15")).tasks] == [task.key]
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    assert (incident.kind, incident.element_id) == ("assignment", "N1_absent")
    office.run(user_tasks.assign, task.key, office.actor("U15"), "U17", "代为办理")
    assert office.read(incidents.get, incident.key, office.actor("U15")).state == RESOLVED
    office.complete("U17", root, decision="approve")
    assert office.matter(root).outcome == "done"


def test_the_end_of_a_matter_closes_its_incidents(office):
    root = office.ask("nobody")
    task = office.task(root)
    office.run(user_tasks.claim, task.key, office.actor("U15"))
    assert office.complete("U15", root, decision="approve").ended
    assert office.read(incidents.listed, office.actor("U15")) == []


def test_who_looks_after_a_matter_puts_its_incidents_right_and_auditors_may_look(office):
    root, key = stuck(office)
    assert office.read(incidents.get, key, office.actor("U13")).key == key
    for person in ("U13", "U20", "U14", "U17"):
        with pytest.raises((NotAllowed, NotFound)):
            office.run(incidents.retry, key, office.actor(person))
        with pytest.raises((NotAllowed, NotFound)):
            office.run(incidents.resolve, key, office.actor(person), "不知道")
    submitted = office.matter(root).submitted_at is not None
    for person, sees in (("U15", True), ("U03", True), ("U16", submitted), ("U17", False), ("U20", False)):
        found = office.read(incidents.listed, office.actor(person))
        assert (key in [incident.key for incident in found]) == sees, person
    with pytest.raises(NotAllowed):
        office.run(incidents.resolve, key, office.actor("U03"), "不知道")
    with pytest.raises(NotAllowed):
        office.read(incidents.listed, office.actor("U35"))
    with pytest.raises(NotFound):
        office.read(incidents.get, 1, office.actor("U15"))


def test_a_matter_that_cannot_start_leaves_nothing(office, monkeypatch):
    from engine.runtime import Workflow  # noqa: PLC0415 - replaced in this test alone
    from feel import Sentence  # noqa: PLC0415 - the same

    def fail(*_arguments, **_named):
        raise ExecutionFailed(Sentence("It fails."), element_id="start", kind="expression")

    monkeypatch.setattr(Workflow, "start", fail)
    with pytest.raises(ExecutionFailed):
        office.start("purchase")
    monkeypatch.undo()
    assert office.read(incidents.listed, office.actor("U15")) == []
