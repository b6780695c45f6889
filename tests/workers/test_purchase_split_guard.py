"""purchase_split_guard: what a store asks for in one category within the window counts together, to the second."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from engine import clock, process_instances
from engine.errors import ExecutionFailed
from tests.engine.conftest import NOON
from tests.workers.work import TEST, House

WEEK = timedelta(days=7)


@pytest.fixture
def house(office, tmp_path):
    found = House(office, tmp_path)
    found.deploy("buying", "purchase_split_guard")
    return found


def ask(house, amount="150.00", *, store="S01", category="carpet", days=7):
    """A submitted request; its matter."""
    values = {"category": category, "amount_total": Decimal(amount), "split_guard_days": Decimal(days)}
    return house.office.run(process_instances.start, "buying", TEST, values, store, starter="U19").key


def counted(house, root):
    """The amount that counts, and how many others are in it."""
    variables = house.office.variables(root)
    return variables["amount_effective"], variables["split_guard_hits"]


def test_requests_of_a_store_in_a_category_are_added_up_exactly(house):
    assert counted(house, ask(house, "0.10")) == (Decimal("0.10"), 0)
    assert counted(house, ask(house, "0.20")) == (Decimal("0.30"), 1)
    assert counted(house, ask(house, "99999999999999.99")) == (Decimal("100000000000000.29"), 2)


def test_other_stores_and_categories_count_for_themselves(house):
    ask(house)
    assert counted(house, ask(house, store="S02")) == (Decimal("150.00"), 0)
    assert counted(house, ask(house, category="utensil")) == (Decimal("150.00"), 0)


@pytest.mark.parametrize(("later", "hits"), [(WEEK, 1), (WEEK + timedelta(seconds=1), 0)])
def test_the_window_ends_to_the_second(house, later, hits):
    ask(house)
    with clock.pinned(NOON + later):
        assert counted(house, ask(house))[1] == hits


def test_without_a_window_nothing_is_added_up(house):
    ask(house)
    assert counted(house, ask(house, days=0)) == (Decimal("150.00"), 0)


def test_what_was_cancelled_does_not_count(house):
    root = ask(house)
    house.office.run(process_instances.cancel, root, house.office.actor("U15"), "重复")
    assert counted(house, ask(house)) == (Decimal("150.00"), 0)


def test_a_missing_input_is_named(house):
    with pytest.raises(ExecutionFailed, match="category"):
        house.start("buying", amount_total=Decimal(1), split_guard_days=Decimal(7))
