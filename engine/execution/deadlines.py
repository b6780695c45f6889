"""The stages of a user task's due date: reminder at half of its time, overdue when it is over, take-over at twice.

The time between creation and due date is counted as working time of a calendar by which the due date makes sense:
that of whoever is to do the task, else of the matter's store, else of the head office. A due date outside all working
time (hours of the clock, for urgent work) is divided by the clock, as is that of a task marked ``clockHours``.

One job a task holds the next stage. It is written with the task and closed with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine import calendar
from engine.calendar import CalendarRefused, WorkingTime
from engine.errors import NotFound
from engine.execution.work import job_row
from engine.organisation import calendars, people, snapshot

if TYPE_CHECKING:
    from engine.execution.instance import Instance
    from engine.execution.matter import Matter

DEADLINE = "deadline"
"""The kind of the jobs."""

REMINDER, OVERDUE, ESCALATION = "reminder", "overdue", "escalation"


@dataclass(frozen=True, slots=True)
class Plan:
    """When each stage comes; no reminder for what is due at once."""

    reminder: datetime | None
    overdue: datetime
    escalation: datetime

    def stages(self) -> tuple[tuple[str, datetime], ...]:
        """Name and instant of each stage, in order."""
        reminder = () if self.reminder is None else ((REMINDER, self.reminder),)
        return (*reminder, (OVERDUE, self.overdue), (ESCALATION, self.escalation))

    def come(self, stage: str, now: datetime) -> list[tuple[str, datetime]]:
        """``stage`` and those after it, as far as they have come by ``now``."""
        names = [name for name, _instant in self.stages()]
        return [entry for entry in self.stages()[names.index(stage) :] if entry[1] <= now]

    def after(self, stage: str) -> tuple[str, datetime] | None:
        """The stage that follows."""
        names = [name for name, _instant in self.stages()]
        following = self.stages()[names.index(stage) + 1 :]
        return following[0] if following else None

    def as_variables(self, task_key: int, stage: str) -> dict[str, Any]:
        """What the job keeps; ``stage`` is the next one."""
        return {
            "task": task_key,
            "stage": stage,
            REMINDER: self.reminder,
            OVERDUE: self.overdue,
            ESCALATION: self.escalation,
        }

    @classmethod
    def from_variables(cls, variables: Mapping[str, Any]) -> Plan:
        """The plan that the job kept."""
        return cls(variables[REMINDER], variables[OVERDUE], variables[ESCALATION])


def plan(created_at: datetime, due_at: datetime, working_times: Iterable[WorkingTime]) -> Plan:
    """The stages by the first of the calendars by which the due date makes sense, else by the clock."""
    known = list(working_times)
    if due_at <= created_at:
        return Plan(None, due_at, _a_day_later(created_at, known))
    for working_time in known:
        try:
            found = _by_working_time(created_at, due_at, working_time)
        except CalendarRefused:  # more hours than calendars count
            continue
        if found is not None:
            return found
    length = due_at - created_at
    return Plan(created_at + length / 2, due_at, due_at + length)


def begin(matter: Matter, instance: Instance, task: dict[str, Any]) -> None:
    """A user task with a due date was created: its stages begin. ``task`` is its row, still to be written."""
    planned = plan_of(matter.session, task, task["created_at"])
    task["take_over_from"] = planned.escalation
    stage, due_at = planned.stages()[0]
    matter.rows.deadlines[instance.key, task["element_instance"]] = job_row(
        instance.key,
        matter.root.key,
        kind=DEADLINE,
        topic=task["element_id"],
        element_id=task["element_id"],
        element_instance=task["element_instance"],
        due_at=due_at,
        now=matter.now,
        variables=planned.as_variables(task["key"], stage),
    )


def plan_of(session: Session, task: Mapping[str, Any], created_at: datetime) -> Plan:
    """The stages of a task's row."""
    properties: Mapping[str, str] = task["properties"] or {}
    by_the_clock = properties.get("clockHours") == "true"
    working_times = () if by_the_clock else _working_times(session, task, created_at)
    return plan(created_at, task["due_at"], working_times)


def _working_times(session: Session, task: Mapping[str, Any], at: datetime) -> Iterator[WorkingTime]:
    """Whose time may have been counted: of whoever is to do it, of the store, of the head office."""
    day = calendar.local_date(at)
    organisation = snapshot.of(session)
    resolution: Mapping[str, Any] = task["resolution"] or {}
    persons = [task["assignee"]] if task["assignee"] else list(resolution.get("persons", ()))
    if not persons:
        groups = resolution.get("groups", ())
        persons = [found for group in groups for found in organisation.holders(group, None, day)]
    own = [unit for person in persons[:1] for unit in people.units_of(session, person, at)[:1]]
    for unit in dict.fromkeys((*own, task["store"], None)):
        try:
            yield calendars.of_unit(session, unit)
        except (NotFound, CalendarRefused):  # a unit that is gone, or a calendar that cannot be read, decides nothing
            continue


def _by_working_time(created_at: datetime, due_at: datetime, working_time: WorkingTime) -> Plan | None:
    """None where counting working time does not lead from the creation to the due date."""
    total = calendar.elapsed(created_at, due_at, working_time)
    if total <= timedelta():
        return None
    counted = ((created_at, total), (due_at, timedelta()))
    if all(due_at != calendar.after(start, length, working_time) for start, length in counted):
        return None
    half, twice = (calendar.after(created_at, length, working_time) for length in (total / 2, total * 2))
    return Plan(half, due_at, twice)


def _a_day_later(start: datetime, known: list[WorkingTime]) -> datetime:
    """What was late when it came gives its assignee a working day before others may take it."""
    for working_time in known:
        try:
            return calendar.working_days(start, 1, working_time).at
        except CalendarRefused:
            continue
    return start + timedelta(days=1)
