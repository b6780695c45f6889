"""Inboxes of any size against what they promise: the same tasks, order and counts as a look at every single row."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from engine import clock, user_tasks
from engine.models import ProcessInstance, UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.organisation import delegations
from engine.user_tasks import Counts, Filters
from engine.user_tasks.listing import KINDS, MOST_COUNTED
from tests.engine.conftest import NOON

READER, ABSENT, PARTLY, DELEGATE, OTHER = "U06", "U16", "U15", "U07", "U19"
GROUPS = ("purchaser", "finance_manager")
TEXTS = ("", "copy-1", "COPY-1", "-12", "100%", "fé", "CAF", "_", "地毯")
SIZE = 15


@dataclass
class Rows:
    """All tasks, who may claim which, and the matters that they belong to."""

    tasks: Sequence[UserTask]
    candidates: dict[int, set[tuple[str, str]]]
    matters: dict[int, ProcessInstance]

    def kind_of(self, task: UserTask) -> str | None:
        """In which way an open task is the reader's; None: in none."""
        matter, held_for = self.matters[task.root_key], task.on_behalf_of
        covered = {ABSENT} | ({PARTLY} if matter.process_id == "purchase" else set())
        if task.state != CREATED or matter.suspended:
            return None
        if task.assignee is None:
            named = self.candidates.get(task.key, set())
            mine = named & {("group", "purchaser"), ("person", READER)}
            return "groups" if mine and ("excluded", READER) not in named else None
        if task.assignee == READER:
            return "mine" if held_for is None or held_for in covered | {READER} else None
        if held_for == READER:
            return None if task.assignee == DELEGATE else "mine"
        return "delegated" if held_for is None and task.assignee in covered else None

    def listed(self, chosen: Filters) -> list[int]:
        """The keys of the whole list."""
        kinds = KINDS if chosen.whose == "all" else (chosen.whose,)
        found = [task for task in self.tasks if self.kind_of(task) in kinds and self._fits(task, chosen)]
        return [task.key for task in sorted(found, key=_ORDERS[chosen.sort])]

    def counts(self) -> Counts:
        """How many of each kind, as far as is counted."""
        of_kind = {kind: [task for task in self.tasks if self.kind_of(task) == kind] for kind in KINDS}
        late = [task for task in of_kind["mine"] if task.due_at and task.due_at < clock.now()]
        numbers = [len(of_kind[kind]) for kind in KINDS]
        return Counts(*(min(number, MOST_COUNTED) for number in (*numbers, len(late))))

    def _fits(self, task: UserTask, chosen: Filters) -> bool:
        texts = (task.title, task.business_id, task.name)
        return (
            (chosen.process_id is None or self.matters[task.root_key].process_id == chosen.process_id)
            and (chosen.store is None or task.store == chosen.store)
            and (not chosen.overdue or (task.due_at is not None and task.due_at < clock.now()))
            and any(_plain(chosen.text) in _plain(text or "") for text in texts)
        )


def _plain(text: str) -> str:
    """As both databases compare these texts: without regard to the case of the letters a to z."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def _by_due(task: UserTask) -> tuple[Any, ...]:
    return (task.due_at is None, task.due_at, task.key) if task.due_at else (True, 0, task.key)


_ORDERS: dict[str, Callable[[UserTask], Any]] = {
    "due": _by_due,
    "priority": lambda task: (-task.priority, *_by_due(task)),
    "newest": lambda task: (-task.created_at.timestamp(), -task.key),
}


@pytest.mark.parametrize(("number", "in_queue"), [(1, 0.1), (2, 0.5), (3, 0.9)])
def test_an_inbox_of_any_size_is_what_a_look_at_every_row_finds(office, number, in_queue):
    chance = random.Random(number)  # noqa: S311 - the same at every run
    _delegate(office)
    office.run(_write, chance, in_queue, [office.ask("purchase"), office.ask("purchase"), office.ask("clock")])
    rows, reader = office.read(_rows), office.actor(READER)
    assert office.read(user_tasks.counts, reader) == rows.counts()
    for chosen in (*_asked(), *(_by_chance(chance) for _ in range(40))):
        whole = rows.listed(chosen)
        page = office.read(user_tasks.inbox, reader, chosen)
        start = (chosen.page - 1) * SIZE
        assert [task.key for task in page.tasks] == whole[start : start + SIZE], chosen
        assert page.total == (min(len(whole), start + SIZE + 1) if len(whole) > start else 0), chosen


def _asked() -> list[Filters]:
    return [Filters(whose=whose, sort=sort, size=SIZE) for whose in ("all", *KINDS) for sort in _ORDERS]


def _by_chance(chance: random.Random) -> Filters:
    return Filters(
        whose=chance.choice(("all", "all", *KINDS)),
        process_id=chance.choice((None, None, "purchase", "clock")),
        store=chance.choice((None, None, "S01", "S02")),
        overdue=chance.random() < 0.2,
        text=chance.choice(TEXTS) if chance.random() < 0.5 else "",
        sort=chance.choice(("due", "due", *_ORDERS)),
        page=chance.choice((1, 1, 2, 3, 9)),
        size=SIZE,
    )


def _delegate(office: Any) -> None:
    """The reader stands in for two, for one of them in purchases alone; and he gave his own to another."""
    days = {"starts_on": date(2026, 11, 23), "ends_on": date(2026, 11, 30), "reason": "出差"}
    office.run(delegations.add, office.actor(ABSENT), READER, **days)
    office.run(delegations.add, office.actor(PARTLY), READER, process_ids=["purchase"], **days)
    office.run(delegations.add, office.actor(READER), DELEGATE, **days)


def _write(session: Any, chance: random.Random, in_queue: float, roots: Sequence[int]) -> None:
    """Some hundred tasks of all kinds in place of those that there are; one of the matters is suspended."""
    pattern = session.execute(select(UserTask.__table__).order_by(UserTask.key.desc())).mappings().first()
    session.execute(delete(UserTaskCandidate))
    session.execute(update(ProcessInstance).where(ProcessInstance.key == roots[1]).values(suspended=True))
    tasks, candidates = [], []
    for number in range(1, 600):
        key = pattern["key"] + chance.randrange(1_000) * 1_000 + number
        queued = chance.random() < in_queue
        tasks.append(
            {
                **pattern,
                "key": key,
                "root_key": chance.choice((roots[0], *roots)),
                "state": chance.choice((CREATED, CREATED, CREATED, "COMPLETED")),
                "assignee": None if queued else chance.choice((READER, READER, ABSENT, PARTLY, DELEGATE, OTHER)),
                "on_behalf_of": None if queued else chance.choice((None, None, READER, ABSENT, PARTLY, OTHER)),
                "due_at": chance.choice((None, *(NOON + timedelta(hours=hours) for hours in range(-20, 60)))),
                "created_at": NOON - timedelta(minutes=chance.randrange(200)),
                "priority": chance.choice((50, 50, 50, 10, 90)),
                "business_id": chance.choice((None, f"COPY-{number}")),
                "title": chance.choice((None, "地毯 100%", "café_", "Copy")),
                "store": chance.choice((None, "S01", "S02")),
            }
        )
        if queued:
            offered = [("group", name) for name in GROUPS] + [("person", READER), ("excluded", READER)]
            for (kind, id_), share in zip(offered, (0.7, 0.4, 0.2, 0.1), strict=True):
                if chance.random() < share:
                    candidates.append({"user_task_key": key, "kind": kind, "id": id_})
    session.execute(UserTask.__table__.insert(), tasks)
    session.execute(UserTaskCandidate.__table__.insert(), candidates)


def _rows(session: Any) -> Rows:
    named: dict[int, set[tuple[str, str]]] = {}
    for row in session.execute(select(UserTaskCandidate.__table__)):
        named.setdefault(row.user_task_key, set()).add((row.kind, row.id))
    matters = {row.key: row for row in session.execute(select(ProcessInstance)).scalars()}
    return Rows(session.execute(select(UserTask)).scalars().all(), named, matters)
