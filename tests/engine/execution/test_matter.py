"""A matter from the first form to its end, through every kind of step that a diagram has."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from engine import history, incidents, process_instances, user_tasks
from engine.errors import Conflict, ExecutionFailed, NotAllowed, NotFound
from engine.models import HistoryEvent
from engine.models.process_instance import ACTIVE, CANCELED, COMPLETED
from engine.runtime import Activation


def test_a_small_request_is_decided_by_the_line_bought_and_received(office):
    root = office.start("purchase")
    assert office.waits(root) == ["R0_request"]
    assert office.matter(root).business_id is None  # a draft has no number yet

    submitted = office.complete("U19", root, purpose="大厅地毯", amount=Decimal("199.90"))
    assert submitted.business_id == "CG-20261123-001"
    investigated = office.task(root)
    assert (investigated.element_id, investigated.assignee, investigated.title) == ("A1_line", "U16", "大厅地毯")
    assert investigated.summary == [["store", "S01"], ["amount", Decimal("199.90")]]
    assert investigated.due_at is not None

    office.complete("U16", root, decision="approve", opinion="正常需求")
    assert office.waits(root) == ["P4_buy"]
    bought = office.complete("U06", root, actual_amount=180)
    assert bought.next_tasks == ()
    received = office.complete("U19", root, accepted=True)
    assert received.ended
    matter = office.matter(root)
    assert (matter.state, matter.outcome, matter.state_bytes) == (COMPLETED, "completed", None)
    assert office.tasks(root) == []
    assert office.variables(root)["actual_amount"] == 180


def test_a_large_request_passes_the_called_chain(office):
    root = office.ask("purchase", amount=500)
    office.complete("U16", root, decision="approve")
    assert office.waits(root) == ["C2_ops"]
    task = office.task(root)
    assert task.process_instance_key != root
    assert (task.assignee, task.business_id, task.title, task.process_id) == (
        "U02",
        "CG-20261123-001",
        "地毯",
        "chain",
    )
    assert task.summary == [["store", "S01"], ["amount", 500]]
    office.complete("U02", root, decision="approve")
    office.complete("U01", root, "C3_general", decision="approve")
    assert office.waits(root) == ["P4_buy"]
    calls = [event.type for event in office.history(root, "call.")]
    assert calls == ["call.started", "call.ended"]


@pytest.mark.parametrize(("decision", "waits"), [("reject", []), ("return", [])])
def test_what_the_chain_refuses_ends_the_request(sqlite_office, decision, waits):
    root = sqlite_office.ask("purchase", amount=250)
    sqlite_office.complete("U16", root, decision="approve")
    ended = sqlite_office.complete("U02", root, decision=decision)
    assert ended.ended
    assert (sqlite_office.waits(root), sqlite_office.matter(root).outcome) == (waits, "rejected")


def test_a_returned_request_is_revised_under_the_same_number(sqlite_office):
    root = sqlite_office.ask("purchase")
    number = sqlite_office.matter(root).business_id
    sqlite_office.complete("U16", root, decision="return")
    revised = sqlite_office.complete("U19", root, purpose="小地毯", amount=80)
    assert revised.business_id == number
    task = sqlite_office.task(root)
    assert (task.element_id, task.title, task.summary[1]) == ("A1_line", "小地毯", ["amount", 80])
    assert [e.details["business_id"] for e in sqlite_office.history(root, "process_instance.submitted")] == [number]


def test_numbers_count_on_by_procedure_and_day(sqlite_office):
    first, second, other = (sqlite_office.ask(process) for process in ("purchase", "purchase", "clock"))
    numbers = [sqlite_office.matter(root).business_id for root in (first, second, other)]
    assert numbers == ["CG-20261123-001", "CG-20261123-002", "C-20261123-001"]


def test_parallel_tasks_of_one_matter_join(office):
    root = office.start("both")
    assert office.matter(root).submitted_at is not None  # others are asked at once: no draft
    assert office.waits(root) == ["B1_finance", "B2_admin"]
    office.complete("U07", root, "B2_admin", accepted=True)
    assert office.waits(root) == ["B1_finance"]
    office.complete("U08", root, "B1_finance", decision="approve")
    assert office.waits(root) == ["B3_file"]
    assert office.complete("U19", root).ended


def test_a_draft_is_seen_and_discarded_by_its_starter_alone(office):
    root = office.start("purchase")
    for other in ("U16", "U15", "U13", "U30"):
        with pytest.raises(NotFound):
            office.read(process_instances.get, root, office.actor(other))
        with pytest.raises(NotFound):
            office.run(process_instances.discard, root, office.actor(other))
    office.run(process_instances.discard, root, office.actor("U19"))
    matter = office.matter(root)
    assert (matter.state, matter.outcome, office.tasks(root)) == (CANCELED, "discarded", [])
    assert office.read(process_instances.started_by, office.actor("U19")).total == 0
    with pytest.raises(Conflict):
        office.run(process_instances.discard, root, office.actor("U19"))


def test_a_submitted_matter_is_withdrawn_not_discarded(office):
    root = office.ask("purchase")
    with pytest.raises(Conflict, match="withdrawn"):
        office.run(process_instances.discard, root, office.actor("U19"))
    with pytest.raises(NotAllowed):
        office.run(process_instances.withdraw, root, office.actor("U16"), "别人的")
    office.run(process_instances.withdraw, root, office.actor("U19"), "不需要了")
    assert (office.matter(root).outcome, office.tasks(root)) == ("withdrawn", [])
    (event,) = office.history(root, "process_instance.withdrawn")
    assert (event.actor, event.details["reason"]) == ("U19", "不需要了")


def test_withdrawing_while_the_called_chain_decides_cancels_the_chain(office):
    root = office.ask("purchase", amount=500)
    office.complete("U16", root, decision="approve")
    task = office.task(root, "C2_ops")
    assert office.read(process_instances.may_withdraw, office.matter(root), office.actor("U19"))
    office.run(process_instances.withdraw, root, office.actor("U19"), "不需要了")
    child = office.matter(task.process_instance_key)
    assert (child.state, child.state_bytes) == (CANCELED, None)
    assert (office.matter(root).outcome, office.tasks(root)) == ("withdrawn", [])
    canceled = office.history(root, "user_task.canceled")
    assert [event.element_id for event in canceled] == ["C2_ops"]
    with pytest.raises(Conflict, match="no longer needed"):
        office.run(user_tasks.complete, task.key, office.actor("U02"), {"decision": "approve"})


def test_what_was_decided_cannot_be_withdrawn(sqlite_office):
    root = sqlite_office.ask("purchase")
    sqlite_office.complete("U16", root, decision="approve")
    assert not sqlite_office.read(
        process_instances.may_withdraw, sqlite_office.matter(root), sqlite_office.actor("U19")
    )
    with pytest.raises(Conflict, match="cannot be withdrawn any more"):
        sqlite_office.run(process_instances.withdraw, root, sqlite_office.actor("U19"), "晚了")
    assert sqlite_office.matter(root).state == ACTIVE


def test_an_administrator_cancels_a_matter_with_all_that_it_called(office):
    root = office.ask("purchase", amount=500)
    office.complete("U16", root, decision="approve")
    child = office.task(root).process_instance_key
    office.run(process_instances.cancel, root, office.actor("U15"), "重复")
    assert (office.matter(root).state, office.matter(child).state, office.tasks(root)) == (CANCELED, CANCELED, [])
    assert [event.actor for event in office.history(root, "process_instance.canceled")] == ["U15"]


def test_nothing_moves_in_a_suspended_matter(office):
    root = office.ask("purchase")
    administrator = office.actor("U15")
    office.run(process_instances.suspend, root, administrator, "核查")
    with pytest.raises(Conflict, match="suspended"):
        office.complete("U16", root, decision="approve")
    assert office.read(user_tasks.inbox, office.actor("U16")).total == 0
    office.run(process_instances.resume, root, administrator, "核查完毕")
    office.complete("U16", root, decision="approve")
    assert office.waits(root) == ["P4_buy"]


def test_who_holds_no_post_for_it_starts_nothing(sqlite_office):
    with pytest.raises(NotAllowed):
        sqlite_office.start("purchase", "U30")
    with pytest.raises(NotAllowed):
        sqlite_office.start("purchase", "U13")
    with pytest.raises(NotFound):
        sqlite_office.start("unknown")
    with pytest.raises(NotAllowed):
        sqlite_office.run(process_instances.start, "purchase", sqlite_office.actor("U19"), {"amount": 1})
    with pytest.raises(NotAllowed):
        sqlite_office.run(process_instances.start, "purchase", sqlite_office.actor("U19"), None, "S02")


def test_each_member_of_a_panel_decides_for_himself(office):
    root = office.ask("panel")
    assert [task.assignee for task in office.tasks(root)] == ["U07", "U08", "U09"]
    for person in ("U08", "U07", "U09"):
        (task,) = (task for task in office.tasks(root) if task.assignee == person)
        office.run(user_tasks.complete, task.key, office.actor(person), {"decision": "approve", "opinion": person})
    assert (office.matter(root).outcome, office.variables(root)["votes"]) == ("done", ["approve"] * 3)


def test_a_panel_that_is_decided_asks_nobody_any_more(office):
    root = office.ask("panel")
    first = office.tasks(root)[0]
    assert office.run(user_tasks.complete, first.key, office.actor("U07"), {"decision": "reject"}).ended
    assert office.tasks(root) == []
    assert len(office.history(root, "user_task.canceled")) == 2


@pytest.mark.parametrize(("decision", "outcome"), [("approve", "done"), ("return", "broken")])
def test_the_end_of_a_called_process_decides_how_its_caller_goes_on(office, decision, outcome):
    root = office.ask("caller")
    called = office.task(root).process_instance_key
    office.complete("U12", root, decision=decision)
    assert office.matter(root).outcome == outcome
    assert (office.matter(called).outcome, office.matter(called).state) == (
        {"approve": "fine", "return": "broken"}[decision],
        COMPLETED,
    )


def test_an_error_of_a_called_process_that_its_caller_does_not_foresee_stops_there(office):
    root = office.ask("caller")
    with pytest.raises(ExecutionFailed, match="lost"):
        office.complete("U12", root, decision="reject")
    assert office.waits(root) == ["E1_try"]
    (incident,) = office.read(incidents.listed, office.actor("U15"), root_key=root)
    assert (incident.kind, incident.element_id) == ("error", "L1_call")


def test_an_administrator_moves_a_matter_to_another_step(office):
    root = office.ask("purchase")
    investigated = office.task(root)
    terminate, activate = [investigated.element_instance], [Activation("P4_buy")]
    move = {"terminate": terminate, "activate": activate}
    with pytest.raises(NotAllowed):
        office.run(process_instances.modify, root, office.actor("U19"), "快一点", **move)
    with pytest.raises(NotFound):
        office.run(process_instances.modify, root, office.actor("U15"), "改办", activate=[Activation("unknown")])
    office.run(process_instances.modify, root, office.actor("U15"), "改办", **move)
    assert "P4_buy" in office.waits(root)
    assert "A1_line" not in office.waits(root)
    (event,) = office.history(root, "process_instance.modified")
    assert (event.actor, event.details["reason"], event.details["activated"]) == ("U15", "改办", ["P4_buy"])


def test_personal_values_can_be_erased_from_history_and_the_chain_stays_whole(office):
    root = office.start("register")
    office.complete("U19", root, phone="13800138000", remark="新员工")
    task = office.task(root)
    office.complete("U07", root, phone="13900139000", remark="已核")
    office.run(user_tasks.complete, task.key, office.actor("U07"), {"phone": "13900139000", "remark": "已核"})

    def stored() -> str:
        with office.unit_of_work.read() as session:
            return "".join(session.execute(select(HistoryEvent.details)).scalars())

    assert "新员工" in stored()
    assert not any(phone in stored() for phone in ("13800138000", "13900139000"))
    told = office.history(root, "user_task.completed")[-1].details
    assert (told["values"]["phone"], told["changes"]["phone"]["before"]) == ("13900139000", "13800138000")
    assert office.run(history.erase, office.actor("U15"), root, reason="本人要求") > 0
    assert isinstance(office.history(root, "user_task.completed")[-1].details["values"]["phone"], history.Erased)
    with office.unit_of_work.read() as session:
        assert list(history.verify(session).problems) == []
