"""What people see of a matter in lists: its number, its title, and two or three values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

import feel
from engine import calendar, counters
from engine.execution.tables import TASK, VARIABLE
from engine.models.user_task import CREATED
from engine.statements import Statement, constant

if TYPE_CHECKING:
    from engine.execution.matter import Matter
    from engine.runtime import Process

_TITLE_LENGTH = 200
_SUMMARY_VALUES = select(VARIABLE.c.name, VARIABLE.c.value).where(
    VARIABLE.c.process_instance_key == bindparam("key"),
    VARIABLE.c.scope == "",
    VARIABLE.c.name.in_(bindparam("names", expanding=True)),
)
_SHOW = (
    update(TASK)
    .where(TASK.c.root_key == bindparam("b_root_key"))
    .values({name: bindparam(f"b_{name}") for name in ("business_id", "title", "summary")})
)
_SHOW_IN_ALL, _SHOW_IN_OPEN = Statement(_SHOW), Statement(_SHOW.where(TASK.c.state == constant(CREATED)))


def submit(matter: Matter) -> None:
    """The draft becomes a matter with a number that people can say, such as PR-20261123-001."""
    root = matter.root
    prefix = matter.process(root).properties.get("businessIdPrefix") or _initials(root.process_id)
    name = f"{prefix}-{calendar.local_date(matter.now):%Y%m%d}"
    root.business_id = f"{name}-{counters.following(matter.session, name):03d}"
    root.submitted_at = matter.now
    matter.was_submitted = True
    matter.record(
        root,
        "process_instance.submitted",
        details={"business_id": root.business_id},
        actor=matter.actor,
        on_behalf_of=matter.on_behalf_of,
    )


def present(matter: Matter) -> None:
    """Bring title and summary up to date, in the tasks that are new and in those that were open before."""
    root = matter.root
    process = matter.process(root)
    names = summary_names(process)
    before = root.title
    if root.workflow is not None and root.stepped:
        now_visible = root.workflow.variables()
        root.title = title(process, now_visible)
        summary = [[name, now_visible.get(name)] for name in names]
        changed = any((root.key, "", name) in matter.rows.variables for name in names)
    else:
        summary = _stored_summary(matter, names) if matter.path.created_tasks else []
        changed = False
    shown = {"business_id": root.business_id, "title": root.title, "summary": summary}
    for row in matter.path.created_tasks:
        row.update(shown)
    if matter.is_new or not (changed or matter.was_submitted or before != root.title):
        return
    # the number is for the first form as well, which is done by now
    statement = _SHOW_IN_ALL if matter.was_submitted else _SHOW_IN_OPEN
    given = {f"b_{name}": value for name, value in shown.items()}
    matter.outbox.add(statement, {"b_root_key": root.key, **given})


def title(process: Process, variables: Mapping[str, Any]) -> str:
    """The process's ``title`` over the variables; the name of the process where that gives no text yet."""
    text = process.properties.get("title", "")
    fallback = process.name or process.process_id
    if not text.startswith("="):
        return text or fallback
    value = _compiled(text[1:]).evaluate(variables).value
    return str(value)[:_TITLE_LENGTH] if isinstance(value, str) and value.strip() else fallback


def summary_names(process: Process) -> Sequence[str]:
    """The names of the variables that an inbox row shows."""
    return [name.strip() for name in process.properties.get("summary", "").split(",") if name.strip()]


@lru_cache(maxsize=512)
def _compiled(text: str) -> feel.Expression:
    return feel.compile(text)


def _stored_summary(matter: Matter, names: Sequence[str]) -> list[list[Any]]:
    if not names:
        return []
    matter.flush()
    rows = matter.session.connection().execute(_SUMMARY_VALUES, {"key": matter.root.key, "names": list(names)})
    found = {row.name: row.value for row in rows}
    return [[name, found.get(name)] for name in names]


def _initials(process_id: str) -> str:
    return "".join(re.findall(r"(?:^|[_-])([A-Za-z])", process_id)).upper() or "M"
