"""Whatever anybody does, in whatever order, every matter stays whole.

A running one waits for somebody or something, an ended one for nothing; rows and state agree; history verifies.
"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from engine import clock, history, jobs, process_instances, topics, user_tasks
from engine.database import Database
from engine.errors import Conflict, EngineError, ExecutionFailed, FormRefused, NotAllowed, NotFound, Refused
from engine.models import Job, ProcessInstance, Subscription, UserTask, UserTaskCandidate, Variable
from engine.models.job import CREATED
from engine.models.process_instance import ACTIVE
from tests.engine.conftest import NOON
from tests.engine.office import Office

PEOPLE = ("U01", "U02", "U03", "U06", "U07", "U12", "U13", "U15", "U16", "U19", "U20")
PROCESSES = ("purchase", "both", "clock", "repeating", "panel", "caller", "waiting", "telling", "nobody", "work")
VALUES = (
    {"purpose": "甲", "amount": 150},
    {"purpose": "乙", "amount": 350},
    {"decision": "approve"},
    {"decision": "return"},
    {"decision": "reject"},
    {"actual_amount": 90},
    {"accepted": True},
    {"accepted": False},
    {"starter": "U01"},
    {},
)
EXPECTED = (Conflict, NotAllowed, NotFound, Refused, FormRefused, ExecutionFailed)
furnished: Path | None = None


def meant(task: UserTask, answer: str) -> dict[str, Any]:
    """What the form of the task asks for."""
    step = task.element_id[:2]
    if step in {"R0", "W0"}:
        return {"purpose": "甲", "amount": {"approve": 150, "return": 250, "reject": 350}[answer]}
    if step == "P4":
        return {"actual_amount": 90}
    if step in {"P5", "B2", "K2", "M2", "T2"}:
        return {"accepted": answer != "reject"}
    return {} if step == "B3" else {"decision": answer}


class Matters(RuleBasedStateMachine):
    """Everybody tries everything."""

    @initialize(processes=st.lists(st.sampled_from(PROCESSES), min_size=2, max_size=4))
    def open(self, processes: list[str]) -> None:
        assert furnished is not None
        self.folder = tempfile.TemporaryDirectory()
        file = Path(self.folder.name) / "office.db"
        file.write_bytes(furnished.read_bytes())
        self.office = Office(Database(f"sqlite:///{file}"))
        self.now = NOON
        clock.pin(self.now)
        self.roots = [self.office.start(process) for process in processes]

    def teardown(self) -> None:
        clock.pin(None)
        if hasattr(self, "office"):
            with self.office.unit_of_work.read() as session:
                assert list(history.verify(session).problems) == []
            self.office.database.dispose()
            self.folder.cleanup()

    def attempt(self, command, *arguments) -> None:
        try:
            self.office.run(command, *arguments)
        except EngineError as error:
            assert isinstance(error, EXPECTED), error  # noqa: PT017 - any other error is the finding

    def open_tasks(self) -> list[UserTask]:
        return [task for root in self.roots for task in self.office.tasks(root)]

    @rule(process=st.sampled_from(PROCESSES), person=st.sampled_from(("U19", "U20", "U16")))
    def start(self, process: str, person: str) -> None:
        try:
            self.roots.append(self.office.start(process, person))
        except EXPECTED:
            return

    @rule(which=st.integers(0, 50), values=st.sampled_from(VALUES), data=st.data())
    def complete(self, which: int, values: dict, data) -> None:
        tasks = self.open_tasks()
        if tasks:
            task = tasks[which % len(tasks)]
            person = data.draw(st.sampled_from([task.assignee or "U06", "U15", *PEOPLE[:3]]))
            self.attempt(user_tasks.complete, task.key, self.office.actor(person), values)

    @rule(which=st.integers(0, 50), answer=st.sampled_from(("approve", "approve", "return", "reject")))
    def complete_as_meant(self, which: int, answer: str) -> None:
        tasks = self.open_tasks()
        if tasks:
            task = tasks[which % len(tasks)]
            person = task.assignee or ("U15" if task.resolution["exceptional"] else "U06")
            self.attempt(user_tasks.complete, task.key, self.office.actor(person), meant(task, answer))

    @rule(
        which=st.integers(0, 50),
        person=st.sampled_from(PEOPLE),
        verb=st.sampled_from((user_tasks.claim, user_tasks.release)),
    )
    def claim_or_release(self, which: int, person: str, verb) -> None:
        tasks = self.open_tasks()
        if tasks:
            self.attempt(verb, tasks[which % len(tasks)].key, self.office.actor(person))

    @rule(which=st.integers(0, 50), by=st.sampled_from(("U15", "U03")), to=st.sampled_from(PEOPLE))
    def assign(self, which: int, by: str, to: str) -> None:
        tasks = self.open_tasks()
        if tasks:
            self.attempt(user_tasks.assign, tasks[which % len(tasks)].key, self.office.actor(by), to, "调整")

    @rule(
        which=st.integers(0, 50),
        person=st.sampled_from(("U15", "U19", "U20")),
        verb=st.sampled_from(("withdraw", "cancel", "suspend", "resume", "discard")),
    )
    def decide_on_the_matter(self, which: int, person: str, verb: str) -> None:
        if self.roots:
            reason = () if verb == "discard" else ("调整",)
            command = getattr(process_instances, verb)
            self.attempt(command, self.roots[which % len(self.roots)], self.office.actor(person), *reason)

    @rule(hours=st.sampled_from((1, 2, 30)))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        clock.pin(self.now)

    @rule(answer=st.sampled_from(("complete", "fail", "error")))
    def work(self, answer: str) -> None:
        for key in self.office.read(jobs.due):
            job = self.office.read(jobs.get, key)
            if jobs.is_inside(job):
                self.attempt(jobs.run_inside, key)
            elif answer == "complete":
                self.attempt(jobs.complete, key, {"pages": 1})
            elif answer == "fail":
                self.attempt(jobs.fail, key, "out of order")
            else:
                self.attempt(jobs.throw_error, key, "no_paper")

    @invariant()
    def everything_that_runs_waits_and_nothing_else_does(self) -> None:
        if not hasattr(self, "office"):
            return
        with self.office.unit_of_work.read() as session:
            instances = {row.key: row for row in session.execute(select(ProcessInstance)).scalars()}
            waits: dict[int, int] = {}
            for row in session.execute(select(UserTask).where(UserTask.state == CREATED)).scalars():
                waits[row.process_instance_key] = waits.get(row.process_instance_key, 0) + 1
                candidates = select(UserTaskCandidate).where(UserTaskCandidate.user_task_key == row.key)
                assert row.assignee or session.execute(candidates).first(), "a task that nobody can find"
            for row in session.execute(select(Job).where(Job.element_instance.is_not(None))).scalars():
                if row.state in {CREATED, "FAILED"}:
                    waits[row.process_instance_key] = waits.get(row.process_instance_key, 0) + 1
            for key in session.execute(select(Subscription.process_instance_key)).scalars():
                waits[key] = waits.get(key, 0) + 1
            for instance in instances.values():
                if instance.state == ACTIVE and instance.parent_key is not None:
                    assert instances[instance.parent_key].state == ACTIVE, "a called process without its caller"
                    waits[instance.parent_key] = waits.get(instance.parent_key, 0) + 1
            for instance in instances.values():
                running = instance.state == ACTIVE
                assert running == (waits.get(instance.key, 0) > 0), "stuck, or waiting after its end"
                assert running == (instance.state_bytes is not None)
            open_tasks = select(UserTask.key).where(UserTask.state == CREATED)
            left = select(UserTaskCandidate).where(UserTaskCandidate.user_task_key.not_in(open_tasks))
            assert session.execute(left).first() is None, "a candidate for a task that is over"

    @invariant()
    def the_projected_variables_are_those_of_the_state(self) -> None:
        if not hasattr(self, "office"):
            return
        from engine.execution import lock  # noqa: PLC0415 - only here

        with self.office.database.writer() as session:
            for root in self.roots:
                locked = lock(session, "instance", root, self.office.actor("U15"))
                if locked is None or not locked.instance.is_active:
                    continue
                rows = select(Variable.name, Variable.value).where(
                    Variable.process_instance_key == root, Variable.scope == ""
                )
                projected = {row.name: row.value for row in session.execute(rows)}
                assert projected == locked.matter.workflow(locked.instance).variables()
            session.rollback()


def test_any_sequence_of_acts_leaves_every_matter_whole(furnished_sqlite, monkeypatch):
    monkeypatch.setattr(topics.find("trial_ledger"), "function", lambda _session, _work: {"entry": "记"})
    monkeypatch.setattr(topics.find("notify"), "function", lambda _session, _work: {})
    monkeypatch.setattr("tests.engine.execution.test_properties.furnished", furnished_sqlite)
    Matters.TestCase.settings = settings(
        max_examples=12,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    Matters.TestCase("runTest").runTest()
