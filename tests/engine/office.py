"""People at work: the demo organisation with the trial pack deployed, acting through the unit of work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from banli import demo
from engine import clock, content, deployments, history, process_instances, topics, user_tasks
from engine.actor import Actor, system
from engine.database import Database
from engine.models import Job, ProcessInstance, UserTask
from engine.models.user_task import CREATED
from engine.organisation import people
from engine.unit_of_work import UnitOfWork

PACKS = Path(__file__).parent / "packs"

topics.declare("trial_ledger", "inside")
topics.declare("trial_print", "outside")


def furnish(database: Database) -> None:
    """The organisation and the pack, once for each template."""
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
    unit_of_work.run(demo.load, "banli-demo")
    unit_of_work.run(deployments.deploy, content.read_pack(PACKS, "trial"), system("test"))


class Office:
    """One database and everybody who works on it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.woken: list[int] = []
        self.unit_of_work = UnitOfWork(database, wake=self.woken.extend)

    def actor(self, person: str) -> Actor:
        with self.unit_of_work.read() as session:
            return people.actor(session, person, clock.now())

    def run(self, command: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return self.unit_of_work.run(command, *args, **kwargs)

    def read(self, query: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        with self.unit_of_work.read() as session:
            return query(session, *args, **kwargs)

    def start(self, process_id: str, person: str = "U19") -> int:
        return self.run(process_instances.start, process_id, self.actor(person)).key

    def ask(self, process_id: str, person: str = "U19", purpose: str = "地毯", amount: Any = 100) -> int:
        """Start, and submit the first form."""
        root = self.start(process_id, person)
        self.complete(person, root, purpose=purpose, amount=amount)
        return root

    def matter(self, key: int) -> ProcessInstance:
        with self.unit_of_work.read() as session:
            return session.get_one(ProcessInstance, key)

    def tasks(self, root: int) -> Sequence[UserTask]:
        with self.unit_of_work.read() as session:
            statement = select(UserTask).where(UserTask.root_key == root, UserTask.state == CREATED)
            return session.execute(statement.order_by(UserTask.key)).scalars().all()

    def waits(self, root: int) -> list[str]:
        return sorted(task.element_id for task in self.tasks(root))

    def task(self, root: int, element_id: str | None = None) -> UserTask:
        (found,) = (task for task in self.tasks(root) if element_id in {None, task.element_id})
        return found

    def complete(self, person: str, root: int, element_id: str | None = None, **values: Any) -> user_tasks.Completion:
        task = self.task(root, element_id)
        return self.run(user_tasks.complete, task.key, self.actor(person), values)

    def jobs(self, root: int, state: str | None = None) -> Sequence[Job]:
        with self.unit_of_work.read() as session:
            statement = select(Job).where(Job.root_key == root).order_by(Job.key)
            found = session.execute(statement).scalars().all()
            return [job for job in found if state in {None, job.state}]

    def variables(self, root: int) -> dict[str, Any]:
        return self.read(process_instances.variables, root, system("test"))

    def history(self, root: int, only: str = "") -> list[history.Event]:
        with self.unit_of_work.read() as session:
            return [event for event in history.timeline(session, root) if event.type.startswith(only)]
