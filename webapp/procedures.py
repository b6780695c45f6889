"""The procedures of the house by name, for filters and tables."""

from __future__ import annotations

from engine import deployments
from engine.errors import NotFound
from webapp import glossary
from webapp.surroundings import reading


def choices() -> list[tuple[str, str]]:
    """The procedures whose matters stand by themselves, by id and name; those that are only called are theirs."""
    found = deployments.independent(reading())
    named = ((each.process_id, glossary.translated(each.name, each.pack)) for each in found)
    return sorted(named, key=lambda item: item[1])


def name_of(process_id: str) -> str:
    """The name of the current version; the id of one that is gone."""
    try:
        definition = deployments.current_process(reading(), process_id)
    except NotFound:
        return process_id
    return glossary.translated(definition.name, definition.pack)
