"""Compensation and cancellation: what of them is executed rightly, and what is refused."""

from __future__ import annotations

from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.model import Scope, Settings
from engine.runtime.dialect.references import every_node
from feel.sentences import Sentence


def check_compensation(scope: Scope, findings: Findings) -> None:
    """Handlers belong to a compensation event at a border; what is thrown has something to undo in its own scope."""
    handlers = {node.handler for node in scope.nodes.values() if _is(node, "compensate", "boundaryEvent")}
    for node in scope.nodes.values():
        if node.for_compensation:
            _handler(node, handlers, findings)
        if _is(node, "compensate", "boundaryEvent"):
            _border(node, scope, findings)
        elif _is(node, "compensate"):
            _thrown(node, scope, findings)
        if _is(node, "cancel"):
            _cancel(node, scope, findings)
        if node.scope is not None:
            check_compensation(node.scope, findings)


def _is(node: Settings, kind: str, element_type: str | None = None) -> bool:
    return node.event is not None and node.event.kind == kind and element_type in (None, node.type)


def _handler(node: Settings, handlers: set[str | None], findings: Findings) -> None:
    if node.id not in handlers:
        findings.error(
            node.id,
            "compensation",
            Sentence("The compensation activity is not joined to a compensation event by an association."),
        )
    if node.multi_instance is not None or node.loop is not None or node.branches:
        findings.error(
            node.id,
            "compensation",
            Sentence("A compensation activity may be no loop and have no outgoing flow."),
        )


def _border(node: Settings, scope: Scope, findings: Findings) -> None:
    target = scope.nodes.get(node.handler or "")
    if target is None or not target.for_compensation:
        findings.error(
            node.id,
            "compensation",
            Sentence("The compensation event leads to no compensation activity. Join them by an association."),
        )


def _thrown(node: Settings, scope: Scope, findings: Findings) -> None:
    activity = None if node.event is None else node.event.activity
    if scope.triggered_by_event:
        findings.error(
            node.id,
            "unsupported",
            Sentence("Compensation cannot be thrown in an event subprocess. Throw it in the scope itself."),
        )
    if activity is not None and activity not in scope.nodes:
        findings.error(
            node.id,
            "compensation",
            Sentence("The compensation names {id}, which is not an activity of its own scope.", id=activity),
        )
    _unreached(node, scope, activity, findings)


def _unreached(node: Settings, scope: Scope, activity: str | None, findings: Findings) -> None:
    """A subprocess without a handler of its own would have to undo what is inside of it."""
    handled = {n.attached_to for n in scope.nodes.values() if _is(n, "compensate", "boundaryEvent")}
    for other in scope.nodes.values():
        if other.scope is None or other.id in handled or activity not in (None, other.id):
            continue
        if any(inner.for_compensation for inner in every_node(other.scope)):
            findings.error(
                other.id,
                "unsupported",
                Sentence(
                    "{event} would have to undo what is inside of this subprocess, which is not supported. "
                    "Give the subprocess a compensation event of its own.",
                    event=node.name or node.id,
                ),
            )


def _cancel(node: Settings, scope: Scope, findings: Findings) -> None:
    if node.type == "boundaryEvent":
        host = scope.nodes.get(node.attached_to or "")
        if host is None or host.type != "transaction":
            findings.error(node.id, "cancel", Sentence("A cancel event belongs at the border of a transaction."))
        return
    if not scope.transaction:
        findings.error(node.id, "cancel", Sentence("A cancel end event belongs in a transaction."))
    _unreached(node, scope, None, findings)
