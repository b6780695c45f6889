"""What properties are called: in the words of the property panel where it has them, else by their own names."""

from __future__ import annotations

import re

from feel.sentences import Sentence

_NAMED = {
    "name": Sentence("Name"),
    "documentation": Sentence("Documentation"),
    "description": Sentence("Description"),
    "assignmentDefinition.assignee": Sentence("Assignee"),
    "assignmentDefinition.candidateGroups": Sentence("Candidate groups"),
    "assignmentDefinition.candidateUsers": Sentence("Candidate users"),
    "taskSchedule.dueDate": Sentence("Due date"),
    "taskSchedule.followUpDate": Sentence("Follow-up date"),
    "formDefinition.formId": Sentence("Form"),
    "calledDecision.decisionId": Sentence("Decision"),
    "calledDecision.resultVariable": Sentence("Result variable"),
    "calledElement.processId": Sentence("Called process"),
    "conditionExpression": Sentence("Condition"),
    "default": Sentence("Default flow"),
    "sourceRef": Sentence("From"),
    "targetRef": Sentence("To"),
    "attachedToRef": Sentence("Attached to"),
    "cancelActivity": Sentence("Interrupting"),
    "taskDefinition.type": Sentence("Job type"),
    "taskDefinition.retries": Sentence("Retries"),
    "script.expression": Sentence("Expression"),
    "script.resultVariable": Sentence("Result variable"),
    "versionTag.value": Sentence("Version tag"),
    "timerEventDefinition.timeDuration": Sentence("Timer: duration"),
    "timerEventDefinition.timeDate": Sentence("Timer: date"),
    "timerEventDefinition.timeCycle": Sentence("Timer: cycle"),
    "hitPolicy": Sentence("Hit policy"),
    "label": Sentence("Label"),
    "typeRef": Sentence("Type"),
    "inputExpression.text": Sentence("Expression"),
    "inputExpression.typeRef": Sentence("Type"),
    "literalExpression.text": Sentence("Expression"),
    "inputValues.text": Sentence("Allowed values"),
    "outputValues.text": Sentence("Allowed values"),
    "validate.required": Sentence("Required"),
    "key": Sentence("Key"),
    "type": Sentence("Kind"),
    "readonly": Sentence("Read only"),
    "conditional.hide": Sentence("Hidden when"),
}
_OF_LIST = re.compile(r"(property|input|output|header)\[(.*)\]\.(?:value|source)")


def of(path: str) -> Sentence:
    """The name of a property."""
    if path in _NAMED:
        return _NAMED[path]
    listed = _OF_LIST.fullmatch(path)
    if listed is None:
        return Sentence(path.replace("{", "(").replace("}", ")"))
    kind, name = listed.groups()
    if kind == "property":
        return Sentence("Property {name}", name=name)
    if kind == "input":
        return Sentence("Input {name}", name=name)
    if kind == "output":
        return Sentence("Output {name}", name=name)
    return Sentence("Header {name}", name=name)
