"""Which variables hold personal values, by the forms that ask for them: history keeps these erasable."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from engine import deployments
from engine.deployments.cache import Cache
from engine.history import Personal

_names: Cache[int, frozenset[str]] = Cache(2000)


def names(session: Session, definition_keys: Iterable[int]) -> frozenset[str]:
    """The names of all variables that some form of these process definitions marks as personal."""
    known = [_names.get(key, partial(_of_definition, session, key)) for key in definition_keys]
    return known[0] if len(known) == 1 else frozenset().union(*known)


def erasable(variables: Mapping[str, Any], personal: frozenset[str]) -> dict[str, Any]:
    """The variables with personal values wrapped for history."""
    return {name: Personal(value) if name in personal else value for name, value in variables.items()}


def _of_definition(session: Session, definition_key: int) -> frozenset[str]:
    found: set[str] = set()
    for form_id in deployments.process(session, definition_key).references.form_ids:
        form_key = deployments.bound_form(session, definition_key, form_id, "deployment")
        found |= deployments.form(session, form_key).personal_keys()
    return frozenset(found)
