"""Operations of the API: with a password or a token, the same people may the same as on the pages."""

from __future__ import annotations

from tests.webapp.verbs import NOTHING, Verb, verb

_OPINION = {"is_normal_need": True, "investigation_note": "经现场核实，确属正常需求", "decision": "approve"}
_DIRECTORS = ("line", "manager", "administrator")
_ASSIGNING = ("manager", "administrator")

VERBS: tuple[Verb, ...] = (
    verb("api.createProcessInstance", "house", "store manager", "administrator",
         fields={"processDefinitionId": "procurement_request"}),
    # tasks
    verb("api.assignUserTask", "task", *_ASSIGNING, fields={"assignee": "$other"}),
    verb("api.assignUserTask", "queued task", "member", *_ASSIGNING),
    verb("api.assignUserTask", "claimed task", fields={"allowOverride": False}),
    verb("api.unassignUserTask", "claimed task", "member"),
    verb("api.unassignUserTask", "task"),
    verb("api.updateUserTask", "task", *_ASSIGNING, fields={"changeset": {"priority": 90}}),
    verb("api.completeUserTask", "task", "line", "holder", fields={"variables": _OPINION}),
    verb("api.completeUserTask", "queued task", fields={"variables": _OPINION}),
    # matters
    verb("api.cancelProcessInstance", "matter", "starter", *_DIRECTORS),
    verb("api.cancelProcessInstance", "unsubmitted matter", "starter"),
    verb("api.suspendProcessInstance", "matter", *_DIRECTORS),
    verb("api.resumeProcessInstance", "suspended matter", *_DIRECTORS),
    verb("api.modifyProcessInstance", "matter", "administrator",
         fields={"activateInstructions": [{"elementId": "PR0_request"}]}),
    verb("api.migrateProcessInstance", "running matter", "owner", "administrator",
         fields={"targetProcessDefinitionKey": "$newest"}),
    verb("api.resolveIncident", "incident", "starter", *_DIRECTORS),
    # the work of programs, and what comes from outside: administrators' alone
    verb("api.activateJobs", "waiting job", "administrator",
         fields={"type": "check", "worker": "w", "timeout": 60000, "maxJobsToActivate": 1, "requestTimeout": -1}),
    verb("api.completeJob", "job", "administrator"),
    verb("api.failJob", "job", "administrator", fields={"retries": 1, "errorMessage": "缺纸"}),
    verb("api.throwJobError", "job", "administrator", fields={"errorCode": "no"}),
    verb("api.updateJob", "job", "administrator", fields={"changeset": {"retries": 7}}),
    verb("api.correlateMessage", "answer", "administrator", fields={"name": "answer", "correlationKey": "$starter"}),
    verb("api.publishMessage", "answer", "administrator",
         fields={"name": "answer", "correlationKey": "$starter", "timeToLive": 60000}),
    verb("api.broadcastSignal", "answer", "administrator", fields={"signalName": "bell"}),
    # procedures
    verb("api.createDeployment", "procedure", "administrator", files={"resources": ("$path", "$changed")}),
    # the account behind the program
    verb("api.token", NOTHING),
    # what only answers
    verb("api.evaluateDecision", NOTHING,
         fields={"decisionDefinitionId": "procurement_authority", "variables": {"amount": 300}}),
    verb("api.pinClock", NOTHING, fields={"timestamp": 0}),
    verb("api.resetClock", NOTHING),
    *(
        verb(f"api.search{what}", NOTHING)
        for what in ("ProcessDefinitions", "ProcessInstances", "UserTasks", "DecisionDefinitions",
                     "DecisionInstances", "ElementInstances", "Incidents", "Jobs", "Variables")
    ),
    verb("api.searchProcessInstanceIncidents", "incident"),
    verb("api.searchUserTaskEffectiveVariables", "task"),
    verb("api.searchUserTaskVariables", "task"),
)  # fmt: skip
