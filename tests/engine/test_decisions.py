"""Asking a deployed decision by itself."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from engine import content, decisions, deployments
from engine.actor import Actor, system
from engine.errors import ExecutionFailed, NotAllowed, NotFound
from engine.models import DecisionDefinition
from tests import packs

OWNER = Actor("U14", frozenset({"process_owner"}))


@pytest.fixture
def deployed(database):
    for threshold in (200, 300):
        with database.writer.begin() as session:
            pack = content.Pack("p", packs.files(authority=packs.decision(threshold)), is_whole=True)
            deployments.deploy(session, pack, system("deployment"))
    return database


def test_the_current_version_answers_with_its_trace(deployed):
    with deployed.reader() as session:
        answer = decisions.evaluate(session, "authority", OWNER, {"amount": Decimal("300.01")})
    assert (answer.value, answer.definition["version"]) == ("manager", 2)
    assert answer.trace


def test_an_older_version_can_be_asked(deployed):
    with deployed.reader() as session:
        key = session.execute(select(DecisionDefinition.key).where(DecisionDefinition.version == 1)).scalar_one()
        answer = decisions.evaluate(session, "authority", OWNER, {"amount": 250}, decision_key=key)
    assert (answer.value, answer.definition["version"]) == ("manager", 1)


def test_a_question_without_answer_is_a_failure_in_words(deployed):
    with deployed.reader() as session, pytest.raises(ExecutionFailed) as failed:
        decisions.evaluate(session, "authority", OWNER, {"amount": "a lot"})
    assert failed.value.kind == "decision"
    assert str(failed.value)


def test_an_unknown_decision_is_not_found(deployed):
    with deployed.reader() as session, pytest.raises(NotFound, match="settings"):
        decisions.evaluate(session, "settings", OWNER, {})


@pytest.mark.parametrize("posts", [set(), {"store_manager"}])
def test_others_may_not_try_decisions(deployed, posts):
    with deployed.reader() as session, pytest.raises(NotAllowed):
        decisions.evaluate(session, "authority", Actor("U19", frozenset(posts)), {"amount": 1})
