"""Tasks of people: whose they are, who may do them, what a form takes, and what an inbox shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from engine import clock, user_tasks
from engine.actor import system
from engine.errors import Conflict, FormRefused, NotAllowed, NotFound, Refused
from engine.models import UserTask, UserTaskCandidate
from engine.organisation import absences, assignments, delegations
from engine.user_tasks import Filters
from engine.user_tasks.listing import MOST_COUNTED
from tests.engine.conftest import NOON

SETUP = system("test")


def to_buy(office, starter: str = "U19", line: str = "U16") -> int:
    root = office.ask("purchase", starter)
    office.complete(line, root, decision="approve")
    return root


def hold(office, person: str, post: str, unit: str) -> None:
    office.run(assignments.add, SETUP, person, post, unit, starts_on=date(2026, 1, 1))


def stand_in(office, owner: str, delegate: str) -> None:
    office.run(
        delegations.add,
        office.actor(owner),
        delegate,
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 11, 30),
        reason="出差",
    )


# forms


def test_values_that_the_form_does_not_take_are_refused_and_nothing_moves(office):
    root = office.start("purchase")
    for values, field in [
        ({"purpose": "地毯"}, "amount"),
        ({"purpose": "地毯", "amount": Decimal("1.005")}, "amount"),
        ({"purpose": "地毯", "amount": 1, "starter": "U01"}, "starter"),
        ({"purpose": "地毯", "amount": 1, "store": "S02"}, "store"),
        ({"purpose": "", "amount": 1}, "purpose"),
    ]:
        with pytest.raises(FormRefused) as refused:
            office.complete("U19", root, **values)
        assert field in refused.value.fields
    assert (office.waits(root), office.matter(root).business_id) == (["R0_request"], None)


def test_a_read_only_value_cannot_be_slipped_in(office):
    root = office.ask("purchase")
    with pytest.raises(FormRefused) as refused:
        office.complete("U16", root, decision="approve", purpose="篡改")
    assert list(refused.value.fields) == ["purpose"]
    assert office.variables(root)["purpose"] == "地毯"


def test_what_a_page_posts_is_parsed_and_its_read_only_fields_are_passed_over(office):
    from engine import deployments  # noqa: PLC0415 - as a page does it

    root = office.ask("purchase")
    task = office.task(root)
    form = office.read(deployments.form, task.form_key)
    posted = form.parse({"purpose": "篡改", "decision": "approve", "opinion": "同意"})
    office.run(user_tasks.complete, task.key, office.actor("U16"), posted)
    assert (office.variables(root)["purpose"], office.waits(root)) == ("地毯", ["P4_buy"])
    office.run(user_tasks.complete, task.key, office.actor("U16"), posted)  # the browser sent it twice


def test_a_task_without_a_form_takes_no_values(sqlite_office):
    root = sqlite_office.start("both")
    sqlite_office.complete("U07", root, "B2_admin", accepted=True)
    sqlite_office.complete("U08", root, "B1_finance", decision="approve")
    with pytest.raises(FormRefused):
        sqlite_office.complete("U19", root, remark="无")
    assert sqlite_office.complete("U19", root).ended


def test_history_tells_what_each_field_was_before_and_after(office):
    root = office.ask("purchase")
    office.complete("U16", root, decision="return", opinion="数量不对")
    office.complete("U19", root, purpose="地毯", amount=50)
    last = office.history(root, "user_task.completed")[-1]
    assert last.details["changes"] == {"amount": {"before": 100, "after": 50}}
    assert last.details["values"] == {"purpose": "地毯", "amount": 50}
    decided = office.history(root, "user_task.completed")[1]
    assert decided.details["changes"]["opinion"]["after"] == "数量不对"


# drafts


def test_a_draft_is_kept_for_who_has_the_task(office):
    root = office.start("purchase")
    key, manager = office.task(root).key, office.actor("U19")
    office.run(user_tasks.save_draft, key, manager, {"purpose": "地", "amount": "三百"})
    assert office.read(user_tasks.get, key, manager).draft == {"purpose": "地", "amount": "三百"}
    office.complete("U19", root, purpose="地毯", amount=1)
    assert office.read(user_tasks.get, key, manager).draft is None
    with pytest.raises(Conflict):
        office.run(user_tasks.save_draft, key, manager, {})


def test_nobody_sees_the_draft_of_somebody_else(office):
    root = office.ask("purchase")
    key = office.task(root).key
    office.run(user_tasks.save_draft, key, office.actor("U16"), {"decision": "reject"})
    for person in ("U13", "U15", "U19"):
        assert office.read(user_tasks.get, key, office.actor(person)).draft is None
    office.run(user_tasks.assign, key, office.actor("U15"), "U17", "代办")
    assert office.read(user_tasks.get, key, office.actor("U17")).draft is None


def test_a_draft_has_a_limit(sqlite_office):
    root = sqlite_office.start("purchase")
    with pytest.raises(FormRefused):
        sqlite_office.run(
            user_tasks.save_draft,
            sqlite_office.task(root).key,
            sqlite_office.actor("U19"),
            {"purpose": "长" * 300_000},
        )


# claim, release, assign


def test_a_task_of_a_queue_is_claimed_and_released(office):
    root = to_buy(office)
    key = office.task(root).key
    hold(office, "U07", "purchaser", "purchasing")
    office.run(user_tasks.claim, key, office.actor("U06"))
    office.run(user_tasks.claim, key, office.actor("U06"))  # once more is harmless
    with pytest.raises(Conflict, match="罗斌"):
        office.run(user_tasks.claim, key, office.actor("U07"))
    with pytest.raises(NotAllowed, match="罗斌"):
        office.run(user_tasks.complete, key, office.actor("U07"), {"actual_amount": 1})
    with pytest.raises(NotAllowed):
        office.run(user_tasks.release, key, office.actor("U07"))
    office.run(user_tasks.release, key, office.actor("U06"))
    office.run(user_tasks.claim, key, office.actor("U07"))
    assert office.task(root).assignee == "U07"
    told = [(event.type, event.actor) for event in office.history(root, "user_task.") if event.element_id == "P4_buy"]
    assert told[1:] == [
        ("user_task.claimed", "U06"),
        ("user_task.released", "U06"),
        ("user_task.claimed", "U07"),
    ]


def test_what_was_given_in_person_has_no_queue_to_go_back_to(office):
    root = office.ask("purchase")
    with pytest.raises(Refused, match="no queue"):
        office.run(user_tasks.release, office.task(root).key, office.actor("U16"))


def test_a_superior_or_an_administrator_hands_a_task_over_with_a_reason(office):
    root = office.ask("purchase")
    key = office.task(root).key
    with pytest.raises(Refused, match="reason"):
        office.run(user_tasks.assign, key, office.actor("U15"), "U17", " ")
    with pytest.raises(NotAllowed):
        office.run(user_tasks.assign, key, office.actor("U16"), "U17", "太忙")
    office.run(user_tasks.assign, key, office.actor("U03"), "U17", "休假")  # the area manager's superior
    assert office.task(root).assignee == "U17"
    with pytest.raises(NotAllowed, match="孙颖"):
        office.complete("U16", root, decision="approve")
    office.complete("U17", root, decision="approve")
    (event,) = office.history(root, "user_task.assigned")
    assert (event.actor, dict(event.details)["from"], event.details["to"], event.details["reason"]) == (
        "U03",
        "U16",
        "U17",
        "休假",
    )
    with pytest.raises(Conflict, match="孙颖"):
        office.run(user_tasks.assign, key, office.actor("U15"), "U16", "迟了")


@pytest.mark.parametrize(
    ("to", "error"),
    [("U77", NotFound), ("U13", Refused), ("U19", NotAllowed), ("U16", Conflict)],
    ids=["nobody", "an auditor", "the applicant", "who has it already"],
)
def test_a_task_goes_to_nobody_unfit(office, to, error):
    root = office.ask("purchase")
    with pytest.raises(error):
        office.run(user_tasks.assign, office.task(root).key, office.actor("U15"), to, "试试")
    assert office.task(root).assignee == "U16"


# nobody decides on his own request; who buys does not receive


def test_an_applicant_who_leads_the_area_does_not_decide_on_his_own_request(office):
    root = office.ask("purchase", "U16")
    task = office.task(root)
    assert task.element_id == "A1_line"
    assert task.assignee != "U16"
    with pytest.raises(NotAllowed):
        office.complete("U16", root, decision="approve")


def test_an_applicant_in_the_queue_cannot_claim_his_own_request(office):
    hold(office, "U19", "purchaser", "purchasing")
    root = to_buy(office)
    key, applicant = office.task(root).key, office.actor("U19")
    assert office.read(user_tasks.inbox, applicant).total == 0
    with pytest.raises(NotAllowed, match="own request"):
        office.run(user_tasks.claim, key, applicant)
    with pytest.raises(NotAllowed, match="own request"):
        office.run(user_tasks.complete, key, applicant, {"actual_amount": 1})


def test_the_buyer_does_not_receive(office):
    root = to_buy(office)
    office.complete("U06", root, actual_amount=1)
    key = office.task(root, "P5_receive").key
    with pytest.raises(NotAllowed, match="earlier step"):
        office.run(user_tasks.assign, key, office.actor("U15"), "U06", "顺便")
    hold(office, "U06", "store_manager", "S01")
    second = to_buy(office)
    office.complete("U06", second, actual_amount=1)
    assert office.task(second, "P5_receive").assignee == "U19"


# absence and delegation


def test_a_delegate_acts_for_the_absent_owner_and_both_names_are_kept(office):
    stand_in(office, "U16", "U17")
    root = office.ask("purchase")
    task = office.task(root)
    assert (task.assignee, task.on_behalf_of) == ("U17", "U16")
    owner = office.actor("U16")
    assert office.read(user_tasks.get, task.key, owner).task.key == task.key  # the owner keeps sight of it
    office.complete("U17", root, decision="approve")
    done = office.history(root, "user_task.completed")[-1]
    assert (done.actor, done.on_behalf_of) == ("U17", "U16")


def test_the_owner_takes_a_task_back_from_his_delegate(office):
    stand_in(office, "U16", "U17")
    root = office.ask("purchase")
    key = office.task(root).key
    with pytest.raises(NotAllowed, match="孙颖"):
        office.complete("U16", root, decision="approve")
    office.run(user_tasks.claim, key, office.actor("U16"))
    task = office.task(root)
    assert (task.assignee, task.on_behalf_of) == ("U16", None)


def test_a_task_that_was_open_before_the_delegation_can_be_done_by_either(office):
    root = office.ask("purchase")
    stand_in(office, "U16", "U17")
    delegate = office.actor("U17")
    assert [task.root_key for task in office.read(user_tasks.inbox, delegate, Filters(whose="delegated")).tasks] == [
        root
    ]
    office.complete("U17", root, decision="approve")
    done = office.history(root, "user_task.completed")[-1]
    assert (done.actor, done.on_behalf_of) == ("U17", "U16")


def test_an_absent_manager_is_replaced_by_the_office_above(office):
    office.run(
        absences.add,
        SETUP,
        "U16",
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 11, 24),
        reason="病假",
    )
    assert office.task(office.ask("purchase")).assignee == "U03"


# inbox, done, why


def test_an_inbox_shows_mine_and_my_groups_with_counts(office):
    first, second = to_buy(office), to_buy(office)
    buyer = office.actor("U06")
    office.run(user_tasks.claim, office.task(first).key, buyer)
    everything = office.read(user_tasks.inbox, buyer)
    assert everything.total == 2
    assert office.read(user_tasks.counts, buyer) == user_tasks.Counts(mine=1, groups=1, delegated=0, overdue=0)
    assert [task.root_key for task in office.read(user_tasks.inbox, buyer, Filters(whose="mine")).tasks] == [first]
    assert [task.root_key for task in office.read(user_tasks.inbox, buyer, Filters(whose="groups")).tasks] == [second]


def test_an_inbox_is_filtered_sorted_and_paged(office):
    roots = [office.ask("purchase", person, purpose=f"{name}100%") for person, name in [("U19", "甲"), ("U20", "乙")]]
    other = office.ask("clock", "U21", purpose="丙_")
    line = office.actor("U16")

    def found(**filters):
        return [task.root_key for task in office.read(user_tasks.inbox, line, Filters(**filters)).tasks]

    assert sorted(found()) == sorted([*roots, other])
    assert found(sort="newest") == [other, roots[1], roots[0]]
    assert found()[-1] == other  # what has no due date comes last
    assert found(process_id="clock") == [other]
    assert found(store="S02") == [roots[1]]
    assert found(text="乙") == [roots[1]]
    assert found(text="100%") == roots
    assert found(text="%") == roots
    assert found(text="_") == [other]
    assert found(text="20261123-002") == [roots[1]]
    assert found(overdue=True) == []
    assert len(found(size=1, page=2)) == 1
    assert found(page=9) == []
    with clock.pinned(NOON + timedelta(days=3)):
        assert found(overdue=True) == roots
        assert office.read(user_tasks.counts, line).overdue == 2


def test_a_long_queue_is_listed_whole_and_in_order(office):
    key, buyer = office.task(to_buy(office)).key, office.actor("U06")
    long = MOST_COUNTED + 20
    dates = [None if number % 40 == 0 else NOON + timedelta(hours=number % 7) for number in range(1, long)]

    def write(session):
        for table, column in ((UserTask.__table__, "key"), (UserTaskCandidate.__table__, "user_task_key")):
            for row in session.execute(table.select().where(table.c[column] == key)).mappings().all():
                rows = [{**row, column: key + number} for number in range(1, long)]
                if column == "key":
                    rows = [{**each, "due_at": due} for each, due in zip(rows, dates, strict=True)]
                session.execute(table.insert(), rows)
        return session.get_one(UserTask, key).due_at

    due = {key + number: date for number, date in enumerate([office.run(write), *dates])}
    pages = [office.read(user_tasks.inbox, buyer, Filters(page=number)) for number in range(1, 6)]
    listed = [task.key for page in pages for task in page.tasks]
    assert listed == sorted(due, key=lambda one: (due[one] is None, due[one], one))
    assert [page.page < page.pages for page in pages] == [True, True, True, False, False]
    newest = [
        task.key
        for number in (1, 2)
        for task in office.read(user_tasks.inbox, buyer, Filters(sort="newest", size=100, page=number)).tasks
    ]
    assert newest == sorted(due, reverse=True)
    assert office.read(user_tasks.counts, buyer).groups == MOST_COUNTED


def test_what_one_did_is_listed_the_latest_first(office):
    first, second = office.ask("purchase"), office.ask("clock")
    done = office.read(user_tasks.done, office.actor("U19"))
    assert [task.root_key for task in done.tasks] == [second, first]
    assert office.read(user_tasks.done, office.actor("U19"), text="20261123").total == 2
    assert office.read(user_tasks.done, office.actor("U16")).total == 0


def test_a_task_says_why_it_is_whose(office):
    root = office.ask("purchase", amount=250)
    office.complete("U16", root, decision="approve")
    told = office.read(user_tasks.why, office.task(root).key, office.actor("U02"))
    assert [event.details["value"] for event in told.decisions] == ["ops_manager"]
    assert "运营经理" in str(told.rules[0])
    (trace,) = told.decisions[0].details["trace"]
    assert trace["matched"] == ["authority_rule_2"]


def test_a_page_of_a_task_starts_from_what_the_matter_knows(office):
    root = office.ask("purchase", amount=Decimal("12.50"))
    view = office.read(user_tasks.get, office.task(root).key, office.actor("U16"))
    assert (view.variables["amount"], view.variables["store"], view.may_complete) == (Decimal("12.50"), "S01", True)
    assert not office.read(user_tasks.get, view.task.key, office.actor("U19")).may_complete


def test_completing_tells_what_waits_for_the_same_person_next(office):
    root = office.start("both")
    office.complete("U07", root, "B2_admin", accepted=True)
    assert office.complete("U08", root, "B1_finance", decision="approve").next_tasks == ()  # it is the starter's
    hold(office, "U16", "purchaser", "purchasing")
    claimable = office.ask("purchase")
    done = office.complete("U16", claimable, decision="approve")
    assert done.next_tasks == (office.task(claimable, "P4_buy").key,)
    own = office.ask("purchase", amount=250)
    office.complete("U16", own, decision="return")
    revised = office.complete("U19", own, purpose="地毯", amount=1)
    assert revised.next_tasks == ()


def test_the_conflict_names_who_was_faster_and_when(office):
    root = to_buy(office)
    task = office.task(root)
    with clock.pinned(datetime(2026, 11, 23, 6, 30, tzinfo=UTC)):
        office.run(user_tasks.complete, task.key, office.actor("U06"), {"actual_amount": 1})
    hold(office, "U07", "purchaser", "purchasing")
    with pytest.raises(Conflict, match=r"罗斌.*2026-11-23 14:30"):
        office.run(user_tasks.complete, task.key, office.actor("U07"), {"actual_amount": 2})
    with pytest.raises(Conflict):
        office.run(user_tasks.complete, task.key, office.actor("U06"), {"actual_amount": 2})
