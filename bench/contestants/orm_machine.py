"""The ORM floor: a state machine written by hand with SQLAlchemy's ORM, as a small application would have it.

Three tables (instance, task, event), the rule in Python, no history chain, no trace, no deadline, no form.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

import course
import durable
import tallied
from sqlalchemy import ForeignKey, Text, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

DECIDERS = {"line": "U16", "ops_manager": "U02", "general_manager": "U01"}


class Base(DeclarativeBase):
    """The three tables."""


class Instance(Base):
    """A request under way."""

    __tablename__ = "instance"
    id: Mapped[int] = mapped_column(primary_key=True)
    starter: Mapped[str]
    state: Mapped[str]
    variables: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Task(Base):
    """What waits for somebody."""

    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    element: Mapped[str]
    assignee: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    created_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]


class Event(Base):
    """What happened."""

    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instance.id"), index=True)
    type: Mapped[str]
    actor: Mapped[str]
    details: Mapped[str] = mapped_column(Text)
    occurred_at: Mapped[datetime]


def tier(amount: int) -> str:
    """The rule."""
    if amount <= 200:
        return "line"
    return "ops_manager" if amount <= 300 else "general_manager"


class Machine:
    """Start, fill in, approve: a transaction each, and a reading one before each form."""

    def __init__(self, url: str) -> None:
        self.engine = durable.engine(url)
        Base.metadata.create_all(self.engine)

    def matter(self, amount: int) -> None:
        """From the start to the end."""
        key = self.start("U19")
        task, assignee = self.task(key)
        self.complete(task, assignee, {"purpose": "更换前厅地毯", "amount": str(amount)})
        task, assignee = self.task(key)
        self.complete(task, assignee, {"decision": "approve", "opinion": "同意，请按计划采购"})

    def start(self, starter: str) -> int:
        """A new request with its first task."""
        now = datetime.now(UTC)
        with Session(self.engine) as session, session.begin():
            instance = Instance(starter=starter, state="active", variables="{}", started_at=now)
            session.add(instance)
            session.flush()
            self._wait(session, instance, "request", starter, now)
            session.add(Event(instance_id=instance.id, type="started", actor=starter, details="{}", occurred_at=now))
            return instance.id

    def task(self, key: int) -> tuple[int, str]:
        """The open task of a request."""
        with Session(self.engine) as session:
            found = session.execute(select(Task).where(Task.instance_id == key, Task.state == "open")).scalar_one()
            return found.id, found.assignee

    def complete(self, key: int, actor: str, values: dict[str, str]) -> None:
        """Fill in a task and move on."""
        now = datetime.now(UTC)
        with Session(self.engine) as session, session.begin():
            task = session.get_one(Task, key, with_for_update=True)
            if task.state != "open" or task.assignee != actor:
                raise AssertionError(task)
            instance = session.get_one(Instance, task.instance_id)
            variables = {**json.loads(instance.variables), **values}
            instance.variables = json.dumps(variables, ensure_ascii=False)
            task.state, task.completed_at = "done", now
            details = json.dumps(values, ensure_ascii=False)
            session.add(
                Event(instance_id=instance.id, type="completed", actor=actor, details=details, occurred_at=now)
            )
            if task.element == "request":
                self._wait(session, instance, "decision", DECIDERS[tier(int(variables["amount"]))], now)
            else:
                instance.state, instance.ended_at = "approved", now

    @staticmethod
    def _wait(session: Session, instance: Instance, element: str, assignee: str, now: datetime) -> None:
        session.add(Task(instance_id=instance.id, element=element, assignee=assignee, state="open", created_at=now))


if __name__ == "__main__":
    machine = Machine(sys.argv[1])
    course.serve(machine.matter, tallied.over(machine.engine))
