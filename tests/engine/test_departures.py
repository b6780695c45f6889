"""Somebody leaves: everything that waits for him goes to others in one act, and each matter tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from engine import calendar, clock, departures, process_instances, user_tasks
from engine.errors import FormRefused, NotAllowed, NotFound, Refused
from engine.models import ProcessInstance
from engine.organisation import assignments, delegations, journal, people


def leave(office, person="U16", **named):
    day = named.pop("last_day", calendar.local_date(clock.now()))
    return office.run(departures.leave, office.actor("U15"), person, reason="离职", last_day=day, **named)


def preview(office, person="U16", **named):
    return office.read(departures.preview, office.actor("U15"), person, **named)


def test_open_tasks_posts_delegations_and_the_sign_in_go_in_one_act(office):
    today = calendar.local_date(clock.now())
    first, second = office.ask("purchase"), office.ask("purchase")
    office.run(
        delegations.add, office.actor("U16"), "U17", starts_on=today + timedelta(days=3),
        ends_on=today + timedelta(days=9), reason="出差",
    )  # fmt: skip
    found = preview(office)
    assert {each.task.root_key for each in found.tasks} == {first, second}
    assert {each.to for each in found.tasks} == {"U03"}  # his superior, where nobody is chosen
    assert found.is_possible
    assert (len(found.delegations), len(found.assignments)) == (1, 1)
    assert leave(office, successor="U17", chosen={office.task(second).key: "U03"}) == 2
    assert (office.task(first).assignee, office.task(second).assignee) == ("U17", "U03")
    for root, to in ((first, "U17"), (second, "U03")):
        (event,) = office.history(root, "user_task.assigned")
        told = {"from": "U16", "to": to, "reason": "离职"}
        assert (event.actor, told.items() <= event.details.items()) == ("U15", True)
    with pytest.raises(NotAllowed):
        office.actor("U16")
    with office.unit_of_work.read() as session:
        assert [entry.ends_on for entry in assignments.of_person(session, "U16")] == [today]
        assert not delegations.stands(session, "U16", "U17", None, clock.now() + timedelta(days=4))
        kinds = [event.type for event in journal.of(session, office.actor("U15"), "person", "U16", limit=4)]
    assert kinds == ["person.handed_over", "assignment.ended", "person.left", "delegation.revoked"]
    office.complete("U17", first, decision="approve")


def test_a_task_that_a_delegate_has_becomes_the_receivers_own(office):
    today = calendar.local_date(clock.now())
    office.run(delegations.add, office.actor("U16"), "U17", starts_on=today, ends_on=today, reason="出差")
    root = office.ask("purchase")
    assert (office.task(root).assignee, office.task(root).on_behalf_of) == ("U17", "U16")
    leave(office, successor="U17")
    assert (office.task(root).assignee, office.task(root).on_behalf_of) == ("U17", None)
    office.complete("U17", root, decision="approve")


@pytest.mark.parametrize(("successor", "why"), [("U19", "own request"), ("U13", "auditor"), ("U16", "not work here")])
def test_whoever_may_not_have_a_task_is_named_at_it_and_nothing_happens(office, successor, why):
    root = office.ask("purchase")
    key = office.task(root).key
    assert not preview(office, successor=successor).is_possible
    with pytest.raises(FormRefused) as refused:
        leave(office, successor=successor)
    assert why in str(refused.value.fields[f"task.{key}"][0])
    assert office.task(root).assignee == "U16"
    assert office.actor("U16").posts == {"area_manager"}


def test_drafts_that_nobody_else_saw_are_discarded(office):
    draft = office.start("purchase", "U19")
    assert preview(office, "U19").drafts == 1
    for person in ("U16", "U15"):  # as long as he works here it is his alone
        with pytest.raises(NotFound):
            office.run(process_instances.discard, draft, office.actor(person))
    leave(office, "U19", successor="U16")
    assert office.matter(draft).outcome == "discarded"


def test_a_suspended_matter_is_handed_over_too(office):
    root = office.ask("purchase")
    office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    assert leave(office, successor="U17") == 1
    office.run(process_instances.resume, root, office.actor("U15"), "核查完毕")
    assert office.task(root).assignee == "U17"


def test_a_queue_that_nobody_else_works_is_named(office):
    assert preview(office, "U06").emptied == ["purchaser"]
    assert preview(office, "U16").emptied == []


def test_only_an_administrator_hands_over_and_never_his_own(office):
    today = calendar.local_date(clock.now())
    for person in ("U03", "U13", "U14", "U16"):
        with pytest.raises(NotAllowed):
            office.run(departures.leave, office.actor(person), "U19", reason="离职", last_day=today)
        with pytest.raises(NotAllowed):
            office.read(departures.preview, office.actor(person), "U19")
    with pytest.raises(NotAllowed):
        leave(office, "U15")
    root = office.ask("purchase")
    with pytest.raises(NotAllowed):
        office.run(user_tasks.hand_over, office.task(root).key, office.actor("U03"), "U17", "离职")
    with pytest.raises(Refused):
        leave(office, last_day=today + timedelta(days=1))
    office.run(people.deactivate, office.actor("U15"), "U20")
    with pytest.raises(Refused):
        leave(office, "U20")


def test_an_administrator_does_not_choose_who_decides_about_his_own_request(office):
    """Neither by the successor nor for the single task: what he started goes to the superior of whoever leaves."""
    own, other = office.ask("purchase"), office.ask("purchase")
    with office.database.writer.begin() as session:
        session.execute(update(ProcessInstance).where(ProcessInstance.root_key == own).values(starter="U15"))
    key = office.task(own).key
    with pytest.raises(NotAllowed, match="own starter"):
        office.run(user_tasks.hand_over, key, office.actor("U15"), "U17", "离职")
    found = preview(office, successor="U17", chosen={key: "U17"})
    assert {each.task.root_key: each.to for each in found.tasks} == {own: "U03", other: "U17"}
    assert leave(office, successor="U17", chosen={key: "U17"}) == 2
    assert (office.task(own).assignee, office.task(other).assignee) == ("U03", "U17")


def test_without_a_superior_another_administrator_hands_his_request_over(office):
    root = office.ask("purchase")
    office.run(user_tasks.assign, office.task(root).key, office.actor("U15"), "U01", "会签")
    with office.database.writer.begin() as session:
        session.execute(update(ProcessInstance).where(ProcessInstance.root_key == root).values(starter="U15"))
    (each,) = preview(office, "U01", successor="U02").tasks
    assert (each.to, "another administrator" in str(each.problem)) == (None, True)
    with pytest.raises(FormRefused):
        leave(office, "U01", successor="U02")
