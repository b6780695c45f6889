"""Variables of matters: search and read, as JSON texts; of a task, those that are visible there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from engine import process_instances, user_tasks
from engine.access_tokens import READ
from engine.errors import NotFound
from engine.models import Variable
from engine.search import variables as searches
from engine.values import untagged
from feel.sentences import Sentence
from webapp.api import searching
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    TENANT,
    Answer,
    ElementInstance,
    Filter,
    Key,
    KeyFilter,
    KeyOut,
    PageOf,
    Request,
    ScopeOut,
    SearchOf,
    Sort,
    Tenant,
    TextFilter,
    element_instance_key,
    optional,
)
from webapp.surroundings import reading

SortField = Literal["name", "value", "variableKey", "processInstanceKey"]
_TRUNCATED = 8191


class VariableOut(Answer):
    """A variable, whole."""

    value: str
    name: str
    tenant_id: str = TENANT
    variable_key: KeyOut
    scope_key: ScopeOut
    process_instance_key: KeyOut
    root_process_instance_key: KeyOut


class FoundVariable(VariableOut):
    """A variable of a search; a long value is cut, unless the query says ``truncateValues=false``."""

    is_truncated: bool


class VariablePage(PageOf[FoundVariable]):
    """A page of variables."""


class VariableSearchFilter(Filter):
    """What may be asked of a variable."""

    renamed: ClassVar[Mapping[str, str]] = {"scope_key": "scope"}

    name: TextFilter = optional()
    value: TextFilter = optional()
    tenant_id: Tenant = optional()
    variable_key: KeyFilter = optional()
    scope_key: ElementInstance = optional()
    process_instance_key: KeyFilter = optional()

    def criteria(self) -> dict[str, Any]:
        """A scope is asked for by its process instance and its number there; "" is the process."""
        found = dict(super().criteria())
        if "scope" in found:
            process_instance, scope = found["scope"]["eq"]
            found["scope"] = {"eq": scope}
            found["process_instance_key"] = {**found.get("process_instance_key", {}), "in": [process_instance]}
        return found


class VariableSort(Sort):
    """What variables can be sorted by."""

    field: SortField


class VariableSearch(SearchOf[VariableSearchFilter, VariableSort]):
    """A search for variables."""


class Cutting(Request):
    """Whether long values are cut."""

    truncate_values: bool = True


class NameFilter(Filter):
    """Variables by name."""

    name: TextFilter = optional()


class TaskVariableSearch(SearchOf[NameFilter, VariableSort]):
    """A search among the variables of a task."""


@serves("POST", "/variables/search", right=READ, body=VariableSearch, query=Cutting, answer=VariablePage)
def search_variables(body: VariableSearch, query: Cutting) -> VariablePage:
    """Search the variables of the matters that one may see."""
    return _page(searching.run(searches.search, body), query)


@serves("GET", "/variables/{variableKey}", right=READ, answer=VariableOut, errors=(404,))
def get_variable(variable_key: Key) -> VariableOut:
    """A variable."""
    row = reading().execute(searches.statement().where(Variable.key == variable_key)).one_or_none()
    if row is None:
        raise NotFound(Sentence("There is no such variable."))
    process_instances.get(reading(), row.Variable.process_instance_key, actor())
    return VariableOut(**_fields(row))


@serves(
    "POST",
    "/user-tasks/{userTaskKey}/variables/search",
    right=READ,
    body=TaskVariableSearch,
    query=Cutting,
    answer=VariablePage,
    errors=(404,),
)
def search_user_task_variables(user_task_key: Key, body: TaskVariableSearch, query: Cutting) -> VariablePage:
    """Search the variables of a task's process instance."""
    task = user_tasks.get(reading(), user_task_key, actor()).task
    mine: dict[str, Any] = {
        "process_instance_key": {"eq": task.process_instance_key},
        "scope": {"in": ["", task.element_instance]},
    }
    return _page(searching.run(searches.search, body, mine), query)


@serves(
    "POST",
    "/user-tasks/{userTaskKey}/effective-variables/search",
    right=READ,
    body=TaskVariableSearch,
    query=Cutting,
    answer=VariablePage,
    errors=(404,),
)
def search_user_task_effective_variables(
    user_task_key: Key, body: TaskVariableSearch, query: Cutting
) -> VariablePage:
    """Search the variables that a task sees: its own, and those of its process."""
    return search_user_task_variables.view(user_task_key, body, query)  # type: ignore[no-any-return] # a view's answer


def _page(found: Any, query: Cutting) -> VariablePage:
    return VariablePage(items=[_shown(row, query) for row in found.rows], page=searching.page_of(found))


def _shown(row: Any, query: Cutting) -> FoundVariable:
    fields = _fields(row)
    is_truncated = query.truncate_values and len(fields["value"]) > _TRUNCATED
    if is_truncated:
        fields["value"] = fields["value"][:_TRUNCATED]
    return FoundVariable(**fields, is_truncated=is_truncated)


def _fields(row: Any) -> dict[str, Any]:
    variable: Variable = row.Variable
    return {
        "value": untagged(variable.value),
        "name": variable.name,
        "variable_key": variable.key,
        "scope_key": element_instance_key(variable.process_instance_key, variable.scope),
        "process_instance_key": variable.process_instance_key,
        "root_process_instance_key": row.root_key,
    }


OPERATIONS = (
    search_variables,
    get_variable,
    search_user_task_variables,
    search_user_task_effective_variables,
)
