"""What a second worker brings: jobs a second with one and two worker processes, and many timers due at once.

Run: ``python bench/workers.py [--rounds 3] [--jobs 200] [--timers 200] [--commit-ms 5]``.

PostgreSQL and Redis of the benchmark's own; each worker is a process that does one job at a time. Every commit waits
``--commit-ms`` (PostgreSQL's ``commit_delay``), as on a disk that has to write before it answers. Jobs are made first
and told of then; the middle four fifths of them are counted. One and two workers take turns. Prints a table and, as
the last line, JSON; the exit code is 1 when two workers do less than 1.7 times what one does.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from sqlalchemy import func, select

from banli import logs
from bench import jobs
from bench.measuring.spread import percentile
from engine import clock, process_instances
from engine.actor import system
from engine.models import Job
from engine.models.job import COMPLETED, CREATED
from engine.unit_of_work import UnitOfWork
from tests.faults.servers import Missing, PostgreSQL, Redis, kill_group
from workers import tasks

RATIO = 1.7
_WARM = 10
_SWEEP_SECONDS = 1.0
_PATIENCE_SECONDS = 180.0
_TIMER_SECONDS = 20


class Works:
    """An installation without a web: matters are started here, silently, and told of when the bench says so."""

    def __init__(self, folder: Path, database: PostgreSQL, broker: Redis) -> None:
        self._folder, self._server = folder, database
        self._addresses = {"BANLI_DATABASE_URL": database.url, "BANLI_BROKER_URL": broker.url}
        self.composition = jobs.composed(folder, self._addresses)
        self.unit_of_work = UnitOfWork(self.composition.database, wake=lambda _keys: None)

    def start(self, process_id: str, **variables: Any) -> None:
        """One matter."""
        self.unit_of_work.run(process_instances.start, process_id, system("bench"), variables)

    def sweep(self) -> None:
        """Tell the workers of what is due, as the beat does each second."""
        tasks.sweep(self.composition.celery, self.unit_of_work)

    def until_done(self, kind: str) -> None:
        """Sweep until no job of that kind is open."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        is_open = select(func.count(Job.key)).where(Job.kind == kind, Job.state == CREATED)
        while time.monotonic() < deadline:
            self.sweep()
            with self.unit_of_work.read() as session:
                if session.execute(is_open).scalar_one() == 0:
                    return
            time.sleep(_SWEEP_SECONDS)
        raise TimeoutError(f"{kind} jobs were still open after {_PATIENCE_SECONDS:.0f} s")

    def ended_since(self, moment: Any, kind: str) -> list[Any]:
        """Due and end of the jobs that were completed since, in order."""
        rows = select(Job.due_at, Job.ended_at).where(
            Job.kind == kind, Job.state == COMPLETED, Job.ended_at > moment, Job.due_at > moment - timedelta(hours=1)
        )
        with self.unit_of_work.read() as session:
            return list(session.execute(rows.order_by(Job.ended_at)).all())

    def commits_wait(self, milliseconds: float) -> None:
        """Every commit from now on."""
        with psycopg.connect(self._server.url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET commit_siblings = 0")
            connection.execute(f"ALTER SYSTEM SET commit_delay = {int(milliseconds * 1000)}")
            connection.execute("SELECT pg_reload_conf()")

    @contextmanager
    def workers(self, count: int) -> Iterator[None]:
        """So many, warmed up."""
        environment = {
            **os.environ, **self._addresses, "BANLI_HOME": str(self._folder), "BANLI_LOG_LEVEL": "warning",
            jobs.STAMPS: str(self._folder / "stamps"),
        }  # fmt: skip
        command = [sys.executable, jobs.__file__, "--process", "worker", "--pool", "threads", "--concurrency", "1"]
        processes: list[subprocess.Popen[bytes]] = []
        try:
            with (self._folder / "workers.log").open("ab") as output:
                processes += [
                    subprocess.Popen(  # noqa: S603 - our own script
                        command, env=environment, stdout=output, stderr=output, start_new_session=True
                    )
                    for _ in range(count)
                ]
            self._warm(count)
            yield
        finally:
            for process in processes:
                kill_group(process)

    def _warm(self, count: int) -> None:
        """Until each of the workers has done jobs."""
        begun, deadline = clock.now(), time.monotonic() + _PATIENCE_SECONDS
        busy = select(func.count(Job.worker.distinct())).where(Job.state == COMPLETED, Job.ended_at > begun)
        while time.monotonic() < deadline:
            for _ in range(_WARM * count):
                self.start("bench_job")
            self.until_done("service")
            with self.unit_of_work.read() as session:
                if session.execute(busy).scalar_one() >= count:
                    return
        raise TimeoutError(f"{count} workers did not begin: {self._folder}/workers.log")


def throughput(works: Works, count: int, commit_ms: float) -> float:
    """Jobs a second, of those in the middle."""
    for _ in range(count):
        works.start("bench_job")
    begun = clock.now()
    works.commits_wait(commit_ms)
    works.until_done("service")
    works.commits_wait(0)
    ended = [row.ended_at for row in works.ended_since(begun, "service")]
    first, last = ended[count // 10], ended[-count // 10]
    return float((len(ended) - 2 * (count // 10)) / (last - first).total_seconds())


def timers(works: Works, count: int) -> list[float]:
    """Seconds from the one moment at which all timers were due to the end of each."""
    begun = clock.now()
    due = begun + timedelta(seconds=_TIMER_SECONDS)
    for _ in range(count):
        works.start("bench_timer", wait=f"PT{max(0.0, (due - clock.now()).total_seconds()):.3f}S")
    works.until_done("timer")
    return [(row.ended_at - row.due_at).total_seconds() for row in works.ended_since(begun, "timer")]


def measure(works: Works, given: argparse.Namespace) -> dict[str, Any]:
    """One and two workers in turn."""
    rates: dict[int, list[float]] = {1: [], 2: []}
    late: dict[int, list[float]] = {1: [], 2: []}
    for number in range(given.rounds):
        for count in (1, 2) if number % 2 == 0 else (2, 1):
            with works.workers(count):
                rates[count].append(throughput(works, given.jobs, given.commit_ms))
                if number == 0:
                    late[count] = timers(works, given.timers)
    one, two = statistics.median(rates[1]), statistics.median(rates[2])
    return {
        "jobs_a_second": {"1 worker": round(one, 1), "2 workers": round(two, 1), "ratio": round(two / one, 2)},
        f"{given.timers} timers at once, late_s": {
            f"{count} worker{'s' if count > 1 else ''}": {
                "p50": percentile(values, 50, 2), "p95": percentile(values, 95, 2), "last": round(max(values), 2),
            }
            for count, values in late.items()
        },
    }  # fmt: skip


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--timers", type=int, default=200)
    parser.add_argument("--commit-ms", type=float, default=5.0)
    given = parser.parse_args()
    logs.configure("warning", "text")
    results: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="banli-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        jobs.bind(folder / "stamps")
        try:
            database, broker = PostgreSQL(folder / "postgresql"), Redis(folder / "redis")
        except Missing as missing:
            print(json.dumps({"missing": str(missing)}))
            return 0
        try:
            database.start()
            broker.start()
            works = Works(folder, database, broker)
            results = measure(works, given)
            works.composition.dispose()
        finally:
            broker.kill()
            database.kill()
    for what, figures in results.items():
        for who, figure in figures.items():
            print(f"{what + ', ' + who:50}{figure!s:>40}")
    beyond = []
    if results["jobs_a_second"]["ratio"] < RATIO:
        beyond.append(f"two workers do {results['jobs_a_second']['ratio']} times the work of one, bound {RATIO}")
    for line in beyond:
        print("missed:", line)
    print(json.dumps({"load": os.getloadavg()[0], **results, "missed": beyond}))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
