"""write_ledger: lines with unit, day, amount and values; exact, once for each job, never changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from engine import ledgers
from engine.errors import DeploymentRefused, ExecutionFailed, NotAllowed
from engine.topics import Work
from tests.workers.work import House
from workers.topics import write_ledger

INPUTS = {"amount": "=amount", "values": '={what: what, on: date("2026-11-20")}', "date": "=day"}


@pytest.fixture
def house(office, tmp_path):
    found = House(office, tmp_path)
    found.deploy("booking", "write_ledger", {"ledger": "petty_cash"}, INPUTS)
    return found


def book(house, amount="0.10", what="茶叶", day=date(2026, 11, 22)):
    return house.start("booking", amount=Decimal(amount), what=what, day=day)


def lines(house, **given):
    return house.office.read(ledgers.listed, house.office.actor("U13"), "petty_cash", **given)


def test_a_line_is_written_with_all_that_belongs_to_it(house):
    root = book(house)
    (line,) = lines(house).rows
    assert (line.ledger, line.unit_id, line.day, line.amount) == (
        "petty_cash",
        "S01",
        date(2026, 11, 22),
        Decimal("0.10"),
    )
    assert str(line.amount) == "0.10"
    assert line.entry_values == {"what": "茶叶", "on": date(2026, 11, 20)}
    assert (line.root_key, line.element_id) == (root, "task")
    assert house.office.variables(root)["ledger_entry"] == str(line.key)


def test_amounts_are_added_up_exactly_by_unit_and_day(house):
    for amount, day in (
        ("0.1", date(2026, 11, 21)),
        ("0.2", date(2026, 11, 22)),
        ("99999999999999.99", date(2026, 11, 23)),
    ):
        book(house, amount, day=day)
    auditor = house.office.actor("U13")
    upto = {"since": date(2026, 11, 21), "until": date(2026, 11, 22)}
    assert house.office.read(ledgers.total, auditor, "petty_cash", **upto) == Decimal("0.3")
    assert house.office.read(ledgers.total, auditor, "petty_cash") == Decimal("100000000000000.29")
    assert house.office.read(ledgers.total, auditor, "petty_cash", unit="S02") == 0
    assert (lines(house, size=2).total, len(lines(house, size=2).rows), len(lines(house, size=2, page=2).rows)) == (
        3,
        2,
        1,
    )
    assert house.office.read(ledgers.names, auditor) == ["petty_cash"]


def test_without_more_it_is_today_at_the_matters_own_unit(house):
    house.deploy("plain", "write_ledger", {"ledger": "visits"})
    house.start("plain")
    (line,) = house.office.read(ledgers.listed, house.office.actor("U13"), "visits").rows
    assert (line.day, line.unit_id, line.amount, line.entry_values) == (date(2026, 11, 23), "S01", None, {})


def test_the_same_job_once_more_writes_nothing(house):
    root = book(house)
    (line,) = lines(house).rows
    inputs = {"ledger": "petty_cash", "amount": Decimal(5)}
    again = Work(line.job_key, "write_ledger", root, root, "task", {}, {}, inputs)
    assert house.office.run(write_ledger.run, again) == {"ledger_entry": str(line.key)}
    assert lines(house).total == 1


@pytest.mark.parametrize("act", ["UPDATE ledger_entry SET amount = '1'", "DELETE FROM ledger_entry"])
def test_the_database_itself_refuses_to_change_a_line(house, act):
    book(house)
    with pytest.raises(Exception, match=r"append-only|refused"):
        house.office.run(lambda session: session.execute(text(act)))
    assert lines(house).total == 1


def test_what_is_wrong_stops_the_step(house):
    with pytest.raises(ExecutionFailed, match="amount"):
        house.start("booking", amount="much", what="", day=date(2026, 11, 22))
    house.deploy("elsewhere", "write_ledger", {"ledger": "petty_cash", "unit": "nowhere"})
    with pytest.raises(ExecutionFailed, match="nowhere"):
        house.start("elsewhere")
    with pytest.raises(DeploymentRefused):
        house.deploy("nameless", "write_ledger")
    assert lines(house).total == 0


def test_ledgers_are_for_those_who_look_after_them(house):
    with pytest.raises(NotAllowed):
        house.office.read(ledgers.listed, house.office.actor("U19"), "petty_cash")
