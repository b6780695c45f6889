"""The port to what the workshop tries: the pages know what they ask, the composition knows who answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from engine.content import Pack
from engine.database import Database
from engine.errors import Problem
from engine.unit_of_work import UnitOfWork


class World(Protocol):
    """A world apart with a clock of its own."""

    @property
    def database(self) -> Database:
        """Where it is kept."""

    @property
    def unit_of_work(self) -> UnitOfWork:
        """What changes it."""

    @property
    def done_outside(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        """What would have left the house: topic and inputs."""

    def do(self, command: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Run a command, then whatever became due by it."""

    def pass_until(self, instant: datetime) -> None:
        """Let the clock run to an instant."""


class Rehearsals(Protocol):
    """Plays scenarios, reads them, and keeps worlds in which a draft can be tried."""

    def begin(self, pack: Pack, organisation: Session, person: str, now: datetime) -> str:
        """A new world with this pack and the people of ``organisation``; its name, known to ``person`` alone."""

    def entered(self, trial: str, person: str) -> AbstractContextManager[World]:
        """Within the block the clock is that of the trial; raises ``NotFound`` for one of somebody else, or gone."""

    def end(self, trial: str, person: str) -> None:
        """Forget a trial."""

    def play(self, pack: Pack, progress: Callable[[int, int], None]) -> Mapping[str, Any]:
        """The report of a run in plain values; ``progress`` hears how many are played, of how many."""

    def problems(self, pack: Pack) -> Sequence[Problem]:
        """What is wrong with the scenario files of a pack."""
