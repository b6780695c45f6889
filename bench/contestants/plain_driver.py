"""The limit: the same small state machine as the ORM floor, by hand on ``sqlite3`` or ``psycopg``."""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import course
import psycopg
from orm_machine import DECIDERS, tier

_TABLES = (
    """CREATE TABLE instance (id {key}, starter TEXT NOT NULL, state TEXT NOT NULL, variables TEXT NOT NULL,
       started_at {time} NOT NULL, ended_at {time})""",
    """CREATE TABLE task (id {key}, instance_id BIGINT NOT NULL REFERENCES instance (id), element TEXT NOT NULL,
       assignee TEXT NOT NULL, state TEXT NOT NULL, created_at {time} NOT NULL, completed_at {time})""",
    """CREATE TABLE event (id {key}, instance_id BIGINT NOT NULL REFERENCES instance (id), type TEXT NOT NULL,
       actor TEXT NOT NULL, details TEXT NOT NULL, occurred_at {time} NOT NULL)""",
    "CREATE INDEX ix_task_instance ON task (instance_id)",
    "CREATE INDEX ix_task_assignee ON task (assignee)",
    "CREATE INDEX ix_event_instance ON event (instance_id)",
)
_FIND = (
    "SELECT t.instance_id, t.element, t.assignee, t.state, i.variables FROM task t "
    "JOIN instance i ON i.id = t.instance_id WHERE t.id = ?"
)


class Machine:
    """Start, fill in, approve: a transaction each, and a reading one before each form."""

    def __init__(self, url: str) -> None:
        self.tally = course.Tally()
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            self.connection: Any = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self.connection.execute(f"PRAGMA {pragma}")
            words = {"key": "INTEGER PRIMARY KEY", "time": "TEXT"}
        else:
            self.connection = psycopg.connect(url, autocommit=True)
            words = {"key": "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "time": "TIMESTAMPTZ"}
        for table in _TABLES:
            self.connection.execute(table.format(**words))

    def execute(self, statement: str, *given: Any) -> Any:
        """One statement, with the driver's own marks."""
        self.tally.statement(statement)
        return self.connection.execute(statement if self.is_sqlite else statement.replace("?", "%s"), given)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing."""
        self.execute("BEGIN IMMEDIATE" if self.is_sqlite else "BEGIN")
        yield
        self.execute("COMMIT")

    def matter(self, amount: int) -> None:
        """From the start to the end."""
        key = self.start("U19")
        task, assignee = self.task(key)
        self.complete(task, assignee, {"purpose": "更换前厅地毯", "amount": str(amount)})
        task, assignee = self.task(key)
        self.complete(task, assignee, {"decision": "approve", "opinion": "同意，请按计划采购"})

    def start(self, starter: str) -> int:
        """A new request with its first task."""
        now = self._now()
        with self.transaction():
            (key,) = self.execute(
                "INSERT INTO instance (starter, state, variables, started_at) VALUES (?, ?, ?, ?) RETURNING id",
                starter, "active", "{}", now,
            ).fetchone()  # fmt: skip
            self._wait(key, "request", starter, now)
            self._tell(key, "started", starter, "{}", now)
        return int(key)

    def task(self, key: int) -> tuple[int, str]:
        """The open task of a request."""
        found: tuple[int, str] = self.execute(
            "SELECT id, assignee FROM task WHERE instance_id = ? AND state = 'open'", key
        ).fetchone()
        return found

    def complete(self, key: int, actor: str, values: dict[str, str]) -> None:
        """Fill in a task and move on."""
        now = self._now()
        with self.transaction():
            found = _FIND if self.is_sqlite else _FIND + " FOR UPDATE OF t"
            instance, element, assignee, state, variables = self.execute(found, key).fetchone()
            if state != "open" or assignee != actor:
                raise AssertionError(key)
            variables = {**json.loads(variables), **values}
            self.execute("UPDATE task SET state = 'done', completed_at = ? WHERE id = ?", now, key)
            is_over = element != "request"
            self.execute(
                "UPDATE instance SET variables = ?, state = ?, ended_at = ? WHERE id = ?",
                json.dumps(variables, ensure_ascii=False), "approved" if is_over else "active",
                now if is_over else None, instance,
            )  # fmt: skip
            self._tell(instance, "completed", actor, json.dumps(values, ensure_ascii=False), now)
            if not is_over:
                self._wait(instance, "decision", DECIDERS[tier(int(variables["amount"]))], now)

    def _wait(self, instance: int, element: str, assignee: str, now: Any) -> None:
        self.execute(
            "INSERT INTO task (instance_id, element, assignee, state, created_at) VALUES (?, ?, ?, 'open', ?)",
            instance, element, assignee, now,
        )  # fmt: skip

    def _tell(self, instance: int, event: str, actor: str, details: str, now: Any) -> None:
        self.execute(
            "INSERT INTO event (instance_id, type, actor, details, occurred_at) VALUES (?, ?, ?, ?, ?)",
            instance, event, actor, details, now,
        )  # fmt: skip

    def _now(self) -> Any:
        now = datetime.now(UTC)
        return now.isoformat() if self.is_sqlite else now


if __name__ == "__main__":
    machine = Machine(sys.argv[1])
    course.serve(machine.matter, machine.tally)
