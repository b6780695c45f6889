"""What a step writes besides the instances: collected while it runs, sent with one statement a table.

A wait that opens and closes within one step never leaves a row that somebody could act on: it is closed before it is
inserted (a user task, a job: the record stays) or not inserted at all (a subscription).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, bindparam, delete, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine.execution import closing
from engine.execution.tables import CANDIDATE, JOB, MESSAGE, SUBSCRIPTION, TASK, VARIABLE
from engine.keys import new_key
from engine.models import job as job_states
from engine.models import user_task as task_states
from engine.statements import Outbox, Statement

Wait = tuple[int, str]
"""An instance and the occurrence of an element in it."""


@dataclass(slots=True)
class Rows:
    """The buffer of one step."""

    tasks: dict[Wait, dict[str, Any]] = field(default_factory=dict)
    candidates: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    jobs: dict[Wait | int, dict[str, Any]] = field(default_factory=dict)
    subscriptions: dict[Wait, dict[str, Any]] = field(default_factory=dict)
    variables: dict[tuple[int, str, str], Any] = field(default_factory=dict)
    deleted_messages: list[int] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    deadlines: dict[Wait, dict[str, Any]] = field(default_factory=dict)  # of the tasks: the job of the next stage
    copies: dict[str, Any] | None = None  # the one job that carries this step's copies
    inside: set[Wait] = field(default_factory=set)  # waits of this step that need no row: inside work, calls
    settled: set[Wait] = field(default_factory=set)  # waits whose rows the command itself closes
    undated: set[Wait] = field(default_factory=set)  # tasks known to have no due date, so no job of its stages
    _closed: set[Wait] = field(default_factory=set)
    _closed_tasks: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _closed_others: dict[tuple[int, str], set[str]] = field(default_factory=lambda: defaultdict(set))
    _closed_deadlines: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))
    _ended: dict[int, bool] = field(default_factory=dict)

    def add_job(self, wait: Wait | None, row: dict[str, Any]) -> None:
        """A job; ``wait`` None when no element waits for it. A repeating timer waits again where it waited before."""
        if wait is not None:
            self._closed.discard(wait)
        self.jobs[row["key"] if wait is None else wait] = row

    def add_task(self, wait: Wait, row: dict[str, Any], candidates: list[dict[str, Any]]) -> None:
        """A user task with those who may claim it."""
        self.tasks[wait] = row
        if candidates:
            self.candidates[row["key"]] = candidates

    def is_closed(self, wait: Wait) -> bool:
        """Whether this step closed the wait."""
        return wait in self._closed

    def is_over(self, wait: Wait) -> bool:
        """Whether this step closed the wait, or ended its instance."""
        return wait in self._closed or wait[0] in self._ended

    def close(self, wait: Wait, *, is_task: bool, is_call: bool, completed: bool) -> None:
        """The wait is over; ``completed`` says whether as drawn or by an interruption."""
        self._closed.add(wait)
        if is_task and self.deadlines.pop(wait, None) is None and wait not in self.undated:
            self._closed_deadlines[wait[0]].add(wait[1])
        if wait in self.inside:
            self.inside.discard(wait)
        elif (task := self.tasks.get(wait)) is not None:
            task["state"] = task_states.COMPLETED if completed else task_states.CANCELED
            self.candidates.pop(task["key"], None)
        elif (job := self.jobs.get(wait)) is not None:
            job["state"] = job_states.COMPLETED if completed else job_states.CANCELED
        elif self.subscriptions.pop(wait, None) is not None or wait in self.settled or is_call:
            return
        elif is_task:
            self._closed_tasks[wait[0]].add(wait[1])
        else:
            self._closed_others[wait[0], job_states.COMPLETED if completed else job_states.CANCELED].add(wait[1])

    def end_instance(self, instance_key: int, *, interrupted: bool) -> None:
        """Nothing of this instance waits any more; ``interrupted``: no workflow reports each wait as closed."""
        self._ended[instance_key] = interrupted
        waits = [*self.tasks, *(wait for wait in self.jobs if isinstance(wait, tuple)), *self.subscriptions]
        for wait in waits:
            if wait[0] == instance_key and wait not in self._closed:
                self.close(wait, is_task=wait in self.tasks, is_call=False, completed=False)

    def write(self, session: Session, outbox: Outbox, now: datetime) -> None:
        """Send everything, and name the jobs that a worker should look at in ``session.info["wake"]``."""
        self._write_closed(outbox, now)
        outbox.add_all(_INSERT_TASK, list(self.tasks.values()))
        if self.candidates:
            outbox.add_all(_INSERT_CANDIDATE, [row for rows in self.candidates.values() for row in rows])
        jobs = [*self.jobs.values(), *self.deadlines.values()]
        for job in jobs:
            if job["state"] != job_states.CREATED:
                job["ended_at"] = now
        outbox.add_all(_INSERT_JOB, jobs)
        outbox.add_all(_INSERT_SUBSCRIPTION, list(self.subscriptions.values()))
        outbox.add_all(_INSERT_MESSAGE, self.messages)
        outbox.add_all(_DELETE_MESSAGE, [{"key": key} for key in self.deleted_messages])
        upsert_variables(outbox, self.variables)
        session.info.setdefault("wake", []).extend(
            row["key"]
            for row in jobs
            if row["state"] == job_states.CREATED and row["due_at"] <= now and not row["external"]
        )

    def _write_closed(self, outbox: Outbox, now: datetime) -> None:
        for instance_key, elements in self._closed_tasks.items():
            closing.tasks(outbox, instance_key, elements, now)
        for (instance_key, state), elements in self._closed_others.items():
            closing.others(outbox, instance_key, elements, state, now)
        for instance_key, elements in self._closed_deadlines.items():
            if not self._ended.get(instance_key, False):
                closing.deadlines(outbox, instance_key, elements, now)
        for instance_key, interrupted in sorted(self._ended.items()):
            if interrupted:  # else each wait was reported as closed
                closing.instance(outbox, instance_key, now)


def upsert_variables(outbox: Outbox, variables: Mapping[tuple[int, str, str], Any]) -> None:
    """Insert or replace the projection of variables, keyed by instance, scope and name."""
    outbox.add_all(
        _UPSERT_VARIABLE,
        # in one order everywhere, as all locks are taken
        [
            {"process_instance_key": key, "scope": scope, "name": name, "value": value, "key": new_key()}
            for (key, scope, name), value in sorted(variables.items(), key=lambda item: item[0])
        ],
    )


def _upsert_variable(dialect: str) -> Executable:
    statement = (postgresql.insert if dialect == "postgresql" else sqlite.insert)(VARIABLE)
    return statement.on_conflict_do_update(
        index_elements=[VARIABLE.c.process_instance_key, VARIABLE.c.scope, VARIABLE.c.name],
        set_={"value": statement.excluded.value},
    )


_UPSERT_VARIABLE = Statement(_upsert_variable)
_DELETE_MESSAGE = Statement(delete(MESSAGE).where(MESSAGE.c.key == bindparam("key")))
_INSERT_TASK, _INSERT_CANDIDATE, _INSERT_JOB, _INSERT_SUBSCRIPTION, _INSERT_MESSAGE = (
    Statement(insert(table)) for table in (TASK, CANDIDATE, JOB, SUBSCRIPTION, MESSAGE)
)
