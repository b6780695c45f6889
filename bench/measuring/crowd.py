"""Years of an organisation in a minute: matters that were really seen through, copied by the database itself.

A few matters run with the commands that pages call; then ``INSERT … SELECT`` writes each of them again and again,
every copy some minutes older than the one before, with keys, times and a number of its own. So a copy has every row
that a matter has: instance, tasks, history, variables, jobs, and what search knows of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import Column, Connection, bindparam, text

from bench.contestants.house import DECIDERS
from engine import audit, clock, models, process_instances, user_tasks
from engine.models.base import Base, Instant
from engine.organisation import people
from engine.unit_of_work import UnitOfWork

STARTERS = ("U19", "U20", "U21", "U22", "U23", "U24")
QUEUE, CLAIMANT = "purchaser", "U06"
"""Every third open task waits in that queue, and somebody who may claim it; the others are assigned."""

_MINUTES = 5
_STRIDE = (_MINUTES * 60 * 1000) << 22  # of keys, which tell when they were made
_KEYS = frozenset({"key", "root_key", "process_instance_key", "parent_key", "user_task_key"})
_TABLES = {
    "process_instance": "key = :root",
    "user_task": "root_key = :root",
    "user_task_candidate": "user_task_key IN (SELECT key FROM user_task WHERE root_key = :root)",
    "history_event": "root_key = :root",
    "variable": "process_instance_key = :root",
    "job": "root_key = :root",
    "notification": "root_key = :root",
    "matter_record": "root_key = :root",
    "matter_amount": "root_key = :root",
}
_OPINION = {"decision": "approve", "opinion": "同意，请按计划采购"}


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many there are. The last copy of an ended matter bears the number ``ended + still_open``, by and large."""

    ended: int
    still_open: int


def load(unit_of_work: UnitOfWork, crowd: Crowd) -> None:
    """Write the matters into a house furnished by ``bench/contestants/house.py``."""
    waiting = [_matter(unit_of_work, STARTERS[0], amount, decided=False) for amount in DECIDERS]
    done = [_matter(unit_of_work, starter, amount, decided=True) for starter in STARTERS for amount in DECIDERS]
    while unit_of_work.run(audit.catch_up, 500):
        pass
    newer = crowd.still_open - len(waiting)
    with unit_of_work.database.engine.begin() as connection:
        _copy(connection, waiting, 1, newer)
        _copy(connection, done, newer + 1, newer + crowd.ended - len(done))
        _queue(connection)
    if not unit_of_work.database.is_sqlite:  # a server does so by itself; nothing does it for a file
        with unit_of_work.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _matter(unit_of_work: UnitOfWork, starter: str, amount: int, *, decided: bool) -> int:
    """A real one; gives its key."""
    with unit_of_work.read() as session:
        actor = people.actor(session, starter, clock.now())
    matter = unit_of_work.run(process_instances.start, "approval", actor)
    submitted = {"purpose": "更换前厅地毯", "amount": Decimal(amount)}
    for values in (submitted, _OPINION) if decided else (submitted,):
        with unit_of_work.read() as session:
            (task,) = process_instances.waiting(session, matter.key, actor)
            doer = people.actor(session, task.assignee or starter, clock.now())
        unit_of_work.run(user_tasks.complete, task.key, doer, values)
    return matter.key


def _copy(connection: Connection, roots: Sequence[int], first: int, last: int) -> None:
    """The copies number ``first`` to ``last``, of each root in turn."""
    numbers = (
        "(WITH RECURSIVE numbers(i) AS (SELECT CAST(:first AS BIGINT) UNION ALL "
        "SELECT i + :step FROM numbers WHERE i + :step <= :last) SELECT i FROM numbers) AS n"
    )
    for turn, root in enumerate(roots):
        given = {"first": first + turn, "step": len(roots), "last": last, "root": root}
        if given["first"] > last:
            return
        for name, condition in _TABLES.items():
            columns = Base.metadata.tables[name].columns
            named = ", ".join(f'"{column.name}"' for column in columns)
            copied = ", ".join(_copied(connection, column) for column in columns)
            copies = f"SELECT {copied} FROM {name} AS t, {numbers} WHERE {condition}"  # noqa: S608 - our own names
            _insert(connection, f"{name} ({named}) {copies}", given)
        if connection.dialect.name == "sqlite":
            words = f"t.id - n.i * {_STRIDE}, t.words || ' copy' || n.i"
            known = "(SELECT rowid AS id, words FROM matter_words WHERE rowid = :root) AS t"
            copies = f"SELECT {words} FROM {known}, {numbers}"  # noqa: S608 - our own names
            _insert(connection, f"matter_words (rowid, words) {copies}", given)


def _insert(connection: Connection, what: str, given: dict[str, int]) -> None:
    connection.execute(text(f"INSERT INTO {what}"), given)


def _copied(connection: Connection, column: Column[object]) -> str:
    """The column of a copy: a key or a time of its own, or what the first one has."""
    is_sqlite, name = connection.dialect.name == "sqlite", f't."{column.name}"'
    if column.name in _KEYS:
        return f"{name} - n.i * {_STRIDE}"
    if isinstance(column.type, Instant):
        if is_sqlite:
            return f"strftime('%Y-%m-%d %H:%M:%f', {name}, '-' || (n.i * {_MINUTES}) || ' minutes') || '000'"
        return f"{name} - n.i * INTERVAL '{_MINUTES} minutes'"
    if column.name == "business_id":
        return f"CASE WHEN {name} IS NOT NULL THEN 'COPY-' || n.i END"
    if column.name == "words" and not is_sqlite:
        return f"{name} || array_to_tsvector(ARRAY['copy' || n.i])"
    return name


def _queue(connection: Connection) -> None:
    """Let a third of what waits wait in a queue."""
    task, candidate = models.UserTask.__table__, models.UserTaskCandidate.__table__
    queued = (task.c.state == "CREATED", task.c.assignee == DECIDERS[350])
    connection.execute(
        candidate.insert().from_select(
            ["user_task_key", "kind", "id"],
            task.select()
            .with_only_columns(task.c.key, bindparam("kind", "group"), bindparam("id", QUEUE))
            .where(*queued),
        )
    )
    connection.execute(task.update().where(*queued).values(assignee=None, resolution={"groups": [QUEUE]}))
