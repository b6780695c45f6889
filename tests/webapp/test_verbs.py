"""Every verb × every role × own, the same area's and another unit's objects, generated from the routes there are.

What counts is not the answer but the database: whether anything in it is other than before.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import clock, user_tasks
from engine.database import Database
from engine.models import UserTask
from tests.databases import PostgreSQL
from tests.webapp.conftest import NOON
from tests.webapp.verbs import Verb, matters, organisation, programs, workshop
from tests.webapp.verbs.relations import AUDITOR, RELATIONS, ROLES, relation
from tests.webapp.verbs.world import World
from webapp.api import OPERATIONS

VERBS = (*matters.VERBS, *programs.VERBS, *workshop.VERBS, *organisation.VERBS)
TRIED = [each for each in VERBS if each.about != "oneself"]
OF_PROGRAMS = [each for each in TRIED if each.is_of_programs and each.endpoint not in ("api.nothing", "api.token")]
LOOKED_AT = {"same area", "auditor's", "another's", "all"}
RIGHTS = {f"api.{operation.name}": operation.right for operation in OPERATIONS}


@pytest.fixture(scope="module")
def world(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite."""
    file = tmp_path_factory.mktemp("verbs") / "world.db"
    shutil.copyfile(furnished_sqlite, file)
    with clock.pinned(NOON):
        world = World(Database(f"sqlite:///{file}"), file)
        yield world
        world.close()


@pytest.fixture(scope="module")
def postgresql_world(furnished_postgresql: PostgreSQL) -> Iterator[World]:
    """On PostgreSQL."""
    with furnished_postgresql.copy() as url, clock.pinned(NOON):
        world = World(Database(url), None)
        yield world
        world.close()


def wrongs(world: World, verb: Verb, *, by_token: bool = False) -> list[str]:
    """Who changes something by a verb that is not his, or nothing by one that is."""
    wrong = []
    for instance in RELATIONS[verb.about]:
        for role, person in ROLES.items():
            is_to_it = relation(verb.about, instance, role)
            token = world.tokens[person][""] if by_token else ""
            changed = world.use(person, verb, instance, token=token)
            if bool(changed) != (is_to_it in verb.may):
                wrong.append(f"{role} ({is_to_it}) × {instance}: {sorted(changed) or 'nothing changed'}")
    return wrong


def test_every_route_says_who_may_use_it(world: World):
    named = {each.endpoint for each in VERBS}
    there = {rule.endpoint for rule in world.rules()}
    assert sorted(there - named) == [], (
        "Say in tests/webapp/verbs what these routes are about and who may use them; "
        "this test then proves that nobody else can, and no auditor."
    )
    assert sorted(named - there) == [], "There are no such routes any more; take them out of tests/webapp/verbs."


def test_no_verb_is_for_auditors():
    """Or what follows would prove the wrong thing; their own account apart."""
    for each in VERBS:
        roles = {relation(each.about, one, "auditor") for one in RELATIONS[each.about]}
        assert each.about == "account" or not roles & each.may, str(each)


@pytest.mark.parametrize("verb", TRIED, ids=str)
def test_a_verb_changes_something_for_whom_it_is_and_for_nobody_else(world: World, verb: Verb):
    wrong = wrongs(world, verb)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("verb", OF_PROGRAMS, ids=str)
def test_a_token_lets_its_person_do_the_same_and_no_more(world: World, verb: Verb):
    wrong = wrongs(world, verb, by_token=True)
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("verb", [each for each in OF_PROGRAMS if each.may], ids=str)
def test_a_token_for_other_work_changes_nothing(world: World, verb: Verb):
    for right, token in world.tokens[ROLES["administrator"]].items():
        if right and right != RIGHTS[verb.endpoint]:
            for instance in RELATIONS[verb.about]:
                assert world.use(ROLES["administrator"], verb, instance, token=token) == set(), (right, instance)


@pytest.mark.services
@pytest.mark.parametrize("verb", [each for each in (*matters.VERBS, *programs.VERBS) if each.may], ids=str)
def test_what_is_done_to_matters_is_the_same_on_postgresql(postgresql_world: World, verb: Verb):
    wrong = wrongs(postgresql_world, verb)
    assert wrong == [], "\n".join(wrong)


def test_an_auditor_changes_nothing_by_looking(world: World):
    """Every page that an auditor can open leaves everything as it is, but that he looked."""
    client = world.client(AUDITOR)
    looked = set()
    for rule in world.house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        for about, instances in world.objects.items():
            for instance in instances.keys() & LOOKED_AT:
                values = instances[instance]
                if not rule.arguments <= values.keys() or (not rule.arguments and about != "house"):
                    continue
                client.get(world.address(rule, Verb(rule.endpoint, about), instance), buffered=True)
                looked.add(rule.endpoint)
        assert world.kept.changed() == set(), rule.rule
    assert len(looked) > 90


def test_the_matters_are_as_the_table_says(world: World):
    """Or the table would speak of something else: all wait with the line of their store."""
    holders = {
        "own": "U16",
        "same area": "U16",
        "other area": "U17",
        "administrator's": "U16",
        "auditor's": AUDITOR,
    }
    with world.house.unit_of_work.read() as session:
        for instance, holder in holders.items():
            task = session.get_one(UserTask, world.objects["task"][instance]["key"])
            assert (task.assignee, task.element_id) == (holder, "AC1_line")
        for values in world.objects["queued task"].values():
            task = session.get_one(UserTask, values["key"])
            assert (task.assignee, user_tasks.get(session, task.key, world.actor("buyer")).may_complete) == (
                None,
                True,
            )
