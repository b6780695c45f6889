"""One fault run on one set-up: people start matters, chance kills processes, and everything must come right."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random, random
from typing import Any

from engine import history
from engine.database import Database
from engine.unit_of_work import UnitOfWork
from tests.faults import verdict
from tests.faults.installation import Installation
from tests.faults.person import Person
from tests.faults.servers import until

_log = logging.getLogger("faults")
STORE_MANAGERS = ("U19", "U20", "U21")
BETWEEN_KILLS = (2.0, 5.0)  # seconds, counted from when the web serves again, or now and then from the start itself
KILLED_WHILE_STARTING = 1 / 4
THINKING_SECONDS = 0.5  # between two matters of one person, on average
SHORTEST_SECONDS = 25.0  # a small run lasts so long, so that there is time for trouble
PATIENCE_SECONDS = 300.0


@dataclass
class Run:
    """The state of one run; ``times`` counts what was done to the installation."""

    installation: Installation
    matters: int
    choose: Random
    times: dict[str, int] = field(default_factory=lambda: {"kills": 0, "broker": 0, "database": 0, "emptied": 0})
    over: threading.Event = field(default_factory=threading.Event)
    failures: list[BaseException] = field(default_factory=list)
    submitted: int = 0
    refused_requests: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()

    def numbers(self) -> range:
        """The numbers of the matters."""
        return range(1, self.matters + 1)

    def watched(self, what: Callable[[], None]) -> threading.Thread:
        """A thread whose failure ends the run."""

        def guarded() -> None:
            try:
                what()
            except BaseException as error:  # told by the main thread
                self.failures.append(error)
                self.over.set()

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        return thread

    def work(self, person_id: str, numbers: list[int]) -> None:
        """One store manager's matters."""
        person = Person(self.installation.address, person_id, PATIENCE_SECONDS)
        pause = 2 * max(THINKING_SECONDS, SHORTEST_SECONDS / max(1, len(numbers)))
        try:
            person.sign_in()
            for number in numbers:
                if self.over.wait(pause * random()):  # noqa: S311 - no secret
                    return
                person.ask(number)
                with self._lock:
                    self.submitted += 1
        finally:
            with self._lock:
                self.refused_requests += person.refused

    def trouble(self) -> None:
        """Kill by chance, and restart broker and database once each and empty the broker once, on the way."""
        milestones = self._milestones()
        while not self.over.wait(self.choose.uniform(*BETWEEN_KILLS)):
            if milestones and self.submitted >= milestones[0][0] * self.matters:
                _share, name, act = milestones.pop(0)
                _log.info("%s at %d matters", name, self.submitted)
                act()
                self.times[name] += 1
                continue
            self._kill_one()
        for (
            _share,
            name,
            act,
        ) in milestones:  # people were faster than trouble: it still comes, with matters under way
            act()
            self.times[name] += 1

    def _milestones(self) -> list[tuple[float, str, Callable[[], None]]]:
        broker, database = self.installation.broker, self.installation.database
        if broker is None or database is None:
            return []

        def restart(server: Any) -> None:
            server.kill()
            time.sleep(self.choose.uniform(0.5, 2.0))
            server.start()

        return [
            (0.25, "emptied", broker.empty),
            (0.45, "broker", lambda: restart(broker)),
            (0.65, "database", lambda: restart(database)),
        ]

    def _kill_one(self) -> None:
        part = self.choose.choice(self.installation.parts)
        if self.choose.random() < 1 / 3 and part.kill_child(self.choose):
            _log.info("killed a child of %s", part.name)
        else:
            _log.info("kill %s", part.name)
            part.kill()
            time.sleep(self.choose.uniform(0.0, 1.5))
            part.start()
            if self.choose.random() >= KILLED_WHILE_STARTING:
                until(self.installation.is_ready, "the web after a kill")
        self.times["kills"] += 1


def run(setup: str, matters: int, seed: int, folder: Path) -> verdict.Verdict:
    """Run it; raises what kept it from running, and gives the verdict otherwise."""
    installation = Installation(setup, folder)
    try:
        installation.start()
        return _run(Run(installation, matters, Random(f"{seed}/{setup}")))  # noqa: S311 - repeatable, no secret
    finally:
        installation.kill_everything()


def _run(run: Run) -> verdict.Verdict:
    began = time.monotonic()
    numbers = list(run.numbers())
    people = [
        run.watched(lambda who=who, at=at: run.work(who, numbers[at :: len(STORE_MANAGERS)]))
        for at, who in enumerate(STORE_MANAGERS)
    ]
    trouble = run.watched(run.trouble)
    for person in people:
        while person.is_alive() and not run.failures:
            person.join(0.5)
    run.over.set()
    trouble.join(PATIENCE_SECONDS)
    if run.failures:
        raise run.failures[0]
    started = time.monotonic() - began
    installation = run.installation
    database = Database(installation.settings.database_url)
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)

    def settled() -> bool:
        for part in installation.parts:
            if part.ended is not None:
                raise RuntimeError(f"{part.name} ended by itself with {part.ended}")
        with unit_of_work.read() as session:
            return verdict.unfinished(session) == 0

    try:
        overdue = None
        try:
            until(settled, "every matter's end", PATIENCE_SECONDS)
        except TimeoutError as error:
            overdue = str(error)
        codes = installation.stop_processes()
        with unit_of_work.read() as session:
            report = history.verify(session)
        with unit_of_work.read() as session:
            found = verdict.judge(session, installation.effects, numbers, report)
    finally:
        database.dispose()
    if overdue:
        found.problems.append(overdue)
    found.demand(all(code == 0 for code in codes.values()), f"Processes did not stop gracefully: {codes}.")
    found.counts = {
        "setup": installation.setup,
        **found.counts,
        **run.times,
        "refused_requests": run.refused_requests,
        "seconds_starting": round(started, 1),
        "seconds_all": round(time.monotonic() - began, 1),
    }
    return found
