"""Matters in every state that a verb is for: with the line, queued, claimed, overdue, suspended, stopped, waiting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from engine import clock, external_jobs, jobs, process_instances, user_tasks
from engine.models import Incident, Job, ProcessInstance, UserTask
from engine.models.user_task import CREATED
from tests.webapp.house import INVESTIGATED, House, Person, ask, begin
from tests.webapp.verbs.acting import actor_of
from tests.webapp.verbs.relations import AUDITOR, ROLES, STARTERS

Objects = dict[str, dict[str, dict[str, Any]]]


def matter_objects(house: House) -> Objects:
    """By kind and instance: the values that addresses and forms are filled with."""
    people = {instance: house.person(starter) for instance, starter in STARTERS.items()}
    people["line of own"], people["line of other area"] = house.person("U16"), house.person("U17")
    made = _Maker(house, people)
    tasks = {instance: made.with_line(ask(people[instance])) for instance in STARTERS}
    tasks["administrator's"] = made.of(ROLES["administrator"], house.person("U21"))
    tasks["auditor's"] = made.of(AUDITOR, house.person("U21"), assignee=AUDITOR)
    unsubmitted = {instance: made.unsubmitted(instance) for instance in STARTERS}
    work = {instance: made.work(instance) for instance in STARTERS}
    return {
        "task": tasks,
        "matter": {instance: values | {"key": values["matter"]} for instance, values in tasks.items()},
        "overdue task": {instance: made.overdue(instance) for instance in STARTERS},
        "queued task": {instance: made.queued(instance) for instance in STARTERS},
        "claimed task": {instance: made.queued(instance, claimed_by=ROLES["buyer"]) for instance in STARTERS},
        "suspended matter": {instance: made.suspended(instance) for instance in STARTERS},
        "unsubmitted task": unsubmitted,
        "unsubmitted matter": {i: values | {"key": values["matter"]} for i, values in unsubmitted.items()},
        "job": work,
        "incident": {instance: made.stopped(instance) for instance in STARTERS},
        "waiting job": {instance: made.waiting_work(instance) for instance in STARTERS},
        "answer": {instance: made.waiting(instance) for instance in STARTERS},
    }


class _Maker:
    def __init__(self, house: House, people: Mapping[str, Person]) -> None:
        self._house = house
        self._people = people
        self._run = house.unit_of_work.run

    def with_line(self, root: int) -> dict[str, Any]:
        """A matter that waits with the line of its store, who is to look whether it is needed."""
        with self._house.unit_of_work.read() as session:
            task = session.scalars(select(UserTask).where(UserTask.root_key == root, UserTask.state == CREATED)).one()
            return {
                "key": task.key,
                "userTaskKey": task.key,
                "matter": root,
                "processInstanceKey": root,
                "process_id": "procurement_request",
                "other": "U17" if task.assignee == "U16" else "U16",  # who does not have it yet, and may
            }

    def of(self, starter: str, person: Person, assignee: str | None = None) -> dict[str, Any]:
        """A matter that somebody started before he became what he is now."""
        root = ask(person)
        with self._house.database.writer() as session:
            session.execute(update(ProcessInstance).where(ProcessInstance.root_key == root).values(starter=starter))
            open_task = (UserTask.root_key == root, UserTask.state == CREATED)
            session.execute(update(UserTask).where(*open_task).values(starter=starter))
            if assignee is not None:
                session.execute(update(UserTask).where(*open_task).values(assignee=assignee))
            session.commit()
        return self.with_line(root)

    def unsubmitted(self, instance: str) -> dict[str, Any]:
        """A request that is still being written."""
        begin(self._people[instance])
        with self._house.unit_of_work.read() as session:
            root = session.scalars(
                select(ProcessInstance.key)
                .where(ProcessInstance.starter == STARTERS[instance], ProcessInstance.submitted_at.is_(None))
                .order_by(ProcessInstance.key.desc())
            ).first()
            assert root is not None
        return self.with_line(root)

    def overdue(self, instance: str) -> dict[str, Any]:
        """A task whose time has passed twice."""
        values = self.with_line(ask(self._people[instance]))
        with self._house.database.writer() as session:
            before = clock.now() - timedelta(days=1)
            session.execute(
                update(UserTask)
                .where(UserTask.key == values["key"])
                .values(due_at=before, take_over_from=before + timedelta(hours=1))
            )
            session.commit()
        return values

    def queued(self, instance: str, claimed_by: str | None = None) -> dict[str, Any]:
        """A task in the queue of the buyers, or claimed out of it: what a week costs, the line may allow."""
        values = self.with_line(ask(self._people[instance], "80.00", category="storage_box"))
        line = self._people["line of other area" if instance == "other area" else "line of own"]
        assert line.submit(values["key"], INVESTIGATED).status == 200
        waiting = self.with_line(values["matter"])
        if claimed_by is not None:
            self._run(user_tasks.claim, waiting["key"], actor_of(self._house, claimed_by))
        return waiting

    def suspended(self, instance: str) -> dict[str, Any]:
        """A matter in which nothing moves."""
        values = self.with_line(ask(self._people[instance]))
        administrator = actor_of(self._house, ROLES["administrator"])
        self._run(process_instances.suspend, values["matter"], administrator, "核查")
        return values | {"key": values["matter"]}

    def work(self, instance: str) -> dict[str, Any]:
        """A matter with work for a program, which has it under a lease."""
        values = self.waiting_work(instance)
        administrator = actor_of(self._house, ROLES["administrator"])
        lease = timedelta(hours=1)
        taken = self._run(external_jobs.activate, "check", "w", 100, lease, administrator)
        assert [job.work.key for job in taken] == [values["jobKey"]]
        return values

    def waiting_work(self, instance: str) -> dict[str, Any]:
        """The same, still to be taken."""
        root = self._start("checked", instance)
        with self._house.unit_of_work.read() as session:
            job = session.scalars(select(Job.key).where(Job.root_key == root, Job.topic == "check")).one()
        return {"key": root, "matter": root, "processInstanceKey": root, "jobKey": job}

    def stopped(self, instance: str) -> dict[str, Any]:
        """A matter whose work was given up."""
        values = self.work(instance)
        self._run(jobs.fail, values["jobKey"], "缺纸", retries=0)
        with self._house.unit_of_work.read() as session:
            found = session.scalars(select(Incident.key).where(Incident.root_key == values["matter"])).one()
        return values | {"key": found, "incidentKey": found}

    def waiting(self, instance: str) -> dict[str, Any]:
        """A matter that waits for an answer by the id of its starter, and one for the bell."""
        self._start("called", instance)
        root = self._start("asked", instance)
        return {"key": root, "matter": root, "starter": STARTERS[instance]}

    def _start(self, process_id: str, instance: str) -> int:
        return int(self._run(process_instances.start, process_id, self._people[instance].actor).key)
