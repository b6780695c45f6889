"""Messages and signals between matters, and from outside."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import clock, jobs, messages, process_instances
from engine.actor import system
from engine.errors import Conflict, NotAllowed, NotFound
from engine.models import Message, Subscription
from engine.models.job import COMPLETED
from tests.engine.conftest import NOON

OUTSIDE = system("test")


def kept(office):
    return office.read(lambda session: session.execute(select(Message)).scalars().all())


def subscribed(office):
    return office.read(lambda session: session.execute(select(Subscription.name)).scalars().all())


def do_due(office):
    for key in office.read(jobs.due):
        office.run(jobs.run_inside, key)


def test_a_message_from_outside_reaches_who_waits_for_its_key(office):
    root, other = office.ask("waiting", purpose="甲"), office.ask("waiting", purpose="乙")
    assert office.run(messages.correlate, "goods_arrived", "乙", {"weight": 5}, OUTSIDE) == other
    assert (office.waits(root), office.waits(other)) == ([], ["M2_check"])
    assert office.variables(other)["weight"] == 5
    with pytest.raises(NotFound):
        office.run(messages.correlate, "goods_arrived", "乙", {}, OUTSIDE)


def test_a_message_waits_for_its_receiver(office):
    assert office.run(messages.publish, "goods_arrived", "甲", {"weight": 5}, OUTSIDE, message_id="m1") is None
    office.run(messages.publish, "goods_arrived", "甲", {"weight": 6}, OUTSIDE, message_id="m1")
    assert len(kept(office)) == 1
    root = office.ask("waiting", purpose="甲")
    assert office.waits(root) == ["M2_check"]
    assert (office.variables(root)["weight"], kept(office), subscribed(office)) == (5, [], [])


def test_a_message_that_nobody_takes_expires(office):
    office.run(messages.publish, "goods_arrived", "甲", {}, OUTSIDE, time_to_live=timedelta(minutes=1))
    with clock.pinned(NOON + timedelta(minutes=2)):
        root = office.ask("waiting", purpose="甲")
        assert office.waits(root) == []
        assert office.run(messages.sweep) == 0
    assert kept(office) == []


def test_a_matter_tells_another_by_a_job_of_its_own(office):
    waits = office.ask("waiting", purpose="甲")
    tells = office.ask("telling", purpose="甲", amount=7)
    assert office.waits(waits) == []  # another matter is never touched under the lock of this one
    do_due(office)
    assert office.waits(waits) == ["M2_check"]
    assert office.variables(waits)["delivered"] == 7
    assert (kept(office), office.read(jobs.due)) == ([], [])

    office.complete("U19", waits, accepted=True)
    office.complete("U19", tells, accepted=True)
    do_due(office)
    assert (office.matter(waits).outcome, office.matter(tells).outcome) == ("done", "done")


def test_a_message_that_missed_its_receiver_is_found_by_the_sweep(office):
    waits = office.ask("waiting", purpose="甲")
    with office.database.writer.begin() as session:  # as if it was published just before the wait was committed
        now = clock.now()
        session.add(
            Message(
                key=77,
                name="goods_arrived",
                correlation_key="甲",
                message_id=None,
                variables={"weight": 9},
                published_at=now,
                expires_at=now + timedelta(hours=1),
            )
        )
    assert office.run(messages.sweep) == 1
    assert office.run(messages.sweep) == 0  # it is on its way
    do_due(office)
    assert (office.waits(waits), office.variables(waits)["weight"], kept(office)) == (["M2_check"], 9, [])


def test_a_signal_reaches_everybody_who_waits(office):
    roots = [office.ask("waiting", purpose=name) for name in ("甲", "乙")]
    for root, name in zip(roots, ("甲", "乙"), strict=True):
        office.run(messages.correlate, "goods_arrived", name, {}, OUTSIDE)
        office.complete("U19", root, accepted=True)
    assert office.run(messages.broadcast, "market_closed", {}, OUTSIDE) == 2
    do_due(office)
    assert [office.matter(root).outcome for root in roots] == ["done", "done"]
    assert {job.state for root in roots for job in office.jobs(root)} == {COMPLETED}


def test_a_suspended_matter_receives_nothing(office):
    root = office.ask("waiting", purpose="甲")
    office.run(process_instances.suspend, root, office.actor("U15"), "核查")
    with pytest.raises(NotFound):
        office.run(messages.correlate, "goods_arrived", "甲", {}, OUTSIDE)
    office.run(messages.publish, "goods_arrived", "甲", {}, OUTSIDE)
    assert office.run(messages.sweep) == 0
    office.run(process_instances.resume, root, office.actor("U15"), "好了")
    assert office.run(messages.sweep) == 1
    do_due(office)
    assert office.waits(root) == ["M2_check"]


def test_a_withdrawal_reaches_its_own_matter_alone(office):
    first, second = office.ask("purchase"), office.ask("purchase")  # both wait for the same message and key
    office.run(process_instances.withdraw, second, office.actor("U19"), "不要了")
    assert (office.matter(second).outcome, office.waits(first)) == ("withdrawn", ["A1_line"])
    with pytest.raises(Conflict):
        office.run(process_instances.withdraw, second, office.actor("U19"), "不要了")


def test_people_send_no_messages(sqlite_office):
    for person in ("U19", "U13", "U14"):
        with pytest.raises(NotAllowed):
            sqlite_office.run(messages.correlate, "withdraw", "withdraw", {}, sqlite_office.actor(person))
