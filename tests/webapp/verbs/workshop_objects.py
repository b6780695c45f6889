"""Procedures of two owners and of nobody, with drafts, running matters, schedules and earlier publications."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select, update

from engine import content, deployments, drafts, process_instances, schedules
from engine.actor import system
from engine.deployments import owners
from engine.models import Deployment, Job, Schedule
from engine.models.job import FAILED
from engine.organisation import assignments
from engine.schedules.firing import START
from tests.webapp.house import House
from tests.webapp.verbs import pack
from tests.webapp.verbs.acting import actor_of
from tests.webapp.verbs.relations import ROLES

Objects = dict[str, dict[str, dict[str, Any]]]
PROCEDURES = {"one owner's": "checked", "another's": "asked", "nobody's": "opened"}
_HOLDERS = {"one owner's": "U14", "another's": "U09", "nobody's": "U14"}
_FIRST, _SECOND, _CHANGED = "一", "二", "三"


def prepared(house: House) -> None:
    """A second process owner, and the small pack with what belongs to whom."""
    run, administrator = house.unit_of_work.run, actor_of(house, ROLES["administrator"])
    run(assignments.add, administrator, "U09", "process_owner", "HQ", starts_on=date(2026, 1, 1))
    _publish(house, _FIRST)
    for process, owner in pack.OWNED_BY.items():
        run(owners.set_owners, administrator, process, [owner])
        for often in pack.OFTEN:
            run(owners.set_owners, administrator, f"{process}_{often}", [owner])


def workshop_objects(house: House) -> Objects:
    """By kind and instance: the values that addresses and forms are filled with."""
    return _Maker(house).objects()


def _publish(house: House, name: str) -> Deployment:
    found: Deployment = house.unit_of_work.run(
        deployments.deploy, content.Pack(pack.PACK, pack.files(name), is_whole=True), system("test")
    )
    return found


class _Maker:
    def __init__(self, house: House) -> None:
        self._house = house
        self._run = house.unit_of_work.run

    def objects(self) -> Objects:
        """Everything, in the order in which it comes about."""
        with self._house.unit_of_work.read() as session:
            first = deployments.current_deployment(session, pack.PACK)
        assert first is not None
        running = {instance: self._running(process) for instance, process in PROCEDURES.items()}
        stale = {instance: self._draft(instance) for instance in PROCEDURES}
        second = _publish(self._house, _SECOND)
        for values in stale.values():
            values["current"] = second.key
        for instance, process in PROCEDURES.items():
            running[instance]["newest"] = self._definition(process)
        made = {instance: self._draft(instance) for instance in PROCEDURES}
        theirs = made["one owner's"] | {"path": _path("asked"), "content": _changed("asked"), "revision": 0}
        return {
            "procedure": {instance: self._procedure(process) for instance, process in PROCEDURES.items()},
            "running matter": running,
            "draft": made,
            "one draft": {"one owner's": made["one owner's"]},
            "stale draft": stale,
            "file": {**made, "not his": theirs},
            "publication": {
                instance: {"pack": pack.PACK, "key": first.key, "current": second.key, "path": _path(process)}
                for instance, process in PROCEDURES.items()
            },
            "schedule": {instance: self._schedule(process) for instance, process in PROCEDURES.items()},
            "paused schedule": {
                instance: self._schedule(process, paused=True) for instance, process in PROCEDURES.items()
            },
        }

    def _procedure(self, process: str) -> dict[str, Any]:
        return {
            "process_id": process,
            "path": _path(process),
            "file": f"{process}.bpmn",
            "changed": _changed(process),
        }

    def _running(self, process: str) -> dict[str, Any]:
        starter = actor_of(self._house, "U20")
        root = self._run(process_instances.start, process, starter).key
        return {"key": root, "processInstanceKey": root}

    def _definition(self, process: str) -> int:
        with self._house.unit_of_work.read() as session:
            return deployments.current_process(session, process).key

    def _draft(self, instance: str) -> dict[str, Any]:
        """A draft that changes the procedure of its holder."""
        process, holder = PROCEDURES[instance], actor_of(self._house, _HOLDERS[instance])
        key = self._run(drafts.create, holder, pack.PACK, "改动").key
        path = _path(process)
        revision = self._run(drafts.save, key, holder, path, _changed(process).encode(), 0)
        with self._house.unit_of_work.read() as session:
            fingerprint = drafts.get(session, key, holder).fingerprint
        return {
            "key": key,
            "path": path,
            "revision": revision,
            "fingerprint": fingerprint,
            "content": _changed(process, "四"),
        }

    def _schedule(self, process: str, *, paused: bool = False) -> dict[str, Any]:
        """The daily schedule beside a procedure, with a start that was given up; or the weekly one, paused."""
        administrator = actor_of(self._house, ROLES["administrator"])
        started = f"{process}_{'weekly' if paused else 'daily'}"
        with self._house.unit_of_work.read() as session:
            key = session.scalars(select(Schedule.key).where(Schedule.process_id == started)).one()
        if paused:
            self._run(schedules.pause, key, administrator, "停一停")
            return {"key": key}
        self._run(schedules.run_now, key, administrator, "试一次")
        with self._house.database.writer() as session:
            mine = (Job.kind == START, Job.topic == started)
            job = session.scalars(select(Job.key).where(*mine)).one()
            session.execute(update(Job).where(*mine).values(state=FAILED))
            session.commit()
        return {"key": key, "job_key": job}


def _path(process: str) -> str:
    return f"bpmn/{pack.PACK}/{process}.bpmn"


def _changed(process: str, name: str = _CHANGED) -> str:
    return pack.files(name)[_path(process)].decode()
