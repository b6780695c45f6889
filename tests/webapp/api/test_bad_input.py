"""What the API refuses, and how: a status that says whose fault it is, and a problem that names the field."""

from __future__ import annotations

from typing import Any

import pytest

from engine import process_instances
from tests.webapp.api.conftest import Programs
from tests.webapp.house import INVESTIGATED, ask

TASKS, MATTERS = "/user-tasks/search", "/process-instances/search"
ACTIVATION = {"type": "x", "timeout": 1000, "maxJobsToActivate": 1, "requestTimeout": -1}

UNKNOWN_FIELDS = [
    (TASKS, {"colour": "red"}, "colour"),
    (TASKS, {"filter": {"colour": "red"}}, "filter.colour"),
    (TASKS, {"filter": {"name": {"$colour": "red"}}}, "filter.name.$colour"),
    (TASKS, {"filter": {"$or": [{"colour": "red"}]}}, "filter.$or.0.colour"),
    (TASKS, {"sort": [{"field": "colour"}]}, "sort.0.field"),
    (TASKS, {"page": {"size": 3}}, "page.size"),
    ("/process-instances", {"processDefinitionId": "procurement_request", "colour": 1}, "colour"),
    ("/user-tasks/1/completion", {"variable": {}}, "variable"),
    ("/user-tasks/1/assignment", {"assignees": ["U16"]}, "assignees"),
    ("/messages/publication", {"name": "x", "ttl": 1}, "ttl"),
    ("/jobs/activation", {**ACTIVATION, "colour": 1}, "colour"),
    ("/decision-definitions/evaluation", {"decisionDefinitionId": "x", "context": {}}, "context"),
]
WRONG_TYPES = [
    (TASKS, {"page": {"limit": "many"}}, "page.limit"),
    (TASKS, {"page": {"limit": 0}}, "page.limit"),
    (TASKS, {"page": {"limit": 10_001}}, "page.limit"),
    (TASKS, {"page": {"from": -1}}, "page.from"),
    (TASKS, {"filter": []}, "filter"),
    (TASKS, {"filter": {"assignee": 7}}, "filter.assignee"),
    (TASKS, {"filter": {"priority": "high"}}, "filter.priority"),
    (TASKS, {"filter": {"state": "OPEN"}}, "filter.state"),
    (TASKS, {"filter": {"dueDate": "tomorrow"}}, "filter.dueDate"),
    (TASKS, {"filter": {"dueDate": "2026-11-23T04:00:00"}}, "filter.dueDate"),
    (TASKS, {"filter": {"userTaskKey": 5}}, "filter.userTaskKey"),
    (TASKS, {"filter": {"tenantId": "another"}}, "filter.tenantId"),
    (MATTERS, {"filter": {"hasIncident": "yes"}}, "filter.hasIncident"),
    (MATTERS, {"sort": {"field": "startDate"}}, "sort"),
    ("/process-instances", {}, "processDefinitionId"),
    ("/process-instances", {"processDefinitionId": 5}, "processDefinitionId"),
    ("/process-instances", {"processDefinitionId": "procurement_request", "variables": []}, "variables"),
    ("/process-instances", {"processDefinitionId": "procurement_request", "tags": ["a"]}, "tags"),
    ("/user-tasks/1/completion", {"variables": "yes"}, "variables"),
    ("/user-tasks/none/completion", {}, "userTaskKey"),
    ("/jobs/activation", {**ACTIVATION, "timeout": "long"}, "timeout"),
    ("/jobs/activation", {**ACTIVATION, "maxJobsToActivate": 0}, "maxJobsToActivate"),
    ("/messages/publication", {"correlationKey": "x"}, "name"),
    ("/element-instances/search", {"filter": {}}, "filter.processInstanceKey"),
]
UNKNOWN_KEYS = [
    ("GET", "/user-tasks/1", None),
    ("GET", "/user-tasks/1/form", None),
    ("GET", "/user-tasks/99999999999999999999", None),
    ("POST", "/user-tasks/1/completion", {}),
    ("POST", "/user-tasks/1/assignment", {"assignee": "U16"}),
    ("PATCH", "/user-tasks/1", {"changeset": {"priority": 1}}),
    ("GET", "/process-instances/1", None),
    ("POST", "/process-instances/1/cancellation", {}),
    ("POST", "/process-instances/1/modification", {}),
    ("POST", "/process-instances", {"processDefinitionKey": "1"}),
    ("POST", "/process-instances", {"processDefinitionId": "no_such_process"}),
    ("GET", "/process-definitions/1", None),
    ("GET", "/process-definitions/1/xml", None),
    ("GET", "/variables/1", None),
    ("GET", "/element-instances/1000000", None),
    ("POST", "/element-instances/search", {"filter": {"processInstanceKey": "1"}}),
    ("GET", "/incidents/1", None),
    ("POST", "/incidents/1/resolution", {}),
    ("POST", "/jobs/1/completion", {}),
    ("POST", "/jobs/1/failure", {}),
    ("GET", "/decision-definitions/1", None),
    ("POST", "/decision-definitions/evaluation", {"decisionDefinitionKey": "1"}),
    ("GET", "/decision-instances/10000000-1", None),
    ("GET", "/forms/1", None),
    ("POST", "/messages/correlation", {"name": "nobody_waits", "correlationKey": "x"}),
]


@pytest.mark.parametrize(("path", "body", "field"), UNKNOWN_FIELDS + WRONG_TYPES)
def test_what_is_wrong_in_a_body_is_named(programs: Programs, path: str, body: Any, field: str) -> None:
    response = programs.of("U15").post(path, body)
    assert response.status_code == 400, response.get_data(as_text=True)
    assert response.mimetype == "application/problem+json"
    assert field in [one["field"] for one in response.json["errors"]]
    assert field in response.json["detail"]


@pytest.mark.parametrize(("method", "path", "body"), UNKNOWN_KEYS)
def test_an_unknown_key_is_not_found(programs: Programs, method: str, path: str, body: Any) -> None:
    response = programs.of("U15").ask(method, path, body)
    assert response.status_code == 404, response.get_data(as_text=True)
    assert response.json["instance"] == f"/v2{path}"
    assert response.json["detail"]


def test_a_cursor_belongs_to_its_noun_its_filter_and_its_order(programs: Programs) -> None:
    program = programs.of("U19")
    program.post("/process-instances", {"processDefinitionId": "procurement_request"})
    cursor = program.post(TASKS, {}).json["page"]["endCursor"]
    for path, asked in ((TASKS, {"sort": [{"field": "name"}]}), (TASKS, {"filter": {"name": "x"}}), (MATTERS, {})):
        for side in ("after", "before"):
            refused = program.post(path, {**asked, "page": {side: cursor}})
            assert refused.status_code == 400
            assert [one["field"] for one in refused.json["errors"]] == [f"page.{side}"]


def test_a_filter_narrows_what_the_address_names_and_never_replaces_it(programs: Programs) -> None:
    root = ask(programs.house.person("U19"), "180.00")
    path = f"/process-instances/{root}/incidents"
    assert programs.of("U15").found(path, filter={"processInstanceKey": {"$neq": str(root)}}) == []


def test_a_task_of_somebody_else_is_done_by_nobody_and_only_once(either: Programs) -> None:
    house = either.house
    root = ask(house.person("U19"), "180.00")
    with house.unit_of_work.read() as session:
        (task,) = process_instances.waiting(session, root, house.person("U16").actor)
    path = f"/user-tasks/{task.key}/completion"
    body = {"variables": {"decision": "approve"}}
    assert either.of("U23").post(path, body).status_code == 404  # nobody tells him that it is there
    for somebody in ("U19", "U13", "U15"):
        refused = either.of(somebody).post(path, body)
        assert refused.status_code == 403, (somebody, refused.get_data(as_text=True))
        assert refused.json["detail"]
    incomplete = either.of("U16").post(path, body)
    assert incomplete.status_code == 400
    assert {one["field"] for one in incomplete.json["errors"]} >= {"variables.is_normal_need"}
    foreign = either.of("U16").post(path, {"variables": {"amount": 1, "colour": "red"}})
    assert foreign.status_code == 400
    assert "variables.colour" in [one["field"] for one in foreign.json["errors"]]
    house.person("U16").submit(task.key, INVESTIGATED)
    late = either.of("U16").post(path, {"variables": {"decision": "reject"}})
    assert late.status_code == 409
    assert either.of("U16").ask("DELETE", f"/user-tasks/{task.key}/assignee").status_code == 409


def test_a_token_for_jobs_does_jobs_and_nothing_else_and_only_an_administrator_can_give_it(
    programs: Programs,
) -> None:
    worker = programs.bearing(programs.token("U15", "jobs"))
    taken = worker.post("/jobs/activation", ACTIVATION)
    assert (taken.status_code, taken.json) == (200, {"jobs": []})
    for path, body in ((TASKS, {}), ("/process-instances", {"processDefinitionId": "procurement_request"})):
        assert worker.post(path, body).status_code == 403
    assert worker.post("/messages/publication", {"name": "x"}).status_code == 403
    others = programs.bearing(programs.token("U19", "jobs", "messages"))
    assert others.post("/jobs/activation", ACTIVATION).status_code == 403
    assert others.post("/messages/publication", {"name": "x"}).status_code == 403
