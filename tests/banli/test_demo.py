"""The demo organisation: as specified, loaded once, and shut where it is not wanted."""

from __future__ import annotations

import json
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from banli import demo
from engine import calendar, clock, models
from engine.actor import system
from engine.errors import SettingRefused
from engine.organisation import employments, headcounts, people, snapshot, units

SPECIFICATION = Path(os.environ.get("CONFORMANCE_DIR", Path(__file__).parents[3] / "shared" / "conformance")).parent


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def load(database, password="banli-demo"):  # noqa: S107 - printed at every start
    with database.writer.begin() as session:
        return demo.load(session, password)


def signed_in(database, person, password):
    with database.writer.begin() as session:
        return people.authenticate(session, person, password).person_id


def test_it_has_42_people_and_11_stores_with_both_names(database):
    assert load(database) == 42
    with database.reader() as session:
        assert demo.state(session) == "demo"
        organisation = snapshot.of(session)
    assert len(organisation.people) == 42
    assert len([unit for unit in organisation.units.values() if unit.kind == "store"]) == 11
    for entry in (*organisation.people.values(), *organisation.units.values(), *organisation.posts.values()):
        assert entry.name
        assert entry.name_en


def test_it_is_what_the_specification_lists(sqlite_database):
    path = SPECIFICATION / "spec" / "organisation.json"
    if not path.exists():
        pytest.skip("The specification is not beside the checkout.")
    specified = json.loads(path.read_text(encoding="utf-8"))
    load(sqlite_database)
    today = date(2026, 11, 23)
    with sqlite_database.reader() as session:
        organisation = snapshot.of(session)
    for person_id, person in specified["people"].items():
        (held,) = organisation.assignments(person_id, today)
        unit = organisation.units[held.unit_id]
        assert organisation.people[person_id].name == person["name"]
        assert held.post_code == person["role"]
        assert person["unit"] in {unit.id, unit.name}
    for store, area in specified["area"].items():
        assert organisation.units[store].parent_id == area
    for area, manager in specified["area_manager"].items():
        assert organisation.holders("area_manager", area, today) == (manager,)


def test_everybody_is_in_the_register_and_some_are_on_probation(database):
    load(database)
    with database.reader() as session:
        until = calendar.local_date(clock.now()) + timedelta(days=100)
        on_probation = [row.person_id for row in employments.probations_due(session, until)]
        assert set(on_probation) == {"U35", "U36", "U40", "U41", "U42"}
        assert on_probation[0] == "U35"
        assert count(session, models.Employment) == 42
        assert count(session, models.HeadcountPlan) == 88
        assert headcounts.of(session, "S05", "server").planned == 0
    with database.writer.begin() as session:
        headcounts.remove_plan(session, system("test"), "S01", "server")
        headcounts.set_plan(
            session, system("test"), "S02", "server", planned=9, salary_min=Decimal(1), salary_max=Decimal(2)
        )
    load(database)
    with database.reader() as session:
        assert headcounts.of(session, "S01", "server").planned == 4  # what is missing is added
        assert headcounts.of(session, "S02", "server").planned == 9
        assert count(session, models.Employment) == 42


def test_loading_again_adds_nothing_and_keeps_what_was_changed(database):
    load(database)
    with database.writer.begin() as session:
        units.move(session, system("test"), "S01", "B")
        people.set_password(session, people.actor(session, "U19", clock.now()), "U19", "my own password")
        before = [count(session, table) for table in (models.Person, models.Unit, models.Post, models.Assignment)]
    assert load(database) == 0
    with database.reader() as session:
        after = [count(session, table) for table in (models.Person, models.Unit, models.Post, models.Assignment)]
        assert snapshot.of(session).units["S01"].parent_id == "B"
    assert after == before
    assert signed_in(database, "U19", "my own password") == "U19"
    assert signed_in(database, "U20", "banli-demo") == "U20"


def test_another_password_reaches_everybody_who_has_not_chosen_his_own(sqlite_database):
    load(sqlite_database)
    load(sqlite_database, "another password")
    assert signed_in(sqlite_database, "U01", "banli-demo") is None
    assert signed_in(sqlite_database, "U01", "another password") == "U01"


def test_without_demo_nobody_of_them_signs_in_until_it_is_loaded_again(database):
    load(database)
    with database.writer.begin() as session:
        version = people.get(session, "U01").session_version
        assert demo.withdraw(session) == 42
        assert demo.withdraw(session) == 0
    assert signed_in(database, "U01", "banli-demo") is None
    with database.reader() as session:
        assert people.get(session, "U01").session_version == version + 1
    load(database)
    assert signed_in(database, "U01", "banli-demo") == "U01"


def test_it_refuses_a_database_with_real_people(sqlite_database):
    with sqlite_database.writer.begin() as session:
        assert demo.state(session) == "empty"
        people.add(session, system("command line"), "admin", name="管理员", password="a real password")
        assert demo.state(session) == "real"
        with pytest.raises(SettingRefused, match="BANLI_DEMO=1"):
            demo.load(session, "banli-demo")
        assert count(session, models.Person) == 1


def test_a_start_computes_one_hash_for_all(sqlite_database):
    load(sqlite_database)
    with sqlite_database.reader() as session:
        assert len(set(session.scalars(select(models.Person.password_hash)))) == 1
