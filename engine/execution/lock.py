"""The door to a matter: its root's row is locked first, whatever one wants of it.

On PostgreSQL the rows are locked root first, so two writers never wait for each other crosswise, and every locked row
is read as it stands after the wait. On SQLite the transaction itself is the lock (BEGIN IMMEDIATE).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import FromClause, Select, Table, bindparam, func, select
from sqlalchemy.orm import Session

from engine.actor import Actor
from engine.errors import Conflict
from engine.execution import instance as instances
from engine.execution.instance import Instance
from engine.execution.matter import Matter
from engine.execution.tables import INCIDENT, JOB, SUBSCRIPTION, TASK
from engine.models.incident import OPEN
from engine.organisation import snapshot
from engine.statements import Statement, constant
from feel.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Locked:
    """A matter under its lock, the instance that is meant, and the row by which it was found (None: the instance)."""

    matter: Matter
    instance: Instance
    row: Any | None


Anchor = Literal["instance", "task", "job", "subscription"]
_ROOT = instances.TABLE.alias("root")
_OWN = instances.TABLE.alias("own")
_TABLES: dict[str, Table] = {"task": TASK, "job": JOB, "subscription": SUBSCRIPTION}


def _statement(anchor: Anchor) -> Select[Any]:
    found: FromClause
    columns: list[Any] = []
    locked: list[FromClause] = [_ROOT, _OWN]
    if anchor == "instance":
        found, key = _OWN.join(_ROOT, _ROOT.c.key == _OWN.c.root_key), _OWN.c.key
    else:
        table = _TABLES[anchor].alias("anchor")
        found = table.join(_OWN, _OWN.c.key == table.c.process_instance_key).join(
            _ROOT, _ROOT.c.key == _OWN.c.root_key
        )
        key = table.c.key
        columns = list(table.c)
        locked.append(table)
    open_incidents = (
        select(func.count())
        .select_from(INCIDENT)
        .where(INCIDENT.c.root_key == _ROOT.c.key, INCIDENT.c.state == constant(OPEN))
        .scalar_subquery()
    )
    return (
        select(
            *(_ROOT.c[name].label(f"root__{name}") for name in instances.COLUMNS),
            _OWN.c.key.label("own_key"),
            open_incidents.label("open_incidents"),
            snapshot.REVISION.label("organisation"),
            *columns,
        )
        .select_from(found)
        .where(key == bindparam("anchor_key"))
        .with_for_update(of=locked)
    )


_ANCHORS: tuple[Anchor, ...] = ("instance", "task", "job", "subscription")
_STATEMENTS = {anchor: Statement(_statement(anchor)) for anchor in _ANCHORS}
_WIDTH = len(instances.COLUMNS)


def lock(session: Session, anchor: Anchor, key: int, actor: Actor) -> Locked | None:
    """Lock the matter of a task, job, subscription or instance; None if there is no such row."""
    row = _STATEMENTS[anchor].one_or_none(session, {"anchor_key": key})
    if row is None:
        return None
    snapshot.arrived(session, row.organisation)
    matter = Matter(session, Instance(*row[:_WIDTH]), actor, open_incidents=row.open_incidents)
    return Locked(matter, matter.instance(row.own_key), None if anchor == "instance" else row)


def refuse_suspended(matter: Matter) -> None:
    """Nothing moves in a matter that an administrator has suspended."""
    if matter.root.suspended:
        raise Conflict(Sentence("This matter is suspended; nothing can be done in it until it is resumed."))


def open_matter(
    session: Session,
    actor: Actor,
    *,
    key: int,
    definition_key: int,
    process_id: str,
    starter: str,
    store: str | None,
    started_at: datetime,
) -> Matter:
    """A new root instance; nobody else can see it before the commit, so it needs no lock."""
    root = Instance(
        key=key,
        definition_key=definition_key,
        process_id=process_id,
        root_key=key,
        starter=starter,
        store=store,
        started_at=started_at,
        is_stored=False,
    )
    return Matter(session, root, actor)
