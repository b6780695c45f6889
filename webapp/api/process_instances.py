"""Process instances: start, read, search, by the commands and rights of the pages."""

from __future__ import annotations

from typing import Any, Literal, cast

from pydantic import Field
from sqlalchemy import select

from engine import deployments, process_instances
from engine.access_tokens import READ, TASKS
from engine.errors import FormRefused, NotFound
from engine.models import ProcessDefinition, ProcessInstance
from engine.search import process_instances as searches
from feel.sentences import Sentence
from webapp.api import searching
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    TENANT,
    Answer,
    ChoiceOperators,
    ElementInstanceOut,
    Filter,
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
    Whole,
    element_instance_key,
    optional,
)
from webapp.surroundings import reading, write

State = Literal["ACTIVE", "COMPLETED", "TERMINATED", "SUSPENDED"]
SortField = Literal[
    "processInstanceKey",
    "processDefinitionId",
    "processDefinitionName",
    "processDefinitionVersion",
    "processDefinitionVersionTag",
    "processDefinitionKey",
    "parentProcessInstanceKey",
    "startDate",
    "endDate",
    "businessId",
]


class ProcessInstanceOut(Answer):
    """A process instance."""

    process_definition_id: str
    process_definition_name: str | None
    process_definition_version: int
    process_definition_version_tag: str | None
    start_date: InstantOut
    end_date: InstantOut | None
    state: State
    suspended_date: InstantOut | None = None
    has_incident: bool
    tenant_id: str = TENANT
    process_instance_key: KeyOut
    process_definition_key: KeyOut
    parent_process_instance_key: KeyOut | None
    parent_element_instance_key: ElementInstanceOut | None
    root_process_instance_key: KeyOut
    tags: list[str] = Field(default_factory=list)
    business_id: str | None


class Creation(Request):
    """What to start: the process by id (its version in use) or by key, and for an administrator its variables.

    The variables ``starter`` and ``store`` are set by the system; ``store`` may be named to say where it is started.
    """

    process_definition_id: Text = optional()
    process_definition_key: Key = optional()
    process_definition_version: Small = Field(default=-1)
    process_definition_version_tag: Text = optional()
    variables: Variables = Field(default_factory=dict)
    tenant_id: Tenant = optional()
    operation_reference: Whole = optional()
    start_instructions: list[Any] = Field(default_factory=list, max_length=0)
    runtime_instructions: list[Any] = Field(default_factory=list, max_length=0)
    await_completion: Literal[False] = False
    fetch_variables: list[Text] = Field(default_factory=list)
    request_timeout: Whole = Field(default=0)
    tags: list[Text] = Field(default_factory=list, max_length=0)


class Created(Answer):
    """What was started."""

    process_definition_id: str
    process_definition_version: int
    tenant_id: str = TENANT
    variables: dict[str, Any]
    process_definition_key: KeyOut
    process_instance_key: KeyOut
    tags: list[str] = Field(default_factory=list)
    business_id: str | None


class StateOperators(ChoiceOperators[State]):
    """What may be asked of a state."""


class ProcessInstanceFilterFields(Filter):
    """What may be asked of an instance."""

    process_definition_id: TextFilter = optional()
    process_definition_name: TextFilter = optional()
    process_definition_version: NumberFilter = optional()
    process_definition_version_tag: TextFilter = optional()
    process_definition_key: KeyFilter = optional()
    start_date: InstantFilter = optional()
    end_date: InstantFilter = optional()
    state: State | StateOperators = optional()
    has_incident: bool = optional()
    tenant_id: Tenant = optional()
    variables: list[VariableFilter] = optional()
    process_instance_key: KeyFilter = optional()
    parent_process_instance_key: KeyFilter = optional()
    business_id: TextFilter = optional()


class ProcessInstanceFilter(ProcessInstanceFilterFields):
    """The same, and several of which one must hold."""

    or_: list[ProcessInstanceFilterFields] = optional(alias="$or")


class ProcessInstanceSort(Sort):
    """What instances can be sorted by."""

    field: SortField


class ProcessInstanceSearch(SearchOf[ProcessInstanceFilter, ProcessInstanceSort]):
    """A search for instances."""


class ProcessInstancePage(PageOf[ProcessInstanceOut]):
    """A page of instances."""


@serves("POST", "/process-instances", right=TASKS, body=Creation, answer=Created, errors=(404, 409))
def create_process_instance(body: Creation) -> Created:
    """Start a process."""
    process_id, expected = _meant(body)
    variables = dict(body.variables)
    store = variables.pop("store", None)
    if store is not None and not isinstance(store, str):
        raise FormRefused({"variables.store": [Sentence("A text is expected.")]})
    started = write(process_instances.start, process_id, actor(), variables, store, expected=expected)
    version = deployments.definition(reading(), started.definition_key).version
    return Created(
        process_definition_id=started.process_id,
        process_definition_version=version,
        variables={},
        process_definition_key=started.definition_key,
        process_instance_key=started.key,
        business_id=started.business_id,
    )


@serves("POST", "/process-instances/search", right=READ, body=ProcessInstanceSearch, answer=ProcessInstancePage)
def search_process_instances(body: ProcessInstanceSearch) -> ProcessInstancePage:
    """Search the matters that one may see, and what they called."""
    return searching.page(ProcessInstancePage, shown, searches.search, body)


@serves("GET", "/process-instances/{processInstanceKey}", right=READ, answer=ProcessInstanceOut, errors=(404,))
def get_process_instance(process_instance_key: Key) -> ProcessInstanceOut:
    """A process instance."""
    process_instances.get(reading(), process_instance_key, actor())
    return shown(reading().execute(searches.statement().where(ProcessInstance.key == process_instance_key)).one())


def shown(row: Any) -> ProcessInstanceOut:
    """A row of a search as an answer."""
    parent = None if row.parent_key is None else element_instance_key(row.parent_key, row.parent_element_instance)
    return ProcessInstanceOut(
        process_definition_id=row.process_id,
        process_definition_name=row.process_name,
        process_definition_version=row.version,
        process_definition_version_tag=row.version_tag,
        start_date=row.started_at,
        end_date=row.ended_at,
        state=cast("State", searches.state_of(row)),
        has_incident=row.has_incident,
        process_instance_key=row.key,
        process_definition_key=row.definition_key,
        parent_process_instance_key=row.parent_key,
        parent_element_instance_key=parent,
        root_process_instance_key=row.root_key,
        business_id=row.business_id,
    )


def _meant(body: Creation) -> tuple[str, int | None]:
    """The process and, where a version was named, its key."""
    given = body.model_fields_set & {"process_definition_id", "process_definition_key"}
    if len(given) != 1:
        raise FormRefused({"processDefinitionId": [Sentence("Name the process by its id or by its key.")]})
    if "process_definition_key" in given:
        return deployments.definition(reading(), body.process_definition_key).process_id, body.process_definition_key
    process_id = body.process_definition_id
    statement = select(ProcessDefinition.key).where(ProcessDefinition.process_id == process_id)
    if "process_definition_version_tag" in body.model_fields_set:
        statement = statement.where(ProcessDefinition.version_tag == body.process_definition_version_tag)
        statement = statement.order_by(ProcessDefinition.version.desc())
    elif body.process_definition_version > 0:
        statement = statement.where(ProcessDefinition.version == body.process_definition_version)
    else:
        return process_id, None
    found = reading().execute(statement.limit(1)).scalar()
    if found is None:
        raise NotFound(Sentence("There is no such version of {process}.", process=process_id[:80]))
    return process_id, found


OPERATIONS = (create_process_instance, search_process_instances, get_process_instance)
