"""Going back: the old files are the next deployment, chosen file by file, with a comment in the history."""

from __future__ import annotations

import pytest

from engine import deployments, history
from engine.actor import Actor
from engine.deployments import files
from engine.errors import Conflict, NotAllowed, NotFound, Refused
from engine.models import DecisionDefinition
from tests import packs

OWNER = Actor("U14", frozenset({"process_owner"}))
CLERK = Actor("U19", frozenset({"store_manager"}))
AUTHORITY, FORM = "dmn/p/authority.dmn", "forms/p/request.form"


def restore(database, key, paths, based_on, actor=OWNER, comment="退回旧门槛"):
    with database.writer.begin() as session:
        return deployments.restore(session, key, actor, comment, paths, based_on).key


def test_the_chosen_files_are_as_they_were_and_the_others_stay(database, deploy):
    first = deploy()
    second = deploy(authority=packs.decision(300), form=packs.form(label="原因"))
    third = restore(database, first, [AUTHORITY], second)
    with database.reader() as session:
        assert files.pack(session, third).files == packs.files("p", form=packs.form(label="原因"))
        deployment = files.get(session, third)
        assert (deployment.restores, deployment.comment) == (first, "退回旧门槛")
        assert history.timeline(session, history.DEPLOYMENTS)[-1].details["restores"] == first
        versions = session.query(DecisionDefinition.version).order_by(DecisionDefinition.version).all()
    assert [version for (version,) in versions] == [1, 2, 3]


def test_a_file_that_was_not_there_then_is_taken_out(database, deploy):
    first = deploy()
    more = "forms/p/more.form"
    second = deploy(files=packs.files("p") | {more: packs.form("more")})
    third = restore(database, first, [more], second)
    with database.reader() as session:
        assert more not in files.pack(session, third).files


def test_it_needs_a_reason_a_file_and_the_right_to_publish(database, deploy):
    first = deploy()
    second = deploy(authority=packs.decision(300))
    with pytest.raises(Refused):
        restore(database, first, [AUTHORITY], second, comment=" ")
    with pytest.raises(Refused):
        restore(database, first, [], second)
    with pytest.raises(NotAllowed):
        restore(database, first, [AUTHORITY], second, actor=CLERK)
    with pytest.raises(NotFound):
        restore(database, 7, [AUTHORITY], second)


def test_somebody_who_published_meanwhile_is_not_undone(database, deploy):
    first = deploy()
    second = deploy(authority=packs.decision(300))
    deploy(authority=packs.decision(400))
    with pytest.raises(Conflict):
        restore(database, first, [AUTHORITY], second)
