"""A search of the API as a search of the engine: names of fields there and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from pydantic.alias_generators import to_camel

from engine.errors import FormRefused
from engine.search import Asked, Criteria, Found
from webapp.api.identity import actor
from webapp.api.schema import PageOf, PageOut, Search
from webapp.surroundings import reading

AnyPage = TypeVar("AnyPage", bound=PageOf[Any])


def run(search: Callable[..., Found], body: Search, also: Criteria | None = None) -> Found:
    """What ``search`` finds for who asks, where ``also`` holds besides; a refused field has the client's name."""
    given = getattr(body, "filter", None)
    all_of = [*([] if given is None else [given.criteria()]), *([] if also is None else [also])]
    ways = [one.criteria() for one in given.or_] if given is not None and "or_" in given.model_fields_set else []
    asked = Asked(all_of, ways, body.order(), body.page.paging())
    try:
        return search(reading(), actor(), asked)
    except FormRefused as refused:
        raise FormRefused({_camel(path): sentences for path, sentences in refused.fields.items()}) from refused


def page(
    kind: type[AnyPage],
    shown: Callable[[Any], Any],
    search: Callable[..., Found],
    body: Search,
    also: Criteria | None = None,
) -> AnyPage:
    """The page of that kind that ``search`` finds for who asks, each row as ``shown`` shows it."""
    found = run(search, body, also)
    return kind(items=[shown(row) for row in found.rows], page=page_of(found))


def page_of(found: Found) -> PageOut:
    """Where the found rows stand."""
    return PageOut(
        total_items=found.total,
        has_more_total_items=found.has_more,
        start_cursor=found.start_cursor,
        end_cursor=found.end_cursor,
    )


def _camel(path: str) -> str:
    return ".".join(to_camel(part) for part in path.split("."))
