"""Does a step cost the same after two thousand of them, and among a thousand that wait at once? By commands.

Run: ``python bench/steps.py [--databases sqlite,postgresql] [--loop 2000] [--many 1000]``.

One matter goes round a loop, and one has a user task for each of many items; each completion is a command in its
transaction, with state, history and inbox. Prints milliseconds of the first and the last steps and, as the last line,
JSON; the exit code is 1 when a late step costs more than 1.3 times an early one.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from sqlalchemy import select

from bench.contestants import house
from bench.measuring import stores
from engine import clock, content, deployments, process_instances, user_tasks
from engine.actor import Actor, system
from engine.models import UserTask
from engine.models.user_task import CREATED
from engine.organisation import people
from engine.unit_of_work import UnitOfWork
from tests.faults.servers import Missing

RATIO = 1.3
_PART = 20
"""A twentieth at the beginning is compared with a twentieth at the end."""


class Walk:
    """Somebody who completes one task of a matter after another."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self._unit_of_work = unit_of_work
        unit_of_work.run(deployments.deploy, content.read_pack(house.CONTENT, "steps"), system("bench"))
        with unit_of_work.read() as session:
            self._actor: Actor = people.actor(session, house.STARTER, clock.now())

    def loop(self, times: int) -> list[tuple[float, float]]:
        """Wall and CPU milliseconds of each step of a loop."""
        matter = self._start("steps_loop", times)
        return [self._step(lambda: self._waiting(matter)[0]) for _ in range(times)]

    def many(self, times: int) -> list[tuple[float, float]]:
        """The same of each of the tasks that wait at once."""
        tasks = self._waiting(self._start("steps_many", times))
        return [self._step(lambda key=key: key) for key in tasks]

    def _start(self, process_id: str, times: int) -> int:
        given = {"times": times, "who": self._actor.person}
        return self._unit_of_work.run(process_instances.start, process_id, system("bench"), given).key

    def _waiting(self, matter: int) -> list[int]:
        rows = select(UserTask.key).where(UserTask.root_key == matter, UserTask.state == CREATED)
        with self._unit_of_work.read() as session:
            return list(session.execute(rows.order_by(UserTask.key)).scalars())

    def _step(self, which: Callable[[], int]) -> tuple[float, float]:
        key = which()
        begun, burnt = time.perf_counter(), time.process_time()
        self._unit_of_work.run(user_tasks.complete, key, self._actor, {})
        return (time.perf_counter() - begun) * 1000, (time.process_time() - burnt) * 1000


def told(steps: list[tuple[float, float]]) -> dict[str, float]:
    """Medians of the first and the last ones; the first few are left out, for they compile."""
    part = max(1, len(steps) // _PART)
    steady = steps[10:] if len(steps) > 10 * part else steps
    figures = {
        f"{name}_{what}": round(statistics.median(step[column] for step in chosen), 2)
        for name, chosen in (("first", steady[:part]), ("last", steady[-part:]))
        for what, column in (("ms", 0), ("cpu_ms", 1))
    }
    return figures | {"ratio": round(figures["last_ms"] / figures["first_ms"], 2)}


def measure(store: stores.Store, loop: int, many: int) -> dict[str, dict[str, float]]:
    """Both, on one database."""
    unit_of_work = house.furnished(store.url("steps"))
    try:
        walk = Walk(unit_of_work)
        return {f"loop of {loop}": told(walk.loop(loop)), f"{many} at once": told(walk.many(many))}
    finally:
        unit_of_work.database.dispose()


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--loop", type=int, default=2000)
    parser.add_argument("--many", type=int, default=1000)
    given = parser.parse_args()
    results: dict[str, Any] = {}
    beyond = []
    for database in given.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder:
            Path(folder).chmod(0o755)
            try:
                with stores.opened(database, Path(folder)) as store:
                    results[database] = measure(store, given.loop, given.many)
            except Missing as missing:
                results[database] = {"missing": str(missing)}
                continue
        for name, figures in results[database].items():
            print(f"{database + ', ' + name:34}" + "".join(f"{what:>14} {each}" for what, each in figures.items()))
            if figures["ratio"] > RATIO:
                beyond.append(f"{database}, {name}: the last steps cost {figures['ratio']} times the first")
    for line in beyond:
        print("missed:", line)
    print(json.dumps({"load": os.getloadavg()[0], **results, "missed": beyond}))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
