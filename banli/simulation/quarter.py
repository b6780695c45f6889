"""A quarter of the whole organisation on the real engine: people start matters, answer, are late, return, are away.

One heap of what people will do, one clock: time goes to the next thing that somebody or the clock itself does, and
whatever that opens is planned in turn. When nothing is planned any more, nothing may be left that waits.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from sqlalchemy import select

from banli.scenarios import files
from banli.scenarios.model import Unmet, Values
from banli.scenarios.refusals import told
from banli.scenarios.values import of_step
from banli.scenarios.world import World
from banli.simulation import filling, people
from engine import calendar, clock, deployments, process_instances, user_tasks
from engine.actor import Actor, system
from engine.errors import Conflict, EngineError, FormRefused
from engine.models import UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.organisation import absences, delegations, functions, snapshot
from engine.user_tasks import TaskView
from feel.sentences import Sentence

_ADMINISTRATION = system("simulation")
_STRIDE = timedelta(hours=6)
"""Time never goes further at once, so that what the clock opens is planned when it opens."""

_DRAIN = timedelta(days=300)
"""How long after the quarter matters may still take; who needs longer is stuck."""

_TRIES = 12
_WITHDRAWN, _TAKEN_OVER, _AWAY, _STANDS_IN = 0.03, 0.4, 0.5, 0.4


@dataclass(order=True)
class Planned:
    """Something that will happen: ``act`` is called when its time has come."""

    at: datetime
    number: int
    act: Any = field(compare=False)


class Quarter:
    """One run. ``faults`` are sentences about what people could not do, though it waited for them."""

    def __init__(self, world: World, usual: Mapping[str, Mapping[str, Values]], chance: Random) -> None:
        self.world = world
        self.usual = usual
        self.chance = chance
        self.faults: list[Sentence] = []
        self.acts = 0
        self._planned: list[Planned] = []
        self._numbers = count()
        self._last_task = 0
        with world.unit_of_work.read() as session:
            self._people = sorted(snapshot.of(session).people)

    def run(self, begins: datetime, days: int, matters: int) -> datetime:
        """Play; gives the instant at which nothing was planned any more."""
        ends = begins + timedelta(days=days)
        self.world.begin(begins)
        for _ in range(matters):
            moment = people.by_day(begins + (ends - begins) * self.chance.random())
            self._plan(moment, self._start_something)
        for day in range(days):
            if self.chance.random() < _AWAY:
                self._plan(begins + timedelta(days=day), self._somebody_is_away)
        while self._planned:
            coming = self._planned[0].at
            if coming > ends + _DRAIN:
                break
            if coming > clock.now() + _STRIDE:
                self.world.pass_until(clock.now() + _STRIDE)
            else:
                self.world.pass_until(max(coming, clock.now()))
                heapq.heappop(self._planned).act()
            self._plan_new_tasks()
            if clock.now() > ends and not self.world.has_active_matters(ends):
                break  # what the clock started since then belongs to the next quarter
            if not self._planned:
                self._wait_for_the_clock(ends)
        return clock.now()

    def _wait_for_the_clock(self, ends: datetime) -> None:
        """Only timers are left, or nothing: go on until one opens a task, or the quarter is over and all is quiet."""
        last = ends + _DRAIN
        while not self._planned and clock.now() < last and self.world.has_active_matters(ends):
            self.world.pass_until(min(clock.now() + timedelta(days=1), last))
            self._plan_new_tasks()

    def _plan(self, at: datetime, act: Any) -> None:
        heapq.heappush(self._planned, Planned(at, next(self._numbers), act))

    def _plan_new_tasks(self) -> None:
        """Tasks that nobody has thought of yet: keys rise with time."""
        with self.world.unit_of_work.read() as session:
            new = session.scalars(
                select(UserTask)
                .where(UserTask.key > self._last_task, UserTask.state == CREATED)
                .order_by(UserTask.key)
            ).all()
        for task in new:
            self._last_task = task.key
            at = people.answered_at(task, clock.now(), self.chance)
            self._plan(at, lambda key=task.key: self._answer(key))

    # -- what people do -----------------------------------------------------------------------------------------

    def _start_something(self) -> None:
        actor = self.world.actor(self.chance.choice(self._people))
        with self.world.unit_of_work.read() as session:
            offered = deployments.startable(session, actor)
        if not offered:
            self._start_something()
            return
        self.acts += 1
        self.world.do(process_instances.start, self.chance.choice(offered).process_id, actor)

    def _somebody_is_away(self) -> None:
        person, today = self.chance.choice(self._people), calendar.local_date(clock.now())
        until = today + timedelta(days=self.chance.randint(1, 5))
        self.world.do(absences.add, _ADMINISTRATION, person, starts_on=today, ends_on=until, reason="年休假")
        if self.chance.random() >= _STANDS_IN:
            return
        other = self.chance.choice([each for each in self._people if each != person])
        try:
            self.world.do(
                delegations.add,
                self.world.actor(person),
                other,
                starts_on=today,
                ends_on=until,
                reason="休假期间代办",
            )
        except EngineError:  # who stands in for somebody already, say: the superior has it then
            return

    def _answer(self, key: int) -> None:
        """Somebody does the task, or it is put off because nobody is there."""
        with self.world.unit_of_work.read() as session:
            task = session.get_one(UserTask, key)
        if task.state != CREATED:
            return
        actor = self._who(task)
        if actor is None:
            self._plan(people.by_day(clock.now() + timedelta(hours=20)), lambda: self._answer(key))
            return
        self.acts += 1
        if self._withdraws(task):
            return
        try:
            self._complete(task, actor)
        except Conflict:  # the matter took another way at this very moment
            return
        except EngineError as error:
            if self._gives_up(task, actor):
                return
            self.faults.append(
                Sentence(
                    "{person} could not do {task}: {why}", person=actor.person, task=task.element_id, why=told(error)
                )
            )

    def _who(self, task: UserTask) -> Actor | None:
        if task.take_over_from is not None and task.take_over_from <= clock.now():
            superior = self._superior(task)
            if superior is not None and self.chance.random() < _TAKEN_OVER:
                self.world.do(user_tasks.take_over, task.key, superior)
                return superior
        # a task that was a delegate's is its owner's again when the delegation is over
        candidates = [task.assignee, task.on_behalf_of] if task.assignee else self._claimants(task)
        self.chance.shuffle(candidates)
        for person in candidates:
            if person is not None and not self._is_away(person):
                actor = self.world.actor(person)
                if self._view(task.key, actor).may_complete:
                    return actor
        return None

    def _claimants(self, task: UserTask) -> list[str]:
        with self.world.unit_of_work.read() as session:
            table = UserTaskCandidate
            rows = session.execute(select(table.kind, table.id).where(table.user_task_key == task.key)).all()
            organisation, today = snapshot.of(session), calendar.local_date(clock.now())
            named = [row.id for row in rows if row.kind == "person"]
            held = [each for row in rows if row.kind == "group" for each in organisation.holders(row.id, None, today)]
        return sorted({*named, *held})

    def _superior(self, task: UserTask) -> Actor | None:
        for person in self.chance.sample(self._people, len(self._people)):
            actor = self.world.actor(person)
            try:
                if self._view(task.key, actor).may_take_over and not self._is_away(person):
                    return actor
            except EngineError:  # none of his business
                continue
        return None

    def _withdraws(self, task: UserTask) -> bool:
        """Now and then an applicant thinks better of it while others have his request."""
        with self.world.unit_of_work.read() as session:
            matter = process_instances.get(session, task.root_key, _ADMINISTRATION)
            if (
                matter.submitted_at is None
                or self.chance.random() >= _WITHDRAWN
                or matter.starter.startswith("system:")
            ):
                return False
            applicant = self.world.actor(matter.starter)
            if not process_instances.may_withdraw(session, matter, applicant):
                return False
        self.world.do(process_instances.withdraw, task.root_key, applicant, "情况有变，不再需要")
        return True

    def _gives_up(self, task: UserTask, actor: Actor) -> bool:
        """Who cannot fill in what he began (there is nobody to confirm, say) throws the draft away."""
        try:
            self.world.do(process_instances.discard, task.root_key, actor)
        except EngineError:  # it is no draft any more
            return False
        return True

    def _complete(self, task: UserTask, actor: Actor) -> None:
        values: dict[str, Any] = {}
        for attempt in range(_TRIES):
            view = self._view(task.key, actor)
            usual = self._usual(view) if attempt < _TRIES // 4 else None
            if task.form_key is not None:
                values = self._filled(view, usual, values)
            try:
                sent = files.uploaded(self.world, task, actor, values)
                self.world.do(user_tasks.complete, task.key, actor, sent, posted=True)
            except FormRefused as refused:
                if attempt == _TRIES - 1:
                    raise
                # what is wrong together with another field may be right with another choice there
                values = filling.without(values, refused.fields) if attempt < _TRIES // 4 else {}
            else:
                return

    def _usual(self, view: TaskView) -> dict[str, Any]:
        layers = [self.usual.get(name, {}) for name in (view.task.process_id, view.matter.process_id)]
        try:
            return of_step(view.task.element_id, layers, {}, view.variables)
        except Unmet:  # an expression that only makes sense within a scenario
            return {}

    def _filled(self, view: TaskView, usual: Mapping[str, Any] | None, given: Mapping[str, Any]) -> dict[str, Any]:
        with self.world.unit_of_work.read() as session:
            form = deployments.form(session, view.task.form_key or 0)
            circumstances = {
                "current": view.variables,
                "now": clock.now(),
                "functions": functions.bound(session, at=clock.now(), process_id=view.matter.process_id),
                "attached": view.attached,
            }
            return filling.fill(form, circumstances, usual, self.chance, given)

    def _view(self, key: int, actor: Actor) -> TaskView:
        with self.world.unit_of_work.read() as session:
            return user_tasks.get(session, key, actor)

    def _is_away(self, person: str) -> bool:
        with self.world.unit_of_work.read() as session:
            organisation = snapshot.of(session)
            today = calendar.local_date(clock.now())
            return not organisation.is_active(person) or organisation.absence(person, today) is not None
