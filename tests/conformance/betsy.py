"""Runs the processes of betsy: translates scripts and conditions, does the jobs, moves the clock, keeps a trace.

The translation is the test's own: a script task becomes a job named after its script, a condition becomes FEEL.
Each step starts from the saved state, as it does in the product; and everything is done a second time with all kept
in memory, which must make no difference.
"""

from __future__ import annotations

import heapq
import itertools
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import etree

from engine import runtime
from engine.errors import DeploymentRefused, ExecutionFailed
from engine.runtime import changes
from engine.runtime.desugar import bpmn, zeebe

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
_SLOW = {"WAIT_TEN_SECONDS": 10, "CREATE_TIMESTAMP_LOG_1": 5, "CREATE_TIMESTAMP_LOG_2": 5}
_CONDITIONS = ("conditionExpression", "condition", "loopCondition", "completionCondition", "loopCardinality")


@dataclass
class Surroundings:
    """The host of a step."""

    now: datetime = START
    functions: Mapping[str, Any] = field(default_factory=dict)

    def decide(self, decision_id, binding, version_tag, variables):
        raise AssertionError(decision_id, binding, version_tag, variables)


def translate(source: bytes) -> bytes:
    """Scripts to jobs, conditions to FEEL."""
    root = etree.fromstring(source)
    for task in root.iter(bpmn("scriptTask")):
        script = task.find(bpmn("script"))
        extensions = etree.Element(bpmn("extensionElements"))
        topic = etree.SubElement(extensions, zeebe("taskDefinition"))
        topic.set("type", (script.text or "").strip())
        task.insert(0, extensions)
        task.remove(script)
    for tag in _CONDITIONS:
        for node in root.iter(bpmn(tag)):
            if node.text and node.text.strip():
                node.text = "=" + _feel(node.text.strip())
    return etree.tostring(root)


def _feel(text: str) -> str:
    text = re.sub(r"\$\{(.*?)\}", r"\1", text)
    text = re.sub(r'!test\.contains\("(\w)"\)', r'not(contains(test, "\1"))', text)
    return re.sub(r'test\.contains\("(\w)"\)', r'contains(test, "\1")', text)


class World:
    """All instances of one file: jobs, timers, messages, signals and called processes.

    Each step starts from the saved state; or, if ``kept``, everything stays in memory, finished tokens too.
    """

    def __init__(self, diagram: runtime.Diagram, *, kept: bool = False) -> None:
        self.diagram = diagram
        self.kept = kept
        self.running: dict[int, runtime.Workflow] = {}
        self.host = Surroundings()
        self.trace: list[str] = []
        self.logged: list[tuple[datetime, datetime]] = []
        self.queue: list[tuple[datetime, int, Any]] = []
        self.order = itertools.count()
        self.instances: dict[int, tuple[runtime.Process, bytes | None]] = {}
        self.subscriptions: dict[tuple[int, str], tuple[str, str]] = {}
        self.callers: dict[int, tuple[int, str]] = {}

    def run(self, case: Mapping[str, Any], main: str) -> list[str]:
        test = "".join(case["input"] or ())
        variables: dict[str, Any] = {"test": test}
        if "integerVariable" in case:
            variables["integerVariable"] = case["integerVariable"]
        started = [main]
        if case.get("parallel_process"):
            started.insert(0, next(key for key in self.diagram.processes if key != main))
        for process_id in started:
            self.start(process_id, variables)
        until = START + timedelta(milliseconds=case.get("delay_ms") or 0)
        while self.queue and self.queue[0][0] <= until:
            due_at, _order, action = heapq.heappop(self.queue)
            self.host.now = due_at
            action()
        return self.trace

    def later(self, due_at: datetime, action: Any) -> None:
        heapq.heappush(self.queue, (due_at, next(self.order), action))

    def start(
        self,
        process_id: str,
        variables: Mapping[str, Any],
        start_element: str | None = None,
        caller: tuple[int, str] | None = None,
    ) -> None:
        process, key = self.diagram.processes[process_id], len(self.instances)
        self.instances[key] = (process, None)
        if caller is not None:
            self.callers[key] = caller
        self.step(
            key,
            lambda: runtime.Workflow.start(
                process, variables, self.host, start_element=start_element, keep_history=self.kept
            ),
        )

    def command(self, key: int, name: str, *arguments: Any) -> None:
        process, state = self.instances[key]
        if state is None:
            return

        def perform():
            workflow = self.running.get(key) or runtime.Workflow.restore(process, state, self.host)
            getattr(workflow, name)(*arguments)
            return workflow

        self.step(key, perform)

    def step(self, key: int, perform: Any) -> None:
        try:
            workflow = perform()
        except ExecutionFailed as failure:
            self.running.pop(key, None)
            self.trace.append({"gateway": "runtime_error", "token": "stuck"}.get(failure.kind, "generic_error"))
            return
        process, _state = self.instances[key]
        self.instances[key] = (process, None if workflow.ended else workflow.save())
        if self.kept:
            self.running[key] = workflow
        for change in workflow.take_changes():
            self.project(key, change)

    def project(self, key: int, change: changes.Change) -> None:
        if isinstance(change, changes.JobCreated):
            seconds = timedelta(seconds=_SLOW.get(change.topic, 0))
            begun = self.host.now
            self.later(begun + seconds, lambda: self.work(key, change, begun))
        elif isinstance(change, changes.TimerCreated):
            identity = (key, change.element_instance_id)
            self.subscriptions[identity] = ("timer", change.due_at.isoformat())
            self.later(change.due_at, lambda: self.due(identity, change))
        elif isinstance(change, changes.SubscriptionOpened):
            self.subscriptions[key, change.element_instance_id] = (change.kind, change.name)
        elif isinstance(change, changes.WaitClosed):
            self.subscriptions.pop((key, change.element_instance_id), None)
        elif isinstance(change, changes.MessageThrown):
            self.later(self.host.now, lambda: self.send("message", change.name, None))
        elif isinstance(change, changes.SignalThrown):
            self.later(self.host.now, lambda: self.send("signal", change.name, key))
        elif isinstance(change, changes.ProcessCalled):
            caller = (key, change.element_instance_id)
            self.later(self.host.now, lambda: self.start(change.process_id, change.variables, caller=caller))
        elif isinstance(change, changes.EscalationThrown) and key in self.callers:
            caller = self.callers[key]
            self.later(self.host.now, lambda: self.command(caller[0], "throw_escalation", caller[1], change.code))
        elif isinstance(change, changes.ProcessEnded):
            self.ended(key, change)

    def work(self, key: int, job: changes.JobCreated, begun: datetime) -> None:
        if self.instances[key][1] is None or not self.waits(key, job):
            return
        result: dict[str, Any] = {}
        if job.topic.startswith("SCRIPT_"):
            self.trace.append(job.topic.removeprefix("SCRIPT_"))
        elif job.topic == "CREATE_MARKER_FILE":
            self.trace.append("marker")
        elif job.topic.startswith("INCREMENT_INTEGER_VARIABLE"):
            result["integerVariable"] = job.variables["integerVariable"] + 1
            if job.topic.endswith("_AND_LOG"):
                self.trace.append("increment")
        elif job.topic == "SET_STRING_DATA":
            result["data"] = "String"
        elif job.topic == "LOG_DATA":
            self.trace.append("data_correct" if job.variables.get("data") == "String" else "data_wrong")
        elif job.topic.startswith("CREATE_TIMESTAMP_LOG"):
            if any(begun < end and start < self.host.now for start, end in self.logged):
                self.trace.append("parallel_execution")
            self.logged.append((begun, self.host.now))
        elif job.topic == "THROW_ERROR":
            self.command(key, "throw_error", job.element_instance_id, "ERR_CODE")
            return
        self.command(key, "complete", job.element_instance_id, result)

    def waits(self, key: int, job: changes.JobCreated) -> bool:
        process, state = self.instances[key]
        waiting = runtime.Workflow.restore(process, state, self.host).waiting
        return any(wait.element_instance_id == job.element_instance_id for wait in waiting)

    def due(self, identity: tuple[int, str], timer: changes.TimerCreated) -> None:
        if self.subscriptions.get(identity) == ("timer", timer.due_at.isoformat()):
            self.command(identity[0], "trigger", identity[1])

    def send(self, kind: str, name: str, sender: int | None) -> None:
        for (key, instance_id), subscription in list(self.subscriptions.items()):
            if subscription == (kind, name) and key != sender and (key, instance_id) in self.subscriptions:
                self.command(key, "trigger", instance_id)
                if kind == "message":
                    return
        for process in self.diagram.processes.values():
            for start in process.start_events:
                if start.kind == kind and start.event.name is not None and start.event.name.text == name:
                    self.start(process.process_id, {}, start.id)

    def ended(self, key: int, change: changes.ProcessEnded) -> None:
        caller = self.callers.get(key)
        if caller is None:
            if change.kind == "error":
                self.trace.append("error_end_event")
        elif change.kind == "error":
            self.later(self.host.now, lambda: self.command(caller[0], "throw_error", caller[1], change.error_code))
        else:
            self.later(self.host.now, lambda: self.command(caller[0], "complete", caller[1], change.variables))


@dataclass
class Outcome:
    """What became of one process."""

    file: str
    outcome: str
    reason: str = ""


def outcome(folder: Path, entry: Mapping[str, Any]) -> Outcome:
    """right, refused or wrong."""
    source = translate((folder / entry["file"]).read_bytes())
    topics = {"CREATE_LOG_FILE", *re.findall(r'type="([A-Za-z_0-9]+)"', source.decode())}
    try:
        diagram = runtime.compile(source, file=entry["file"], topics=topics)
    except DeploymentRefused as refusal:
        if all(case["expect"] == ["deployment_refused"] for case in entry["cases"]):
            return Outcome(entry["file"], "right")
        return Outcome(entry["file"], "refused", str(refusal))
    diagram = runtime.load(diagram.compiled)
    main = Path(entry["file"]).stem
    for case in entry["cases"]:
        world, kept = World(diagram), World(diagram, kept=True)
        trace = [step for step in world.run(case, main) if step != "stuck"]
        if trace != [step for step in kept.run(case, main) if step != "stuck"] or world.instances != kept.instances:
            return Outcome(entry["file"], "wrong", f"{case}: kept in memory, it goes another way")
        if Counter(trace) != Counter(case["expect"]):
            return Outcome(entry["file"], "wrong", f"{case}: {trace}")
    return Outcome(entry["file"], "right")
