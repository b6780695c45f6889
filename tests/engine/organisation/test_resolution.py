"""Who gets a task: choice, delegation, nobody on his own request, superior, exception queue; never nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.actor import system
from engine.organisation import absences, assignments, delegations, functions, people, resolution, resolvers, snapshot
from engine.organisation.resolvers import Circumstances

TODAY = date(2026, 11, 23)
UNTIL = date(2026, 12, 1)
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
ADMINISTRATOR = system("test")


@pytest.fixture
def resolve(session):
    def resolved(value, applicant="U19", **more):
        more.setdefault("process_id", "procurement_request")
        return resolution.resolve(session, value, applicant=applicant, at=NOON, **more)

    return resolved


@pytest.fixture
def away(session):
    def enter(*person_ids):
        for person_id in person_ids:
            absences.add(session, ADMINISTRATOR, person_id, starts_on=TODAY, ends_on=UNTIL)

    return enter


@pytest.fixture
def delegate(session, as_person):
    def give(owner, to, **more):
        settings = {"starts_on": TODAY, "ends_on": UNTIL, "reason": "出差", **more}
        return delegations.add(session, as_person(owner), to, **settings)

    return give


def line(session, store="S01"):
    return resolvers.line(snapshot.of(session), store, Circumstances(TODAY, "procurement_request")).as_json()


def words(found):
    return [str(rule) for rule in found.rules]


def test_a_plain_id_is_the_person(resolve):
    found = resolve("U16")
    assert (found.assignee, found.owner, found.groups, found.exceptional) == ("U16", None, (), False)
    assert resolve(["U16"]).assignee == "U16"


def test_a_record_keeps_its_words(session, resolve):
    found = resolve(line(session))
    assert found.assignee == "U16"
    assert words(found) == ["区域经理 of A区, which 解放路店 (S01) belongs to."]
    assert found.as_json()["rules"][0]["template"] == "{post} of {unit}, which {asked} belongs to."


def test_several_persons_may_claim(resolve):
    found = resolve(["U16", "U17", "U16"])
    assert (found.assignee, found.persons) == (None, ("U16", "U17"))


def test_nobody_decides_on_his_own_request_his_superior_does(resolve):
    found = resolve("U16", applicant="U16")
    assert found.assignee == "U03"
    assert found.excluded == ("U16",)
    assert words(found) == [
        "吴海 (U16) made this request and cannot decide on it.",
        "Superior of 吴海 (U16): 管理部主任.",
    ]


def test_his_own_task_may_be_done_by_the_applicant_where_the_diagram_says_so(resolve):
    assert resolve("U19", applicant="U19", allow_self=True).assignee == "U19"


def test_a_request_of_the_general_manager_goes_to_the_exception_queue(resolve):
    found = resolve("U01", applicant="U01")
    assert (found.assignee, found.groups, found.exceptional) == (None, ("sysadmin",), True)
    assert words(found)[-1] == "Nobody can do it, so the administrators must choose somebody."


@pytest.mark.parametrize("value", [None, "", [], "U99", ["U98", "U99"], 7, {"a": 1}, {"persons": []}, [None], True])
def test_what_names_nobody_goes_to_the_exception_queue_with_the_reason(resolve, value):
    found = resolve(value)
    assert found.groups == ("sysadmin",)
    assert found.exceptional
    assert found.rules


def test_whoever_takes_part_is_excluded_and_his_superior_steps_in(resolve):
    found = resolve("U16", excluded=["U16", "U03"])
    assert found.assignee == "U02"
    assert found.excluded == ("U03", "U16", "U19")


def test_an_absent_person_is_replaced_by_his_superior(resolve, away):
    away("U16", "U03")
    assert resolve("U16").assignee == "U02"


def test_a_delegate_acts_for_the_owner_even_if_he_is_present(resolve, delegate):
    delegate("U16", "U17")
    found = resolve("U16")
    assert (found.assignee, found.owner) == ("U17", "U16")
    assert "孙颖 (U17) acts for 吴海 (U16) until 2026-12-01: 出差" in words(found)


def test_a_delegate_of_an_absent_line_is_the_same_by_both_ways(session, resolve, delegate, away):
    delegate("U16", "U17")
    away("U16")
    assert (resolve(line(session)).assignee, resolve(line(session)).owner) == ("U17", "U16")


def test_a_delegation_counts_in_its_procedures_and_on_its_days_only(session, resolve, delegate, as_person):
    other = delegate("U16", "U17", process_ids=["maintenance_request"])
    assert resolve("U16").assignee == "U16"
    assert resolve("U16", process_id="maintenance_request").assignee == "U17"
    delegate("U16", "U04", starts_on=date(2026, 11, 24))
    assert resolve("U16").assignee == "U16"
    delegations.revoke(session, as_person("U17"), other.key)
    assert resolve("U16", process_id="maintenance_request").assignee == "U16"


def test_the_delegation_for_a_procedure_goes_before_the_general_one(resolve, delegate):
    delegate("U16", "U17", process_ids=["procurement_request"])
    delegate("U16", "U04")
    assert resolve("U16").assignee == "U17"
    assert resolve("U16", process_id="maintenance_request").assignee == "U04"


def test_nobody_passes_on_what_was_delegated_to_him(resolve, delegate):
    delegate("U16", "U17")
    delegate("U17", "U04")
    assert resolve("U16").assignee == "U17"
    assert resolve("U17").assignee == "U04"


def test_an_absent_or_departed_delegate_does_not_act(session, resolve, delegate, away):
    delegate("U16", "U17")
    away("U17")
    assert resolve("U16").assignee == "U16"
    delegate("U02", "U04")
    people.deactivate(session, ADMINISTRATOR, "U04")
    assert resolve("U02").assignee == "U02"


def test_a_delegate_never_decides_on_his_own_request(session, resolve, delegate, away):
    delegate("U16", "U19")
    assert resolve("U16", applicant="U19").assignee == "U16"
    away("U16")
    assert resolve(line(session), applicant="U19").assignee == "U03"
    assert resolve("U16", applicant="U19", allow_self=True).assignee == "U03"


def test_nobody_acts_for_the_applicant_on_the_applicants_request(resolve, delegate):
    delegate("U16", "U17")
    assert resolve("U16", applicant="U16").assignee == "U03"


def test_ones_own_matter_comes_back_to_oneself(resolve, delegate, away):
    delegate("U19", "U20")
    assert resolve("U19", applicant="U19", allow_self=True).assignee == "U19"
    away("U19")
    found = resolve("U19", applicant="U19", allow_self=True)
    assert (found.assignee, found.owner) == ("U20", "U19")
    assert resolve("U19", applicant="U19", allow_self=True, delegation=False).assignee == "U19"
    away("U21")
    assert resolve("U21", applicant="U21", allow_self=True).assignee == "U21"


def test_a_queue_is_claimed_by_its_group(resolve):
    found = resolve(None, groups=["purchaser"])
    assert (found.assignee, found.persons, found.groups) == (None, (), ("purchaser",))
    assert words(found) == ["Group 采购部: whoever claims it."]


def test_a_delegate_of_a_member_may_claim_from_the_queue_for_him(resolve, delegate):
    delegate("U06", "U08")
    found = resolve(None, groups=["purchaser"])
    assert (found.persons, found.owners, found.groups) == (("U08",), {"U08": "U06"}, ("purchaser",))


def test_a_queue_without_anybody_goes_to_the_superior(session, resolve):
    people.deactivate(session, ADMINISTRATOR, "U06")
    found = resolve(None, groups=["purchaser"])
    assert (found.assignee, found.groups) == ("U02", ())
    assert resolve(None, groups=["nobody_knows"]).exceptional


def test_a_queue_whose_only_member_made_the_request_goes_to_the_superior(resolve):
    assert resolve(None, groups=["purchaser"], applicant="U06").assignee == "U02"
    assert resolve(None, groups=["purchaser"], applicant="U06", allow_self=True).groups == ("purchaser",)


def test_an_assignee_and_groups_together(resolve):
    found = resolve("U16", groups=["purchaser"])
    assert (found.assignee, found.groups) == ("U16", ("purchaser",))


def test_an_auditor_is_never_given_a_task(session, resolve, delegate):
    assert resolve("U13").assignee == "U01"
    (held,) = assignments.of_person(session, "U17")
    assignments.end(session, ADMINISTRATOR, held.key, TODAY - timedelta(days=1))
    assignments.add(session, ADMINISTRATOR, "U17", "auditor", "audit", starts_on=TODAY)
    assert resolve("U17").assignee == "U01"
    with pytest.raises(Exception, match="is an auditor"):
        delegate("U16", "U13")


def test_somebody_who_left_is_replaced_by_his_superior(session, resolve):
    people.deactivate(session, ADMINISTRATOR, "U16")
    found = resolve("U16")
    assert found.assignee == "U03"
    assert words(found)[0] == "吴海 (U16) does not work here any more."


def test_the_words_survive_being_stored(session, resolve, away):
    away("U16")
    found = resolve(line(session), applicant="U03")
    stored = [type(found.rules[0]).from_json(rule) for rule in found.as_json()["rules"]]
    assert [str(rule) for rule in stored] == words(found)


PEOPLE = st.sampled_from([f"U{number:02}" for number in (1, 2, 3, 4, 13, 16, 17, 18, 19, 20, 23, 30)])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    named=st.lists(PEOPLE, max_size=2),
    applicant=PEOPLE,
    gone=st.sets(PEOPLE, max_size=5),
    pairs=st.lists(st.tuples(PEOPLE, PEOPLE), max_size=3),
    excluded=st.sets(PEOPLE, max_size=2),
    allow_self=st.booleans(),
)
def test_whatever_happens_the_task_reaches_somebody_who_may_do_it(
    session, named, applicant, gone, pairs, excluded, allow_self
):
    with session.begin_nested() as savepoint:
        for person in sorted(gone):
            absences.add(session, ADMINISTRATOR, person, starts_on=TODAY, ends_on=UNTIL)
        for owner, to in pairs:
            if to not in {owner, "U13"}:
                acting = people.actor(session, owner, NOON)
                delegations.add(session, acting, to, starts_on=TODAY, ends_on=UNTIL, reason="r")
        found = resolution.resolve(
            session, named, applicant=applicant, process_id="p", at=NOON, allow_self=allow_self, excluded=excluded
        )
        savepoint.rollback()
    reached = {found.assignee, *found.persons} - {None}
    assert reached or found.groups == ("sysadmin",)
    assert not reached & (excluded | {"U13"})
    assert found.owner not in excluded
    if not allow_self:
        assert applicant not in reached
        assert applicant not in {found.owner, *found.owners.values()}
    assert not (reached & gone) - {applicant}
    assert found.rules or reached <= set(named)


def test_functions_answer_as_diagrams_call_them(session):
    bound = functions.bound(session, NOON, "procurement_request")
    assert set(bound) == functions.NAMES
    assert bound["line"]("S05")["persons"] == ["U17"]
    assert bound["line"](None)["persons"] == []
    assert bound["superior"]("U19")["persons"] == ["U16"]
    assert bound["holders"]("purchaser")["persons"] == ["U06"]
    assert bound["person name"]("U19") == "赵倩"
    assert bound["person name"]("U99") == "U99"
    assert [bound["unit name"](unit) for unit in ("A", "X99", None)] == ["A区", "X99", None]
    assert [bound["area of"](unit) for unit in ("S01", "S11", "X99", None)] == ["A", None, None, None]
    assert bound["people with post"]("maint_tech") == [{"value": "U12", "label": "曹军"}]
    assert len(bound["people with post"]()) == 42
    assert [person["value"] for person in bound["people with post"](None, "S02")] == ["U20", "U42"]
    assert [unit["value"] for unit in bound["units of kind"]("area")] == ["A", "B"]
