"""Trials: a draft on the real engine, with the organisation's own people, a clock to set, and nothing that leaves.

Each has a database file of its own and a small note beside it: whose it is, what its clock shows, and what would have
left the house. Those that nobody entered for a day are swept away when the next one begins.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from banli.scenarios.world import World
from engine import clock, deployments, models, topics, values
from engine.actor import system
from engine.content import Pack
from engine.errors import NotFound
from engine.organisation import snapshot
from engine.topics import Work
from feel.sentences import Sentence

_NAME = re.compile(r"[0-9a-f]{24}")
_KEPT_SECONDS = 24 * 3600
_ORGANISATION = (models.Unit, models.Post, models.Person, models.Assignment, models.Absence, models.Delegation,
                 models.CalendarDay)  # fmt: skip
_SIGNS_IN = ("password_hash", "email")
"""What of a person has no business in a trial: nobody signs in there, and nothing is sent."""

_MOST_OUTSIDE = 200


class TrialWorld(World):
    """A world that can be left and entered again; ``done_outside`` is what would have left the house."""

    def __init__(self, path: Path, done_outside: Sequence[tuple[str, Mapping[str, Any]]] = ()) -> None:
        super().__init__(path)
        self.done_outside = list(done_outside)

    def note(self, work: Work) -> Mapping[str, Any]:
        """Write down what would have been done outside, and answer with nothing."""
        inputs = dict(work.inputs) or dict(work.headers)
        self.done_outside.append((work.topic, {name: str(value)[:300] for name, value in inputs.items()}))
        del self.done_outside[:-_MOST_OUTSIDE]
        return {}


class Trials:
    """The trials below a folder; two requests into one come one after the other."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def begin(self, pack: Pack, organisation: Session, person: str, now: datetime) -> str:
        """Build a world. Raises ``DeploymentRefused`` for content that has errors."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._sweep()
        name = secrets.token_hex(12)
        people = [
            (model, [dict(row) for row in organisation.execute(select(*model.__table__.c)).mappings()])
            for model in _ORGANISATION
        ]
        world = TrialWorld(self._file(name))
        try:
            with clock.pinned(now), topics.answered_by(world.note):
                world.database.migrate()
                world.unit_of_work.run(_settle, people)
                world.do(deployments.deploy, pack, system("trial"))
        except BaseException:
            self._forget(name)
            raise
        finally:
            world.close()
        self._write(name, person, now, world)
        return name

    @contextmanager
    def entered(self, name: str, person: str) -> Iterator[TrialWorld]:
        """The world with its clock; what the clock shows at the end is kept."""
        with self._locks[name]:
            note = self._read(name, person)
            world = TrialWorld(self._file(name), [(topic, inputs) for topic, inputs in note["done_outside"]])
            try:
                with clock.pinned(datetime.fromisoformat(note["now"])), topics.answered_by(world.note):
                    yield world
                    self._write(name, person, clock.now(), world)
            finally:
                world.close()

    def end(self, name: str, person: str) -> None:
        """Forget a trial."""
        with self._locks[name]:
            self._read(name, person)
            self._forget(name)
        self._locks.pop(name, None)

    def _read(self, name: str, person: str) -> dict[str, Any]:
        note = self._folder / f"{name}.json"
        if not _NAME.fullmatch(name) or not note.is_file():
            raise _gone()
        read: dict[str, Any] = values.loads(note.read_text(encoding="utf-8"))
        if read["person"] != person:
            raise _gone()
        return read

    def _write(self, name: str, person: str, now: datetime, world: TrialWorld) -> None:
        told = {"person": person, "now": now.isoformat(), "done_outside": [list(one) for one in world.done_outside]}
        (self._folder / f"{name}.json").write_text(values.dumps(told), encoding="utf-8")

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    def _sweep(self) -> None:
        oldest = time.time() - _KEPT_SECONDS
        for note in self._folder.glob("*.json"):
            if note.stat().st_mtime < oldest:
                self._forget(note.stem)

    def _forget(self, name: str) -> None:
        for file in self._folder.glob(f"{name}.*"):
            file.unlink(missing_ok=True)


def _settle(session: Session, people: Sequence[tuple[Any, Sequence[dict[str, Any]]]]) -> None:
    """Let the organisation's own people live in the world, without what lets them sign in."""
    for model, _rows in reversed(people):
        session.execute(delete(model))
    for model, rows in people:
        for row in rows:
            given = {name: value for name, value in row.items() if name not in _SIGNS_IN}
            session.execute(insert(model).values(**given))
    snapshot.changed(session)


def _gone() -> NotFound:
    return NotFound(Sentence("There is no such trial any more. Begin another one; your draft is as it was."))
