"""The same through HTTP as people do it: inbox, open, submit; how heavy a page is, and how soon it is painted.

Run: ``python bench/web.py [--databases sqlite,postgresql] [--rounds 60] [--submits 300] [--clients 1,8,32]``.

Store managers, each signed in and with a connection of his own, ask for the shipped purchase request: on ``banli
run`` with SQLite, and on ``banli web`` with PostgreSQL and one and two processes. First each sees his inbox, starts a
request and opens it; then all submit at once what they opened, which gives the submits a second. Prints a table and,
as the last line, JSON; the exit code is 1 when a bound is missed: submit p95 40 ms with one client, and 100 submits a
second on PostgreSQL with two processes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Error as BrowserError
from playwright.sync_api import sync_playwright

from bench.measuring import houses
from bench.measuring.houses import House
from bench.measuring.spread import spread
from bench.measuring.visitors import PASSWORD, STORE_MANAGERS, Visitor, at_once
from tests.faults.servers import Missing

SUBMIT_MS, SUBMITS_A_SECOND = 40.0, 100.0
FASTEST = "postgresql, 2 processes"
_ASSET = re.compile(r'(?:src|href)="(/static/[^"]+)"')
_KINDS = ("inbox", "start", "open", "submit")
_CHROMIUM = "/usr/bin/chromium"
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0"
_REQUEST = {
    "purpose": "更换前厅地毯",
    "category": "carpet",
    "lines.0.item": "防滑地毯",
    "lines.0.qty": "1",
    "lines.0.unit": "块",
    "lines.0.est_price": "150.00",
    "needed_by": "2099-12-31",
}


class Manager(Visitor):
    """A store manager; ``times`` are milliseconds by what he asked for."""

    def __init__(self, address: str, person: str) -> None:
        self.times: dict[str, list[float]] = {name: [] for name in _KINDS}
        self._opened: list[str] = []
        super().__init__(address, person)

    def look(self, rounds: int) -> None:
        """See the inbox, start a request, open its form."""
        for _ in range(rounds):
            self._timed("inbox", self.get, "/inbox")
            task = self._timed("start", self.post, "/start/procurement_request", {})
            self._timed("open", self.get, task)
            self._opened.append(task)

    def submit(self) -> None:
        """Submit all that was opened."""
        while self._opened:
            self._timed("submit", self.post, f"{self._opened.pop()}/complete", _REQUEST)

    def _timed(self, name: str, act: Callable[..., Any], *given: Any) -> Any:
        begun = time.perf_counter()
        answer = act(*given)
        self.times[name].append((time.perf_counter() - begun) * 1000)
        return answer


def traffic(house: House, clients: int, rounds: int) -> dict[str, Any]:
    """Milliseconds of each kind of request with so many clients at once, and submits a second."""
    managers = [Manager(house.address, STORE_MANAGERS[number % len(STORE_MANAGERS)]) for number in range(clients)]
    at_once([lambda each=each: each.look(rounds) for each in managers])
    seconds = at_once([each.submit for each in managers])
    return {
        **{
            f"{name}_ms": spread([one for each in managers for one in each.times[name]]) for name in managers[0].times
        },
        "submits_a_second": round(clients * rounds / seconds, 1),
    }


def weight(house: House) -> dict[str, int]:
    """Bytes of the inbox, and of what it asks for besides the first time."""
    visitor = Visitor(house.address, "U16")
    page = visitor.get("/inbox")
    assets = {path: len(visitor.get(path)) for path in sorted(set(_ASSET.findall(page.decode())))}
    return {"inbox": len(page), "assets": sum(assets.values())}


def paint(house: House, times: int = 5) -> dict[str, float | None]:
    """Milliseconds until Chromium paints the inbox: in a new browser, and when its assets are there."""
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox", "--disable-quic"])
            first, again = [], []
            for _ in range(times):
                context = browser.new_context()
                page = context.new_page()
                page.goto(f"{house.address}/sign-in")
                page.fill('input[name="person"]', "U19")
                page.fill('input[name="password"]', PASSWORD)
                page.press('input[name="password"]', "Enter")
                page.wait_for_url("**/inbox")
                for found in (first, again):
                    found.append(_painted(page))
                    page.goto(f"{house.address}/inbox")
                context.close()
            browser.close()
    except BrowserError as error:
        print(f"no browser: {str(error).splitlines()[0]}", file=sys.stderr)
        return {"first_ms": None, "again_ms": None}
    return {"first_ms": round(statistics.median(first)), "again_ms": round(statistics.median(again))}


def _painted(page: Any) -> float:
    for _ in range(200):  # a function that waits within the page would be evaluated there, which our policy forbids
        painted = float(page.evaluate(_PAINT))
        if painted > 0:
            return painted
        page.wait_for_timeout(20)
    raise BrowserError("nothing was painted")


@contextmanager
def opened(database: str, processes: int) -> Iterator[House]:
    """An installation of that kind in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder:
        Path(folder).chmod(0o755)
        if database == "sqlite":
            with houses.embedded(Path(folder)) as house:
                yield house
        else:
            with houses.distributed(Path(folder), processes=processes) as house:
                yield house


def missed(results: dict[str, Any]) -> list[str]:
    """What is beyond its bound."""
    found = []
    for name, figures in results.items():
        one = figures.get("1 clients")
        if one and one["submit_ms"]["p95"] > SUBMIT_MS:
            found.append(f"{name}: submit p95 {one['submit_ms']['p95']} ms with one client, bound {SUBMIT_MS}")
    best = max((each["submits_a_second"] for each in _crowds(results.get(FASTEST, {}))), default=None)
    if best is not None and best < SUBMITS_A_SECOND:
        found.append(f"{FASTEST}: {best} submits a second, bound {SUBMITS_A_SECOND}")
    return found


def _crowds(figures: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for name, each in figures.items() if name.endswith(" clients")]


def table(name: str, figures: dict[str, Any]) -> None:
    """Print it."""
    print(
        f"\n{name + ', ms p50/p95':30}"
        + "".join(f"{each:>16}" for each in ("inbox", "start", "open", "submit", "/s"))
    )
    for clients, each in figures.items():
        if clients.endswith(" clients"):
            cells = [f"{each[f'{what}_ms']['p50']}/{each[f'{what}_ms']['p95']}" for what in _KINDS]
            print(f"{clients:30}" + "".join(f"{cell:>16}" for cell in [*cells, each["submits_a_second"]]))
        else:
            print(f"{clients:30}{each!s:>16}")


def measure(database: str, processes: int, clients: list[int], rounds: int, submits: int) -> dict[str, Any]:
    """One installation."""
    with opened(database, processes) as house:
        traffic(house, 2, 6)  # compiled and cached, as every later request finds things
        found: dict[str, Any] = {
            f"{count} clients": traffic(house, count, rounds if count == 1 else max(2, submits // count))
            for count in clients
        }
        if database == "sqlite":
            found |= {"bytes": weight(house), "paint": paint(house)}
    return found


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--submits", type=int, default=300)
    parser.add_argument("--clients", default="1,8,32")
    given = parser.parse_args()
    results: dict[str, Any] = {}
    for database in given.databases.split(","):
        for processes in (1,) if database == "sqlite" else (1, 2):
            name = f"{database}, {processes} process{'es' if processes > 1 else ''}"
            try:
                clients = [int(count) for count in given.clients.split(",")]
                results[name] = measure(database, processes, clients, given.rounds, given.submits)
            except Missing as missing:
                results[name] = {"missing": str(missing)}
            table(name, results[name])
    beyond = missed(results)
    for line in beyond:
        print("missed:", line)
    print(json.dumps({"load": os.getloadavg()[0], **results, "missed": beyond}))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
