"""One scenario, played step by step on the real engine; a step that turns out otherwise ends it with a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatchmethod
from xml.sax.saxutils import escape

from sqlalchemy import select

from banli.scenarios import files, outcome
from banli.scenarios.model import (
    Absence,
    Action,
    Assign,
    Cancel,
    Delegation,
    Deploy,
    Discard,
    Do,
    Expectation,
    Fault,
    Fires,
    Pass,
    Place,
    Scenario,
    ScenarioFile,
    Start,
    Step,
    TakeOver,
    Turn,
    Unmet,
    Waits,
    Withdraw,
)
from banli.scenarios.values import of_step
from banli.scenarios.world import TooManyJobs, World
from engine import clock, deployments, process_instances, user_tasks
from engine.actor import system
from engine.content import Pack
from engine.errors import DeploymentRefused, EngineError, FormRefused
from engine.models import UserTask, UserTaskCandidate
from engine.models.user_task import CREATED
from engine.organisation import absences, delegations
from feel.sentences import Sentence

_ADMINISTRATION = system("scenario")


class Player:
    """Plays one scenario in a world. ``matters`` are the keys of the matters by name; "" is the first."""

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
            return self._fault(place, text, told(error))
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

    def _step(self, step: Step) -> None:
        if step.refused is None:
            self._do(step.action)
            return
        try:
            self._do(step.action)
        except EngineError as error:
            _as_expected(error, step.refused)
            return
        raise Unmet(Sentence("This should have been refused, and was accepted."))

    def _start(self, person: str, store: str | None, name: str) -> None:
        if name in self.matters:
            raise Unmet(Sentence("There is a matter {name} already.", name=name))
        actor = self.world.actor(person)
        started = self.world.do(process_instances.start, self.file.process, actor, store=store)
        self.matters[name] = started.key
        self._current = name

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
        actor = self.world.actor(action.person)
        task = self._open_task(action.task)
        layers = (self.file.defaults, self.scenario.values)
        values = of_step(task.element_id, layers, action.values)
        self.world.do(user_tasks.complete, task.key, actor, files.uploaded(self.world, task, actor, values))

    @_do.register
    def _waits(self, action: Waits) -> None:
        found = {task.element_id: self._holders(task) for task in self._open_tasks()}
        expected = {self._named(code, found): frozenset(names) for code, names in action.tasks.items()}
        if expected != found:
            raise Unmet(Sentence("Expected {expected}, but {found}.", expected=_list(expected), found=_list(found)))

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
    def _withdraw(self, action: Withdraw) -> None:
        actor = self.world.actor(action.person)
        self.world.do(process_instances.withdraw, self._key, actor, action.reason)

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
        self.world.do(user_tasks.assign, self._open_task(action.task).key, actor, action.to, action.reason)

    @_do.register
    def _take_over(self, action: TakeOver) -> None:
        actor = self.world.actor(action.person)
        self.world.do(user_tasks.take_over, self._open_task(action.task).key, actor)

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

    # -- what is open ---------------------------------------------------------------------------------------------

    def _open_tasks(self) -> Sequence[UserTask]:
        table = UserTask
        with self.world.unit_of_work.read() as session:
            return session.scalars(
                select(table).where(table.root_key == self._key, table.state == CREATED).order_by(table.key)
            ).all()

    def _open_task(self, code: str) -> UserTask:
        tasks = self._open_tasks()
        found = [task for task in tasks if _is(code, task.element_id)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Unmet(Sentence("{code} stands for several open tasks; write the whole id.", code=code))
        waiting = {task.element_id: self._holders(task) for task in tasks}
        if waiting:
            raise Unmet(Sentence("No task {code} is open; {waiting}.", code=code, waiting=_list(waiting)))
        raise Unmet(Sentence("No task {code} is open; {ended}.", code=code, ended=self._how_it_ended()))

    def _how_it_ended(self) -> Sentence:
        return outcome.state_of(self.world, self._key)

    def _holders(self, task: UserTask) -> frozenset[str]:
        """Who has the task, or who may claim it."""
        if task.assignee is not None:
            return frozenset({task.assignee})
        with self.world.unit_of_work.read() as session:
            table = UserTaskCandidate
            candidates = select(table.id).where(table.user_task_key == task.key, table.kind.in_(("person", "group")))
            return frozenset(session.scalars(candidates))

    def _named(self, code: str, found: dict[str, frozenset[str]]) -> str:
        return next((element_id for element_id in found if _is(code, element_id)), code)


def told(error: EngineError) -> Sentence:
    """What an error says, with every field or problem that it is about."""
    details: list[Sentence] = []
    if isinstance(error, FormRefused):
        details = [
            Sentence("{field}: {message}", field=field, message=message)
            for field, messages in error.fields.items()
            for message in messages
        ]
    if isinstance(error, DeploymentRefused):
        details = [
            Sentence("{place}: {message}", place=f"{p.file} {p.element_id}".strip(), message=p.sentence)
            for p in error.problems
            if p.severity == "error"
        ]
    sentence = error.sentence
    for detail in details:
        sentence = Sentence("{first} {following}", first=sentence, following=detail)
    return sentence


def _as_expected(error: EngineError, words: tuple[str, ...]) -> None:
    """Each word is a field that was refused, or stands in the English message."""
    fields = set(error.fields) if isinstance(error, FormRefused) else set()
    message = told(error)
    for word in words:
        if word not in fields and word not in str(message):
            raise Unmet(
                Sentence("It was refused, but not because of “{word}”: {message}", word=word, message=message)
            )


def _is(code: str, element_id: str) -> bool:
    return element_id == code or element_id.startswith(f"{code}_")


def _list(tasks: dict[str, frozenset[str]]) -> Sentence:
    if not tasks:
        return Sentence("nothing waits")
    waiting = "; ".join(f"{element_id} ({', '.join(sorted(names))})" for element_id, names in sorted(tasks.items()))
    return Sentence("what waits is {tasks}", tasks=waiting)
