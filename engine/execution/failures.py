"""Incidents of a matter under its lock: what stopped is written down once, and closed when it went on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import insert, select, update

from engine.actor import Actor, system
from engine.execution.instance import Instance
from engine.execution.tables import INCIDENT, JOB, TASK
from engine.history import Personal
from engine.keys import new_key
from engine.models.incident import OPEN, RESOLVED
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.execution.matter import Matter

_ENGINE = system("engine")


def open_incident(
    matter: Matter,
    instance: Instance,
    *,
    element_id: str,
    kind: str,
    sentence: Sentence,
    values: Mapping[str, Any],
    attempt: Mapping[str, Any],
    job_key: int | None = None,
) -> int:
    """Write an incident, or renew the open one of the same attempt; gives its key.

    Somebody who tries the same thing ten times makes one incident, with what was seen last.
    """
    for row in open_incidents(matter):
        if (row["kind"], row["job_key"], _what(row["attempt"])) == (kind, job_key, _what(attempt)):
            renewed = {"element_id": element_id, "sentence": sentence.as_json(), "values": values, "attempt": attempt}
            matter.session.connection().execute(update(INCIDENT).where(INCIDENT.c.key == row["key"]).values(renewed))
            return int(row["key"])
    row = {
        "key": (key := new_key()),
        "process_instance_key": instance.key,
        "root_key": matter.root.key,
        "job_key": job_key,
        "element_id": element_id,
        "kind": kind,
        "sentence": sentence.as_json(),
        "values": dict(values),
        "attempt": dict(attempt),
        "state": OPEN,
        "created_at": matter.now,
        "resolved_at": None,
        "resolved_by": None,
    }
    matter.flush()
    matter.session.connection().execute(insert(INCIDENT), row)
    matter.open_incidents += 1
    seen = Personal(values) if matter.personal_names else values
    details = {"incident": key, "kind": kind, "sentence": sentence.as_json(), "values": seen}
    matter.record(instance, "incident.created", element_id=element_id, details=details)
    return key


def open_incidents(matter: Matter) -> list[dict[str, Any]]:
    """The open incidents of the matter, the oldest first."""
    if not matter.open_incidents:
        return []
    statement = (
        select(INCIDENT)
        .where(INCIDENT.c.root_key == matter.root.key, INCIDENT.c.state == OPEN)
        .order_by(INCIDENT.c.key)
    )
    return [row._asdict() for row in matter.session.connection().execute(statement)]


def close_incidents(
    matter: Matter, concerned: Callable[[Mapping[str, Any]], bool], actor: Actor | None = None
) -> list[dict[str, Any]]:
    """Close the open incidents that ``concerned`` picks; costs nothing in a matter that has none."""
    closed = [row for row in open_incidents(matter) if concerned(row)]
    for row in closed:
        by = (actor or _ENGINE).person
        matter.session.connection().execute(
            update(INCIDENT)
            .where(INCIDENT.c.key == row["key"])
            .values(state=RESOLVED, resolved_at=matter.now, resolved_by=by)
        )
        matter.open_incidents -= 1
        matter.record(
            matter.instance(row["process_instance_key"]),
            "incident.resolved",
            element_id=row["element_id"],
            details={"incident": row["key"], "kind": row["kind"]},
            actor=actor,
        )
    return closed


def close_void(matter: Matter) -> None:
    """Close the incidents of waits that this step closed: there is nothing left in them that could be tried again."""
    void = set()
    for row in open_incidents(matter):
        wait = _wait(matter, row)
        if wait is not None and matter.rows.is_over(wait):
            void.add(row["key"])
    if void:
        close_incidents(matter, lambda row: row["key"] in void)


def _wait(matter: Matter, row: Mapping[str, Any]) -> tuple[int, str] | None:
    """The wait that an incident is about, if it is about one."""
    attempt = row["attempt"] or {}
    if attempt.get("element_instance"):
        return row["process_instance_key"], attempt["element_instance"]
    table, key = JOB, row["job_key"]
    if key is None and attempt.get("command") == "user_tasks.complete":
        table, key = TASK, attempt["arguments"]["key"]
    if key is None:
        return None
    found = matter.session.connection().execute(
        select(table.c.process_instance_key, table.c.element_instance).where(table.c.key == key)
    )
    wait = found.one_or_none()
    return (
        None if wait is None or wait.element_instance is None else (wait.process_instance_key, wait.element_instance)
    )


def _what(attempt: Any) -> object:
    """What an attempt was about, whatever values it carried: the command and the key of its row."""
    arguments = attempt.get("arguments") or {}
    about = arguments.get("key") or attempt.get("element_instance") or arguments.get("name")
    return attempt.get("command"), about
