"""An office that handles papers, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine import attachments, deployments
from engine.actor import system
from engine.models import Attachment, StoredFile
from tests.engine.attachments.files import png
from tests.engine.attachments.papers import PACK
from tests.engine.office import Office


def stored(office):
    """The digests of all contents."""
    with office.unit_of_work.read() as session:
        return sorted(session.scalars(select(StoredFile.sha256)))


def attached(office):
    """How many attachments there are."""
    with office.unit_of_work.read() as session:
        return session.scalar(select(func.count()).select_from(Attachment))


class Desk:
    """An office with the pack of papers, and words for attaching."""

    def __init__(self, office: Office) -> None:
        self.office = office
        office.run(deployments.deploy, PACK, system("test"))

    def upload(self, person, root, field="photos", name="现场.png", content=None):
        task = self.office.task(root)
        given = png() if content is None else content
        return self.office.run(attachments.upload, task.key, field, name, given, self.office.actor(person))

    def read(self, key, person):
        return self.office.read(attachments.read, int(key), self.office.actor(person))

    def ask(self, *contents, **values):
        """A submitted request of U19 with these photos."""
        root = self.office.start("papers")
        keys = [self.upload("U19", root, content=content).key for content in contents]
        self.office.complete("U19", root, purpose="地毯", photos=keys, **values)
        return root


@pytest.fixture
def desk(office):
    return Desk(office)


@pytest.fixture
def sqlite_desk(sqlite_office):
    return Desk(sqlite_office)
