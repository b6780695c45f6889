"""Errors and escalations that are thrown inside of subprocesses: whether anything around catches them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.model import Event, Scope
from engine.runtime.dialect.references import flatten
from feel.sentences import Sentence


def check_thrown(scope: Scope, findings: Findings) -> None:
    """Warn of what nobody catches. On the top level of a process an error end is an outcome, and needs no catcher."""
    _check(scope, [], findings)


def _check(scope: Scope, around: list[list[Event]], findings: Findings) -> None:
    catching = [*around, list(_event_subprocesses(scope))]
    for node in scope.nodes.values():
        if node.event is not None and node.type in {"endEvent", "intermediateThrowEvent"} and around:
            for event in flatten(node.event):
                if event.kind in {"error", "escalation"} and not _caught(event, catching):
                    _warn(node.id, event, findings)
        if node.scope is not None:
            border = [
                other.event
                for other in scope.nodes.values()
                if other.type == "boundaryEvent" and other.attached_to == node.id and other.event is not None
            ]
            outer = around if node.scope.triggered_by_event else catching
            _check(node.scope, [*outer, border], findings)


def _event_subprocesses(scope: Scope) -> Iterator[Event]:
    for node in scope.nodes.values():
        if node.scope is not None and node.scope.triggered_by_event:
            yield from (n.event for n in node.scope.nodes.values() if n.type == "startEvent" and n.event is not None)


def _caught(event: Event, catching: list[list[Event]]) -> bool:
    return any(
        catcher.kind == event.kind and catcher.code in (None, event.code) for level in catching for catcher in level
    )


def _warn(element_id: str, event: Event, findings: Findings) -> None:
    if event.kind == "error":
        sentence = Sentence(
            "Nothing around catches the error {code}: it would end the whole process.", code=event.code
        )
    else:
        sentence = Sentence(
            "Nothing around catches the escalation {code}: nothing happens unless a calling process catches it.",
            code=event.code,
        )
    findings.warning(element_id, "not-caught", sentence)
