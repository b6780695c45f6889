"""The runtime: diagrams executed by SpiffWorkflow, and nothing of a database. The only importer of SpiffWorkflow.

    diagram = runtime.compile(source, file="procurement_request.bpmn", functions=…, topics=…)
    workflow = runtime.Workflow.start(diagram.processes["procurement_request"], variables, host)
    for change in workflow.take_changes(): …      # UserTaskCreated, TimerCreated, … in order
    state = workflow.save()
    workflow = runtime.Workflow.restore(process, state, host)
    workflow.complete(element_instance_id, {"approved": True})

The way of a diagram: ``desugar`` (safe XML, plain BPMN) → ``linter`` (the allow-list) → ``dialect`` (typed settings)
→ ``specs`` (SpiffWorkflow's classes with our hooks) → ``instance`` and ``workflow`` (execution) → ``state`` (bytes).
"""

from __future__ import annotations

from engine.runtime.diagram import Diagram, Process
from engine.runtime.diagram import compile_diagram as compile  # noqa: A004 - as re.compile
from engine.runtime.diagram import load_diagram as load
from engine.runtime.dialect.model import Element, Flow, References, StartEvent
from engine.runtime.host import Decided, Host
from engine.runtime.migration import Blocked
from engine.runtime.modification import Activation
from engine.runtime.workflow import Workflow

__all__ = [
    "Activation",
    "Blocked",
    "Decided",
    "Diagram",
    "Element",
    "Flow",
    "Host",
    "Process",
    "References",
    "StartEvent",
    "Workflow",
    "compile",
    "load",
]
