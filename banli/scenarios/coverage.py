"""What of a pack the scenarios reached: flows, boundary events, end events, rules and boundary values of tables.

Counted from what history holds, so that it is what an auditor would see too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from sqlalchemy import select

from banli.scenarios.world import World
from engine import history
from engine.content import Content
from engine.history import Event
from engine.models import ProcessInstance
from engine.runtime import Process
from feel.decisions import DecisionTable

Kind = Literal["rule", "boundary_value", "flow", "boundary_event", "end_event"]
KINDS: tuple[Kind, ...] = ("rule", "boundary_value", "flow", "boundary_event", "end_event")
Reached = set[tuple[Kind, str, str]]
"""Kind, process or decision, and id of what was reached."""

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?:\.\d+)?(?!\w)")


@dataclass(frozen=True, slots=True, order=True)
class Item:
    """One thing that can be reached: in a process or decision ``of``, with its id and what people read there."""

    kind: Kind
    of: str
    id: str
    name: str = field(compare=False, default="")

    @property
    def full_name(self) -> str:
        """The id with its process or decision, where the id alone stands for several things."""
        return f"{self.of}.{self.id}"


@dataclass(slots=True)
class Coverage:
    """What there is, and what of it was reached; ``reasons`` explain what cannot be."""

    items: tuple[Item, ...]
    reached: Reached = field(default_factory=set)
    reasons: dict[str, str] = field(default_factory=dict)

    def of(self, kind: Kind) -> tuple[int, int]:
        """How many of a kind were reached, and how many there are."""
        all_of = [item for item in self.items if item.kind == kind]
        return sum(self._is_reached(item) for item in all_of), len(all_of)

    @property
    def missing(self) -> tuple[Item, ...]:
        """What no scenario reached and no reason explains."""
        return tuple(item for item in self._unreached() if self._reason(item) is None)

    @property
    def explained(self) -> tuple[tuple[Item, str], ...]:
        """What no scenario can reach, with the reason."""
        return tuple((item, reason) for item in self._unreached() if (reason := self._reason(item)) is not None)

    @property
    def wrongly_explained(self) -> tuple[str, ...]:
        """Names said to be out of reach that a scenario reached, or that are nowhere in the pack."""
        unreached = {name for item in self._unreached() for name in (item.id, item.full_name)}
        return tuple(sorted(set(self.reasons) - unreached))

    def _unreached(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if not self._is_reached(item))

    def _reason(self, item: Item) -> str | None:
        return self.reasons.get(item.full_name) or self.reasons.get(item.id)

    def _is_reached(self, item: Item) -> bool:
        return (item.kind, item.of, item.id) in self.reached

    def observe(self, world: World) -> None:
        """Take in everything that happened in a world."""
        with world.unit_of_work.read() as session:
            instances = session.execute(
                select(ProcessInstance.key, ProcessInstance.root_key, ProcessInstance.process_id)
            )
            processes, roots = {}, set()
            for key, root_key, process_id in instances:
                processes[key] = process_id
                roots.add(root_key)
            events = [event for root in sorted(roots) for event in history.timeline(session, root)]
        for event in events:
            self._observe(event, processes.get(event.process_instance_key, ""))

    def _observe(self, event: Event, process_id: str) -> None:
        if event.type == "process_instance.advanced":
            for flow_id in event.details.get("flows", ()):
                self.reached.add(("flow", process_id, flow_id))
            for element_id in event.details.get("completed", ()):
                self.reached.add(("boundary_event", process_id, element_id))
                self.reached.add(("end_event", process_id, element_id))
        if event.type == "decision.evaluated":
            for part in event.details.get("trace") or ():
                self._observe_table(part)

    def _observe_table(self, part: Mapping[str, object]) -> None:
        decision = str(part["decision_id"])
        for rule_id in _strings(part.get("matched")):
            self.reached.add(("rule", decision, rule_id))
        columns = part.get("inputs")
        for column in columns if isinstance(columns, list | tuple) else ():
            value = column["value"]
            if isinstance(value, Decimal | int) and not isinstance(value, bool):
                self.reached.add(("boundary_value", decision, _boundary(column["expression"], Decimal(value))))


def of_content(content: Content, reasons: Mapping[str, str]) -> Coverage:
    """What there is to reach in a compiled pack."""
    items: list[Item] = []
    for diagram in content.diagrams.values():
        for process in diagram.processes.values():
            items.extend(_of_process(process))
    for decisions in content.decisions.values():
        for decision in decisions.decisions.values():
            if decision.table is not None:
                items.extend(_of_table(decision.id, decision.table))
    return Coverage(tuple(sorted(set(items))), reasons=dict(reasons))


def _of_process(process: Process) -> Iterator[Item]:
    of = process.process_id
    for flow in process.flows.values():
        ends = [process.elements[end] for end in (flow.source, flow.target) if end in process.elements]
        path = " → ".join(element.name or element.id for element in ends)
        yield Item("flow", of, flow.id, f"{path} ({flow.name})" if flow.name else path)
    for element in process.elements.values():
        if element.type == "boundaryEvent":
            yield Item("boundary_event", of, element.id, element.name)
        if element.type == "endEvent":
            yield Item("end_event", of, element.id, element.name)


def _of_table(decision: str, table: DecisionTable) -> Iterator[Item]:
    for rule in table.rules:
        tests = ", ".join(test.text for test in rule.tests)
        yield Item("rule", decision, rule.id, f"{rule.number}: {tests}")
        for column, test in zip(table.inputs, rule.tests, strict=True):
            for value in _bounds(test.text):
                name = f"{column.label or column.expression.text} = {value:f}"
                yield Item("boundary_value", decision, _boundary(column.expression.text, value), name)


def _bounds(test: str) -> Iterable[Decimal]:
    """The numbers of a cell: each is where its rule begins or ends."""
    without_texts = re.sub(r'"(?:\\.|[^"\\])*"', "", test)
    return [Decimal(number) for number in _NUMBER.findall(without_texts.replace("..", " .. "))]


def _boundary(expression: str, value: Decimal) -> str:
    return f"{expression}={value.normalize():f}"


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | tuple) else []
