"""Deployments: content published once, immutable, in versions that instances bind to.

``deploy`` publishes a pack or a part of one that comes from outside, ``publish_pack`` what was tried in the workshop,
and ``restore`` what was published before. Everything else looks up what was published, from caches where it was
compiled before: what a key names never changes.
"""

from engine.deployments.bound import BoundDecision, bound_form, called_process, decision, read_decision
from engine.deployments.current import (
    Startable,
    current_decision,
    current_deployment,
    current_deployments,
    current_process,
    current_processes,
    independent,
    last_by,
    may_start,
    packs_with,
    startable,
    started_by,
)
from engine.deployments.lookup import (
    Definition,
    decision_source,
    definition,
    diagram,
    form,
    form_definition,
    form_source,
    labels,
    process,
    source,
)
from engine.deployments.publish import changed_paths, deploy, examined, hashes_of, publish_pack
from engine.deployments.restoring import restore

__all__ = [
    "BoundDecision",
    "Definition",
    "Startable",
    "bound_form",
    "called_process",
    "changed_paths",
    "current_decision",
    "current_deployment",
    "current_deployments",
    "current_process",
    "current_processes",
    "decision",
    "decision_source",
    "definition",
    "deploy",
    "diagram",
    "examined",
    "form",
    "form_definition",
    "form_source",
    "hashes_of",
    "independent",
    "labels",
    "last_by",
    "may_start",
    "packs_with",
    "process",
    "publish_pack",
    "read_decision",
    "restore",
    "source",
    "startable",
    "started_by",
]
