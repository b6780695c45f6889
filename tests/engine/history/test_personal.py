"""A personal value can be taken out of the history, and only so."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import history
from engine.actor import Actor, system
from engine.errors import NotAllowed, NotFound
from engine.models import PersonalValue
from tests.engine.history.conftest import problems
from tests.tampering import tamper


def test_what_was_erased_is_no_alteration(database, matters):
    with database.writer.begin() as session:
        assert history.erase(session, Actor("U15", frozenset({"sysadmin"})), matters[0], reason="离职") == 5
    assert problems(database) == []
    with database.reader() as session:
        events = history.timeline(session, matters[0])
        kept = history.timeline(session, matters[1])
        rows = session.execute(select(PersonalValue).where(PersonalValue.root_key == matters[0])).scalars().all()
    assert {type(event.details["reason"]) for event in events[:5]} == {history.Erased}
    assert kept[0].details["reason"] == "家事"
    assert (events[5].type, events[5].details["reason"]) == ("personal_value.erased", "离职")
    assert {(row.salt, row.value) for row in rows} == {("", None)}


def test_one_value_can_be_erased_alone(database, matters):
    with database.reader() as session:
        digests = (
            session.execute(select(PersonalValue.digest).where(PersonalValue.root_key == matters[0])).scalars().all()
        )
    with database.writer.begin() as session:
        assert history.erase(session, system("law"), matters[0], digests[:1], reason="r") == 1
    with database.writer.begin() as session:
        assert history.erase(session, system("law"), matters[0], reason="r") == 4
        assert history.erase(session, system("law"), matters[0], reason="r") == 0
    assert problems(database) == []


def test_only_administrators_erase_and_only_what_is_there(database, matters):
    with database.writer() as session:
        with pytest.raises(NotAllowed):
            history.erase(session, Actor("U14", frozenset({"process_owner"})), matters[0], reason="r")
        with pytest.raises(NotFound):
            history.erase(session, system("law"), matters[0], ["no such digest"], reason="r")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE personal_value SET value = '\"喜事\"' WHERE root_key = :key", "personal_value_changed"),
        ("UPDATE personal_value SET value = NULL WHERE root_key = :key", "personal_value_changed"),
        ("DELETE FROM personal_value WHERE root_key = :key", "personal_value_missing"),
        (
            "INSERT INTO personal_value VALUES ('abc', :key, 'salt', '1', NULL)",
            "personal_value_unknown",
        ),
    ],
)
def test_an_altered_personal_value_is_found(database, matters, statement, code):
    tamper(database, statement, key=matters[0])
    assert {found for found, _, _ in problems(database)} >= {code}
    with database.reader() as session:  # and the page still opens
        assert len(history.timeline(session, matters[0])) == 5
