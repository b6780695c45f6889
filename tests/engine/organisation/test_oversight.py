"""Within whose unit a matter is: stores, areas, departments, head office; and who directs what."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from banli import demo
from engine import clock
from engine.actor import Actor
from engine.database import Database
from engine.organisation import assignments, oversight, people
from engine.unit_of_work import UnitOfWork
from tests.engine.conftest import NOON


class Organisation:
    def __init__(self, database: Database) -> None:
        self.unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
        self.unit_of_work.run(demo.load, "banli-demo")

    def of(self, person: str) -> oversight.Oversight:
        with self.unit_of_work.read() as session:
            return oversight.of(session, people.actor(session, person, clock.now()))

    def sees(self, person: str, starter: str, store: str | None) -> bool:
        return self.of(person).covers(SimpleNamespace(starter=starter, store=store))

    def directs(self, person: str, starter: str, store: str | None) -> bool:
        return self.of(person).refusal(SimpleNamespace(starter=starter, store=store)) is None


@pytest.fixture
def organisation(sqlite_database):
    with clock.pinned(NOON):
        yield Organisation(sqlite_database)


@pytest.mark.parametrize(
    ("person", "starter", "store", "sees", "directs"),
    [
        ("U19", "U30", "S01", True, True),  # a supervisor of his store
        ("U19", "U19", "S01", True, False),  # his own request
        ("U19", "U20", "S02", False, False),  # another store
        ("U19", "U16", "S01", False, False),  # what the area manager asks for the store may be about its manager
        ("U19", "system:schedule", "S01", False, False),
        ("U16", "U19", "S01", True, True),
        ("U16", "system:schedule", "S01", True, True),
        ("U16", "U23", "S05", False, False),
        ("U17", "U23", "S05", True, True),
        ("U18", "U23", "S05", False, False),  # the assistant leads nobody
        ("U30", "U35", "S01", False, False),
        ("U03", "U29", "S11", True, True),  # a store without an area
        ("U03", "U01", None, True, False),  # started by somebody above
        ("U02", "U03", "management", True, True),
        ("U13", "U19", "S01", True, False),  # the auditor
        ("U15", "U19", "S01", True, True),
        ("U14", "U19", "S01", False, False),
        ("U06", "U19", "S01", False, False),
    ],
)
def test_matters(organisation, person, starter, store, sees, directs):
    assert organisation.sees(person, starter, store) is sees
    assert organisation.directs(person, starter, store) is directs


@pytest.mark.parametrize(
    ("person", "holder", "groups", "directs"),
    [
        ("U06", None, ("purchaser",), True),  # the only purchaser heads purchasing
        ("U06", None, ("finance_officer",), False),
        ("U11", "U12", (), True),  # the head of maintenance and his technician
        ("U12", "U11", (), False),
        ("U11", None, ("maint_tech",), True),
        ("U03", "U02", (), False),  # above him
        ("U03", "U06", (), True),
        ("U16", "U19", (), True),
        ("U19", "U16", (), False),
        ("U13", "U19", (), False),
    ],
)
def test_tasks(organisation, person, holder, groups, directs):
    assert organisation.of(person).directs_holder(holder, groups) is directs


def test_the_matters_of_who_was_there_before_stay_the_stores(organisation):
    administrator = Actor("U15", frozenset({"sysadmin"}))
    with organisation.unit_of_work.read() as session:
        (held,) = people.snapshot.of(session).by_person["U20"]
    organisation.unit_of_work.run(assignments.end, administrator, held.key, date(2026, 11, 20))
    organisation.unit_of_work.run(
        assignments.add, administrator, "U35", "store_manager", "S02", starts_on=date(2026, 11, 21)
    )
    assert organisation.sees("U35", "U20", "S02")
    assert organisation.directs("U35", "U20", "S02")


def test_one_of_several_equals_heads_no_department(organisation):
    administrator = Actor("U15", frozenset({"sysadmin"}))
    organisation.unit_of_work.run(
        assignments.add, administrator, "U39", "purchaser", "purchasing", starts_on=date(2026, 11, 21)
    )
    assert organisation.of("U06").is_empty
    assert organisation.of("U39").is_empty


def test_who_leads_nobody_oversees_nothing(organisation):
    assert organisation.of("U35").is_empty
    assert not organisation.of("U13").may_act
