"""The lists behind the allow-list: elements, event definitions and zeebe extensions that are executed or harmless."""

from __future__ import annotations

from collections.abc import Mapping

EVENT_DEFINITIONS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"message", "timer", "signal", "error", "escalation", "conditional"}),
    "endEvent": frozenset({"message", "signal", "error", "escalation", "terminate", "compensate", "cancel"}),
    "intermediateCatchEvent": frozenset({"message", "timer", "signal", "conditional", "link"}),
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation", "link", "compensate"}),
    "boundaryEvent": frozenset(
        {"message", "timer", "signal", "error", "escalation", "conditional", "compensate", "cancel"}
    ),
}
SEVERAL: Mapping[str, frozenset[str]] = {
    "intermediateCatchEvent": frozenset({"message", "timer", "signal"}),
    "intermediateThrowEvent": frozenset({"message", "signal", "escalation"}),
    "endEvent": frozenset({"message", "signal"}),
}
DECORATION = frozenset(
    {
        "documentation",
        "incoming",
        "outgoing",
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataInputAssociation",
        "dataOutputAssociation",
        "ioSpecification",
        "property",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "category",
        "auditing",
        "monitoring",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "rendering",
        "resourceRole",
        "correlationSubscription",
    }
)
WITHOUT_EFFECT = frozenset(
    {
        "ioSpecification",
        "dataInputAssociation",
        "dataOutputAssociation",
        "property",
        "performer",
        "humanPerformer",
        "potentialOwner",
        "resourceRole",
        "rendering",
    }
)
CONTENT = frozenset(
    {
        "sequenceFlow",
        "extensionElements",
        "standardLoopCharacteristics",
        "multiInstanceLoopCharacteristics",
        "eventDefinitionRef",
        "script",
    }
)
TOP = frozenset(
    {
        "process",
        "collaboration",
        "message",
        "signal",
        "error",
        "escalation",
        "itemDefinition",
        "dataStore",
        "category",
        "import",
        "interface",
        "resource",
        "extension",
        "endPoint",
        "relationship",
        "partnerEntity",
        "partnerRole",
        "choreography",
        "globalConversation",
        "conversation",
        "correlationProperty",
        "globalTask",
        "globalUserTask",
        "globalManualTask",
        "globalScriptTask",
        "globalBusinessRuleTask",
    }
)
KNOWN_EXTENSIONS: Mapping[str, frozenset[str]] = {
    "userTask": frozenset(
        {"userTask", "formDefinition", "assignmentDefinition", "taskSchedule", "priorityDefinition"}
    ),
    "businessRuleTask": frozenset({"calledDecision", "taskDefinition", "taskHeaders"}),
    "scriptTask": frozenset({"script", "taskDefinition", "taskHeaders"}),
    "serviceTask": frozenset({"taskDefinition", "taskHeaders"}),
    "sendTask": frozenset({"taskDefinition", "taskHeaders"}),
    "intermediateThrowEvent": frozenset({"taskDefinition", "taskHeaders"}),
    "endEvent": frozenset({"taskDefinition", "taskHeaders"}),
    "callActivity": frozenset({"calledElement"}),
    "startEvent": frozenset({"formDefinition"}),
    "process": frozenset({"versionTag"}),
    "message": frozenset({"subscription"}),
    "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
}
EVERYWHERE = frozenset({"properties", "ioMapping"})
INERT = frozenset({"userTaskForm", "modelerTemplate", "modelerTemplateIcon"})
LISTENERS = frozenset({"executionListeners", "taskListeners"})
