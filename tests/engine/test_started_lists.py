"""The matters that somebody started, whatever their number: the same rows and order as a look at every single one."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import process_instances
from engine.models import ProcessInstance
from tests.engine.conftest import NOON

STARTER, OTHER, SIZE = "U19", "U20", 7


@pytest.mark.parametrize("number", [1, 2])
def test_what_one_started_is_what_a_look_at_every_row_finds(office, number):
    chance = random.Random(number)  # noqa: S311 - the same at every run
    office.run(_write, chance, office.ask("purchase"))
    matters, starter = office.read(_matters), office.actor(STARTER)
    for _ in range(40):
        text, state = chance.choice(("", "", "copy-1", "100%", "_")), chance.choice((None, None, "ACTIVE"))
        page = chance.choice((1, 1, 2, 3, 40))
        whole = [each.key for each in matters if _is_meant(each, text, state)]
        found = office.read(process_instances.started_by, starter, text=text, state=state, page=page, size=SIZE)
        start = (page - 1) * SIZE
        assert [matter.key for matter in found.rows] == whole[start : start + SIZE], (text, state, page)
        assert (found.pages > page) == (len(whole) > start + SIZE), (text, state, page)


def _is_meant(matter: ProcessInstance, text: str, state: str | None) -> bool:
    return (
        (matter.starter, matter.parent_key) == (STARTER, None)
        and matter.outcome != "discarded"
        and state in (None, matter.state)
        and any(text in (words or "").lower() for words in (matter.title, matter.business_id))
    )


def _write(session: Any, chance: random.Random, root: int) -> None:
    """Some hundred matters of all kinds, many of them begun in the same minute."""
    table: Any = ProcessInstance.__table__
    pattern = session.execute(table.select().where(table.c.key == root)).mappings().one()
    session.execute(
        table.insert(),
        [
            {
                **pattern,
                "key": root + number,
                "parent_key": chance.choice((None, None, None, root)),
                "starter": chance.choice((STARTER, STARTER, OTHER)),
                "state": chance.choice(("ACTIVE", "COMPLETED", "CANCELED")),
                "outcome": chance.choice((None, "approved", "discarded")),
                "started_at": NOON - timedelta(minutes=chance.randrange(30)),
                "title": chance.choice((None, "地毯 100%", "snake_case")),
                "business_id": f"COPY-{number}",
            }
            for number in range(1, 250)
        ],
    )


def _matters(session: Any) -> list[ProcessInstance]:
    """All of them, the latest first."""
    rows = session.execute(select(ProcessInstance)).scalars()
    return sorted(rows, key=lambda each: (each.started_at, each.key), reverse=True)
