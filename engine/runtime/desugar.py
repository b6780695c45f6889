"""Reads a diagram safely and rewrites its abbreviations to plain BPMN, before anything interprets it.

``read`` is the only parser of foreign XML: no DOCTYPE, no entities, no network, a size limit. ``desugar`` is a pure
function from tree to tree: shapes, artifacts and lanes go; referenced event definitions are copied to their events;
pairs of link events become sequence flows (marked, so that nobody takes them for drawn ones). Ids stay as drawn.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator

from lxml import etree

from engine.errors import DeploymentRefused, Problem
from feel.sentences import Sentence

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
BANLI = "urn:banli:runtime"
MAXIMUM_BYTES = 4_000_000
LINK_FLOW = f"{{{BANLI}}}link"
_DRAWING_ONLY = frozenset(
    {"textAnnotation", "group", "category", "laneSet", "ioSpecification", "auditing", "monitoring"}
)

Node = etree._Element  # noqa: SLF001 - the only name that lxml has for the type


def bpmn(tag: str) -> str:
    """The qualified name of a BPMN tag."""
    return f"{{{BPMN}}}{tag}"


def zeebe(tag: str) -> str:
    """The qualified name of a tag of the zeebe dialect."""
    return f"{{{ZEEBE}}}{tag}"


def local(node: Node) -> str:
    """The tag without its namespace, e.g. "userTask"."""
    return str(node.tag).rpartition("}")[2]


def namespace(node: Node) -> str:
    """The namespace of the tag, "" for none."""
    return str(node.tag).rpartition("}")[0][1:]


def elements(node: Node) -> Iterator[Node]:
    """The children that are BPMN elements."""
    return (child for child in node if namespace(child) == BPMN)


def read(source: bytes, file: str) -> Node:
    """The definitions of a BPMN file; raises :class:`DeploymentRefused` for anything else."""
    if len(source) > MAXIMUM_BYTES:
        sentence = Sentence("The diagram is larger than {limit} bytes.", limit=MAXIMUM_BYTES)
        raise _refused(file, sentence, "too-large")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    if b"<!DOCTYPE" in source.replace(b"\0", b""):  # also as UTF-16; before libxml2 expands anything in attributes
        raise _refused(file, Sentence("The diagram has a DOCTYPE. Remove it: diagrams need none."), "doctype")
    try:
        root = etree.fromstring(source, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise _refused(file, Sentence("The file is not XML (line {line}).", line=line or 0), "not-xml") from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise _refused(file, Sentence("The diagram has a DOCTYPE. Remove it: diagrams need none."), "doctype")
    if root.tag != bpmn("definitions"):
        raise _refused(
            file, Sentence("The file is no BPMN 2.0 diagram: its root is {root}.", root=local(root)), "not-bpmn"
        )
    return root


def desugar(definitions: Node) -> Node:
    """A copy of the tree without abbreviations; the given tree is not changed."""
    root = copy.deepcopy(definitions)
    _drop_drawing(root)
    _copy_referenced_event_definitions(root)
    for process in root.iterchildren(bpmn("process")):
        _join_links(process)
        for scope in process.iter(bpmn("subProcess"), bpmn("transaction")):
            _join_links(scope)
    return root


def serialize(root: Node) -> bytes:
    """The bytes of a tree, the same for the same tree."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["zeebe", "xsi"])
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _refused(file: str, sentence: Sentence, code: str) -> DeploymentRefused:
    return DeploymentRefused([Problem("error", file, "", sentence, code)])


def _drop_drawing(root: Node) -> None:
    for child in list(root):
        if namespace(child) != BPMN:
            root.remove(child)
    for node in list(root.iter()):
        parent = node.getparent()
        if parent is None:
            continue
        if namespace(node) == BPMN and local(node) in _DRAWING_ONLY:
            parent.remove(node)
        else:
            node.tail = None  # white space between elements only makes the stored form larger


def _copy_referenced_event_definitions(root: Node) -> None:
    """An ``eventDefinitionRef`` means the definition that stands elsewhere in the file."""
    shared = {
        identifier: node
        for node in root.iterchildren()
        if local(node).endswith("EventDefinition") and (identifier := node.get("id"))
    }
    for reference in list(root.iter(bpmn("eventDefinitionRef"))):
        name = (reference.text or "").strip().rpartition(":")[2]
        definition = shared.get(name)
        parent = reference.getparent()
        if definition is None or parent is None:
            continue  # the linter names the reference that leads nowhere
        clone = copy.deepcopy(definition)
        clone.set("id", f"{name}..{parent.get('id')}")  # ids are unique in a file
        parent.replace(reference, clone)
    for node in shared.values():
        parent = node.getparent()
        if parent is not None:
            parent.remove(node)


def _join_links(scope: Node) -> None:
    """Throwing link → catching link of the same name in the same scope: one sequence flow each."""
    targets: dict[str, list[str]] = {}
    for event in scope.iterchildren(bpmn("intermediateCatchEvent")):
        for definition in event.iterchildren(bpmn("linkEventDefinition")):
            targets.setdefault(definition.get("name", ""), []).append(event.get("id", ""))
    for event in list(scope.iterchildren(bpmn("intermediateThrowEvent"))):
        for definition in event.iterchildren(bpmn("linkEventDefinition")):
            matching = targets.get(definition.get("name", ""), [])
            if len(matching) != 1:
                continue  # the linter names links without a partner, or with several
            flow = etree.SubElement(scope, bpmn("sequenceFlow"))
            flow.set("id", f"{event.get('id')}..{matching[0]}")
            flow.set("sourceRef", event.get("id", ""))
            flow.set("targetRef", matching[0])
            flow.set(LINK_FLOW, "true")
