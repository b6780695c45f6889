"""Diagrams in a few lines, and a host that answers as told: what the tests of the runtime share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from engine import runtime
from engine.runtime.changes import ElementCompleted
from engine.runtime.host import Decided

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'id="definitions" targetNamespace="urn:test">'
)
_FLOW = re.compile(r"(\S+)>(\S+)(?: \[(.*)\])?")


@dataclass
class TestHost:
    """Surroundings with a clock that stands, and decisions given as functions."""

    __test__ = False

    now: datetime = NOON
    functions: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    decisions: Mapping[str, Callable[[Mapping[str, Any]], Any]] = field(default_factory=dict)

    def decide(self, decision_id, binding, version_tag, variables):
        del binding, version_tag
        return Decided(self.decisions[decision_id](variables), {"rule": 1}, decision_id)


def flows(text: str) -> str:
    """Sequence flows: "a>b", "a>c [amount > 1]", one a line; ids are "a_b"."""
    drawn = []
    for line in text.strip().splitlines():
        source, target, condition = _FLOW.fullmatch(line.strip()).groups()
        inner = f"<bpmn:conditionExpression>={escape(condition)}</bpmn:conditionExpression>" if condition else ""
        drawn.append(
            f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{inner}'
            "</bpmn:sequenceFlow>"
        )
    return "".join(drawn)


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def element(tag: str, element_id: str, inner: str = "", extensions: str = "", **attributes: str) -> str:
    """A BPMN element with its extension elements."""
    given = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    held = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>" if extensions else ""
    return f'<bpmn:{tag} id="{element_id}"{given}>{held}{inner}</bpmn:{tag}>'


def user_task(element_id: str, inner: str = "", extensions: str = "", **attributes: str) -> str:
    return element("userTask", element_id, inner, "<zeebe:userTask/>" + extensions, **attributes)


def job(element_id: str, topic: str = "work", extensions: str = "", inner: str = "") -> str:
    return element("serviceTask", element_id, inner, f'<zeebe:taskDefinition type="{topic}"/>{extensions}')


def script(element_id: str, expression: str, result: str, extensions: str = "") -> str:
    return element(
        "scriptTask",
        element_id,
        extensions=f"<zeebe:script expression={quoteattr('=' + expression)} resultVariable={quoteattr(result)}/>"
        + extensions,
    )


def mapping(*pairs: str) -> str:
    """``zeebe:ioMapping``: "input source > target" or "output source > target"."""
    drawn = []
    for pair in pairs:
        kind, rest = pair.split(" ", 1)
        source, target = rest.rsplit(" > ", 1)
        drawn.append(f"<zeebe:{kind} source={quoteattr('=' + source)} target={quoteattr(target)}/>")
    return f"<zeebe:ioMapping>{''.join(drawn)}</zeebe:ioMapping>"


def document(content: str, *, process_id: str = "p", top: str = "") -> bytes:
    """A file with one process; ``top`` holds messages, errors, signals."""
    process = f'<bpmn:process id="{process_id}" isExecutable="true">{content}</bpmn:process>'
    return f"{_HEAD}{top}{process}</bpmn:definitions>".encode()


class Case:
    """One instance; with ``restored`` it is saved and restored after each command."""

    def __init__(self, content: str, variables=None, *, top="", host=None, restored=True, start_element=None):
        diagram = runtime.compile(
            document(content, top=top), file="p.bpmn", functions=(host or TestHost()).functions, topics=("work",)
        )
        self.process = runtime.load(diagram.compiled).processes["p"]
        self.problems = diagram.problems
        self.host = host or TestHost()
        self.restored = restored
        self.workflow = runtime.Workflow.start(
            self.process, variables or {}, self.host, start_element=start_element, keep_history=not restored
        )
        self.changes = self.workflow.take_changes()
        self.last = self.changes

    def step(self, command: str, *arguments: Any, **named: Any) -> list[Any]:
        if self.restored and not self.workflow.ended:
            self.workflow = runtime.Workflow.restore(self.process, self.workflow.save(), self.host)
        getattr(self.workflow, command)(*arguments, **named)
        self.last = self.workflow.take_changes()
        self.changes += self.last
        return self.last

    def id_of(self, element_id: str) -> str:
        """The occurrence that waits at an element: the first one."""
        return next(w.element_instance_id for w in self.workflow.waiting if w.element_id == element_id)

    def complete(self, element_id: str, **variables: Any) -> list[Any]:
        return self.step("complete", self.id_of(element_id), variables)

    def trigger(self, element_id: str, **variables: Any) -> list[Any]:
        return self.step("trigger", self.id_of(element_id), variables)

    def throw(self, element_id: str, code: str, **variables: Any) -> list[Any]:
        return self.step("throw_error", self.id_of(element_id), code, "", variables)

    @property
    def waits(self) -> list[str]:
        return sorted(w.element_id for w in self.workflow.waiting)

    def of(self, kind: type) -> list[Any]:
        return [change for change in self.changes if isinstance(change, kind)]

    @property
    def path(self) -> list[str]:
        """Ids of the elements completed, in order."""
        return [change.element_id for change in self.of(ElementCompleted)]
