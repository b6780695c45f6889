"""The real engine in a world of its own: a fresh SQLite file, the demo organisation, the pack, and a set clock.

What the engine would do outside (mail, foreign systems) is recorded instead and answered by the scenario, so that
nothing ever leaves. Building a world takes a moment, going back to how it was built does not: that is a copied file.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from sqlalchemy import event, func, select

from banli import demo
from engine import clock, deployments, jobs, schedules, topics, user_tasks
from engine.actor import Actor, system
from engine.content import Pack
from engine.database import Database
from engine.models import Job, MatterLink, ProcessInstance, Schedule, UserTask
from engine.models.job import CREATED
from engine.models.process_instance import ACTIVE
from engine.organisation import people
from engine.topics import Work
from engine.unit_of_work import UnitOfWork
from workers import job_run
from workers import topics as implemented

P = ParamSpec("P")
R = TypeVar("R")

_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
PASSWORD = "only-in-scenarios"  # noqa: S105 - of everybody in a world, which is gone after the scenario
_AT_ONCE = 200
MAXIMUM_JOBS = 10_000
"""How many jobs one passing of time may run; a procedure that needs more goes round in circles."""


class TooManyJobs(Exception):  # noqa: N818 - reads as what it is, like the errors of the engine
    """Time does not get any further: jobs make jobs without end."""


def _forgo_durability(connection: Any, _entry: Any) -> None:
    """A world that is lost is built anew: nobody waits for a disk here."""
    connection.execute("PRAGMA synchronous=OFF")


class World:
    """One database with its clock; commands run through its unit of work."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.database = Database(f"sqlite:///{path}")
        event.listen(self.database.engine, "connect", _forgo_durability)
        self._woken: list[int] = []  # jobs that became due by what was done
        self.unit_of_work = UnitOfWork(self.database, wake=self._woken.extend)
        self.effects: list[Work] = []

    @classmethod
    def build(cls, path: Path, pack: Pack) -> World:
        """A world with people and the pack deployed. Raises ``DeploymentRefused`` for bad content."""
        implemented.bind_all()
        world = cls(path)
        try:
            with clock.pinned(_BEGINNING):
                world.database.migrate()
                world.unit_of_work.run(demo.load, PASSWORD)
                world.unit_of_work.run(deployments.deploy, pack, system("deployment"))
        except BaseException:
            world.close()
            raise
        world.database.dispose()  # the last connection brings everything from the log into the file
        shutil.copyfile(path, world._template)
        return world

    @classmethod
    def copy(cls, built: Path, path: Path) -> World:
        """Another world like the one that was built at a path; :meth:`reset` it before use."""
        implemented.bind_all()
        world = cls(path)
        shutil.copyfile(built.with_suffix(".template"), world._template)
        return world

    @property
    def _template(self) -> Path:
        return self.path.with_suffix(".template")

    def reset(self) -> None:
        """Everything as it was built. The engine stays: what it knows of statements is worth a second a scenario."""
        self.database.dispose()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(f"{self.path.name}{suffix}").unlink(missing_ok=True)
        shutil.copyfile(self._template, self.path)
        self.effects = []

    def close(self) -> None:
        """Close every connection."""
        self.database.dispose()

    def do(self, command: Callable[..., R], *arguments: Any, **named: Any) -> R:
        """Run a command, then whatever became due by it."""
        result = self.unit_of_work.run(command, *arguments, **named)
        if self._woken:
            self._run_due()
        return result

    def actor(self, person: str) -> Actor:
        """The acting person with the posts of this day; raises ``EngineError`` for somebody unknown."""
        with self.unit_of_work.read() as session:
            return people.actor(session, person, clock.now())

    def pass_until(self, instant: datetime) -> None:
        """Let the clock run to an instant; jobs are done at the moment at which they are due."""
        while (due := self._next_due(instant)) is not None:
            clock.pin(max(due, clock.now()))
            self._run_due()
        clock.pin(instant)

    def next_firing(self, process_id: str, element_id: str) -> datetime | None:
        """When a timer start event fires next."""
        with self.unit_of_work.read() as session:
            mine = (Schedule.process_id == process_id, Schedule.element_id == element_id)
            return session.scalar(select(Schedule.due_at).where(*mine))

    def matters_of(self, process_id: str, store: str | None) -> Sequence[int]:
        """The matters of a process (and store), the oldest first."""
        table = ProcessInstance
        found = select(table.key).where(table.process_id == process_id, table.parent_key.is_(None))
        if store is not None:
            found = found.where(table.store == store)
        with self.unit_of_work.read() as session:
            return session.scalars(found.order_by(table.started_at, table.key)).all()

    def started_by(self, key: int, process_id: str) -> int | None:
        """The latest matter of a process that a matter started."""
        table, link = ProcessInstance, MatterLink
        found = select(table.key).join(link, link.to_key == table.key)
        found = found.where(link.from_key == key, table.process_id == process_id).order_by(link.key.desc())
        with self.unit_of_work.read() as session:
            return session.scalars(found).first()

    def has_active_matters(self, until: datetime) -> bool:
        """Whether anything runs that was started until an instant."""
        begun = (ProcessInstance.state == ACTIVE, ProcessInstance.started_at <= until)
        with self.unit_of_work.read() as session:
            return session.scalar(select(ProcessInstance.key).where(*begun).limit(1)) is not None

    def variables_at(self, task: UserTask) -> Mapping[str, Any]:
        """What the form of a task starts from."""
        with self.unit_of_work.read() as session:
            return user_tasks.get(session, task.key, system("scenario")).variables

    @contextmanager
    def recording(self, answers: Mapping[str, Mapping[str, Any]]) -> Iterator[None]:
        """Within the block, outside topics are recorded and answered with ``answers`` (topic → variables)."""

        def recorded(work: Work) -> Mapping[str, Any]:
            self.effects.append(work)
            return dict(answers.get(work.topic, {}))

        with topics.answered_by(recorded):
            yield

    def begin(self, instant: datetime) -> None:
        """Set the clock; what the clock would have started before is none of the scenario's business."""
        clock.pin(instant)
        self.unit_of_work.run(schedules.pass_over)

    def _run_due(self) -> None:
        self._woken.clear()
        for _ in range(MAXIMUM_JOBS):
            with self.unit_of_work.read() as session:
                due, to_fire = jobs.due(session, limit=_AT_ONCE), schedules.due(session)
            if not due and not to_fire:
                return
            for key in to_fire:
                self.unit_of_work.run(schedules.fire, key)
            for key in due:
                job_run.run(self.unit_of_work, key)
        raise TooManyJobs

    def _next_due(self, until: datetime) -> datetime | None:
        with self.unit_of_work.read() as session:
            due = (
                session.scalar(select(func.min(Job.due_at)).where(Job.state == CREATED, Job.due_at <= until)),
                session.scalar(select(func.min(Schedule.due_at)).where(Schedule.due_at <= until)),
            )
        return min((instant for instant in due if instant is not None), default=None)
