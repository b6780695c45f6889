"""Tasks and called processes."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import (
    NoneTask,
    ScriptTask,
    ServiceTask,
    UserTask,
)

from engine.errors import ExecutionFailed
from engine.runtime.changes import (
    DecisionEvaluated,
    JobCreated,
    ProcessCalled,
    UserTaskCreated,
)
from engine.runtime.dialect.model import Settings, Value
from engine.runtime.dialect.model import UserTask as UserTaskSettings
from engine.runtime.specs.node import Node
from engine.runtime.specs.people import people_of
from engine.runtime.token import Token
from engine.runtime.waits import instant_of, text
from feel.sentences import Sentence

_HIGHEST_PRIORITY = 100


def create_job(token: Token, settings: Settings) -> None:
    """Ask for work of a topic."""
    job = settings.job
    if job is None:
        raise ValueError(settings.id)  # the linter demands a topic where a job is needed
    retries = text(token, job.retries, settings.id)
    if not retries.isdigit():
        raise ExecutionFailed(
            Sentence("The retries of a job must be a whole number, but are {value}.", value=retries),
            element_id=settings.id,
            kind="expression",
        )
    token.instance.emit(
        JobCreated(
            settings.id,
            token.id,
            topic=text(token, job.topic, settings.id),
            retries=int(retries),
            headers=job.headers,
            variables=token.instance.variables.visible(token.chain()),
            properties=settings.properties,
        )
    )


class PassThroughTask(Node, NoneTask):  # type: ignore[misc]
    """A task without a performer: it is documentation, and the token passes through."""


def form_of(token: Token, task: UserTaskSettings, element_id: str) -> str | None:
    """The id of the form that a task shows: the one that is named, or that its expression gives of those listed."""
    if task.form_id is None or not task.form_id.is_expression:
        return None if task.form_id is None else task.form_id.text
    result = token.instance.script_engine.evaluate(token, task.form_id)
    if result in task.forms:
        return str(result)
    raise ExecutionFailed(
        Sentence(
            "The form must be one of {forms}, but the expression gives {value}.",
            forms=", ".join(task.forms),
            value=str(result)[:200],
        ),
        element_id=element_id,
        kind="expression",
    )


class PersonTask(Node, UserTask):  # type: ignore[misc]
    """A user task: waits for a person."""

    waits = True

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, **kwargs)
        self.manual = False  # our queue runs it into its wait; SpiffWorkflow would hold it back before

    def behave(self, token: Token) -> None:
        """Ask for a person: assignment, schedule and priority are evaluated now."""
        task = self.settings.user_task
        if task is None:
            raise ValueError(self.bpmn_id)  # every user task is read with its settings
        assigned = people_of(token, task.assignee, self.bpmn_id)
        token.instance.emit(
            UserTaskCreated(
                self.bpmn_id,
                token.id,
                name=self.bpmn_name,
                form_id=form_of(token, task, self.bpmn_id),
                form_binding=task.form_binding,
                form_version_tag=task.form_version_tag,
                assignees=assigned.ids,
                resolution=assigned.resolution,
                candidate_groups=people_of(token, task.candidate_groups, self.bpmn_id, several=True).ids,
                candidate_users=people_of(token, task.candidate_users, self.bpmn_id, several=True).ids,
                due_at=instant_of(token, task.due_at, self.bpmn_id),
                follow_up_at=instant_of(token, task.follow_up_at, self.bpmn_id),
                priority=self._priority(token, task.priority),
                properties=self.settings.properties,
            )
        )

    def _priority(self, token: Token, value: Value | None) -> int:
        if value is None:
            return 50
        result = token.instance.script_engine.evaluate(token, value)
        if isinstance(result, str) and result.isdigit():
            result = int(result)
        if isinstance(result, int | Decimal) and not isinstance(result, bool) and 0 <= result <= _HIGHEST_PRIORITY:
            return int(result)
        raise ExecutionFailed(
            Sentence("The priority must be a number from 0 to 100, but is {value}.", value=str(result)),
            element_id=self.bpmn_id,
            kind="expression",
        )


class JobTask(Node, ServiceTask):  # type: ignore[misc]
    """Service, send, script or business rule task with a topic: waits for a worker."""

    waits = True

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, **kwargs)
        self.manual = False

    def behave(self, token: Token) -> None:
        """Ask for the work."""
        create_job(token, self.settings)


class FeelScriptTask(Node, ScriptTask):  # type: ignore[misc]
    """A script task: the value of a FEEL expression to a variable."""

    def __init__(self, wf_spec: Any, settings: Settings, **kwargs: Any) -> None:
        super().__init__(wf_spec, settings, script="", **kwargs)

    def behave(self, token: Token) -> bool:
        """Evaluate."""
        script = self.settings.script
        if script is None:
            raise ValueError(self.bpmn_id)  # the linter demands it
        token.payload = {script.result_variable: token.instance.script_engine.evaluate(token, script.expression)}
        return True


class DecisionTask(Node, ServiceTask):  # type: ignore[misc]
    """A business rule task: the value of a DMN decision to a variable."""

    def behave(self, token: Token) -> bool:
        """Let the surroundings evaluate the decision."""
        called = self.settings.decision
        if called is None:
            raise ValueError(self.bpmn_id)  # the linter demands it
        instance = token.instance
        decision_id = text(token, called.decision_id, self.bpmn_id)
        try:
            decided = instance.host.decide(
                decision_id, called.binding, called.version_tag, instance.variables.visible(token.chain())
            )
        except ExecutionFailed as failure:
            failure.element_id = self.bpmn_id  # people look for the step in their diagram, not only for the table
            raise
        instance.emit(
            DecisionEvaluated(self.bpmn_id, token.id, decision_id, decided.definition, decided.value, decided.trace)
        )
        token.payload = {called.result_variable: decided.value}
        return True


class CallActivity(Node, ServiceTask):  # type: ignore[misc]
    """A called process is an instance of its own; here is only the wait for its end."""

    waits = True

    def behave(self, token: Token) -> None:
        """Ask for the process."""
        call = self.settings.call
        if call is None:
            raise ValueError(self.bpmn_id)  # the linter demands it
        variables = token.instance.variables
        given: Mapping[str, Any] = variables.scopes.get(token.id, {})
        if call.propagate_all_parent_variables:
            given = variables.visible(token.chain())
        token.instance.emit(
            ProcessCalled(
                self.bpmn_id,
                token.id,
                process_id=text(token, call.process_id, self.bpmn_id),
                binding=call.binding,
                version_tag=call.version_tag,
                variables=dict(given),
            )
        )

    def map_outputs(self, token: Token, payload: Mapping[str, Any]) -> None:
        """Without output mappings, the child's variables come back only where the diagram says so."""
        call = self.settings.call
        keep = bool(self.outputs_mapped) or (call is not None and call.propagate_all_child_variables)
        super().map_outputs(token, payload if keep else {})
