"""When a delegation ends, what was done under it returns to its owner: to his inbox, and to his hands alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from engine import clock, user_tasks
from engine.errors import NotAllowed
from engine.organisation import delegations
from engine.user_tasks import Filters


@pytest.fixture
def delegated(office):
    """A task of U16 that U17 holds until tomorrow."""
    today = clock.now().date()
    given = office.run(
        delegations.add,
        office.actor("U16"),
        "U17",
        starts_on=date(today.year, today.month, today.day),
        ends_on=today + timedelta(days=1),
        reason="出差",
    )
    root = office.ask("purchase")
    task = office.task(root)
    assert (task.assignee, task.on_behalf_of) == ("U17", "U16")
    return root, given.key


def mine(office, person: str) -> list[int]:
    return [
        task.root_key for task in office.read(user_tasks.inbox, office.actor(person), Filters(whose="mine")).tasks
    ]


def test_while_it_lasts_the_delegate_has_the_task(office, delegated):
    root, _given = delegated
    assert (mine(office, "U17"), mine(office, "U16")) == ([root], [])
    office.complete("U17", root, decision="approve")
    assert office.waits(root) == ["P4_buy"]


def test_when_its_days_are_over_the_owner_has_it_again(office, delegated):
    root, _given = delegated
    with clock.pinned(clock.now() + timedelta(days=2)):
        assert (mine(office, "U17"), mine(office, "U16")) == ([], [root])
        with pytest.raises(NotAllowed):
            office.complete("U17", root, decision="approve")
        office.complete("U16", root, decision="approve")
    assert office.waits(root) == ["P4_buy"]


def test_when_it_is_revoked_the_owner_has_it_at_once(office, delegated):
    root, given = delegated
    office.run(delegations.revoke, office.actor("U16"), given)
    assert (mine(office, "U17"), mine(office, "U16")) == ([], [root])
    key = office.task(root).key
    with pytest.raises(NotAllowed):
        office.complete("U17", root, decision="approve")
    office.run(user_tasks.claim, key, office.actor("U16"))
    assert (office.task(root).assignee, office.task(root).on_behalf_of) == ("U16", None)
    office.complete("U16", root, decision="approve")
