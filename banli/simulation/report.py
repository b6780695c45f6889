"""What a simulated quarter came to: how long matters took, how they ended, and what should not be there."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import history
from engine.models import Incident, ProcessInstance, UserTask
from engine.models.incident import OPEN
from engine.models.process_instance import ACTIVE
from engine.models.user_task import COMPLETED, CREATED
from feel.sentences import Sentence

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Procedure:
    """The figures of one procedure; days are days of the calendar, shares of the tasks that were completed."""

    process_id: str
    matters: int
    outcomes: Counter[str]
    median_days: float
    ninetieth_days: float
    on_time: float


@dataclass(frozen=True, slots=True)
class Result:
    """One run. It passed when nothing is stuck, no incident is open, nobody was hindered and every chain verifies."""

    procedures: Sequence[Procedure]
    tasks: int
    acts: int
    faults: Sequence[Sentence]
    stuck: Sequence[str]
    incidents: int
    intact: bool

    @property
    def passed(self) -> bool:
        """Whether the quarter ended as it should."""
        return not (self.faults or self.stuck or self.incidents) and self.intact


def of(session: Session, ends: datetime, acts: int, faults: Sequence[Sentence]) -> Result:
    """The figures of the matters that were started until an instant, in a world whose time is over."""
    begun = (ProcessInstance.parent_key.is_(None), ProcessInstance.started_at <= ends)
    roots = session.scalars(select(ProcessInstance).where(*begun).order_by(ProcessInstance.key)).all()
    named = sorted({root.process_id for root in roots})
    procedures = [
        _procedure(session, name, [root for root in roots if root.process_id == name and root.submitted_at])
        for name in named
    ]
    tasks = session.scalar(select(func.count()).select_from(UserTask).where(UserTask.state == COMPLETED)) or 0
    incidents = session.scalar(select(func.count()).select_from(Incident).where(Incident.state == OPEN)) or 0
    return Result(
        procedures=[each for each in procedures if each.matters],
        tasks=tasks,
        acts=acts,
        faults=faults,
        stuck=[_standing(session, root) for root in roots if root.state == ACTIVE],
        incidents=incidents,
        intact=history.verify(session).is_intact,
    )


def _standing(session: Session, root: ProcessInstance) -> str:
    """Which matter it is, and what it waits for."""
    waiting = session.execute(
        select(UserTask.element_id, UserTask.assignee).where(UserTask.root_key == root.key, UserTask.state == CREATED)
    ).all()
    tasks = ", ".join(f"{task.element_id} ({task.assignee or '–'})" for task in waiting)
    return f"{root.business_id or root.key} {root.process_id}: {tasks or '–'}"


def _procedure(session: Session, process_id: str, roots: Sequence[ProcessInstance]) -> Procedure:
    lasted = sorted(
        (root.ended_at - root.submitted_at) / timedelta(days=1)
        for root in roots
        if root.ended_at and root.submitted_at
    ) or [0.0]
    keys = [root.key for root in roots]
    dated = session.execute(
        select(UserTask.due_at, UserTask.completed_at).where(
            UserTask.root_key.in_(keys), UserTask.state == COMPLETED, UserTask.due_at.is_not(None)
        )
    ).all()
    on_time = sum(row.completed_at <= row.due_at for row in dated)
    return Procedure(
        process_id,
        len(roots),
        Counter(root.outcome or "–" for root in roots),
        statistics.median(lasted),
        lasted[int(0.9 * (len(lasted) - 1))],
        on_time / len(dated) if dated else 1.0,
    )


def text(result: Result, gettext: Translate) -> str:
    """The table and the verdict, for a terminal."""
    heads = ("procedure", "matters", "days, median", "days, 90 %", "on time", "outcomes")
    lines = ["{:26} {:>8} {:>13} {:>11} {:>8}  {}".format(*(gettext(head) for head in heads))]
    for each in result.procedures:
        outcomes = ", ".join(f"{name} {number}" for name, number in each.outcomes.most_common())
        lines.append(
            f"{each.process_id:26} {each.matters:>8} {each.median_days:>13.1f} {each.ninetieth_days:>11.1f} "
            f"{each.on_time:>8.0%}  {outcomes}"
        )
    said = [
        *result.faults,
        *(Sentence("Stuck: {matter}", matter=matter) for matter in result.stuck),
        Sentence(
            "{tasks} tasks, {acts} acts; {stuck} matters stuck, {incidents} open incidents, {faults} hindrances.",
            tasks=result.tasks, acts=result.acts, stuck=len(result.stuck), incidents=result.incidents,
            faults=len(result.faults),
        ),
        Sentence("Every history verifies.") if result.intact else Sentence("A history does not verify."),
    ]  # fmt: skip
    return "\n".join([*lines, "", *(sentence.translate(gettext) for sentence in said)])
