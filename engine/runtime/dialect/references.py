"""What a process names outside of itself: forms, decisions, processes, topics, groups, messages, signals."""

from __future__ import annotations

from collections.abc import Iterator

from engine.runtime.dialect.model import Event, References, Scope, Settings, Value


def references(scope: Scope) -> References:
    """The names of a process, its subprocesses included. What an expression computes is not known before it runs."""
    found = list(every_node(scope))
    events = [event for node in found if node.event is not None for event in flatten(node.event)]
    return References(
        forms={n.id: n.user_task.forms for n in found if n.user_task is not None and n.user_task.forms},
        decisions={n.id: name for n in found if n.decision is not None and (name := literal(n.decision.decision_id))},
        called={n.id: name for n in found if n.call is not None and (name := literal(n.call.process_id))},
        topics={n.id: name for n in found if n.job is not None and (name := literal(n.job.topic))},
        external=frozenset(n.id for n in found if n.job is not None and n.properties.get("external") == "true"),
        headers={n.id: n.job.headers for n in found if n.job is not None},
        groups={n.id: groups for n in found if (groups := _groups(n))},
        messages=_names(events, "message"),
        signals=_names(events, "signal"),
        timer_starts={
            n.id: n.event
            for n in scope.nodes.values()
            if n.type == "startEvent" and n.event is not None and n.event.kind == "timer"
        },
    )


def every_node(scope: Scope) -> Iterator[Settings]:
    """All flow nodes of a scope and of the scopes in it."""
    for node in scope.nodes.values():
        yield node
        if node.scope is not None:
            yield from every_node(node.scope)


def flatten(event: Event) -> Iterator[Event]:
    """The event, or its parts if it has several."""
    if event.kind == "multiple":
        yield from event.parts
    else:
        yield event


def literal(value: Value | None) -> str | None:
    """The text of a value that is no expression."""
    return None if value is None or value.is_expression else value.text


def _groups(node: Settings) -> tuple[str, ...]:
    text = None if node.user_task is None else literal(node.user_task.candidate_groups)
    return tuple(part.strip() for part in text.split(",") if part.strip()) if text else ()


def _names(events: list[Event], kind: str) -> frozenset[str]:
    return frozenset(name for event in events if event.kind == kind and (name := literal(event.name)))
