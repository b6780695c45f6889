"""The allow-list: BPMN elements, attributes and extensions that are known to be executed rightly.

Whatever is not listed here is refused by its id, with what to draw instead. Decoration (data objects, artifacts,
lanes, shapes) is allowed, because it asks for nothing to be executed. Unknown extensions are kept, and named.
"""

from __future__ import annotations

from engine.runtime.desugar import BPMN, XSI, ZEEBE, Node, local, namespace
from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.reader import NODES
from engine.runtime.linter.known import (
    CONTENT,
    DECORATION,
    EVENT_DEFINITIONS,
    EVERYWHERE,
    INERT,
    KNOWN_EXTENSIONS,
    LISTENERS,
    SEVERAL,
    TOP,
    WITHOUT_EFFECT,
)
from feel.sentences import Sentence


def check_allowed(definitions: Node, findings: Findings) -> None:
    """Name everything in the file that is not known to be executed rightly."""
    global_tasks = {node.get("id", "") for node in definitions if local(node).startswith("global")}
    for node in definitions:
        if namespace(node) == BPMN and local(node) not in TOP and not local(node).endswith("EventDefinition"):
            _unsupported(node, findings)
        if local(node) == "process" and node.get("isExecutable", "true") != "false":
            _extensions(node, findings)
            _children(node, findings)
            _global_tasks(node, global_tasks, findings)
        elif local(node) == "message":
            _extensions(node, findings)


def _global_tasks(process: Node, global_tasks: set[str], findings: Findings) -> None:
    for call in process.iter(f"{{{BPMN}}}callActivity"):
        if (call.get("calledElement") or "").rpartition(":")[2] in global_tasks:
            findings.error(
                call.get("id", ""),
                "unsupported",
                Sentence("A call of a global task is not supported. Draw the task here, or a process around it."),
            )


def _children(scope: Node, findings: Findings) -> None:
    for node in scope:
        name = local(node)
        if namespace(node) != BPMN:
            _foreign(scope, node, findings)
        elif name in NODES:
            _node(node, findings)
        elif name not in DECORATION and name not in CONTENT:
            _unsupported(node, findings)


def _node(node: Node, findings: Findings) -> None:
    name, element_id = local(node), node.get("id", "")
    if name in EVENT_DEFINITIONS:
        _event(node, EVENT_DEFINITIONS[name], findings)
    if name == "complexGateway":
        _complex_gateway(node, findings)
    _parts(node, findings)
    _extensions(node, findings)
    if name in {"subProcess", "transaction"}:
        _children(node, findings)
    for loop in node:
        if local(loop) == "multiInstanceLoopCharacteristics":
            _extensions(loop, findings, element_id)
            _multi_instance(loop, element_id, findings)


def _parts(node: Node, findings: Findings) -> None:
    """What stands inside of an element: BPMN's own ways to assign people and pass data have none of our meaning."""
    for child in node:
        name = local(child)
        if namespace(child) == BPMN and name in WITHOUT_EFFECT:
            findings.warning(
                node.get("id", ""),
                "no-effect",
                Sentence(
                    "{name} is kept, but has no effect. Use an assignment, a form, or variable mappings.", name=name
                ),
            )


def _complex_gateway(node: Node, findings: Findings) -> None:
    """One that only splits does what an inclusive gateway does; nobody agrees on how one joins."""
    incoming = [child for child in node if local(child) == "incoming"]
    if len(incoming) != 1 or any(local(child) == "activationCondition" for child in node):
        _unsupported(node, findings)


def _event(node: Node, allowed: frozenset[str], findings: Findings) -> None:
    definitions = [child for child in node if local(child).endswith("EventDefinition")]
    for definition in definitions:
        kind = local(definition).removesuffix("EventDefinition")
        if kind not in allowed:
            findings.error(
                node.get("id", ""),
                "unsupported",
                Sentence(
                    "An event of type {type} with {kind} is not supported. {instead}",
                    type=local(node),
                    kind=local(definition),
                    instead=_instead(kind),
                ),
            )
    if len(definitions) > 1:
        kinds = {local(definition).removesuffix("EventDefinition") for definition in definitions}
        if not kinds <= SEVERAL.get(local(node), frozenset()):
            findings.error(
                node.get("id", ""),
                "unsupported",
                Sentence(
                    "An event of type {type} with several definitions of these kinds is not supported. "
                    "Draw an event for each.",
                    type=local(node),
                ),
            )


def _multi_instance(loop: Node, element_id: str, findings: Findings) -> None:
    if loop.get("behavior", "All") != "All" or any(
        local(child) in {"complexBehaviorDefinition", "loopDataInputRef", "loopDataOutputRef"} for child in loop
    ):
        findings.error(
            element_id,
            "unsupported",
            Sentence(
                "Behaviour events and data references of a multi-instance activity are not supported. "
                "Use an input collection, and throw an event inside of the activity."
            ),
        )


def _extensions(node: Node, findings: Findings, element_id: str = "") -> None:
    element_id = element_id or node.get("id", "")
    for container in node:
        if namespace(container) != BPMN or local(container) != "extensionElements":
            continue
        for extension in container:
            _extension(node, extension, element_id, findings)
    for attribute in node.attrib:
        text = str(attribute)
        if text.startswith("{") and not text.startswith((f"{{{XSI}}}", f"{{{BPMN}}}", f"{{{ZEEBE}}}")):
            findings.warning(
                element_id,
                "unknown-extension",
                Sentence("The attribute {name} is kept, but nothing is done with it.", name=text),
            )


def _extension(node: Node, extension: Node, element_id: str, findings: Findings) -> None:
    name = local(extension)
    if namespace(extension) != ZEEBE:
        _foreign(node, extension, findings)
    elif name in LISTENERS:
        findings.error(
            element_id,
            "unsupported",
            Sentence("Listeners ({name}) are not supported yet. Draw a service task before or after.", name=name),
        )
    elif name in KNOWN_EXTENSIONS.get(local(node), ()) or name in EVERYWHERE or name in INERT:
        return
    else:
        findings.warning(
            element_id,
            "unknown-extension",
            Sentence(
                "{name} is kept, but an element of type {type} does nothing with it.",
                name=f"zeebe:{name}",
                type=local(node),
            ),
        )


def _foreign(node: Node, extension: Node, findings: Findings) -> None:
    findings.warning(
        node.get("id", ""),
        "unknown-extension",
        Sentence("The extension element {name} is kept, but nothing is done with it.", name=str(extension.tag)),
    )


def _unsupported(node: Node, findings: Findings) -> None:
    name = local(node)
    findings.error(
        node.get("id", ""),
        "unsupported",
        Sentence("An element of type {type} is not supported. {instead}", type=name, instead=_instead(name)),
    )


def _instead(name: str) -> Sentence:
    if name == "complexGateway":
        return Sentence("Draw exclusive, parallel or inclusive gateways instead.")
    if name == "adHocSubProcess":
        return Sentence("Draw a subprocess with an inclusive gateway, or a loop, instead.")
    return Sentence("Draw it with supported elements.")
