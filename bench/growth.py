"""Does it stay fast? Inbox, search, matter page and completion when there is little, and after years of use.

Run: ``python bench/growth.py [--databases sqlite,postgresql] [--ended 100000] [--open 10000] [--rounds 60]``.

Two installations on the same database, one with 1,000 ended and 100 open matters, one with 100,000 and 10,000
(``--ended 1000000`` for more), are asked for the same pages in turn, through the web application as people do it. A
third of the open tasks waits for one person, a third for another one, a third in a queue: each inbox is full in both.
Prints milliseconds by page, the ratio of the medians, and as the last line JSON; the exit code is 1 when a bound is
missed: an inbox 30 ms (p95), and 1.3 times the small installation for inboxes and completions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from sqlalchemy import select

from banli import catalogue
from bench.contestants import house
from bench.measuring import crowd, stores
from bench.measuring.crowd import Crowd
from bench.measuring.spread import spread
from bench.measuring.statements import Statements
from bench.measuring.stores import Store
from bench.measuring.visitors import Caller
from engine.models import ProcessInstance
from tests.faults.servers import Missing
from webapp import WebSettings, create_app

SMALL = Crowd(ended=1_000, still_open=100)
INBOX_MS, RATIO = 30.0, 1.3
INBOXES, COMPLETIONS = ("inbox", "inbox of a queue"), ("submit", "approve")
REQUEST, OPINION = (
    {"purpose": "更换前厅地毯", "amount": "150.00"},
    {"decision": "approve", "opinion": "同意，请按计划采购"},
)
_WARM = 8


@dataclass
class Times:
    """Milliseconds of one page in one installation, and the statements that it took the last time."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: int = 0


class Installation:
    """One furnished and filled database with its application, and the people who use it."""

    def __init__(self, url: str, filled: Crowd) -> None:
        unit_of_work = house.furnished(url)
        self.database = unit_of_work.database
        crowd.load(unit_of_work, filled)
        app = create_app(WebSettings(secret_key="b" * 40), self.database, unit_of_work, catalogue.translations())
        self._starter, self._approver, self._claimant, self._auditor = (
            Caller(app, person) for person in (house.STARTER, house.DECIDERS[150], crowd.CLAIMANT, "U13")
        )
        ended = select(ProcessInstance.key).where(
            ProcessInstance.state == "COMPLETED", ProcessInstance.starter == house.STARTER
        )
        with unit_of_work.read() as session:
            self._ended = session.execute(ended.order_by(ProcessInstance.key)).scalars().all()
        self._numbers = filled.ended + filled.still_open - 100
        self._chance = random.Random(5)  # noqa: S311 - the same at every run
        self._statements = Statements(self.database)
        self.times: dict[str, Times] = {}

    def round(self) -> None:
        """Everybody does everything once."""
        number, key = self._chance.randrange(1, self._numbers), self._chance.choice(self._ended)
        for name, someone, path in (
            ("inbox", self._approver, "/inbox"),
            ("inbox of a queue", self._claimant, "/inbox"),
            ("inbox, narrowed", self._approver, f"/inbox?text=COPY-{number}"),
            ("done", self._approver, "/done"),
            ("started", self._starter, "/started"),
            ("matter", self._starter, f"/matters/{key}"),
            ("search for a number", self._auditor, f"/audit?text=COPY{number}"),
            ("search for a word", self._auditor, "/audit?text=%E5%9C%B0%E6%AF%AF"),
        ):
            self._timed(name, someone.get, path)
        task = self._timed("start", self._starter.post, "/start/approval", {})
        self._timed("open", self._starter.get, task)
        self._timed("submit", self._starter.post, f"{task}/complete", REQUEST)
        self._timed("approve", self._approver.post, f"{self._newest()}/complete", OPINION)

    def _newest(self) -> str:
        """What was just submitted to the approver: the newest of his tasks."""
        page = self._approver.get("/inbox?whose=mine&sort=newest").decode()
        return "/tasks/" + page.split('href="/tasks/', 1)[1].split('"', 1)[0]

    def _timed(self, name: str, act: Callable[..., Any], *given: Any) -> Any:
        times = self.times.setdefault(name, Times())
        self._statements.count = 0
        begun, burnt = time.perf_counter(), time.process_time()
        answer = act(*given)
        times.wall.append((time.perf_counter() - begun) * 1000)
        times.cpu.append((time.process_time() - burnt) * 1000)
        times.statements = self._statements.count
        return answer


@contextmanager
def filled(store: Store, crowds: dict[str, Crowd]) -> Iterator[dict[str, Installation]]:
    """An installation of each size on one store."""
    with ExitStack() as stack:
        found = {}
        for name, each in crowds.items():
            found[name] = Installation(store.url(name), each)
            stack.callback(found[name].database.dispose)
        yield found


def measure(store: Store, crowds: dict[str, Crowd], rounds: int) -> dict[str, Any]:
    """Every page's figures in each installation, and the ratio of the last one's median to the first one's."""
    with filled(store, crowds) as installations:
        in_turn = list(installations.values())
        for number in range(rounds + _WARM):
            if number == _WARM:
                for each in in_turn:
                    each.times = {}
            for each in in_turn if number % 2 else reversed(in_turn):
                each.round()
    first, last = in_turn[0], in_turn[-1]
    return {
        page: {
            **{
                name: {**spread(each.times[page].wall), "cpu": round(statistics.median(each.times[page].cpu), 1)}
                for name, each in installations.items()
            },
            "statements": last.times[page].statements,
            "ratio": _ratio(first.times[page].wall, last.times[page].wall),
            "cpu_ratio": _ratio(first.times[page].cpu, last.times[page].cpu),
        }
        for page in first.times
    }


def _ratio(small: list[float], large: list[float]) -> float:
    return round(statistics.median(large) / statistics.median(small), 2)


def missed(database: str, measured: dict[str, Any]) -> list[str]:
    """What is beyond its bound."""
    return [
        f"{database}: {page} {measured[page]['ratio']} times the small installation, bound {RATIO}"
        for page in (*INBOXES, *COMPLETIONS)
        if measured[page]["ratio"] > RATIO
    ] + [
        f"{database}: {page} p95 {measured[page]['large']['p95']} ms, bound {INBOX_MS}"
        for page in INBOXES
        if measured[page]["large"]["p95"] > INBOX_MS
    ]


def table(database: str, measured: dict[str, Any]) -> None:
    """Print it."""
    columns = ("p50", "p95", "cpu", "p50", "p95", "cpu", "ratio", "cpu ratio", "statements")
    print(f"\n{database + ', ms: small, large':30}" + "".join(f"{column:>11}" for column in columns))
    for page, figures in measured.items():
        cells = [figures[name][column] for name in ("small", "large") for column in ("p50", "p95", "cpu")]
        cells += [figures["ratio"], figures["cpu_ratio"], figures["statements"]]
        print(f"{page:30}" + "".join(f"{cell:>11}" for cell in cells))


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--ended", type=int, default=100_000)
    parser.add_argument("--open", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=60)
    given = parser.parse_args()
    results: dict[str, Any] = {}
    beyond: list[str] = []
    for database in given.databases.split(","):
        try:
            with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder:
                Path(folder).chmod(0o755)
                with stores.opened(database, Path(folder)) as store:
                    crowds = {"small": SMALL, "large": Crowd(given.ended, given.open)}
                    results[database] = measure(store, crowds, given.rounds)
        except Missing as missing:
            results[database] = {"missing": str(missing)}
            continue
        table(database, results[database])
        beyond += missed(database, results[database])
    for line in beyond:
        print("missed:", line)
    print(json.dumps({"load": os.getloadavg()[0], **results, "missed": beyond}))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
