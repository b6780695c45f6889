"""Whole procedures by the official Python client: the same forms, rules and people as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from camunda_orchestration_sdk import CamundaClient, errors
from camunda_orchestration_sdk.models import (
    ProcessCreationById,
    ProcessInstanceSearchQuery,
    UserTaskAssignmentRequest,
    UserTaskCompletionRequest,
    UserTaskSearchQuery,
)

Clients = Callable[[str], CamundaClient]


def start(client: Clients, person: str, process_id: str) -> str:
    """Start a process; the key of the matter."""
    body = ProcessCreationById.from_dict({"processDefinitionId": process_id})
    return client(person).create_process_instance(data=body).process_instance_key


def task_of(client: Clients, person: str, matter: str, element_id: str) -> Any:
    """The open task at an element, as the person finds it: by the number of the matter, if it has one."""
    number = client(person).get_process_instance(matter).business_id
    of_matter = {"businessId": number} if number else {"processInstanceKey": matter}
    query = {"filter": {**of_matter, "elementId": element_id, "state": "CREATED"}}
    found = client(person).search_user_tasks(data=UserTaskSearchQuery.from_dict(query)).items
    assert [task.element_id for task in found] == [element_id]
    return found[0]


def complete(client: Clients, person: str, matter: str, element_id: str, **variables: Any) -> None:
    """Do the open task at an element."""
    task = task_of(client, person, matter, element_id)
    body = UserTaskCompletionRequest.from_dict({"variables": variables})
    client(person).complete_user_task(task.user_task_key, data=body)


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def request_of(amount: float, category: str = "storage_box") -> dict[str, Any]:
    """A request; those of one store and category count together within a week, so each test that buys has its own."""
    line = {"item": "保鲜盒", "spec": "3 L", "qty": 1, "unit": "批", "est_price": amount}
    return {"purpose": "补充保鲜盒", "category": category, "lines": [line], "needed_by": day(7)}


def test_a_whole_procurement(client: Clients) -> None:
    matter = start(client, "U19", "procurement_request")
    draft = client("U19").get_process_instance(matter)
    assert (draft.state.value, draft.business_id) == ("ACTIVE", None)
    complete(client, "U19", matter, "PR0_request", **request_of(180.00, "carpet"))

    business_id = client("U19").get_process_instance(matter).business_id
    assert business_id is not None
    by_number = ProcessInstanceSearchQuery.from_dict({"filter": {"businessId": business_id}})
    assert [one.process_instance_key for one in client("U15").search_process_instances(data=by_number).items] == [
        matter
    ]

    opinion = task_of(client, "U16", matter, "AC1_line")
    assert (opinion.assignee, opinion.business_id) == ("U16", business_id)
    form = client("U16").get_user_task_form(opinion.user_task_key)
    assert form.form_id in form.schema
    complete(
        client,
        "U16",
        matter,
        "AC1_line",
        decision="approve",
        is_normal_need=True,
        investigation_note="现场核实，确属正常运营需要",
    )

    queue = {"filter": {"candidateGroup": "purchaser", "businessId": business_id}}
    waiting = client("U06").search_user_tasks(data=UserTaskSearchQuery.from_dict(queue)).items
    assert [task.element_id for task in waiting] == ["PR4_purchase"]
    assert waiting[0].candidate_groups == ["purchaser"]
    claim = UserTaskAssignmentRequest.from_dict({"assignee": "U06", "action": "assign"})
    client("U06").assign_user_task(waiting[0].user_task_key, data=claim)
    client("U06").unassign_user_task(waiting[0].user_task_key)
    client("U06").assign_user_task(waiting[0].user_task_key, data=claim)
    bought = {"supplier": "城南百货", "actual_amount": 178.50, "eta": day(2), "cannot_buy": False}
    complete(client, "U06", matter, "PR4_purchase", **bought)
    received = [{"item": "保鲜盒", "qty": 1}]
    complete(client, "U19", matter, "PR5_receipt", received_qty=received, accepted=True)

    ended = client("U19").get_process_instance(matter)
    assert ended.state.value == "COMPLETED"
    assert ended.end_date is not None


def test_nobody_does_the_task_of_somebody_else(client: Clients) -> None:
    matter = start(client, "U19", "procurement_request")
    complete(client, "U19", matter, "PR0_request", **request_of(180.00))
    task = task_of(client, "U16", matter, "AC1_line")
    approval = UserTaskCompletionRequest.from_dict({"variables": {"decision": "approve"}})
    with pytest.raises(errors.UnexpectedStatus) as refused:
        client("U19").complete_user_task(task.user_task_key, data=approval)
    assert refused.value.status_code == 403
    with pytest.raises(errors.NotFoundError):
        client("U23").get_user_task(task.user_task_key)
    with pytest.raises(errors.BadRequestError) as wrong:
        client("U16").complete_user_task(task.user_task_key, data=approval)
    assert b"is_normal_need" in wrong.value.content
    assert b"variables.is_normal_need" in wrong.value.content


def test_the_same_completion_once_more_is_harmless(client: Clients) -> None:
    matter = start(client, "U19", "procurement_request")
    task = task_of(client, "U19", matter, "PR0_request")
    body = UserTaskCompletionRequest.from_dict({"variables": request_of(99.90)})
    for _repetition in range(2):
        client("U19").complete_user_task(task.user_task_key, data=body)
    other = UserTaskCompletionRequest.from_dict({"variables": request_of(99.80)})
    with pytest.raises(errors.ConflictError):
        client("U19").complete_user_task(task.user_task_key, data=other)


def moment(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="seconds")


def test_a_whole_maintenance_request(client: Clients) -> None:
    matter = start(client, "U23", "maintenance_request")
    fault = {"equipment": "冷柜", "asset_no": None, "fault": "温度降不下来", "safety_risk": False}
    complete(client, "U23", matter, "MT0_request", **fault, business_impact="partial", found_at=moment(-0.5))
    complete(client, "U17", matter, "MT1_confirmation", decision="approve")
    diagnosed = {"cause": "wear", "repair_mode": "external", "cost": 200.00, "parts_required": False}
    complete(client, "U11", matter, "MT2_diagnosis", **diagnosed, technician="U12", plan_finish=moment(24))
    complete(client, "U17", matter, "AC1_line", decision="approve", opinion="情况属实，同意维修")
    complete(client, "U06", matter, "MT3_purchase", vendor="城南制冷", quote=200.00, eta=day(1))
    complete(
        client,
        "U12",
        matter,
        "MT4_repair",
        work_done="清洗冷凝器并补充制冷剂",
        actual_cost=200.00,
        finished_at=moment(0),
    )
    complete(client, "U23", matter, "MT5_acceptance", accepted=True, rating=5)
    complete(client, "U08", matter, "MT6_booking", account="修理费", voucher_no="记-0316")
    assert client("U15").get_process_instance(matter).state.value == "COMPLETED"
