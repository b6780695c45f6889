"""Errors, escalations, cancellation and signals on their way from where they are thrown to what catches them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.runtime.changes import EscalationThrown
from engine.runtime.dialect.model import EventKind
from engine.runtime.token import Token


def throw(token: Token, kind: EventKind, code: str | None, payload: Mapping[str, Any], *, own: bool) -> bool:
    """Bring an error or escalation to the innermost catcher; False when nobody catches it.

    ``own``: the throwing element's own boundary may catch it (a failing job), not only what lies around it.
    """
    for level in _levels(token, own=own):
        for spec, holder, scope in level:
            if catches(spec.catching, kind, code):
                _caught(spec, holder, scope, payload)
                return True
    return False


def escalate(token: Token, code: str | None, *, own: bool) -> bool:
    """Throw an escalation; what nothing here catches is told, for whoever called this process."""
    if throw(token, "escalation", code, {}, own=own):
        return True
    token.instance.emit(EscalationThrown(token.task_spec.bpmn_id, token.id, code))
    return False


def catches(event: Any, kind: EventKind, code: str | None) -> bool:
    """Whether an event definition catches this; one without a code catches every code."""
    return event.kind == kind and event.code in (None, code)


def deliver_signal(instance: Any, name: str, payload: Mapping[str, Any]) -> None:
    """A signal reaches everything in this instance that waits for it now."""
    waiting = [token for token in instance.tokens.values() if token.internal_data.get("signal") == name]
    for token in waiting:
        if token.live and token.has_state(TaskState.WAITING | TaskState.STARTED):
            token.task_spec.trigger(token, payload)


def _levels(token: Token, *, own: bool) -> Iterator[list[tuple[Any, Token | None, Any]]]:
    """From the inside out: what may catch at each border; on one level, a matching code goes before catching all."""
    if own:
        yield _boundary(token.body or token)
    from_event_subprocess = False
    while True:
        scope = token.workflow
        if not from_event_subprocess:
            yield _sorted([(spec, None, scope) for spec in scope.spec.error_subprocesses])
        if scope.parent_task_id is None:
            return
        token = token.instance.tokens[scope.parent_task_id]
        from_event_subprocess = token.task_spec.is_event_subprocess
        yield _boundary(token.body or token)


def _boundary(holder: Token) -> list[tuple[Any, Token | None, Any]]:
    return _sorted([(spec, holder, holder.workflow) for spec in holder.task_spec.catchers])


def _sorted(found: list[tuple[Any, Token | None, Any]]) -> list[tuple[Any, Token | None, Any]]:
    return sorted(found, key=lambda item: item[0].catching.code is None)


def _caught(spec: Any, holder: Token | None, scope: Any, payload: Mapping[str, Any]) -> None:
    instance = scope.top_workflow
    catcher = instance.add(scope, spec)  # first, so that the scope is not empty when the rest is cancelled
    if spec.interrupting:
        if holder is not None:
            holder.cancel()
        else:
            instance.interrupt_scope(scope, sparing=catcher)
    instance.fire(catcher, payload)
