"""An organisation with the posts that the packs of these tests name."""

from __future__ import annotations

import pytest

from engine import content, deployments
from engine.actor import Actor
from engine.models import Post
from tests import packs

OWNER = Actor("U14", frozenset({"process_owner"}))


@pytest.fixture
def deploy(database):
    """Deploy a whole pack: ``deploy(authority=…)`` changes one of its files, ``part={…}`` gives only these."""
    with database.writer.begin() as session:
        session.add_all([Post(code=code, name=code, grade="1") for code in ("store_manager", "purchaser")])

    def deploy(part=None, *, pack="p", actor=OWNER, comment=None, files=None, **changed):
        given = content.Pack(pack, part or files or packs.files(pack, **changed), is_whole=part is None)
        with database.writer.begin() as session:
            return deployments.publish_pack(session, given, actor, comment).key

    return deploy
