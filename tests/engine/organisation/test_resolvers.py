"""Who is in office: line(store), superior(person), holders(post, unit), and the words why."""

from __future__ import annotations

from datetime import date

import pytest

from engine.actor import system
from engine.organisation import absences, assignments, delegations, people, resolvers, snapshot, units
from engine.organisation.resolvers import Circumstances

TODAY = date(2026, 11, 23)
UNTIL = date(2026, 12, 1)
NOW = Circumstances(TODAY)
ADMINISTRATOR = system("test")


def away(session, person_id):
    absences.add(session, ADMINISTRATOR, person_id, starts_on=TODAY, ends_on=UNTIL)


def line(session, store):
    return resolvers.line(snapshot.of(session), store, NOW)


def superior(session, person_id):
    return resolvers.superior(snapshot.of(session), person_id, NOW).persons


@pytest.mark.parametrize(
    ("store", "person"),
    [("S01", "U16"), ("S04", "U16"), ("S05", "U17"), ("S10", "U17"), ("S11", "U03")],
)
def test_the_line_of_a_store_is_its_area_manager_or_the_director_without_an_area(session, store, person):
    assert line(session, store).persons == (person,)


def test_the_line_says_why(session):
    assert str(line(session, "S01").rule) == "区域经理 of A区, which 解放路店 (S01) belongs to."
    assert str(line(session, "S11").rule) == "古镇店 (S11) belongs to no area. 管理部主任."


def test_the_words_translate_with_the_names_of_the_organisation(session):
    english = snapshot.of(session).names()
    told = line(session, "S01").rule.translate(lambda text: english.get(text, text))
    assert told == "Area Manager of Area A, which Jiefang Road (S01) belongs to."


def test_an_unknown_store_has_no_line_and_the_reason_is_said(session):
    record = line(session, "S99")
    assert record.persons == ()
    assert str(record.rule) == "There is no store S99."
    assert line(session, None).persons == ()


def test_an_absent_area_manager_is_replaced_by_the_director(session):
    away(session, "U16")
    record = line(session, "S01")
    assert (record.persons, record.owner) == (("U03",), None)
    assert str(record.rule) == "吴海 (U16) is away until 2026-12-01, and nobody stands in. 管理部主任."


def test_the_delegate_of_an_absent_area_manager_stands_in_for_him(session, as_person):
    away(session, "U16")
    delegations.add(session, as_person("U16"), "U17", starts_on=TODAY, ends_on=UNTIL, reason="年假")
    record = line(session, "S01")
    assert (record.persons, record.owner) == (("U17",), "U16")
    assert "孙颖 (U17) stands in" in str(record.rule)


def test_an_absent_delegate_does_not_stand_in(session, as_person):
    delegations.add(session, as_person("U16"), "U17", starts_on=TODAY, ends_on=UNTIL, reason="年假")
    away(session, "U16")
    away(session, "U17")
    assert line(session, "S01").persons == ("U03",)


def test_an_area_without_a_manager_falls_to_the_director(session):
    people.deactivate(session, ADMINISTRATOR, "U16")
    record = line(session, "S01")
    assert record.persons == ("U03",)
    assert "Nobody holds this post." in str(record.rule)


def test_an_acting_manager_counts_while_the_regular_one_is_away(session):
    away(session, "U16")
    assignments.add(session, ADMINISTRATOR, "U18", "area_manager", "A", starts_on=TODAY, ends_on=UNTIL, acting=True)
    assert line(session, "S01").persons == ("U18",)


def test_an_assignment_counts_from_its_first_to_its_last_day(session):
    held = snapshot.of(session).assignments("U16", TODAY)[0]
    assignments.end(session, ADMINISTRATOR, held.key, date(2026, 11, 22))
    assignments.add(session, ADMINISTRATOR, "U18", "area_manager", "A", starts_on=TODAY, ends_on=TODAY)
    organisation = snapshot.of(session)
    expected = {22: ("U16",), 23: ("U18",), 24: ("U03",)}
    for day, persons in expected.items():
        now = Circumstances(date(2026, 11, day))
        assert resolvers.line(organisation, "S01", now).persons == persons


def test_a_store_that_changes_its_area_changes_its_line(session):
    units.move(session, ADMINISTRATOR, "S01", "B")
    assert line(session, "S01").persons == ("U17",)
    units.move(session, ADMINISTRATOR, "S01", None)
    assert line(session, "S01").persons == ("U03",)


@pytest.mark.parametrize(
    ("person", "above"),
    [
        ("U19", ("U16",)),  # store manager → line
        ("U29", ("U03",)),  # of a store without an area
        ("U16", ("U03",)),  # area manager → director
        ("U04", ("U03",)),  # supervisor of store management → director
        ("U03", ("U02",)),  # director → operations manager
        ("U02", ("U01",)),  # operations manager → general manager
        ("U01", ()),  # nobody above
        ("U30", ("U19",)),  # front-of-house supervisor → store manager
        ("U40", ("U25",)),
        ("U18", ("U17",)),  # area assistant → area manager
        ("U12", ("U11",)),  # technician → head of maintenance
        ("U10", ("U09",)),
        ("U13", ("U01",)),  # auditor → general manager
    ],
)
def test_everybody_has_the_superior_that_the_rules_name(session, person, above):
    assert superior(session, person) == above


def test_a_superior_who_is_away_is_replaced_by_his_own_superior(session):
    away(session, "U03")
    assert superior(session, "U16") == ("U02",)
    away(session, "U02")
    assert superior(session, "U16") == ("U01",)
    away(session, "U01")
    record = resolvers.superior(snapshot.of(session), "U16", NOW)
    assert record.persons == ()
    assert str(record.rule).endswith("No higher post can take it.")


def test_whoever_left_still_has_a_superior_by_his_last_post(session):
    people.deactivate(session, ADMINISTRATOR, "U19")
    assert superior(session, "U19") == ("U16",)


def test_holders_look_in_the_unit_then_above_it_or_everywhere(session):
    organisation = snapshot.of(session)

    def holders(post, unit=None):
        return resolvers.holders(organisation, post, unit, NOW).persons

    assert holders("store_manager", "S03") == ("U21",)
    assert holders("area_manager", "S03") == ("U16",)
    assert holders("ops_manager", "S03") == ("U02",)
    assert len(holders("store_manager")) == 11
    assert holders("front_supervisor", "S03") == ("U21",)  # none there: the store manager
    assert holders("emperor") == ()
    assert holders("store_manager", "S99") == ()
