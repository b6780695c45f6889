"""Every verb × every role × own, the same area's and another unit's matter, generated from the routes there are.

What counts is not the answer but the database: whether anything in it is other than before.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.routing import Rule

from engine import clock, drafts, user_tasks
from engine.database import Database
from engine.models import ProcessInstance, Schedule, UserTask
from engine.models.matter_record import WORDS_INDEX
from engine.models.user_task import CREATED
from tests.webapp.conftest import NOON
from tests.webapp.house import PASSWORD, House, ask
from tests.webapp.verbs import PEOPLE, RELATIONS, ROUTES, STARTERS, Verb

READING = {"GET", "HEAD", "OPTIONS"}
KNOWN = {"key", "userTaskKey", "processInstanceKey", "process_id", "path", "job_key", "channel", "rest"} | {
    "person_id",
    "unit_id",
    "code",
}
"""The parts of addresses that the test can fill in."""
AUDITOR = "U13"
#: What everybody leaves behind by looking or signing in, and what is derived from matters for search and statistics.
TRACES = {"matter_view", "access_token", "sign_in_failures", "matter_record", "matter_amount", "step_figure"}


class World:
    """A house with one matter of each kind, whose database is put back after each change."""

    def __init__(self, furnished: Path, folder: Path) -> None:
        self.file, self.kept = folder / "world.db", folder / "kept.db"
        shutil.copyfile(furnished, self.file)
        self._open()
        self.matters = {kind: ask(self.house.person(starter)) for kind, starter in STARTERS.items()}
        self.matters["auditor's"] = ask(self.house.person("U21"))
        with self.house.database.writer() as session:
            root = self.matters["auditor's"]
            session.execute(update(ProcessInstance).where(ProcessInstance.key == root).values(starter=AUDITOR))
            open_task = (UserTask.root_key == root, UserTask.state == CREATED)
            session.execute(update(UserTask).where(*open_task).values(starter=AUDITOR, assignee=AUDITOR))
            session.commit()
        owner = self.house.person("U14").actor
        self.draft = self.house.unit_of_work.run(drafts.create, owner, "chain_store", "改动").key
        with self.house.unit_of_work.read() as session:
            self.tasks = {
                kind: session.scalars(
                    select(UserTask.key).where(UserTask.root_key == root, UserTask.state == CREATED)
                ).one()
                for kind, root in self.matters.items()
            }
            self.schedule = session.scalars(select(Schedule.key)).first() or 1
        self.identities = {person: self._signed_in(person) for person in (*PEOPLE.values(), AUDITOR)}
        self._close()
        shutil.copyfile(self.file, self.kept)
        self._open()
        self.before = self.digest()

    def _open(self) -> None:
        self.house = House(Database(f"sqlite:///{self.file}"))
        self.house.app.config["WTF_CSRF_ENABLED"] = False  # that has tests of its own; here it would hide the verbs

    def _close(self) -> None:
        self.house.database.dispose()
        with sqlite3.connect(self.file) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def restore(self) -> None:
        """Everything as it was at first."""
        self._close()
        for end in ("-wal", "-shm"):
            Path(f"{self.file}{end}").unlink(missing_ok=True)
        shutil.copyfile(self.kept, self.file)
        self._open()

    def digest(self) -> dict[str, str]:
        """What stands in each table that counts."""
        connection = sqlite3.connect(self.file)
        try:
            names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {
                name: hashlib.sha256(repr(self._rows(connection, name)).encode()).hexdigest()
                for name in names
                if name not in TRACES and not name.startswith(WORDS_INDEX)
            }
        finally:
            connection.close()

    @staticmethod
    def _rows(connection: sqlite3.Connection, table: str) -> list[Any]:
        statement = f"SELECT * FROM {table}"  # noqa: S608 - a name that the database itself gave
        return connection.execute(statement).fetchall()

    def changed(self) -> set[str]:
        """The tables that are other than at first."""
        now = self.digest()
        return {name for name in now if now[name] != self.before[name]}

    def _signed_in(self, person: str) -> str:
        with self.house.person(person).client.session_transaction() as session:
            return str(session["_user_id"])

    def client(self, person: str) -> FlaskClient:
        """Somebody who signed in at first."""
        client = self.house.app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = self.identities[person], True
        return client

    def use(self, person: str, rule: Rule, kind: str, verb: Verb) -> set[str]:
        """Let somebody use a route; what changed by it, and everything is as before afterwards."""
        fields = dict(verb.fields)
        if rule.endpoint == "operations.assign":
            fields["to"] = "U16" if kind == "other area" else "U17"  # who does not have it yet, and may
        if rule.endpoint == "operations.send_back":
            fields["to"] = f"{self.matters[kind]}:PR0_request"
        if rule.endpoint == "inbox.claim_several":
            fields["task"] = str(self.tasks[kind])
        with self.house.app.test_request_context():
            from flask import url_for  # noqa: PLC0415 - within a request alone

            address = url_for(rule.endpoint, **self._arguments(rule, kind, verb))
        options: dict[str, Any] = {"data": fields}
        headers = {"Sec-Fetch-Site": "same-origin"}
        if rule.endpoint.startswith("api."):
            options = {"json": fields, "auth": (person, PASSWORD)}
        method = next(iter(sorted((rule.methods or set()) - READING)))
        self.client(person).open(address, method=method, headers=headers, **options)
        changed = self.changed()
        if changed:
            self.restore()
        return changed

    def _arguments(self, rule: Rule, kind: str, verb: Verb) -> dict[str, Any]:
        about_matter = verb.about == "matter" or "process-instances" in rule.rule
        named = {
            "key": self.matters[kind] if about_matter else self.tasks[kind],
            "userTaskKey": str(self.tasks[kind]),
            "processInstanceKey": str(self.matters[kind]),
            "process_id": "procurement_request",
            "path": "bpmn/chain_store/procurement_request.bpmn",
            "job_key": 1,
            "channel": "mail",
            "rest": "anything",
            "person_id": "U19",
            "unit_id": "S01",
            "code": "cashier",
            "jobKey": "1",
            "incidentKey": "1",
            "draft": self.draft,
            "trial": "none",
            "task": 1,
            "pack": "chain_store",
        }
        if rule.endpoint.startswith("workshop."):
            named["key"] = self.draft
        if rule.endpoint.startswith("schedules."):
            named["key"] = self.schedule
        return {name: named[name] for name in rule.arguments}


@pytest.fixture(scope="module")
def world(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with clock.pinned(NOON):
        world = World(furnished_sqlite, tmp_path_factory.mktemp("verbs"))
        yield world
        world._close()


def rules(world: World) -> list[Rule]:
    """Every route by which something could be changed."""
    return [rule for rule in world.house.app.url_map.iter_rules() if (rule.methods or set()) - READING]


def test_every_route_says_who_may_use_it(world: World):
    missing = sorted({rule.endpoint for rule in rules(world)} - ROUTES.keys())
    assert missing == [], (
        f"{', '.join(missing)}: say in ROUTES of tests/webapp/verbs.py what the route is about and who may use it; "
        "this test then proves that nobody else can, and no auditor."
    )
    gone = sorted(ROUTES.keys() - {rule.endpoint for rule in rules(world)})
    assert gone == [], (
        f"{', '.join(gone)}: there are no such routes any more; take them out of tests/webapp/verbs.py."
    )


@pytest.mark.parametrize("endpoint", [name for name, verb in ROUTES.items() if verb.about in ("task", "matter")])
def test_a_verb_changes_something_for_whom_it_is_and_for_nobody_else(world: World, endpoint: str):
    verb = ROUTES[endpoint]
    (rule,) = (each for each in rules(world) if each.endpoint == endpoint)
    wrong = []
    for (role, kind), relation in RELATIONS.items():
        changed = world.use(PEOPLE[role], rule, kind, verb)
        if bool(changed) != (relation in verb.may):
            wrong.append(f"{role} ({relation}) × {kind}: {sorted(changed) or 'nothing changed'}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("endpoint", [name for name, verb in ROUTES.items() if verb.about != "own"])
def test_an_auditor_changes_nothing(world: World, endpoint: str):
    verb = ROUTES[endpoint]
    for rule in (each for each in rules(world) if each.endpoint == endpoint):
        for kind in world.matters:  # the last is his own: he started it before he became an auditor, and has its task
            assert world.use(AUDITOR, rule, kind, verb) == set(), (rule.rule, kind)


@pytest.mark.parametrize("endpoint", [name for name, verb in ROUTES.items() if verb.about == "nothing"])
def test_what_only_answers_changes_nothing(world: World, endpoint: str):
    for rule in (each for each in rules(world) if each.endpoint == endpoint):
        for role, person in PEOPLE.items():
            assert world.use(person, rule, "same area", ROUTES[endpoint]) == set(), (rule.rule, role)


def test_an_auditor_changes_nothing_by_looking(world: World):
    """Every page that an auditor can open leaves everything as it is, but that he looked."""
    client = world.client(AUDITOR)
    for rule in world.house.app.url_map.iter_rules():
        if "GET" not in (rule.methods or set()) or rule.endpoint == "static":
            continue
        for kind in ("same area", "auditor's"):
            if not rule.arguments <= KNOWN:
                continue
            about = ROUTES.get(rule.endpoint) or Verb("matter" if "matters" in rule.rule else "task")
            with world.house.app.test_request_context():
                from flask import url_for  # noqa: PLC0415 - within a request alone

                address = url_for(rule.endpoint, **world._arguments(rule, kind, about))
            client.get(address, buffered=True)
            assert world.changed() == set(), address


def test_the_matters_are_as_the_table_says(world: World):
    """Or the table would speak of something else: all wait with the line of their store."""
    with world.house.unit_of_work.read() as session:
        for kind, holder in {"own": "U16", "same area": "U16", "other area": "U17", "auditor's": AUDITOR}.items():
            task = session.get_one(UserTask, world.tasks[kind])
            assert (task.assignee, task.element_id) == (holder, "AC1_line")
        actor = world.house.person("U16").actor
        assert user_tasks.inbox(session, actor).total == 2
