"""User tasks: search, read with their form and variables, assign, update, complete, by the rules of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, cast

from pydantic import Field

from engine import user_tasks
from engine.access_tokens import READ, TASKS
from engine.errors import FormRefused
from engine.models import UserTask
from engine.search import user_tasks as searches
from webapp.api import searching
from webapp.api.forms import FormOut, form_of
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    TENANT,
    Answer,
    ChoiceOperators,
    ElementInstance,
    ElementInstanceOut,
    Filter,
    Instant,
    InstantFilter,
    InstantOut,
    Key,
    KeyFilter,
    KeyOut,
    NumberFilter,
    PageOf,
    Request,
    SearchOf,
    Small,
    Sort,
    Tenant,
    Text,
    TextFilter,
    VariableFilter,
    Variables,
    element_instance_key,
    optional,
)
from webapp.surroundings import reading, write

State = Literal[
    "CREATING", "CREATED", "ASSIGNING", "UPDATING", "COMPLETING", "COMPLETED", "CANCELING", "CANCELED", "FAILED"
]
SortField = Literal["creationDate", "completionDate", "followUpDate", "dueDate", "priority", "name", "businessId"]
_REASON = "API"


class UserTaskOut(Answer):
    """A task."""

    name: str | None
    state: State
    assignee: str | None
    element_id: str
    candidate_groups: list[str]
    candidate_users: list[str]
    process_definition_id: str
    creation_date: InstantOut
    completion_date: InstantOut | None
    follow_up_date: InstantOut | None
    due_date: InstantOut | None
    tenant_id: str = TENANT
    external_form_reference: str | None = None
    process_definition_version: int
    custom_headers: dict[str, str]
    user_task_key: KeyOut
    element_instance_key: ElementInstanceOut
    process_name: str | None
    process_definition_key: KeyOut
    process_instance_key: KeyOut
    root_process_instance_key: KeyOut
    business_id: str | None
    form_key: KeyOut | None
    tags: list[str] = Field(default_factory=list)
    priority: int


class StateOperators(ChoiceOperators[State]):
    """What may be asked of a state."""


class UserTaskFilterFields(Filter):
    """What may be asked of a task; ``candidateGroup`` and ``candidateUser`` of open ones."""

    renamed: ClassVar[Mapping[str, str]] = {"element_instance_key": "element_instance"}

    state: State | StateOperators = optional()
    assignee: TextFilter = optional()
    business_id: TextFilter = optional()
    priority: NumberFilter = optional()
    element_id: TextFilter = optional()
    name: TextFilter = optional()
    candidate_group: TextFilter = optional()
    candidate_user: TextFilter = optional()
    tenant_id: Tenant = optional()
    process_definition_id: TextFilter = optional()
    creation_date: InstantFilter = optional()
    completion_date: InstantFilter = optional()
    follow_up_date: InstantFilter = optional()
    due_date: InstantFilter = optional()
    process_instance_variables: list[VariableFilter] = optional()
    local_variables: list[VariableFilter] = optional()
    user_task_key: KeyFilter = optional()
    process_definition_key: KeyFilter = optional()
    process_instance_key: KeyFilter = optional()
    element_instance_key: ElementInstance = optional()

    def criteria(self) -> dict[str, Any]:
        """An element instance is asked for by its process instance and its number there."""
        found = dict(super().criteria())
        if "element_instance" in found:
            process_instance, element = found.pop("element_instance")["eq"]
            found["element_instance"] = {"eq": element}
            found.setdefault("process_instance_key", {})
            found["process_instance_key"] = {**found["process_instance_key"], "in": [process_instance]}
        return found


class UserTaskFilter(UserTaskFilterFields):
    """The same, and several of which one must hold."""

    or_: list[UserTaskFilterFields] = optional(alias="$or")


class UserTaskSort(Sort):
    """What tasks can be sorted by."""

    field: SortField


class UserTaskSearch(SearchOf[UserTaskFilter, UserTaskSort]):
    """A search for tasks."""


class UserTaskPage(PageOf[UserTaskOut]):
    """A page of tasks."""


class Assignment(Request):
    """To whom."""

    assignee: Text = optional(min_length=1)
    allow_override: bool | None = None
    action: Text | None = None
    tenant_id: Tenant = optional()


class Completion(Request):
    """What the form collected."""

    variables: Variables | None = None
    action: Text | None = None
    tenant_id: Tenant = optional()


class Changeset(Request):
    """What is changed; null takes it away."""

    due_date: Instant | None = None
    follow_up_date: Instant | None = None
    candidate_users: list[Text] | None = None
    candidate_groups: list[Text] | None = None
    priority: Small | None = None


class Update(Request):
    """A change of a task."""

    changeset: Changeset | None = None
    action: Text | None = None
    tenant_id: Tenant = optional()


@serves("POST", "/user-tasks/search", right=READ, body=UserTaskSearch, answer=UserTaskPage)
def search_user_tasks(body: UserTaskSearch) -> UserTaskPage:
    """Search the tasks of the matters that one may see."""
    found = searching.run(searches.search, body)
    return UserTaskPage(items=shown(found.rows), page=searching.page_of(found))


@serves("GET", "/user-tasks/{userTaskKey}", right=READ, answer=UserTaskOut, errors=(404,))
def get_user_task(user_task_key: Key) -> UserTaskOut:
    """A task."""
    user_tasks.get(reading(), user_task_key, actor())
    row = reading().execute(searches.statement().where(UserTask.key == user_task_key)).one()
    return shown([row])[0]


@serves("GET", "/user-tasks/{userTaskKey}/form", right=READ, answer=FormOut, may_be_empty=True, errors=(404,))
def get_user_task_form(user_task_key: Key) -> FormOut | None:
    """The form of a task; nothing where it has none."""
    view = user_tasks.get(reading(), user_task_key, actor())
    return None if view.task.form_key is None else form_of(view.task.form_key)


@serves("POST", "/user-tasks/{userTaskKey}/assignment", right=TASKS, body=Assignment, errors=(404, 409))
def assign_user_task(user_task_key: Key, body: Assignment) -> None:
    """Claim a task, or give it to somebody."""
    user_tasks.get(reading(), user_task_key, actor())
    write(
        user_tasks.hand,
        user_task_key,
        actor(),
        body.assignee or actor().person,
        body.action or _REASON,
        override=body.allow_override is not False,
    )


@serves("DELETE", "/user-tasks/{userTaskKey}/assignee", right=TASKS, errors=(404, 409))
def unassign_user_task(user_task_key: Key) -> None:
    """Put a task back into its queue."""
    write(user_tasks.release, user_task_key, actor())


@serves("PATCH", "/user-tasks/{userTaskKey}", right=TASKS, body=Update, errors=(404, 409))
def update_user_task(user_task_key: Key, body: Update) -> None:
    """Change due date, follow-up date, priority or candidates of an open task."""
    changed = {} if body.changeset is None else body.changeset.model_dump(include=body.changeset.model_fields_set)
    write(user_tasks.update, user_task_key, actor(), body.action or _REASON, changed)


@serves("POST", "/user-tasks/{userTaskKey}/completion", right=TASKS, body=Completion, errors=(404, 409))
def complete_user_task(user_task_key: Key, body: Completion) -> None:
    """Complete a task; its form decides which variables it takes."""
    try:
        write(user_tasks.complete, user_task_key, actor(), body.variables or {})
    except FormRefused as refused:
        named = {f"variables.{path}" if path else "variables": told for path, told in refused.fields.items()}
        raise FormRefused(named) from refused


def shown(rows: Sequence[Any]) -> list[UserTaskOut]:
    """Rows of a search as answers."""
    keys = [row.UserTask.key for row in rows]
    candidates = searches.candidates(reading(), keys) if keys else {}
    return [_shown(row, candidates[row.UserTask.key]) for row in rows]


def _shown(row: Any, candidates: Mapping[str, list[str]]) -> UserTaskOut:
    task: UserTask = row.UserTask
    resolution: Mapping[str, Any] = task.resolution or {}
    is_open = task.state == "CREATED"
    return UserTaskOut(
        name=task.name,
        state=cast("State", task.state),
        assignee=task.assignee,
        element_id=task.element_id,
        candidate_groups=candidates["group"] if is_open else sorted(resolution.get("groups", ())),
        candidate_users=candidates["person"] if is_open else sorted(resolution.get("persons", ())),
        process_definition_id=task.process_id,
        creation_date=task.created_at,
        completion_date=task.completed_at,
        follow_up_date=task.follow_up_at,
        due_date=task.due_at,
        process_definition_version=row.version,
        custom_headers={name: str(value) for name, value in (task.properties or {}).items()},
        user_task_key=task.key,
        element_instance_key=element_instance_key(task.process_instance_key, task.element_instance),
        process_name=row.process_name,
        process_definition_key=task.definition_key,
        process_instance_key=task.process_instance_key,
        root_process_instance_key=task.root_key,
        business_id=task.business_id,
        form_key=task.form_key,
        priority=task.priority,
    )


OPERATIONS = (
    search_user_tasks,
    get_user_task,
    get_user_task_form,
    assign_user_task,
    unassign_user_task,
    update_user_task,
    complete_user_task,
)
