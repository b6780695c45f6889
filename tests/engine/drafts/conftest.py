"""A small pack that is published, and the people who work on it."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine import clock, content, deployments, drafts
from engine.actor import Actor, system
from engine.models import Person, Post
from engine.organisation import assignments, units
from tests import packs

ANNA = Actor("anna", frozenset({"process_owner"}))
BEN = Actor("ben", frozenset({"process_owner"}))
ADMIN = Actor("root", frozenset({"sysadmin"}))
CLERK = Actor("clerk", frozenset({"store_manager"}))
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
AUTHORITY, FORM, REQUEST, APPROVAL = (
    "dmn/p/authority.dmn",
    "forms/p/request.form",
    "bpmn/p/request.bpmn",
    "bpmn/p/approval.bpmn",
)


class Workshop:
    """The commands in transactions of their own, as the pages run them."""

    def __init__(self, database):
        self.database = database

    def do(self, command, *arguments, **named):
        with self.database.writer.begin() as session:
            return command(session, *arguments, **named)

    def read(self, key, actor=ANNA):
        with self.database.reader() as session:
            return drafts.get(session, key, actor)

    def deploy(self, actor=ANNA, comment=None, **changed):
        pack = content.Pack("p", packs.files("p", **changed), is_whole=True)
        return self.do(deployments.publish_pack, pack, actor, comment).key

    def draft(self, actor=ANNA, title="改门槛"):
        return self.do(drafts.create, actor, "p", title).key

    def passed(self, key):
        """A run of the scenarios that went well, on the files as they are now."""
        run = self.do(drafts.begin_run, key, ANNA)
        self.do(drafts.end_run, run.key, system("scenarios"), passed=True, report={})


@pytest.fixture
def workshop(database):
    with clock.pinned(NOW):
        with database.writer.begin() as session:
            codes = ("store_manager", "purchaser", "process_owner", "sysadmin")
            session.add_all([Post(code=code, name=code, grade="1") for code in codes])
            session.flush()
            units.add(session, system("test"), "HQ", kind="head_office", name="总部", name_en="Head Office")
            for actor in (ANNA, BEN, ADMIN, CLERK):
                session.add(
                    Person(
                        id=actor.person,
                        name=actor.person,
                        active=True,
                        demo=False,
                        must_change_password=False,
                        failed_sign_ins=0,
                        session_version=1,
                    )
                )
            session.flush()
            for actor in (ANNA, BEN, ADMIN, CLERK):
                (post,) = actor.posts
                assignments.add(session, system("test"), actor.person, post, "HQ", starts_on=date(2020, 1, 1))
        made = Workshop(database)
        made.deploy()
        yield made
