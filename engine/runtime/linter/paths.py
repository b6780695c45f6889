"""Where tokens can go: dead ends, what is never reached, joins that wait for ever, gateways without conditions."""

from __future__ import annotations

from collections.abc import Iterator

from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.model import Scope, Settings
from feel.sentences import Sentence

_INSTANT = {"task", "manualTask", "scriptTask", "businessRuleTask"}
_ONE_WAY = {"exclusiveGateway", "eventBasedGateway"}


def check_paths(scope: Scope, findings: Findings) -> None:
    """Follow the flows of a scope and of those inside it."""
    incoming: dict[str, list[tuple[Settings, str]]] = {}
    for node in scope.nodes.values():
        for branch in node.branches:
            incoming.setdefault(branch.target, []).append((node, branch.flow_id))
    _unreachable(scope, findings)
    for node in scope.nodes.values():
        _branches(node, findings)
        _start(node, scope, findings)
        _border(node, scope, findings)
        if node.type == "eventBasedGateway":
            _event_based(node, scope, incoming, findings)
        if node.type == "parallelGateway" and len(incoming.get(node.id, ())) > 1:
            _join(node, scope, incoming, findings)
        if node.event is not None and node.event.kind == "link":
            _link(node, incoming, findings)
        if node.scope is not None:
            check_paths(node.scope, findings)


def _unreachable(scope: Scope, findings: Findings) -> None:
    for element_id in scope.nodes.keys() - _reachable(scope, _starts(scope)):
        node = scope.nodes[element_id]
        if node.type != "boundaryEvent" and not node.for_compensation:
            findings.warning(element_id, "unreachable", Sentence("Nothing ever leads to this element."))


def _starts(scope: Scope) -> Iterator[str]:
    targets = {branch.target for node in scope.nodes.values() for branch in node.branches}
    events = any(node.type == "startEvent" for node in scope.nodes.values())
    for node in scope.nodes.values():
        by_itself = node.instantiates or (node.scope is not None and node.scope.triggered_by_event)
        implicit = not (events or node.id in targets or node.type == "boundaryEvent" or node.for_compensation)
        if node.type == "startEvent" or by_itself or implicit:
            yield node.id


def _reachable(scope: Scope, starts: Iterator[str] | list[str]) -> set[str]:
    boundary: dict[str, list[str]] = {}
    for node in scope.nodes.values():
        if node.type == "boundaryEvent":
            boundary.setdefault(node.attached_to or "", []).append(node.id)
    found: set[str] = set()
    todo = list(starts)
    while todo:
        element_id = todo.pop()
        if element_id in found or element_id not in scope.nodes:
            continue
        found.add(element_id)
        todo += [branch.target for branch in scope.nodes[element_id].branches]
        todo += boundary.get(element_id, ())
    return found


def _start(node: Settings, scope: Scope, findings: Findings) -> None:
    kind = None if node.event is None else node.event.kind
    if node.type != "startEvent" or scope.triggered_by_event or kind in {"none", "message", "timer", "signal"}:
        return
    findings.error(
        node.id,
        "unsupported",
        Sentence("A start event of this kind starts an event subprocess only. Use a message, signal or timer."),
    )


def _border(node: Settings, scope: Scope, findings: Findings) -> None:
    host = scope.nodes.get(node.attached_to or "")
    if node.type != "boundaryEvent" or host is None or host.job is not None:
        return
    if host.type in _INSTANT and node.event is not None and node.event.kind != "compensate":
        findings.warning(
            node.id,
            "never-happens",
            Sentence(
                "The element {host} is done in an instant, so nothing can happen at its border.",
                host=host.name or host.id,
            ),
        )


def _branches(node: Settings, findings: Findings) -> None:
    if node.type == "exclusiveGateway" and len(node.branches) > 1:
        for branch in node.branches:
            if branch.condition is None and not branch.is_default:
                findings.error(
                    branch.flow_id,
                    "no-condition",
                    Sentence(
                        "The flow leaves the exclusive gateway {gateway} and has no condition. "
                        "Give it one, or make it the default flow.",
                        gateway=node.name or node.id,
                    ),
                )
    if node.type in {"parallelGateway", "eventBasedGateway"}:
        for branch in node.branches:
            if branch.condition is not None:
                findings.warning(
                    branch.flow_id,
                    "ignored-condition",
                    Sentence("The condition has no meaning behind a gateway of type {type}.", type=node.type),
                )
    for branch in node.branches:
        if branch.is_default and branch.condition is not None:
            findings.warning(
                branch.flow_id,
                "ignored-condition",
                Sentence("A default flow is taken when no other one is: its condition has no meaning."),
            )


def _event_based(
    node: Settings, scope: Scope, incoming: dict[str, list[tuple[Settings, str]]], findings: Findings
) -> None:
    if len(node.branches) < 2:  # noqa: PLR2004 - a choice has two
        findings.error(node.id, "event-gateway", Sentence("An event-based gateway needs at least two events."))
    for branch in node.branches:
        target = scope.nodes[branch.target]
        waits = target.event is not None and target.event.kind in {"message", "timer", "signal", "conditional"}
        if target.type not in {"intermediateCatchEvent", "receiveTask"} or not waits:
            findings.error(
                target.id,
                "event-gateway",
                Sentence("An event-based gateway may only lead to catching events and receive tasks."),
            )
        elif len(incoming[target.id]) > 1:
            findings.error(
                target.id,
                "event-gateway",
                Sentence("An event behind an event-based gateway may have no other incoming flow."),
            )
        if target.multi_instance is not None or target.loop is not None:
            findings.error(
                target.id,
                "event-gateway",
                Sentence("A receive task behind an event-based gateway may not be a loop or multi-instance."),
            )


def _join(node: Settings, scope: Scope, incoming: dict[str, list[tuple[Settings, str]]], findings: Findings) -> None:
    """A join whose flows come from alternatives of one choice can never have all of them."""
    sources = incoming[node.id]
    reached = _reachable(scope, _starts(scope))
    for source, flow_id in sources:
        if source.id not in reached:
            findings.error(
                node.id,
                "join-never-fires",
                Sentence("The join waits for the flow {flow}, on which nothing can ever come.", flow=flow_id),
            )
    chooser = _common_choice([source for source, _flow in sources], incoming)
    if chooser is not None:
        findings.error(
            node.id,
            "join-never-fires",
            Sentence(
                "The parallel join waits for all its flows, but {gateway} lets only one of them go. "
                "Draw an exclusive gateway here.",
                gateway=chooser.name or chooser.id,
            ),
        )
    for source, flow_id in sources:
        merging = source.type == "exclusiveGateway" or source.type not in {"parallelGateway", "inclusiveGateway"}
        if merging and len(incoming.get(source.id, ())) > 1 and _splits_before(source, incoming):
            findings.warning(
                node.id,
                "several-tokens",
                Sentence(
                    "Several tokens may come by the flow {flow}; the join takes one at a time from each flow.",
                    flow=flow_id,
                ),
            )


def _common_choice(sources: list[Settings], incoming: dict[str, list[tuple[Settings, str]]]) -> Settings | None:
    """The choice from which all the given elements come by straight lines, without anything joining in between."""
    origins = set()
    found: Settings | None = None
    for source in sources:
        node, seen = source, set()
        while node.type not in _ONE_WAY or len(node.branches) < 2:  # noqa: PLR2004 - a choice has two
            before = incoming.get(node.id, ())
            if len(before) != 1 or node.id in seen or len(node.branches) != 1:
                return None
            seen.add(node.id)
            node = before[0][0]
        origins.add(node.id)
        found = node
    return found if len(origins) == 1 else None


def _splits_before(node: Settings, incoming: dict[str, list[tuple[Settings, str]]]) -> bool:
    """Whether the flows into an element come from branches that run at the same time."""
    todo, seen = [node.id], set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for source, _flow in incoming.get(one, ()):
            if len(source.branches) > 1 and source.type not in _ONE_WAY:
                return True
            todo.append(source.id)
    return False


def _link(node: Settings, incoming: dict[str, list[tuple[Settings, str]]], findings: Findings) -> None:
    alone = not node.branches if node.type == "intermediateThrowEvent" else not incoming.get(node.id)
    if alone:
        findings.error(
            node.id,
            "link",
            Sentence(
                "The link event {name} needs exactly one catching link event of that name in the same scope.",
                name=node.event.name.text if node.event is not None and node.event.name is not None else "",
            ),
        )
