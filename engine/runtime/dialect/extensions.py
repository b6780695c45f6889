"""The extension elements of the zeebe dialect, read into typed settings.

Names and meanings are those of Camunda 8 (``zeebe-bpmn-moddle``). What is required and missing is a finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.runtime.changes import Binding
from engine.runtime.desugar import Node, bpmn, local, zeebe
from engine.runtime.dialect.expressions import Expressions
from engine.runtime.dialect.model import (
    CalledDecision,
    CalledElement,
    Job,
    Mapping_,
    MultiInstance,
    Script,
    StandardLoop,
    UserTask,
    Value,
)
from feel.sentences import Sentence

_BINDINGS: Mapping[str, Binding] = {"latest": "latest", "deployment": "deployment", "versionTag": "versionTag"}


class Extensions:
    """Reads the extension elements of one file."""

    def __init__(self, expressions: Expressions) -> None:
        self._expressions = expressions
        self._findings = expressions.findings

    def find(self, node: Node, tag: str) -> Node | None:
        """The zeebe extension element of that tag, if the BPMN element has it."""
        return node.find(f"{bpmn('extensionElements')}/{zeebe(tag)}")

    def properties(self, node: Node) -> dict[str, str]:
        """``zeebe:properties``: plain names and values, in order."""
        path = f"{bpmn('extensionElements')}/{zeebe('properties')}/{zeebe('property')}"
        return {item.get("name", ""): item.get("value", "") for item in node.iterfind(path)}

    def mappings(self, node: Node, tag: str) -> tuple[Mapping_, ...]:
        """The inputs or outputs of ``zeebe:ioMapping``."""
        mapping = self.find(node, "ioMapping")
        if mapping is None:
            return ()
        element_id = node.get("id", "")
        result = []
        for item in mapping.iterchildren(zeebe(tag)):
            target = (item.get("target") or "").strip()
            source = self._expressions.value(item.get("source"), element_id)
            if not target or source is None:
                self._findings.error(
                    element_id, "mapping", Sentence("A variable mapping needs both a source and a target.")
                )
                continue
            result.append(Mapping_(source, tuple(target.split("."))))
        return tuple(result)

    def copy_to(self, node: Node) -> Value | None:
        """The property ``copyTo``: who gets a copy when the element is completed."""
        return self._expressions.value(self.properties(node).get("copyTo"), node.get("id", ""))

    def user_task(self, node: Node) -> UserTask:
        """Form, assignment, schedule and priority."""
        element_id = node.get("id", "")
        value = self._expressions.value
        form = self.find(node, "formDefinition")
        form_id = None if form is None else value(form.get("formId"), element_id)
        assignment, schedule = self.find(node, "assignmentDefinition"), self.find(node, "taskSchedule")
        priority = self.find(node, "priorityDefinition")

        def of(extension: Node | None, attribute: str) -> Value | None:
            return None if extension is None else value(extension.get(attribute), element_id)

        return UserTask(
            form_id=form_id,
            forms=() if form is None else self._forms(node, form_id, element_id),
            form_binding=self._binding(form, element_id) if form is not None else "latest",
            form_version_tag=form.get("versionTag") if form is not None else None,
            assignee=of(assignment, "assignee"),
            candidate_groups=of(assignment, "candidateGroups"),
            candidate_users=of(assignment, "candidateUsers"),
            due_at=of(schedule, "dueDate"),
            follow_up_at=of(schedule, "followUpDate"),
            priority=of(priority, "priority"),
        )

    def _forms(self, node: Node, form_id: Value | None, element_id: str) -> tuple[str, ...]:
        """The form that is named, or those of which an expression names one (the property ``formChoices``)."""
        if form_id is None:
            sentence = Sentence(
                "The form is not named. Link a form by its id; embedded and external forms are not read."
            )
        elif not form_id.is_expression:
            return (form_id.text,)
        else:
            choices = self.properties(node).get("formChoices", "").split(",")
            if found := tuple(name.strip() for name in choices if name.strip()):
                return found
            sentence = Sentence(
                "An expression names the form, so the property formChoices has to list those of which it is one."
            )
        self._findings.error(element_id, "form", sentence)
        return ()

    def job(self, node: Node) -> Job | None:
        """``zeebe:taskDefinition`` with its headers."""
        definition = self.find(node, "taskDefinition")
        if definition is None:
            return None
        element_id = node.get("id", "")
        topic = self._expressions.value(definition.get("type"), element_id)
        if topic is None:
            self._findings.error(element_id, "topic", Sentence("The task definition has no type."))
            topic = Value("")
        path = f"{bpmn('extensionElements')}/{zeebe('taskHeaders')}/{zeebe('header')}"
        headers = {item.get("key", ""): item.get("value", "") for item in node.iterfind(path)}
        retries = self._expressions.value(definition.get("retries"), element_id) or Value("3")
        return Job(topic, retries, headers)

    def script(self, node: Node) -> Script | None:
        """``zeebe:script``."""
        script = self.find(node, "script")
        if script is None:
            return None
        element_id = node.get("id", "")
        text, variable = script.get("expression") or "", script.get("resultVariable") or ""
        if not text.strip() or not variable:
            self._findings.error(
                element_id, "script", Sentence("The script needs both an expression and a result variable.")
            )
        return Script(self._expressions.feel(text, element_id) if text.strip() else Value(""), variable)

    def decision(self, node: Node) -> CalledDecision | None:
        """``zeebe:calledDecision``."""
        called = self.find(node, "calledDecision")
        if called is None:
            return None
        element_id = node.get("id", "")
        decision_id = self._expressions.value(called.get("decisionId"), element_id)
        variable = called.get("resultVariable") or ""
        if decision_id is None or not variable:
            self._findings.error(
                element_id,
                "decision",
                Sentence("The called decision needs both a decision id and a result variable."),
            )
        binding = self._binding(called, element_id)
        return CalledDecision(decision_id or Value(""), variable, binding, called.get("versionTag"))

    def call(self, node: Node) -> CalledElement | None:
        """``zeebe:calledElement``."""
        called = self.find(node, "calledElement")
        element_id = node.get("id", "")
        if called is None and node.get("calledElement"):  # BPMN's own way, without the extension
            name = (node.get("calledElement") or "").rpartition(":")[2]
            return CalledElement(
                Value(name), "latest", None, propagate_all_child_variables=True, propagate_all_parent_variables=True
            )
        process_id = None if called is None else self._expressions.value(called.get("processId"), element_id)
        if called is None or process_id is None:
            self._findings.error(
                element_id,
                "called-element",
                Sentence(
                    "The call activity names no process. Set its called element (zeebe:calledElement processId)."
                ),
            )
            return None
        return CalledElement(
            process_id,
            self._binding(called, element_id),
            called.get("versionTag"),
            propagate_all_child_variables=called.get("propagateAllChildVariables", "true") != "false",
            propagate_all_parent_variables=called.get("propagateAllParentVariables", "true") != "false",
        )

    def multi_instance(self, node: Node) -> MultiInstance | None:
        """``multiInstanceLoopCharacteristics`` with ``zeebe:loopCharacteristics``."""
        loop = node.find(bpmn("multiInstanceLoopCharacteristics"))
        if loop is None:
            return None
        element_id = node.get("id", "")
        extension = self.find(loop, "loopCharacteristics")
        attribute: Any = {}.get if extension is None else extension.get
        collection = self._expressions.value(attribute("inputCollection"), element_id)
        cardinality = loop.find(bpmn("loopCardinality"))
        text = None if cardinality is None else cardinality.text
        if (collection is None) == (text is None or not text.strip()):
            self._findings.error(
                element_id,
                "multi-instance",
                Sentence("A multi-instance activity needs an input collection or a cardinality, and not both."),
            )
        output_element = self._expressions.value(attribute("outputElement"), element_id)
        output_collection = attribute("outputCollection") or None
        if (output_element is None) != (output_collection is None):
            self._findings.error(
                element_id,
                "multi-instance",
                Sentence("An output collection and an output element belong together; one of them is missing."),
            )
        condition = loop.find(bpmn("completionCondition"))
        return MultiInstance(
            sequential=loop.get("isSequential") == "true",
            input_collection=collection,
            input_element=attribute("inputElement") or None,
            output_collection=output_collection,
            output_element=output_element,
            completion_condition=self._expressions.condition(
                None if condition is None else condition.text, element_id
            ),
            cardinality=self._expressions.feel(text, element_id) if text and text.strip() else None,
        )

    def loop(self, node: Node) -> StandardLoop | None:
        """``standardLoopCharacteristics``."""
        loop = node.find(bpmn("standardLoopCharacteristics"))
        if loop is None:
            return None
        element_id = node.get("id", "")
        condition = loop.find(bpmn("loopCondition"))
        text, maximum = None if condition is None else condition.text, loop.get("loopMaximum")
        if maximum is not None and not maximum.strip().isdigit():
            self._findings.error(element_id, "loop", Sentence("The loop maximum must be a whole number."))
            maximum = "0"
        if maximum is None and not (text and text.strip()):
            self._findings.error(
                element_id, "loop", Sentence("The loop never ends: give it a condition or a maximum.")
            )
        return StandardLoop(
            self._expressions.condition(text, element_id),
            None if maximum is None else int(maximum),
            test_before=loop.get("testBefore") == "true",
        )

    def _binding(self, extension: Node, element_id: str) -> Binding:
        text = extension.get("bindingType", "latest")
        binding = _BINDINGS.get(text)
        if binding is None:
            self._findings.error(
                element_id,
                "binding",
                Sentence("{element} has the unknown binding type {binding}.", element=local(extension), binding=text),
            )
            return "latest"
        if binding == "versionTag" and not extension.get("versionTag"):
            self._findings.error(
                element_id, "binding", Sentence("The binding to a version tag names no version tag.")
            )
        return binding
