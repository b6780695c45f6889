"""Messages and signals between matters, and from outside."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from engine import clock, content, deployments, jobs, messages, notifications, process_instances
from engine.actor import system
from engine.errors import Conflict, ExecutionFailed, NotAllowed, NotFound, Refused
from engine.models import Message, MessageReceipt, ProcessInstance, Subscription
from engine.models.job import COMPLETED
from feel.sentences import Sentence
from tests.engine.conftest import NOON
from tests.engine.office import PACKS

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


@pytest.fixture
def post(office):
    """The office with procedures that messages and signals start."""
    office.run(deployments.deploy, content.read_pack(PACKS, "post"), OUTSIDE)
    return office


def orders(office):
    statement = select(ProcessInstance).where(ProcessInstance.process_id == "order").order_by(ProcessInstance.key)
    return office.read(lambda session: session.execute(statement).scalars().all())


def test_a_message_id_counts_once_although_the_message_was_taken(office):
    root, other = office.ask("waiting", purpose="甲"), office.ask("waiting", purpose="甲")
    assert office.run(messages.publish, "goods_arrived", "甲", {}, OUTSIDE, message_id="m1") == root
    assert office.run(messages.publish, "goods_arrived", "甲", {}, OUTSIDE, message_id="m1") is None
    assert (office.waits(other), kept(office)) == ([], [])
    with clock.pinned(NOON + timedelta(hours=2)):  # its time is over: it counts as a new one
        assert office.run(messages.publish, "goods_arrived", "甲", {}, OUTSIDE, message_id="m1") == other


def test_of_two_at_once_with_one_id_one_is_taken(office):
    ready = threading.Barrier(2)

    def publish():
        ready.wait()
        return office.run(messages.publish, "goods_arrived", "甲", {}, OUTSIDE, message_id="m1")

    with ThreadPoolExecutor(2) as pool:
        assert [task.result() for task in [pool.submit(publish), pool.submit(publish)]] == [None, None]
    assert len(kept(office)) == 1


def test_the_sweep_forgets_ids_whose_time_is_over(office):
    office.run(
        messages.publish, "goods_arrived", "甲", {}, OUTSIDE, message_id="m1", time_to_live=timedelta(minutes=1)
    )
    assert office.read(messages.is_due) is False
    with clock.pinned(NOON + timedelta(minutes=2)):
        assert office.read(messages.is_due) is True
        office.run(messages.sweep)
        assert office.read(messages.is_due) is False
    assert office.read(lambda session: session.execute(select(MessageReceipt)).first()) is None


def test_a_message_starts_what_it_starts(post):
    given = {"starter": "U19", "store": "S01", "price": Decimal("12.50")}
    root = post.run(messages.publish, "order_placed", "7", given, OUTSIDE, message_id="o7")
    assert post.run(messages.publish, "order_placed", "7", given, OUTSIDE, message_id="o7") is None
    (order,) = orders(post)
    assert (order.key, order.starter, order.store) == (root, "U19", "S01")
    assert post.waits(root) == ["check"]
    assert post.variables(root)["price"] == Decimal("12.50")
    with pytest.raises(Refused):
        post.run(messages.publish, "order_placed", "8", {"starter": "nobody"}, OUTSIDE)
    assert len(orders(post)) == 1


def test_what_a_diagram_throws_starts_others_by_jobs_of_their_own(post):
    post.start("calls")
    assert orders(post) == []  # not under the lock of the matter that threw
    assert len(post.read(jobs.due)) == 2
    do_due(post)
    begun = orders(post)
    assert sorted(order.starter for order in begun) == ["U19", "system:messages"]
    assert [post.waits(order.key) for order in begun] == [["check"], ["check"]]
    assert (kept(post), post.read(jobs.due), post.run(messages.sweep)) == ([], [], 0)


def test_a_signal_from_outside_starts_what_it_starts(post):
    assert post.run(messages.broadcast, "fair_opened", {"starter": "U19"}, OUTSIDE) == 1
    do_due(post)
    assert [order.starter for order in orders(post)] == ["U19"]


def test_a_kept_message_starts_a_procedure_that_was_deployed_later(office):
    office.run(messages.publish, "order_placed", "7", {"starter": "U19"}, OUTSIDE)
    assert office.read(messages.is_due) is False
    office.run(deployments.deploy, content.read_pack(PACKS, "post"), OUTSIDE)
    assert office.read(messages.is_due) is True
    assert office.run(messages.sweep) == 1
    do_due(office)
    assert len(orders(office)) == 1
    assert kept(office) == []


def test_a_start_that_cannot_be_is_told_to_the_administrators_in_the_end(post):
    post.run(messages.broadcast, "fair_opened", {"starter": "nobody"}, OUTSIDE)
    (key,) = post.read(jobs.due)
    now = NOON
    for _attempt in range(3):
        with clock.pinned(now), pytest.raises(ExecutionFailed, match="nobody"):
            post.run(jobs.run_inside, key)
        now += timedelta(hours=2)
    (note,) = post.read(notifications.listed, post.actor("U15")).rows
    assert "fair_opened" in str(Sentence.from_json(note.sentence))
    with clock.pinned(now):
        assert post.read(jobs.due) == []
