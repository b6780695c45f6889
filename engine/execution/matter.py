"""One matter under its lock: its instances, what a step does to them, and what it leaves behind.

A command obtains a :class:`Matter` from ``lock`` (or opens a new one), runs one or more steps, and saves once. A step
acts on one workflow and settles: every change is projected, and what follows from it (work inside the database,
called processes, messages within the matter) runs until everything waits for somebody or something outside.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine import clock, deployments, history, values
from engine.actor import Actor, system
from engine.errors import Conflict, ExecutionFailed
from engine.execution import failures, personal, presentation, projection
from engine.execution import instance as instances
from engine.execution.host import ExecutionHost
from engine.execution.instance import Instance
from engine.execution.rows import Rows
from engine.runtime import Process, Workflow
from engine.runtime.changes import VariablesSet
from engine.statements import Outbox, Statement
from feel.sentences import Sentence

MAXIMUM_FOLLOW_UPS = 1000
"""How much may follow from one step without anybody being waited for; a diagram that needs more never ends."""

ENGINE = system("engine")


@dataclass(slots=True)
class Attempt:
    """The block in which a command may fail: the failure is told what it takes to try once more."""

    actor: Actor
    instance: Instance
    command: str
    arguments: Mapping[str, Any]
    job_key: int | None

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _type: object, failure: BaseException | None, _traceback: object) -> None:
        """Tell the failure, if there is one; it goes on."""
        if isinstance(failure, ExecutionFailed):
            failure.process_instance_key = self.instance.key
            failure.attempt = {
                "command": self.command,
                "arguments": dict(self.arguments),
                "job_key": self.job_key,
                "actor": {
                    "person": self.actor.person,
                    "posts": sorted(self.actor.posts),
                    "groups": sorted(self.actor.groups),
                },
            }


class Matter:
    """The root instance and its called processes, locked by this transaction.

    ``actor`` is who acts, ``on_behalf_of`` for whom; ``now`` is one instant for the whole step.
    """

    def __init__(self, session: Session, root: Instance, actor: Actor, *, open_incidents: int = 0) -> None:
        self.session = session
        self.root = root
        self.actor = actor
        self.on_behalf_of: str | None = None
        self.open_incidents = open_incidents
        self.now = clock.now()
        self.is_new = root.revision == 0 and root.state_bytes is None
        self.was_submitted = False  # by this very step
        self.rows = Rows()
        self.outbox = Outbox()
        self.instances: dict[int, Instance] = {root.key: root}
        self.path = projection.Path()
        self.reported: set[tuple[int, str]] = set()  # process variables that history already tells the change of
        self._processes: dict[int, Process] = {}
        self._hosts: dict[int, ExecutionHost] = {}
        self._changed_names: dict[int, set[str]] = {}
        self._follow_ups: deque[Callable[[], None]] = deque()

    # -- reading ------------------------------------------------------------------------------------------------

    def process(self, instance: Instance) -> Process:
        """The definition version that the instance is bound to."""
        found = self._processes.get(instance.definition_key)
        if found is None:
            found = deployments.process(self.session, instance.definition_key)
            self._processes[instance.definition_key] = found
        return found

    def instance(self, key: int) -> Instance:
        """An instance of this matter, loaded when first needed (the root's lock covers it)."""
        found = self.instances.get(key)
        if found is None:
            found = self.add(Instance(*_BY_KEY.one(self.session, {"key": key})))
        return found

    def add(self, instance: Instance) -> Instance:
        """Take an instance into the matter, unless it is there already."""
        return self.instances.setdefault(instance.key, instance)

    def host(self, instance: Instance) -> ExecutionHost:
        """The surroundings of an instance in this step."""
        found = self._hosts.get(instance.key)
        if found is None:
            found = self._hosts[instance.key] = ExecutionHost(self, instance)
        return found

    def workflow(self, instance: Instance) -> Workflow:
        """The workflow of a running instance, restored when first needed."""
        if instance.workflow is None:
            if not instance.is_active or instance.state_bytes is None:
                raise Conflict(Sentence("This matter has ended."))
            instance.workflow = Workflow.restore(self.process(instance), instance.state_bytes, self.host(instance))
        return instance.workflow

    # -- acting -------------------------------------------------------------------------------------------------

    def run(self, instance: Instance, action: Callable[[Workflow], object]) -> None:
        """Act on the workflow of an instance, and let everything that follows happen."""
        self.act(instance, action)
        self.settle()

    def act(self, instance: Instance, action: Callable[[Workflow], object]) -> None:
        """Act on the workflow without settling; for what is itself a consequence of another act."""
        workflow = self.workflow(instance)
        if not instance.stepped:
            instance.before = dict(workflow.variables())
            instance.stepped = True
        action(workflow)

    def settle(self) -> None:
        """Project all changes and run what follows from them, until nothing follows."""
        follow_ups = 0
        while True:
            self._project_changes()
            if not self._follow_ups:
                return
            follow_ups += 1
            if follow_ups > MAXIMUM_FOLLOW_UPS:
                raise ExecutionFailed(
                    Sentence(
                        "More than {limit} steps followed from one another without anybody being waited for.",
                        limit=MAXIMUM_FOLLOW_UPS,
                    ),
                    element_id="",
                    kind="token",
                )
            self._follow_ups.popleft()()

    def later(self, follow_up: Callable[[], None]) -> None:
        """Do this once the changes at hand are projected."""
        self._follow_ups.append(follow_up)

    def settle_changes(self) -> None:
        """Project the changes at hand, so that what they close is known before the next thing follows."""
        self._project_changes()

    def _project_changes(self) -> None:
        for instance in list(self.instances.values()):
            if instance.workflow is None:
                continue
            for change in instance.workflow.take_changes():
                if isinstance(change, VariablesSet):
                    self._set_variables(instance, change)
                else:
                    projection.project(self, instance, change)

    def _set_variables(self, instance: Instance, change: VariablesSet) -> None:
        if change.scope_id:
            for name, value in change.variables.items():
                self.rows.variables[instance.key, change.scope_id, name] = value
        else:
            self._changed_names.setdefault(instance.key, set()).update(change.variables)

    def attempt(
        self, instance: Instance, command: str, arguments: Mapping[str, Any], *, job_key: int | None = None
    ) -> Attempt:
        """Whatever fails within is an attempt of ``command`` (for a job) that can be repeated with ``arguments``."""
        return Attempt(self.actor, instance, command, arguments, job_key)

    # -- leaving ------------------------------------------------------------------------------------------------

    def record(
        self,
        instance: Instance,
        event_type: str,
        *,
        element_id: str | None = None,
        details: Mapping[str, Any] | None = None,
        actor: Actor | None = None,
        on_behalf_of: str | None = None,
    ) -> None:
        """An event of history; without an ``actor`` it is a consequence that the engine drew."""
        history.record(
            self.session,
            instance,
            event_type,
            actor or ENGINE,
            element_id=element_id,
            details=details,
            on_behalf_of=on_behalf_of,
            occurred_at=self.now,
        )

    def told(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """Variables as history may tell them: personal ones so that they can be erased."""
        return personal.erasable(variables, self.personal_names)

    @property
    def personal_names(self) -> frozenset[str]:
        """The variables of this matter that hold personal values."""
        return personal.names(self.session, {instance.definition_key for instance in self.instances.values()})

    def save(self) -> None:
        """Write all that the steps did; the unit of work commits."""
        for instance in self.instances.values():
            if instance.stepped:
                self._project_variables(instance)
        self.path.record(self)
        presentation.present(self)
        if self.root.is_active:
            failures.close_void(self)
        else:
            failures.close_incidents(self, lambda _incident: True)
        history.flush(self.session, self.root, self.outbox)
        for instance in sorted(self.instances.values(), key=lambda item: item.key):
            if instance.stepped and instance.workflow is not None:
                instance.state_bytes = instance.workflow.save() if instance.is_active else None
            if instance.stepped or instance is self.root:
                if not instance.is_stored:
                    instance.revision += 1
                instances.write(self.outbox, instance)
        self.rows.write(self.session, self.outbox, self.now)
        self.outbox.send(self.session)

    def flush(self) -> None:
        """Send the writes so far: for whoever is about to read rows of this matter, or to write rows beside them."""
        for instance in self.instances.values():
            if not instance.is_stored:
                instances.write(self.outbox, instance)
        self.outbox.send(self.session)

    def _project_variables(self, instance: Instance) -> None:
        names = self._changed_names.pop(instance.key, None)
        if not names or instance.workflow is None:
            return
        after = instance.workflow.variables()
        told = {}
        for name in sorted(names):
            value, before = after.get(name), instance.before.get(name)
            if name in instance.before and values.same(value, before):
                continue
            self.rows.variables[instance.key, "", name] = value
            if (instance.key, name) not in self.reported:
                told[name] = {"before": before, "after": value}
        if told:
            self.record(instance, "variables.changed", details={"variables": self.told(told)})


_BY_KEY = Statement(
    select(*(instances.TABLE.c[name] for name in instances.COLUMNS)).where(instances.TABLE.c.key == bindparam("key"))
)
