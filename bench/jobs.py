"""How soon work begins: from commit to the handler, from a timer's due time to its firing, and what idling costs.

Run: ``python bench/jobs.py [--setups embedded,rabbitmq] [--jobs 200] [--waiting 10000] [--idle 20]``.

Two set-ups: everything in one process on SQLite, and worker and beat as processes on RabbitMQ and PostgreSQL (servers
of the benchmark's own, on free ports). Prints a table and, as the last line, JSON. The exit code is 1 when a bound is
not met: p95 from commit to handler 200 ms (embedded) or 50 ms (RabbitMQ); timers 1.5 s; idle 1 % of a core and 5
queries a second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from sqlalchemy import event, func, insert, select

from banli import cli, logs, server, settings
from banli.composition import Composition, compose
from bench.measuring.spread import percentile
from engine import audit, clock, process_instances, topics
from engine.actor import system
from engine.keys import new_key
from engine.models import Job
from engine.models.job import COMPLETED, CREATED
from engine.unit_of_work import UnitOfWork
from tests.faults.servers import Missing, PostgreSQL, RabbitMQ, kill_group, until
from workers.embedded import Embedded

CONTENT = Path(__file__).with_name("content")
STAMPS = "BANLI_TEST_STAMPS"
BOUNDS = {
    "embedded": {
        "commit_to_handler_ms_p95": 200,
        "timer_late_s_p95": 1.5,
        "idle_cpu_percent": 1,
        "idle_queries_s": 5,
    },
    "rabbitmq": {"commit_to_handler_ms_p95": 50, "timer_late_s_p95": 1.5, "idle_cpu_percent": 1, "idle_queries_s": 5},
}
_WARM = 20
_PACE_SECONDS = 0.1
_QUERY = re.compile(r"LOG:  (execute [^:]*|statement): (SELECT|INSERT|UPDATE|DELETE|LOCK)")  # no BEGIN, no ping
_PATIENCE_SECONDS = 120.0


def bind(stamps: Path) -> None:
    """The one topic: it writes down when it began."""

    def stamp(work: topics.Work) -> dict[str, Any]:
        now = time.time()
        with stamps.open("a") as file:
            file.write(f"{work.key} {now!r}\n")
        return {}

    topics.declare("bench_stamp", "outside")
    topics.bind("bench_stamp", stamp)


@dataclass
class Bench:
    """One set-up, ready; ``cpu`` gives the CPU seconds of all its processes, ``queries`` how many there were."""

    composition: Composition
    stamps: Path
    cpu: Callable[[], float]
    queries: Callable[[], int]

    def __post_init__(self) -> None:
        self.committed: dict[int, float] = {}
        self.unit_of_work = UnitOfWork(self.composition.database, wake=self._wake)
        self.actor = system("bench")

    def _wake(self, keys: Sequence[int]) -> None:
        now = time.time()
        self.committed |= dict.fromkeys(keys, now)
        self.composition.waking(keys)

    def start(self, process_id: str, **variables: Any) -> None:
        """One matter, as a click starts it."""
        self.unit_of_work.run(process_instances.start, process_id, self.actor, variables)

    def until_none_is_open(self, kind: str) -> None:
        """Until every such job that is due within an hour is done."""

        def none() -> bool:
            soon = clock.now() + timedelta(hours=1)
            open_jobs = select(func.count(Job.key)).where(Job.kind == kind, Job.state == CREATED, Job.due_at < soon)
            with self.unit_of_work.read() as session:
                return session.execute(open_jobs).scalar_one() == 0

        until(none, f"the last {kind}", _PATIENCE_SECONDS)


def commit_to_handler(bench: Bench, count: int) -> dict[str, float]:
    """Milliseconds from the end of the commit to the beginning of the topic's function."""
    for _ in range(_WARM):
        bench.start("bench_job")
    bench.until_none_is_open("service")  # the workers have started, and have read what they need
    for _ in range(count):
        bench.start("bench_job")
        time.sleep(_PACE_SECONDS)
    bench.until_none_is_open("service")
    began = {int(key): float(at) for key, at in (line.split() for line in bench.stamps.read_text().splitlines())}
    waits = [(began[key] - at) * 1000 for key, at in list(bench.committed.items())[_WARM:]]
    return {"commit_to_handler_ms_p50": percentile(waits, 50), "commit_to_handler_ms_p95": percentile(waits, 95)}


def timers(bench: Bench, count: int, waiting: int) -> dict[str, float]:
    """Seconds from a timer's due time to its firing, while many more wait."""
    bench.start("bench_timer", wait="PT90H")
    with bench.unit_of_work.read() as session:
        example = session.execute(select(Job).where(Job.kind == "timer")).scalars().first()
        row = {column.name: getattr(example, column.name) for column in Job.__table__.columns}
    later = clock.now() + timedelta(days=3)
    rows = [{**row, "key": new_key(), "due_at": later + timedelta(seconds=number)} for number in range(waiting)]
    bench.unit_of_work.run(lambda session: session.execute(insert(Job), rows))
    chance = random.Random(1)  # noqa: S311 - repeatable
    for _ in range(count):
        bench.start("bench_timer", wait=f"PT{chance.randint(4, 14)}S")
    bench.until_none_is_open("timer")
    with bench.unit_of_work.read() as session:
        fired = session.execute(
            select(Job.due_at, Job.ended_at).where(Job.kind == "timer", Job.state == COMPLETED)
        ).all()
    late = [(ended - due).total_seconds() for due, ended in fired]
    return {"timer_late_s_p50": percentile(late, 50), "timer_late_s_p95": percentile(late, 95)}


def idle(bench: Bench, seconds: float) -> dict[str, float]:
    """Per cent of a core, and queries a second, while nothing is to be done (but thousands of timers wait)."""
    while bench.unit_of_work.run(audit.catch_up, 500):  # what search has still to learn of the matters before
        pass
    time.sleep(2)
    cpu, queries = bench.cpu(), bench.queries()
    time.sleep(seconds)
    return {
        "idle_cpu_percent": round(100 * (bench.cpu() - cpu) / seconds, 2),
        "idle_queries_s": round((bench.queries() - queries) / seconds, 2),
    }


@contextmanager
def embedded(folder: Path) -> Iterator[Bench]:
    """Worker and beat as threads of this process, as `banli run` has them."""
    composition = composed(folder, {})
    counted = 0

    def count(_connection: Any, _cursor: Any, statement: str, *_given: Any) -> None:
        nonlocal counted
        counted += statement != "BEGIN"

    for engine in (composition.database.engine, composition.database.reader_engine):
        event.listen(engine, "before_cursor_execute", count)
    parts = Embedded(composition.celery)
    parts.start()
    try:
        yield Bench(composition, folder / "stamps", time.process_time, lambda: counted)
    finally:
        parts.stop()
        composition.dispose()


@contextmanager
def rabbitmq(folder: Path) -> Iterator[Bench]:
    """Worker and beat as processes; this process is the web."""
    database, broker = PostgreSQL(folder / "postgresql"), RabbitMQ(folder / "rabbitmq")
    processes: list[subprocess.Popen[bytes]] = []
    try:
        database.start()
        broker.start()
        addresses = {"BANLI_DATABASE_URL": database.url, "BANLI_BROKER_URL": broker.url}
        composition = composed(folder, addresses)
        environment = {**os.environ, **addresses, "BANLI_HOME": str(folder), STAMPS: str(folder / "stamps")}
        for arguments in (["worker", "--concurrency", "2"], ["beat"]):
            with (folder / f"{arguments[0]}.log").open("wb") as output:
                processes.append(
                    subprocess.Popen(  # noqa: S603 - this very script
                        [sys.executable, __file__, "--process", *arguments],
                        env=environment,
                        stdout=output,
                        stderr=output,
                        start_new_session=True,
                    )
                )
        time.sleep(5)

        def statements() -> int:
            """What the server was asked, by its log (from the first call on)."""
            with psycopg.connect(database.url, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET log_statement = 'all'")
                connection.execute("SELECT pg_reload_conf()")
            log = (folder / "postgresql/log").read_text(errors="replace")
            return sum(bool(_QUERY.search(line)) for line in log.splitlines())

        yield Bench(composition, folder / "stamps", lambda: sum(_cpu_of(each.pid) for each in processes), statements)
        composition.dispose()
    finally:
        for process in processes:
            kill_group(process)
        broker.kill()
        database.kill()


def composed(folder: Path, addresses: dict[str, str]) -> Composition:
    """An installation in that folder with the pack of the benchmarks alone, ready."""
    (folder / "bpmn").mkdir()
    (folder / "bpmn/bench").symlink_to(CONTENT / "bpmn/bench")
    composition = compose(settings.read({"BANLI_HOME": str(folder), "BANLI_DEMO": "1", **addresses}))
    server.prepare(composition)
    return composition


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process and of those that it forked."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_cpu_of(int(child)) for child in children)


def main() -> int:
    """Run both set-ups; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--setups", default="embedded,rabbitmq")
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--waiting", type=int, default=10_000)
    parser.add_argument("--idle", type=float, default=20.0)
    given = parser.parse_args()
    logs.configure("warning", "text")
    measured: dict[str, Any] = {}
    for name in given.setups.split(","):
        folder = Path(tempfile.mkdtemp(prefix=f"banli-bench-{name}-"))
        folder.chmod(0o755)
        bind(folder / "stamps")
        try:
            with {"embedded": embedded, "rabbitmq": rabbitmq}[name](folder) as bench:
                measured[name] = {
                    **commit_to_handler(bench, given.jobs),
                    **timers(bench, given.jobs, given.waiting),
                    **idle(bench, given.idle),
                }
        except Missing as missing:
            measured[name] = {"missing": str(missing)}
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    missed = _table(measured)
    print(json.dumps({"load": os.getloadavg()[0], **measured, "missed": missed}))
    return int(bool(missed))


def _table(measured: dict[str, Any]) -> list[str]:
    """Print it; gives what is beyond its bound."""
    missed = []
    print(f"{'':42}{'measured':>12}{'bound':>10}")
    for setup, figures in measured.items():
        for figure, value in figures.items():
            bound = BOUNDS[setup].get(figure)
            if bound is not None and value > bound:
                missed.append(f"{setup} {figure}")
            print(f"{setup + ' ' + figure:42}{value!s:>12}{'' if bound is None else bound!s:>10}")
    return missed


if __name__ == "__main__":
    if sys.argv[1:2] == ["--process"]:
        bind(Path(os.environ[STAMPS]))
        cli.main(sys.argv[2:])
    sys.exit(main())
