"""Separation of duties: no auditor gets a task, who is kept out cannot claim, no delegate decides his own."""

from __future__ import annotations

import pytest

from engine import calendar, clock, user_tasks
from engine.errors import EngineError, NotAllowed
from engine.models import UserTaskCandidate
from engine.organisation import delegations


def test_an_auditor_gets_no_task_by_any_way(office):
    root = office.ask("purchase")
    key = office.task(root).key
    with pytest.raises(EngineError, match="auditor"):
        office.run(user_tasks.assign, key, office.actor("U15"), "U13", "请办理")
    today = calendar.local_date(clock.now())
    with pytest.raises(EngineError, match="auditor"):
        office.run(delegations.add, office.actor("U16"), "U13", starts_on=today, ends_on=today, reason="出差")
    for command in (user_tasks.claim, user_tasks.release, user_tasks.take_over):
        with pytest.raises(NotAllowed):
            office.run(command, key, office.actor("U13"))
    with pytest.raises(NotAllowed):
        office.run(user_tasks.complete, key, office.actor("U13"), {"decision": "approve"})
    assert office.read(user_tasks.inbox, office.actor("U13")).total == 0
    assert "U13" not in office.read(user_tasks.assignable, office.actor("U15"), office.task(root))


def test_no_delegate_decides_on_his_own_request(office):
    today = calendar.local_date(clock.now())
    office.run(delegations.add, office.actor("U16"), "U19", starts_on=today, ends_on=today, reason="出差")
    root = office.ask("purchase", "U19")
    task = office.task(root)
    assert (task.assignee, task.on_behalf_of) == ("U16", None)
    for command, given in ((user_tasks.claim, ()), (user_tasks.complete, ({"decision": "approve"},))):
        with pytest.raises(NotAllowed):
            office.run(command, task.key, office.actor("U19"), *given)


def test_nobody_passes_on_what_was_delegated_to_him(office):
    today = calendar.local_date(clock.now())
    office.run(delegations.add, office.actor("U16"), "U17", starts_on=today, ends_on=today, reason="出差")
    office.run(delegations.add, office.actor("U17"), "U18", starts_on=today, ends_on=today, reason="开会")
    root = office.ask("purchase")
    assert (office.task(root).assignee, office.task(root).on_behalf_of) == ("U17", "U16")
    with pytest.raises(EngineError):
        office.run(user_tasks.claim, office.task(root).key, office.actor("U18"))


def test_who_is_kept_out_of_a_queue_cannot_claim_from_it(office):
    root = office.ask("purchase")
    office.complete("U16", root, decision="approve")
    task = office.task(root)
    with office.database.writer.begin() as session:
        session.add(UserTaskCandidate(user_task_key=task.key, kind="excluded", id="U06"))
        stored = session.get_one(type(task), task.key)
        stored.resolution = {**stored.resolution, "excluded": ["U06"]}
    with pytest.raises(NotAllowed):
        office.run(user_tasks.claim, task.key, office.actor("U06"))
    with pytest.raises(NotAllowed):
        office.run(user_tasks.assign, task.key, office.actor("U15"), "U06", "请办理")


def test_the_history_shows_who_acted_for_whom(office):
    today = calendar.local_date(clock.now())
    office.run(delegations.add, office.actor("U16"), "U17", starts_on=today, ends_on=today, reason="出差")
    root = office.ask("purchase")
    office.complete("U17", root, decision="approve")
    event = office.history(root, "user_task.completed")[-1]
    assert (event.actor, event.on_behalf_of) == ("U17", "U16")
