"""What the runtime asks of its surroundings: the time, decisions and functions. ``execution`` provides it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.runtime.changes import Binding, Variables


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision's value, its trace, and a plain object that identifies the version that decided."""

    value: Any
    trace: Any
    definition: Any


class Host(Protocol):
    """The surroundings of one step."""

    @property
    def now(self) -> datetime:
        """The instant of this step; it does not move while the step runs."""

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """Functions that FEEL may call besides its own ("line", "working hours")."""

    def decide(self, decision_id: str, binding: Binding, version_tag: str | None, variables: Variables) -> Decided:
        """Evaluate a decision; raises ``ExecutionFailed`` (kind "decision") when it has no answer."""
