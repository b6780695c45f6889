"""What was brought to a person's notice: one's own alone, the latest first, read once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from engine import clock, notifications
from engine.actor import Actor
from engine.database import Database
from engine.errors import NotFound
from engine.models import Notification, Person
from engine.unit_of_work import UnitOfWork
from feel.sentences import Sentence

ANNA, BEN = Actor("U1"), Actor("U2")


@pytest.fixture
def unit_of_work(database: Database) -> UnitOfWork:
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
    unit_of_work.run(_brought)
    return unit_of_work


def _brought(session: Session) -> None:
    for person in (ANNA, BEN):
        session.add(Person(id=person.person, name=person.person))
    session.flush()
    for key, person in ((1, ANNA), (2, ANNA), (3, BEN)):
        session.add(
            Notification(
                key=key,
                person_id=person.person,
                kind="copy",
                sentence=Sentence("Copied.").as_json(),
                created_at=clock.now() + timedelta(minutes=key),
            )
        )


def test_everybody_has_his_own_the_latest_first(unit_of_work: UnitOfWork):
    with unit_of_work.read() as session:
        page = notifications.listed(session, ANNA, size=1)
        assert [row.key for row in page.rows] == [2]
        assert (page.total, page.pages) == (2, 2)
        assert [row.key for row in notifications.listed(session, ANNA, page=2, size=1).rows] == [1]


def test_reading_one_leaves_the_others(unit_of_work: UnitOfWork):
    first = unit_of_work.run(notifications.read, 1, ANNA).read_at
    assert unit_of_work.run(notifications.read, 1, ANNA).read_at == first
    with unit_of_work.read() as session:
        assert notifications.unread(session, ANNA) == 1


def test_nobody_reads_those_of_others(unit_of_work: UnitOfWork):
    for key in (3, 99):
        with pytest.raises(NotFound):
            unit_of_work.run(notifications.read, key, ANNA)
    with unit_of_work.read() as session:
        assert notifications.unread(session, BEN) == 1


def test_reading_all_reads_ones_own(unit_of_work: UnitOfWork):
    unit_of_work.run(notifications.read_all, ANNA)
    with unit_of_work.read() as session:
        assert (notifications.unread(session, ANNA), notifications.unread(session, BEN)) == (0, 1)
