"""What integrators do, by the official Python client: jobs, messages, incidents, changes of matters, decisions."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaAsyncClient, CamundaClient, WorkerConfig, errors
from camunda_orchestration_sdk.models import (
    CancelProcessInstanceRequest,
    ClockPinRequest,
    CreateDeploymentData,
    DecisionDefinitionSearchQuery,
    DecisionEvaluationByID,
    DecisionInstanceSearchQuery,
    ElementInstanceSearchQuery,
    IncidentSearchQuery,
    JobActivationRequest,
    JobCompletionRequest,
    JobFailRequest,
    JobSearchQuery,
    MessageCorrelationRequest,
    MessagePublicationRequest,
    ProcessCreationById,
    ProcessDefinitionSearchQuery,
    ProcessInstanceMigrationInstruction,
    ProcessInstanceModificationInstruction,
    ProcessInstanceSearchQuery,
    ResumeProcessInstanceRequest,
    SignalBroadcastRequest,
    SuspendProcessInstanceRequest,
    UserTaskSearchQuery,
    UserTaskUpdateRequest,
    VariableSearchQuery,
)
from camunda_orchestration_sdk.types import File

from tests.clients.conftest import ADMINISTRATOR, Server
from tests.clients.test_procedures import complete, request_of, start

Clients = Callable[[str], CamundaClient]
PARCEL = Path(__file__).with_name("pack") / "parcel.bpmn"
PATIENCE_SECONDS = 60


@pytest.fixture
def admin(client: Clients) -> CamundaClient:
    """The administrator's client, with the parcel's process deployed."""
    client(ADMINISTRATOR).deploy_resources_from_files([PARCEL])
    return client(ADMINISTRATOR)


def send(admin: CamundaClient, parcel: str) -> str:
    """Start a parcel; the key of the matter."""
    body = {"processDefinitionId": "parcel", "variables": {"parcel": parcel}}
    return admin.create_process_instance(data=ProcessCreationById.from_dict(body)).process_instance_key


def activate(admin: CamundaClient, matter: str) -> Any:
    """The job of a matter, under a lease."""
    body = {"type": "pack_parcel", "timeout": 600_000, "maxJobsToActivate": 100, "worker": "test"}
    jobs = admin.activate_jobs(data=JobActivationRequest.from_dict({**body, "requestTimeout": 5_000})).jobs
    return next(job for job in jobs if job.process_instance_key == matter)


def packed(admin: CamundaClient, parcel: str) -> str:
    """A parcel that waits for being handed over."""
    matter = send(admin, parcel)
    admin.complete_job(activate(admin, matter).job_key)
    return matter


def packed_for_another(admin: CamundaClient, client: Clients, parcel: str) -> str:
    """The same, started by a store manager: nobody modifies or migrates what he started himself."""
    matter = start(client, "U19", "parcel")
    named = JobCompletionRequest.from_dict({"variables": {"parcel": parcel}})
    admin.complete_job(activate(admin, matter).job_key, data=named)
    return matter


def active(admin: CamundaClient, matter: str) -> dict[str, Any]:
    """What is active in the matter, by element."""
    query = {"filter": {"processInstanceKey": matter, "state": "ACTIVE"}}
    found = admin.search_element_instances(data=ElementInstanceSearchQuery.from_dict(query)).items
    return {one.element_id: one for one in found}


def test_a_deployment_tells_what_it_bound_and_repeats_for_nothing(client: Clients) -> None:
    administrator = client(ADMINISTRATOR)
    first = administrator.deploy_resources_from_files([PARCEL])
    again = administrator.deploy_resources_from_files([PARCEL])
    assert [one.process_definition_id for one in first.processes] == ["parcel"]
    assert again.processes[0].process_definition_key == first.processes[0].process_definition_key
    assert PARCEL.read_text() == administrator.get_process_definition_xml(first.processes[0].process_definition_key)
    latest = ProcessDefinitionSearchQuery.from_dict(
        {"filter": {"processDefinitionId": {"$like": "parc?l"}, "isLatestVersion": True}}
    )
    assert [one.name for one in administrator.search_process_definitions(data=latest).items] == ["寄送包裹"]


def test_the_whole_pack_deploys_as_it_stands(client: Clients) -> None:
    root = Path(__file__).parents[2]
    files = sorted(
        path
        for folder in ("bpmn", "dmn", "forms")
        for path in (root / folder / "chain_store").iterdir()
        if path.suffix in (".bpmn", ".dmn", ".form")
    )
    deployed = client(ADMINISTRATOR).deploy_resources_from_files(list(files))
    assert "procurement_request" in {one.process_definition_id for one in deployed.processes}
    assert "procurement_authority" in {one.decision_definition_id for one in deployed.decisions}
    assert deployed.forms


def test_a_broken_diagram_is_refused_with_its_problems(client: Clients) -> None:
    broken = File(payload=io.BytesIO(b"<nonsense/>"), file_name="broken.bpmn")
    with pytest.raises(errors.BadRequestError) as refused:
        client(ADMINISTRATOR).create_deployment(data=CreateDeploymentData(resources=[broken]))
    assert b"broken.bpmn" in refused.value.content


def test_an_asynchronous_worker_does_the_job(admin: CamundaClient, server: Server) -> None:
    matter = send(admin, "P-worker")

    async def work() -> None:
        done = asyncio.Event()

        async def pack(job: Any) -> dict[str, Any]:
            if job.process_instance_key == matter:
                assert (job.variables.to_dict()["parcel"], job.custom_headers.to_dict()["size"]) == (
                    "P-worker",
                    "small",
                )
                done.set()
            return {"weight": 2.5}

        async with CamundaAsyncClient(configuration=server.configuration(ADMINISTRATOR)) as client:
            worker = client.create_job_worker(
                config=WorkerConfig(job_type="pack_parcel", job_timeout_milliseconds=60_000), callback=pack
            )
            await asyncio.wait_for(done.wait(), PATIENCE_SECONDS)
            deadline = time.monotonic() + PATIENCE_SECONDS
            while "C2_wait" not in await asyncio.to_thread(active, admin, matter):
                assert time.monotonic() < deadline
                await asyncio.sleep(0.05)
            worker.stop()

    asyncio.run(work())
    query = {"filter": {"processInstanceKey": matter, "name": "weight"}}
    weight = admin.search_variables(data=VariableSearchQuery.from_dict(query)).items[0]
    assert (weight.value, weight.scope_key) == ("2.5", matter)
    assert admin.get_variable(weight.variable_key).value == "2.5"


def test_a_failed_job_becomes_an_incident_and_resolving_it_tries_again(admin: CamundaClient) -> None:
    matter = send(admin, "P-incident")
    job = activate(admin, matter)
    admin.fail_job(job.job_key, data=JobFailRequest.from_dict({"retries": 0, "errorMessage": "no tape"}))
    query = IncidentSearchQuery.from_dict({"filter": {"processInstanceKey": matter, "state": "ACTIVE"}})
    incident = admin.search_incidents(data=query).items[0]
    assert "no tape" in incident.error_message
    assert admin.get_process_instance(matter).has_incident
    failed = JobSearchQuery.from_dict({"filter": {"processInstanceKey": matter, "state": "FAILED"}})
    assert [one.job_key for one in admin.search_jobs(data=failed).items] == [job.job_key]
    admin.resolve_incident(incident.incident_key)
    assert admin.get_incident(incident.incident_key).state.value == "RESOLVED"
    admin.complete_job(activate(admin, matter).job_key)
    assert "C2_wait" in active(admin, matter)


def test_a_message_finds_who_waits_and_a_task_follows(admin: CamundaClient, client: Clients) -> None:
    matter = packed(admin, "P-message")
    body = {"name": "parcel_handed_over", "correlationKey": "P-message"}
    assert admin.correlate_message(data=MessageCorrelationRequest.from_dict(body)).process_instance_key == matter
    with pytest.raises(errors.NotFoundError):
        admin.correlate_message(data=MessageCorrelationRequest.from_dict(body))
    query = UserTaskSearchQuery.from_dict({"filter": {"processInstanceKey": matter, "candidateGroup": "purchaser"}})
    task = client("U06").search_user_tasks(data=query).items[0]
    changed = {"changeset": {"priority": 90, "dueDate": None, "candidateUsers": ["U07"]}}
    client("U01").update_user_task(task.user_task_key, data=UserTaskUpdateRequest.from_dict(changed))
    task = client("U06").get_user_task(task.user_task_key)
    assert (task.priority, task.due_date, task.candidate_users) == (90, None, ["U07"])
    client("U06").complete_user_task(task.user_task_key)
    assert admin.get_process_instance(matter).state.value == "COMPLETED"


def test_a_published_message_waits_for_its_receiver(admin: CamundaClient) -> None:
    body = {"name": "parcel_handed_over", "correlationKey": "P-early", "timeToLive": 600_000, "messageId": "m-1"}
    for _repetition in range(2):
        admin.publish_message(data=MessagePublicationRequest.from_dict(body))
    matter = packed(admin, "P-early")
    assert "C3_check" in active(admin, matter)
    admin.broadcast_signal(data=SignalBroadcastRequest.from_dict({"signalName": "nobody_waits"}))


def test_a_matter_is_modified(admin: CamundaClient, client: Clients) -> None:
    matter = start(client, "U19", "parcel")
    standing = active(admin, matter)["C1_pack"]
    body = {
        "activateInstructions": [{"elementId": "C3_check"}],
        "terminateInstructions": [{"elementInstanceKey": standing.element_instance_key}],
    }
    admin.modify_process_instance(matter, data=ProcessInstanceModificationInstruction.from_dict(body))
    assert set(active(admin, matter)) == {"parcel", "C3_check"}
    assert admin.get_element_instance(standing.element_instance_key).state.value == "TERMINATED"


def test_a_matter_is_cancelled_suspended_and_resumed(admin: CamundaClient, client: Clients) -> None:
    matter = start(client, "U19", "procurement_request")
    complete(client, "U19", matter, "PR0_request", **request_of(180.00))
    admin.suspend_process_instance(matter, data=SuspendProcessInstanceRequest())
    assert admin.get_process_instance(matter).state.value == "SUSPENDED"
    admin.resume_process_instance(matter, data=ResumeProcessInstanceRequest())
    admin.cancel_process_instance(matter, data=CancelProcessInstanceRequest())
    assert admin.get_process_instance(matter).state.value == "TERMINATED"
    with pytest.raises(errors.ConflictError):
        admin.cancel_process_instance(matter, data=CancelProcessInstanceRequest())


def test_a_starter_takes_back_his_own(client: Clients) -> None:
    for submitted in (False, True):
        matter = start(client, "U19", "procurement_request")
        if submitted:
            complete(client, "U19", matter, "PR0_request", **request_of(180.00))
        client("U19").cancel_process_instance(matter, data=CancelProcessInstanceRequest())
        assert client("U19").get_process_instance(matter).state.value in ("TERMINATED", "COMPLETED")


def test_a_matter_is_migrated(admin: CamundaClient, client: Clients) -> None:
    matter = packed_for_another(admin, client, "P-migrated")
    other = (
        PARCEL.read_text().replace('"C2_wait"', '"C2_handed"').replace('versionTag value="1"', 'versionTag value="2"')
    )
    data = CreateDeploymentData(resources=[File(payload=io.BytesIO(other.encode()), file_name="parcel.bpmn")])
    deployed = admin.create_deployment(data=data).deployments[0].process_definition
    assert deployed is not None
    body = {
        "targetProcessDefinitionKey": deployed.process_definition_key,
        "mappingInstructions": [{"sourceElementId": "C2_wait", "targetElementId": "C2_handed"}],
    }
    admin.migrate_process_instance(matter, data=ProcessInstanceMigrationInstruction.from_dict(body))
    migrated = admin.get_process_instance(matter)
    assert migrated.process_definition_key == deployed.process_definition_key
    assert migrated.process_definition_version_tag == "2"
    assert "C2_handed" in active(admin, matter)
    message = {"name": "parcel_handed_over", "correlationKey": "P-migrated"}
    admin.correlate_message(data=MessageCorrelationRequest.from_dict(message))
    assert "C3_check" in active(admin, matter)


def test_a_decision_is_evaluated(client: Clients) -> None:
    administrator = client(ADMINISTRATOR)
    query = {"filter": {"decisionDefinitionId": "maintenance_priority", "isLatestVersion": True}}
    found = administrator.search_decision_definitions(data=DecisionDefinitionSearchQuery.from_dict(query)).items[0]
    assert "maintenance_priority" in administrator.get_decision_definition_xml(found.decision_definition_key)
    body = {
        "decisionDefinitionId": "maintenance_priority",
        "variables": {"safety_risk": False, "business_impact": "none"},
    }
    answer = administrator.evaluate_decision(data=DecisionEvaluationByID.from_dict(body))
    assert '"P3"' in answer.output
    assert answer.evaluated_decisions[-1].matched_rules[0].rule_index >= 1
    failed = {"decisionDefinitionId": "maintenance_priority", "variables": {"safety_risk": "perhaps"}}
    assert administrator.evaluate_decision(data=DecisionEvaluationByID.from_dict(failed)).failure_message


def test_evaluations_of_matters_are_found(client: Clients) -> None:
    matter = start(client, "U19", "procurement_request")
    complete(client, "U19", matter, "PR0_request", **request_of(180.00))
    approved = {"decision": "approve", "is_normal_need": True, "investigation_note": "现场核实，确属正常运营需要"}
    complete(client, "U16", matter, "AC1_line", **approved)
    query = {"filter": {"processInstanceKey": matter, "decisionDefinitionId": "procurement_authority"}}
    found = client("U16").search_decision_instances(data=DecisionInstanceSearchQuery.from_dict(query)).items
    assert found
    details = client("U16").get_decision_instance(found[0].decision_evaluation_instance_key)
    assert details.matched_rules
    assert details.result == '"line"'


def test_pages_by_cursor_hold_while_others_write(admin: CamundaClient) -> None:
    started = [send(admin, f"P-page-{number}") for number in range(5)]
    asked: dict[str, Any] = {"filter": {"processInstanceKey": {"$in": started}}, "sort": [{"field": "startDate"}]}
    seen: list[str] = []
    cursor = None
    while True:
        page = {"limit": 2, **({"after": cursor} if cursor else {})}
        found = admin.search_process_instances(data=ProcessInstanceSearchQuery.from_dict({**asked, "page": page}))
        if not found.items:
            break
        seen += [one.process_instance_key for one in found.items]
        cursor = found.page.end_cursor
        send(admin, "P-page-between")
    assert seen == started


def test_the_clock_is_set_and_goes_on(admin: CamundaClient) -> None:
    admin.pin_clock(data=ClockPinRequest(timestamp=1_900_000_000_000))
    try:
        matter = send(admin, "P-clock")
        assert admin.get_process_instance(matter).start_date.year == 2030
    finally:
        admin.reset_clock()


def test_who_asks_and_what_there_is(client: Clients) -> None:
    asking = client("U19")
    assert asking.get_authentication().username == "U19"
    assert asking.get_topology().brokers[0].partitions[0].state.value == "active"
    assert asking.get_license().valid_license
    asking.get_status()
