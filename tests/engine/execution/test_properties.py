"""Whatever anybody does, in whatever order, every matter stays whole: no task is doubled, none is lost.

A running one waits for somebody or something, an ended one for nothing; rows and state agree wait by wait; history
verifies. Among the acts are return, jump, skip, suspension, cancellation and migration to another version.
BANLI_MATTER_RUNS sets how many sequences are tried on each database.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from engine import clock, deployments, history, jobs, process_instances, topics, user_tasks
from engine.actor import system
from engine.database import Database
from engine.errors import Conflict, EngineError, ExecutionFailed, FormRefused, NotAllowed, NotFound, Refused
from engine.execution import lock
from engine.execution.deadlines import DEADLINE
from engine.models import Job, ProcessDefinition, ProcessInstance, Subscription, UserTask, UserTaskCandidate, Variable
from engine.models.job import CREATED, FAILED
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
RUNS = int(os.environ.get("BANLI_MATTER_RUNS", "6"))
SEVERAL = {"P1_vote": 3, "K2_look": 99}  # drawn so: three sign at a time; a timer begins one beside the task
fresh: Callable[[], Database] | None = None


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
        assert fresh is not None
        self.office = Office(fresh())
        self.now = NOON
        clock.pin(self.now)
        self.roots = [self.office.start(process) for process in processes]
        for task in self.open_tasks():  # nobody but its starter may touch a draft
            if task.element_id[:2] in {"R0", "W0"}:
                self.attempt(user_tasks.complete, task.key, self.office.actor("U19"), meant(task, "return"))

    def teardown(self) -> None:
        clock.pin(None)
        if hasattr(self, "office"):
            with self.office.unit_of_work.read() as session:
                assert list(history.verify(session).problems) == []
            self.office.database.dispose()

    def attempt(self, command, *arguments, **named) -> bool:
        try:
            self.office.run(command, *arguments, **named)
        except EngineError as error:
            assert isinstance(error, EXPECTED), error  # noqa: PT017 - any other error is the finding
            return False
        return True

    def running(self) -> list[ProcessInstance]:
        with self.office.unit_of_work.read() as session:
            active = select(ProcessInstance).where(ProcessInstance.state == ACTIVE).order_by(ProcessInstance.key)
            return list(session.execute(active).scalars())

    def stands(self, instance: ProcessInstance) -> list[str]:
        """Ids of the occurrences that an instance is at."""
        with self.office.database.writer() as session:
            locked = lock(session, "instance", instance.key, system("test"))
            workflow = locked.matter.workflow(locked.instance)
            session.rollback()
        return [occurrence.element_instance_id for occurrence in workflow.active]

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

    @rule(
        which=st.integers(0, 50),
        where=st.integers(0, 5),
        to=st.integers(0, 50),
        person=st.sampled_from(("U15", "U15", "U15", "U19")),
        verb=st.sampled_from(("send_back", "jump", "jump", "skip")),
    )
    def move(self, which: int, where: int, to: int, person: str, verb: str) -> None:
        running = self.running()
        if not running:
            return
        instance = running[which % len(running)]
        stands = self.stands(instance)
        given_up = stands[where % len(stands)]
        elements = sorted(self.office.read(deployments.process, instance.definition_key).elements)
        how: dict[str, Any] = {"process_instance_key": instance.key}
        if verb == "skip":
            how |= {"element_instance": given_up, "variables": {"decision": "approve", "pages": 1}}
        else:
            how |= {"to": elements[to % len(elements)], "ending": () if where == 0 else [given_up]}
        command = getattr(process_instances, verb)
        self.attempt(command, instance.root_key, self.office.actor(person), "调整", **how)

    @rule(which=st.integers(0, 50))
    def migrate(self, which: int) -> None:
        """To the version that it is not on; what the preview promises holds."""
        running = self.running()
        if not running:
            return
        instance = running[which % len(running)]
        with self.office.unit_of_work.read() as session:
            versions = select(ProcessDefinition.key).where(ProcessDefinition.process_id == instance.process_id)
            (target,) = set(session.execute(versions).scalars()) - {instance.definition_key}
        actor = self.office.actor("U15")
        (preview,) = self.office.read(
            process_instances.migration_preview, actor, definition_key=target, keys=[instance.key]
        )
        moved = self.attempt(process_instances.migrate, instance.key, actor, "新版", definition_key=target)
        assert moved == preview.can_move

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
                if row.state in {CREATED, FAILED}:
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
    def rows_and_state_tell_of_the_same_waits_and_variables(self) -> None:
        if not hasattr(self, "office"):
            return
        with self.office.database.writer() as session:
            for root in self.roots:
                locked = lock(session, "instance", root, self.office.actor("U15"))
                active = select(ProcessInstance.key).where(
                    ProcessInstance.root_key == root, ProcessInstance.state == ACTIVE
                )
                for key in session.execute(active).scalars() if locked is not None else ():
                    instance = locked.matter.instance(key)
                    workflow = locked.matter.workflow(instance)
                    self.same_waits(session, key, workflow)
                    rows = select(Variable.name, Variable.value).where(
                        Variable.process_instance_key == key, Variable.scope == ""
                    )
                    assert {row.name: row.value for row in session.execute(rows)} == workflow.variables()
            session.rollback()

    def same_waits(self, session, key: int, workflow) -> None:
        tasks = select(UserTask.element_instance).where(
            UserTask.process_instance_key == key, UserTask.state == CREATED
        )
        waits = [select(Subscription.element_instance).where(Subscription.process_instance_key == key), tasks]
        waits.append(
            select(Job.element_instance).where(
                Job.process_instance_key == key,
                Job.element_instance.is_not(None),
                Job.kind != DEADLINE,
                Job.state.in_((CREATED, FAILED)),
            )
        )
        waits.append(
            select(ProcessInstance.parent_element_instance).where(
                ProcessInstance.parent_key == key, ProcessInstance.state == ACTIVE
            )
        )
        rows = Counter(one for statement in waits for one in session.execute(statement).scalars())
        assert rows == Counter(wait.element_instance_id for wait in workflow.waiting)
        for element_id, count in Counter(wait.element_id for wait in workflow.waiting).items():
            assert count <= SEVERAL.get(element_id, 1), f"{element_id} is doubled"


def test_any_sequence_of_acts_leaves_every_matter_whole(fresh_databases, monkeypatch):
    monkeypatch.setattr(topics.find("trial_ledger"), "function", lambda _session, _work: {"entry": "记"})
    monkeypatch.setattr(topics.find("notify"), "function", lambda _session, _work: {})
    monkeypatch.setattr("tests.engine.execution.test_properties.fresh", fresh_databases)
    Matters.TestCase.settings = settings(
        max_examples=RUNS,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    Matters.TestCase("runTest").runTest()
