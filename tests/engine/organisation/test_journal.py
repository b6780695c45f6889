"""Every change of the organisation is told in its journal, once, with what was before; and the chain stays whole."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine import history
from engine.actor import system
from engine.errors import EngineError, NotAllowed
from engine.history import Erased
from engine.organisation import (
    absences,
    assignments,
    calendars,
    delegations,
    journal,
    people,
    posts,
    units,
)
from tests.engine.organisation.conftest import NOON, TODAY

ADMINISTRATOR = system("test")
TOMORROW = TODAY + timedelta(days=1)
DAY = {"starts_on": TODAY, "ends_on": TODAY}

ACTS = [
    ("person.added", {"person": "U43"}, lambda s, a: people.add(s, a, "U43", name="新人")),
    ("person.changed", {"person": "U20"}, lambda s, a: people.edit(s, a, "U20", name="新", name_en=None, email=None)),
    ("person.changed", {"person": "U20"}, lambda s, a: people.set_language(s, a, "U20", "en")),
    ("person.left", {"person": "U20"}, lambda s, a: people.deactivate(s, a, "U20")),
    ("person.locked", {"person": "U20"}, lambda s, a: people.lock(s, a, "U20")),
    ("person.password_set", {"person": "U20"}, lambda s, a: people.set_password(s, a, "U20", "a new password")),
    ("person.sessions_ended", {"person": "U20"}, lambda s, a: people.end_sessions(s, a, "U20")),
    ("unit.added", {"unit": "S12"}, lambda s, a: units.add(s, a, "S12", kind="store", name="新店")),
    ("unit.changed", {"unit": "S01"}, lambda s, a: units.move(s, a, "S01", "B")),
    ("unit.changed", {"unit": "S01"}, lambda s, a: units.set_open(s, a, "S01", is_open=False)),
    ("unit.changed", {"unit": "S01"}, lambda s, a: units.set_calendar(s, a, "S01", {"weekdays": [1]})),
    ("post.added", {"post": "barista"}, lambda s, a: posts.add(s, a, "barista", name="咖啡师", grade="staff")),
    ("post.changed", {"post": "purchaser"}, lambda s, a: posts.set_superior(s, a, "purchaser", "general_manager")),
    (
        "assignment.added",
        {"person": "U20", "post": "purchaser", "unit": "purchasing"},
        lambda s, a: assignments.add(s, a, "U20", "purchaser", "purchasing", starts_on=TODAY),
    ),
    (
        "assignment.ended",
        {"person": "U20", "post": "store_manager", "unit": "S02"},
        lambda s, a: assignments.end(s, a, assignments.of_person(s, "U20")[0].key, TODAY),
    ),
    ("absence.added", {"person": "U20"}, lambda s, a: absences.add(s, a, "U20", **DAY)),
    (
        "calendar_day.declared",
        {"day": "2026-12-25"},
        lambda s, a: calendars.set_day(s, a, date(2026, 12, 25), working=False, name="盘点"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("event_type", "about", "act"), ACTS)
def test_an_act_is_one_event_that_says_what_it_is_about(session, as_person, event_type, about, act):
    before = history.timeline(session, history.ORGANISATION)
    act(session, as_person("U15"))
    told = history.timeline(session, history.ORGANISATION)[len(before) :]
    assert [(event.type, event.actor) for event in told] == [(event_type, "U15")]
    assert {name: told[0].details.get(name) for name in about} == about
    for subject, identifier in about.items():
        assert journal.of(session, as_person("U13"), subject, identifier, limit=1)[0] == told[0]


@pytest.mark.parametrize(
    "act",
    [
        lambda s, a: units.rename(s, a, "S01", name=units.get(s, "S01").name, name_en=units.get(s, "S01").name_en),
        lambda s, a: units.set_open(s, a, "S01", is_open=True),
        lambda s, a: people.reactivate(s, a, "U20"),
        lambda s, a: calendars.unset_day(s, a, TODAY),
    ],
)
def test_what_changes_nothing_is_not_told(session, as_person, act):
    before = history.timeline(session, history.ORGANISATION)
    act(session, as_person("U15"))
    assert history.timeline(session, history.ORGANISATION) == before


def test_a_refused_act_is_not_told_either(session, as_person):
    before = history.timeline(session, history.ORGANISATION)
    with pytest.raises(EngineError):
        people.edit(session, as_person("U15"), "U20", name=" ", name_en=None, email=None)
    assert history.timeline(session, history.ORGANISATION) == before


def test_from_what_to_what(session, as_person):
    units.move(session, as_person("U15"), "S01", "B")
    (event,) = journal.of(session, as_person("U13"), "unit", "S01", limit=1)
    assert (event.details["before"], event.details["after"]) == ({"parent_id": "A"}, {"parent_id": "B"})


def test_a_delegation_is_told_about_both(session, as_person):
    given = delegations.add(session, as_person("U16"), "U17", **DAY, reason="出差")
    delegations.revoke(session, as_person("U16"), given.key)
    for person in ("U16", "U17"):
        told = [event.type for event in journal.of(session, as_person("U13"), "person", person, limit=2)]
        assert told == ["delegation.revoked", "delegation.added"]


def test_an_id_that_is_the_beginning_of_another_finds_its_own_events_only(session, as_person):
    people.add(session, ADMINISTRATOR, "U2", name="短号")
    assert [event.details["person"] for event in journal.of(session, as_person("U13"), "person", "U2")] == ["U2"]
    people.add(session, ADMINISTRATOR, "U_1", name="下划线")
    assert [event.details["person"] for event in journal.of(session, as_person("U13"), "person", "U_1")] == ["U_1"]


def test_administrators_auditors_and_one_himself_read_it(session, as_person):
    assert journal.of(session, as_person("U19"), "person", "U19")
    for person, subject, identifier in (("U19", "person", "U20"), ("U19", None, ""), ("U14", "unit", "S01")):
        with pytest.raises(NotAllowed):
            journal.of(session, as_person(person), subject, identifier)


def test_names_and_reasons_can_be_erased_and_the_chain_stays_whole(chain):
    with chain.writer.begin() as session:
        absences.add(session, people.actor(session, "U20", NOON), "U20", **DAY, reason="住院")
        told = journal.of(session, ADMINISTRATOR, "person", "U20", limit=1)[0]
        assert told.details["after"]["reason"] == "住院"
        history.erase(session, ADMINISTRATOR, history.ORGANISATION, reason="请求删除")
    with chain.reader() as session:
        erased = journal.of(session, ADMINISTRATOR, "person", "U20", limit=1)[0]
        assert isinstance(erased.details["after"]["reason"], Erased)
    with chain.reader() as session:
        assert history.verify(session).problems == []


def test_pages_of_the_journal_follow_each_other(session, as_person):
    auditor = as_person("U13")
    first = journal.of(session, auditor, limit=5)
    then = journal.of(session, auditor, limit=5, before=first[-1].sequence)
    sequences = [event.sequence for event in (*first, *then)]
    assert sequences == sorted(sequences, reverse=True)
    assert len(set(sequences)) == 10
