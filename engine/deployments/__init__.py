"""Deployments: content published once, immutable, in versions that instances bind to.

``deploy`` publishes a pack or a part of one. Everything else looks up what was published, from caches where it was
compiled before: what a key names never changes.
"""

from engine.deployments.bound import BoundDecision, bound_form, called_process, decision, read_decision
from engine.deployments.current import (
    Startable,
    current_decision,
    current_process,
    independent,
    may_start,
    startable,
    started_by,
)
from engine.deployments.lookup import Definition, definition, diagram, form, labels, process, source
from engine.deployments.publish import deploy

__all__ = [
    "BoundDecision",
    "Definition",
    "Startable",
    "bound_form",
    "called_process",
    "current_decision",
    "current_process",
    "decision",
    "definition",
    "deploy",
    "diagram",
    "form",
    "independent",
    "labels",
    "may_start",
    "process",
    "read_decision",
    "source",
    "startable",
    "started_by",
]
