"""One scenario, played step by step on the real engine; a step that turns out otherwise ends it with a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from functools import singledispatchmethod
from typing import Any
from xml.sax.saxutils import escape

from banli.scenarios import files, open_tasks, outcome, refusals
from banli.scenarios.model import (
    Absence,
    Action,
    Assign,
    Cancel,
    Delegation,
    Deploy,
    Discard,
    Do,
    Each,
    Expectation,
    Fault,
    Fires,
    Linked,
    Pass,
    Place,
    Receive,
    Scenario,
    ScenarioFile,
    Start,
    Step,
    TakeOver,
    Turn,
    Unmet,
    Values,
    Waits,
    Withdraw,
)
from banli.scenarios.values import of_step
from banli.scenarios.world import TooManyJobs, World
from engine import clock, deployments, messages, process_instances, user_tasks
from engine.actor import system
from engine.content import Pack
from engine.errors import EngineError
from engine.models import UserTask
from engine.organisation import absences, delegations
from feel.sentences import Sentence

_ADMINISTRATION = system("scenario")


class Player:
    """Plays one scenario in a world. ``matters`` are the keys of the matters by name; "" is the first.

    What people do goes through ``start``, ``submit`` and ``withdraw``, so that tests may send it through the pages.
    """

    def __init__(self, world: World, pack: Pack, file: ScenarioFile, scenario: Scenario) -> None:
        self.world = world
        self.pack = pack
        self.file = file
        self.scenario = scenario
        self.matters: dict[str, int] = {}
        self._current = ""

    def play(self) -> Fault | None:
        """Play all of it; the fault at which it ended, or None when everything was as written."""
        scenario = self.scenario
        place, text = scenario.place, ""
        try:
            self._begin()
            for step in scenario.steps:
                place, text = step.place, f"{step.number} {step.text}"
                self._step(step)
            place, text = scenario.place, ""
            for name, expected in scenario.expected.items():
                if name not in self.matters:
                    if expected == Expectation():
                        continue
                    raise Unmet(Sentence("No matter was started as {name}.", name=name or "–"))  # noqa: TRY301
                outcome.check(self.world, self.matters[name], expected)
        except Unmet as unmet:
            return self._fault(place, text, unmet.sentence)
        except EngineError as error:
            return self._fault(place, text, refusals.told(error))
        except TooManyJobs:
            return self._fault(place, text, Sentence("Jobs make jobs without end."))
        return None

    def _fault(self, place: Place, step: str, sentence: Sentence) -> Fault:
        return Fault(place, self.scenario.name, step, sentence)

    def _begin(self) -> None:
        self.world.begin(self.scenario.on)
        for given in (*self.scenario.absences, *self.scenario.delegations):
            self._do(given)
        if self.scenario.person is not None:
            self._start(self.scenario.person, self.scenario.store, "")
        elif self.scenario.variables is not None:
            self._start_by_system(self.scenario.variables, self.scenario.store)

    def _step(self, step: Step) -> None:
        if step.refused is None:
            self._do(step.action)
            return
        try:
            self._do(step.action)
        except EngineError as error:
            refusals.as_expected(error, step.refused)
            return
        raise Unmet(Sentence("This should have been refused, and was accepted."))

    def _start(self, person: str, store: str | None, name: str) -> None:
        if name in self.matters:
            raise Unmet(Sentence("There is a matter {name} already.", name=name))
        self.matters[name] = self.start(self.file.process, person, store)
        self._current = name

    def _start_by_system(self, variables: Values, store: str | None) -> None:
        process_id = self.file.process
        started = self.world.do(process_instances.start, process_id, _ADMINISTRATION, dict(variables), store)
        self.matters[""] = started.key

    def start(self, process_id: str, person: str, store: str | None) -> int:
        """A person starts a matter; gives its key."""
        started = self.world.do(process_instances.start, process_id, self.world.actor(person), store=store)
        return int(started.key)

    def submit(self, task: UserTask, person: str, values: Mapping[str, Any]) -> None:
        """A person completes a task; file fields hold the names of files that go with it."""
        actor = self.world.actor(person)
        self.world.do(user_tasks.complete, task.key, actor, files.uploaded(self.world, task, actor, values))

    def withdraw(self, key: int, person: str, reason: str) -> None:
        """A person withdraws a matter."""
        self.world.do(process_instances.withdraw, key, self.world.actor(person), reason)

    @property
    def _key(self) -> int:
        if self._current not in self.matters:
            raise Unmet(Sentence("No matter was started yet."))
        return self.matters[self._current]

    @singledispatchmethod
    def _do(self, action: Action) -> None:
        raise TypeError(type(action))  # every action has its method below

    @_do.register
    def _complete(self, action: Do) -> None:
        self._complete_task(open_tasks.one(self.world, self._key, action.task, action.person), action.person, action)

    @_do.register
    def _complete_each(self, action: Each) -> None:
        tasks = open_tasks.called(self.world, self._key, action.task)
        if not tasks:
            raise open_tasks.none_open(self.world, self._key, action.task)
        for task in tasks:
            if task.assignee is None:
                raise Unmet(Sentence("{code} waits in a queue; say who does it.", code=action.task))
            self._complete_task(task, task.assignee, action)

    def _complete_task(self, task: UserTask, person: str, action: Do | Each) -> None:
        layers = (self.file.defaults, self.scenario.values)
        variables = self.world.variables_at(task)
        self.submit(task, person, of_step(task.element_id, layers, action.values, variables))

    @_do.register
    def _waits(self, action: Waits) -> None:
        found = open_tasks.waiting(self.world, self._key)
        expected = {open_tasks.named(code, found): tuple(sorted(names)) for code, names in action.tasks.items()}
        if expected != found:
            told_apart = {"expected": open_tasks.told(expected), "found": open_tasks.told(found)}
            raise Unmet(Sentence("Expected {expected}, but {found}.", **told_apart))

    @_do.register
    def _pass(self, action: Pass) -> None:
        instant = action.until if action.duration is None else clock.now() + action.duration
        if instant is None or instant < clock.now():
            raise Unmet(Sentence("Time does not run backwards."))
        self.world.pass_until(instant)

    @_do.register
    def _start_another(self, action: Start) -> None:
        self._start(action.person, action.store, action.name)

    @_do.register
    def _turn(self, action: Turn) -> None:
        self._current = action.name
        _ = self._key

    @_do.register
    def _turn_to_linked(self, action: Linked) -> None:
        if action.name in self.matters:
            raise Unmet(Sentence("There is a matter {name} already.", name=action.name))
        started = self.world.started_by(self._key, action.process)
        if started is None:
            raise Unmet(Sentence("This matter started no {process}.", process=action.process))
        self.matters[action.name] = started
        self._current = action.name

    @_do.register
    def _receive(self, action: Receive) -> None:
        self.world.do(messages.publish, action.message, action.key, {}, _ADMINISTRATION)

    @_do.register
    def _withdraw(self, action: Withdraw) -> None:
        self.withdraw(self._key, action.person, action.reason)

    @_do.register
    def _discard(self, action: Discard) -> None:
        self.world.do(process_instances.discard, self._key, self.world.actor(action.person))

    @_do.register
    def _cancel(self, action: Cancel) -> None:
        actor = self.world.actor(action.person)
        self.world.do(process_instances.cancel, self._key, actor, action.reason)

    @_do.register
    def _assign(self, action: Assign) -> None:
        actor = self.world.actor(action.person)
        self.world.do(
            user_tasks.assign, open_tasks.one(self.world, self._key, action.task).key, actor, action.to, action.reason
        )

    @_do.register
    def _take_over(self, action: TakeOver) -> None:
        actor = self.world.actor(action.person)
        self.world.do(user_tasks.take_over, open_tasks.one(self.world, self._key, action.task).key, actor)

    @_do.register
    def _fires(self, action: Fires) -> None:
        if action.name in self.matters:
            raise Unmet(Sentence("There is a matter {name} already.", name=action.name or "–"))
        instant = self.world.next_firing(self.file.process, action.element)
        if instant is None:
            raise Unmet(Sentence("The timer start event {element} does not fire any more.", element=action.element))
        known = set(self.world.matters_of(self.file.process, action.store))
        self.world.pass_until(instant)
        begun = [key for key in self.world.matters_of(self.file.process, action.store) if key not in known]
        if not begun:
            raise Unmet(Sentence("The timer start event {element} started nothing here.", element=action.element))
        self.matters[action.name] = begun[0]
        self._current = action.name

    @_do.register
    def _deploy(self, action: Deploy) -> None:
        content = self.pack.files.get(action.file)
        if content is None:
            raise Unmet(Sentence("The pack has no file {file}.", file=action.file))
        text = content.decode("utf-8")
        for before, after in action.replace.items():
            # Cells are written as people read them; in the file, XML has its own spelling of "<" and ">".
            old, new = (before, after) if text.count(before) else (escape(before), escape(after))
            if text.count(old) != 1:
                raise Unmet(
                    Sentence(
                        "“{text}” occurs {count} times in {file}, not once.",
                        text=before,
                        count=text.count(old),
                        file=action.file,
                    )
                )
            text = text.replace(old, new)
        changed = Pack(self.pack.name, {action.file: text.encode("utf-8")})
        self.world.do(deployments.deploy, changed, _ADMINISTRATION)

    @_do.register
    def _absent(self, action: Absence) -> None:
        self.world.do(
            absences.add,
            _ADMINISTRATION,
            action.person,
            starts_on=action.starts_on,
            ends_on=action.ends_on,
            reason=action.reason,
        )

    @_do.register
    def _delegate(self, action: Delegation) -> None:
        self.world.do(
            delegations.add,
            self.world.actor(action.owner),
            action.delegate,
            starts_on=action.starts_on,
            ends_on=action.ends_on,
            reason=action.reason,
            process_ids=action.procedures,
        )
