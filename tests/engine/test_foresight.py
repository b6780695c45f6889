"""Who would get it: the words and the person are those of a matter that really starts; and nothing is started."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from engine import calendar, clock, foresight, user_tasks
from engine.errors import NotAllowed, NotFound, Refused
from engine.models import ProcessInstance
from engine.organisation import absences, delegations, people, units


def today():
    return calendar.local_date(clock.now())


def foresee(office, step, starter="U19", store="S01", day=None, by="U15"):
    return office.read(
        foresight.foresee, office.actor(by), "purchase", step, starter=starter, store=store, day=day or today()
    )


def line_step(office):
    root = office.ask("purchase")
    return root, office.task(root).element_id


def test_it_says_what_a_matter_then_does(office):
    root, step = line_step(office)
    found = foresee(office, step)
    assert found.resolution.assignee == office.task(root).assignee == "U16"
    told = office.read(user_tasks.why, office.task(root).key, office.actor("U16"))
    assert [str(rule) for rule in found.resolution.rules] == [str(rule) for rule in told.rules]
    assert found.unknown == ()


def test_nothing_is_started(office):
    _root, step = line_step(office)
    count = select(func.count()).select_from(ProcessInstance)
    before = office.read(lambda session: session.scalar(count))
    foresee(office, step)
    assert office.read(lambda session: session.scalar(count)) == before


def test_absence_delegation_and_another_day_count(office):
    _root, step = line_step(office)
    later = today() + timedelta(days=7)
    office.run(absences.add, office.actor("U16"), "U16", starts_on=later, ends_on=later)
    assert foresee(office, step).resolution.assignee == "U16"
    assert foresee(office, step, day=later).resolution.assignee == "U03"
    office.run(delegations.add, office.actor("U16"), "U17", starts_on=later, ends_on=later, reason="出差")
    found = foresee(office, step, day=later).resolution
    assert (found.assignee, found.owner) == ("U17", "U16")


def test_nobody_decides_on_his_own_request(office):
    _root, step = line_step(office)
    found = foresee(office, step, starter="U16", store="S01").resolution
    assert found.assignee == "U03"
    assert found.excluded == ("U16",)


def test_where_nobody_is_left_it_is_the_exception_queue(office):
    _root, step = line_step(office)
    for person in ("U16", "U03", "U02", "U01"):
        office.run(people.deactivate, office.actor("U15"), person)
    found = foresee(office, step).resolution
    assert found.exceptional
    assert found.groups == ("sysadmin",)
    root = office.ask("purchase")
    task = office.task(root)
    assert (task.assignee, task.resolution["groups"], task.resolution["exceptional"]) == (None, ["sysadmin"], True)
    assert task.key in {one.key for one in office.read(user_tasks.inbox, office.actor("U15")).tasks}


def test_for_administrators_owners_and_auditors(office):
    _root, step = line_step(office)
    for person in ("U13", "U14", "U15"):
        assert foresee(office, step, by=person).resolution.assignee == "U16"
    for person in ("U16", "U19", "U01"):
        with pytest.raises(NotAllowed):
            foresee(office, step, by=person)


def test_what_there_is_not_is_said_at_its_field(office):
    _root, step = line_step(office)
    with pytest.raises(NotFound) as error:
        foresee(office, "nowhere")
    assert error.value.field == "step"
    office.run(units.set_open, office.actor("U15"), "S02", is_open=False)
    with pytest.raises(Refused) as closed:
        foresee(office, step, store="S02")
    assert closed.value.field == "store"
    office.run(people.deactivate, office.actor("U15"), "U35")
    with pytest.raises(Refused) as left:
        foresee(office, step, starter="U35")
    assert left.value.field == "starter"
