"""Occurrences of elements in one process instance: search and read.

A search names the process instance: what happened is told by the history of its matter, and no table holds it again.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, cast

from pydantic import Field, TypeAdapter

from engine import element_instances
from engine.access_tokens import READ
from engine.errors import FormRefused
from feel.sentences import Sentence
from webapp.api.identity import actor
from webapp.api.operations import serves
from webapp.api.schema import (
    TENANT,
    Answer,
    ElementInstance,
    ElementInstanceOut,
    Filter,
    InstantOut,
    Key,
    KeyOut,
    PageOf,
    PageOut,
    Search,
    Sort,
    Tenant,
    Text,
    element_instance_key,
    optional,
)
from webapp.surroundings import reading

State = Literal["ACTIVE", "COMPLETED", "TERMINATED"]
SortField = Literal["elementInstanceKey", "elementId", "elementName", "startDate", "endDate", "state", "type"]
_CURSOR = re.compile(r"[0-9]{1,9}")
_SUBPROCESS = {"subProcess": "SUB_PROCESS", "": "UNSPECIFIED"}


class ElementInstanceResult(Answer):
    """An occurrence."""

    process_definition_id: str
    start_date: InstantOut
    end_date: InstantOut | None
    element_id: str
    element_name: str
    type: str
    state: State
    has_incident: bool
    tenant_id: str = TENANT
    element_instance_key: ElementInstanceOut
    process_instance_key: KeyOut
    root_process_instance_key: KeyOut
    process_definition_key: KeyOut
    incident_key: KeyOut | None


class ElementInstanceFilter(Filter):
    """What may be asked; the process instance, or the occurrence itself, must be named."""

    process_instance_key: Key = optional()
    element_instance_key: ElementInstance = optional()
    element_id: Text = optional()
    element_name: Text = optional()
    state: State = optional()
    type: Text = optional()
    has_incident: bool = optional()
    tenant_id: Tenant = optional()


class ElementInstanceSort(Sort):
    """What occurrences can be sorted by."""

    field: SortField


class ElementInstanceSearch(Search):
    """A search for occurrences."""

    filter: ElementInstanceFilter
    sort: list[ElementInstanceSort] = Field(default_factory=list)


class ElementInstancePage(PageOf[ElementInstanceResult]):
    """A page of occurrences."""


@serves(
    "POST",
    "/element-instances/search",
    right=READ,
    body=ElementInstanceSearch,
    answer=ElementInstancePage,
    errors=(404,),
)
def search_element_instances(body: ElementInstanceSearch) -> ElementInstancePage:
    """Search the occurrences of elements in a process instance."""
    asked = body.filter
    given = asked.model_fields_set
    if "process_instance_key" in given:
        process_instance = asked.process_instance_key
    elif "element_instance_key" in given:
        process_instance = asked.element_instance_key[0]
    else:
        raise FormRefused({"filter.processInstanceKey": [Sentence("Name the process instance to search in.")]})
    found = [_shown(one) for one in element_instances.listed(reading(), process_instance, actor())]
    wanted = {name: getattr(asked, name) for name in given - {"tenant_id", "process_instance_key"}}
    if "element_instance_key" in wanted:
        wanted["element_instance_key"] = element_instance_key(*wanted["element_instance_key"])
    found = [one for one in found if all(getattr(one, name) == value for name, value in wanted.items())]
    for order in reversed(body.order()):
        found.sort(key=lambda one: _sortable(getattr(one, order.name)), reverse=order.descending)
    return _page(found, body)


@serves(
    "GET",
    "/element-instances/{elementInstanceKey}",
    right=READ,
    answer=ElementInstanceResult,
    segments={"elementInstanceKey": TypeAdapter(ElementInstance)},
    errors=(404,),
)
def get_element_instance(element_instance_key: tuple[int, str]) -> ElementInstanceResult:
    """An occurrence of an element."""
    return _shown(element_instances.get(reading(), *element_instance_key, actor()))


def _page(found: Sequence[ElementInstanceResult], body: ElementInstanceSearch) -> ElementInstancePage:
    """One part of the list; a cursor is a place in it, for nothing is ever taken out of what happened."""
    page, start = body.page, body.page.from_
    if "after" in page.model_fields_set:
        start = _place(page.after, "after") + 1
    elif "before" in page.model_fields_set:
        start = max(0, _place(page.before, "before") - page.limit)
    stop = start + page.limit
    if "before" in page.model_fields_set:
        stop = _place(page.before, "before")
    items = list(found[start:stop])
    return ElementInstancePage(
        items=items,
        page=PageOut(
            total_items=len(found),
            has_more_total_items=False,
            start_cursor=_cursor(start) if items else None,
            end_cursor=_cursor(start + len(items) - 1) if items else None,
        ),
    )


def _cursor(place: int) -> str:
    return base64.b64encode(str(place).encode()).decode()


def _place(cursor: str, name: str) -> int:
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, ValueError):
        text = ""
    if not _CURSOR.fullmatch(text):
        raise FormRefused({f"page.{name}": [Sentence("This is no cursor of this search.")]})
    return int(text)


def _sortable(value: Any) -> Any:
    """What is missing comes last; keys are compared as numbers."""
    if value is None:
        return datetime.max.replace(tzinfo=UTC)
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _shown(one: element_instances.ElementInstance) -> ElementInstanceResult:
    return ElementInstanceResult(
        process_definition_id=one.process_id,
        start_date=one.started_at,
        end_date=one.ended_at,
        element_id=one.element_id,
        element_name=one.element_name or one.element_id,
        type=_type(one.element_type),
        state=cast("State", one.state),
        has_incident=one.incident_key is not None,
        element_instance_key=element_instance_key(one.process_instance_key, one.id),
        process_instance_key=one.process_instance_key,
        root_process_instance_key=one.root_key,
        process_definition_key=one.definition_key,
        incident_key=one.incident_key,
    )


def _type(element_type: str) -> str:
    """``userTask`` → ``USER_TASK``."""
    known = _SUBPROCESS.get(element_type)
    return known if known is not None else re.sub(r"(?<=[a-z])([A-Z])", r"_\1", element_type).upper()


OPERATIONS = (search_element_instances, get_element_instance)
