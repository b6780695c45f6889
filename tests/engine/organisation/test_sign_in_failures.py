"""Failures are counted by address, for all processes together, and forgotten when their window is over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import func, select

from engine import clock
from engine.database import Database
from engine.models import SignInFailures
from engine.organisation import sign_in_failures
from engine.unit_of_work import UnitOfWork

HERE = "192.0.2.1"


@pytest.fixture
def unit_of_work(database: Database) -> UnitOfWork:
    return UnitOfWork(database, wake=lambda _keys: None)


def too_many(unit_of_work: UnitOfWork, address: str = HERE) -> bool:
    with unit_of_work.read() as session:
        return sign_in_failures.too_many(session, address)


def test_failures_at_once_are_all_counted(unit_of_work: UnitOfWork):
    together = Barrier(3)

    def fail_often() -> None:
        together.wait()
        for _ in range(10):
            unit_of_work.run(sign_in_failures.add, HERE)

    with ThreadPoolExecutor(3) as pool:
        for ended in [pool.submit(copy_context().run, fail_often) for _ in range(3)]:
            ended.result()
    with unit_of_work.read() as session:
        assert session.scalars(select(SignInFailures.failures)).all() == [30]
    assert too_many(unit_of_work)
    assert not too_many(unit_of_work, "192.0.2.2")


def test_a_window_ends_and_its_row_goes(unit_of_work: UnitOfWork):
    for _ in range(sign_in_failures.MOST):
        unit_of_work.run(sign_in_failures.add, HERE)
    later = clock.now() + sign_in_failures.WINDOW + timedelta(seconds=1)
    with clock.pinned(later):
        assert not too_many(unit_of_work)
        unit_of_work.run(sign_in_failures.add, "192.0.2.2")
        with unit_of_work.read() as session:
            assert session.scalars(select(SignInFailures.address)).all() == ["192.0.2.2"]
        unit_of_work.run(sign_in_failures.add, HERE)
        assert not too_many(unit_of_work)


def test_a_success_takes_along_what_is_over(unit_of_work: UnitOfWork):
    unit_of_work.run(sign_in_failures.add, HERE)
    with clock.pinned(clock.now() + sign_in_failures.WINDOW):
        unit_of_work.run(sign_in_failures.forget)
    with unit_of_work.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailures)) == 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("", ""),
        ("unix:" + "x" * 100, "unix:" + "x" * 59),
    ],
)
def test_what_stands_for_an_address(address: str, counted: str):
    assert sign_in_failures.counted_as(address) == counted
