"""The people behind a task that nobody has yet: who may claim it, by the posts and persons that it names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine import calendar
from engine.organisation import snapshot


class Queued(Protocol):
    """What a task keeps of its assignment."""

    @property
    def resolution(self) -> Any: ...  # noqa: D102 - the column of that name


def members(session: Session, task: Queued, at: datetime) -> frozenset[str]:
    """Everybody who works here and may claim the task, except those whom its rules keep out."""
    organisation = snapshot.of(session)
    resolution: Mapping[str, Any] = task.resolution or {}
    day = calendar.local_date(at)
    holders = {person for group in resolution.get("groups", ()) for person in organisation.holders(group, None, day)}
    named = {person for person in resolution.get("persons", ()) if organisation.is_active(person)}
    return frozenset(holders | named) - frozenset(resolution.get("excluded", ()))
