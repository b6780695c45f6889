"""A search of the API as a search of the engine: names of fields there and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic.alias_generators import to_camel

from engine.errors import FormRefused
from engine.search import Found
from webapp.api.schema import PageOut, Search


def run(search: Callable[..., Found], *arguments: Any, body: Search, **more: Any) -> Found:
    """What ``search`` finds for the body; a refused field carries its name as the client wrote it."""
    asked = getattr(body, "filter", None)
    if asked is not None:
        more["criteria"] = {**more.get("criteria", {}), **asked.criteria()}
        if "or_" in asked.model_fields_set:
            more["any_of"] = [one.criteria() for one in asked.or_]
    try:
        return search(*arguments, order=body.order(), paging=body.page.paging(), **{"criteria": {}, **more})
    except FormRefused as refused:
        raise FormRefused({_camel(path): sentences for path, sentences in refused.fields.items()}) from refused


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
