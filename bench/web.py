"""The same through HTTP as people do it: inbox, open, submit; page weight; start-up and memory of one process.

Run: ``python bench/web.py [--rounds 40] [--completions 10000] [--houses embedded,postgresql]``.

1, 8 and 32 visitors at once, each signed in, on ``banli run`` with SQLite and on ``banli web`` with PostgreSQL and
one and two processes. Prints JSON by installation and, as the last line, all of it. The exit code is 1 when a bound
is missed: submit p95 40 ms with one visitor, 100 submits a second on PostgreSQL with two processes, first page within
3 s of the start, 150 MB after ``--completions`` completions, and no growth over their second half.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.measuring import houses
from bench.measuring.houses import House
from bench.measuring.visitors import Visitor, visit
from tests.faults.servers import Missing

SUBMIT_MS, SUBMITS_A_SECOND, FIRST_PAGE_S, MEMORY_MB, GROWTH = 40.0, 100.0, 3.0, 150.0, 1.05
_ASSET = re.compile(r'(?:src|href)="(/static/[^"]+)"')


def traffic(house: House, rounds: int) -> dict[str, Any]:
    """Milliseconds and submits a second with 1, 8 and 32 visitors."""
    visit(house.address, 2, 5)  # compiled and cached, as every later request finds things
    found: dict[str, Any] = {}
    for count in (1, 8, 32):
        times, seconds = visit(house.address, count, max(4, rounds // (1 if count == 1 else 4)))
        found[f"{count} visitors"] = {
            **{f"{name}_ms": _spread(values) for name, values in vars(times).items()},
            "submits_a_second": round(len(times.submit) / seconds, 1),
        }
    return found


def weight(house: House) -> dict[str, int]:
    """Bytes of the inbox, and of what it asks for besides the first time."""
    visitor = Visitor(house.address, "U16")
    page = visitor.get("/inbox")
    assets = {path: len(visitor.get(path).encode()) for path in sorted(set(_ASSET.findall(page)))}
    return {"inbox": len(page.encode()), "assets": sum(assets.values())}


def memory(house: House, completions: int) -> dict[str, float]:
    """Megabytes at rest, after half and after all of the completions."""
    found = {"at_rest_mb": round(house.memory(), 1)}
    for name in ("half_mb", "all_mb"):
        visit(house.address, 4, completions // 8)
        found[name] = round(house.memory(), 1)
    return found


def _spread(values: list[float]) -> dict[str, float]:
    p95 = statistics.quantiles(values, n=20, method="inclusive")[18]
    return {"p50": round(statistics.median(values), 1), "p95": round(p95, 1)}


@contextmanager
def opened(name: str, processes: int) -> Iterator[House]:
    """An installation of that kind in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder:
        Path(folder).chmod(0o755)
        if name == "embedded":
            with houses.embedded(Path(folder)) as house:
                yield house
        else:
            with houses.distributed(Path(folder), processes=processes) as house:
                yield house


def missed(results: dict[str, Any]) -> list[str]:
    """What is beyond its bound."""
    found = []
    for name, figures in results.items():
        if "missing" in figures:
            continue
        submit = figures["traffic"]["1 visitors"]["submit_ms"]["p95"]
        if submit > SUBMIT_MS:
            found.append(f"{name}: submit p95 {submit} ms, bound {SUBMIT_MS}")
        best = max(each["submits_a_second"] for each in figures["traffic"].values())
        if name == "postgresql, 2 processes" and best < SUBMITS_A_SECOND:
            found.append(f"{name}: {best} submits a second, bound {SUBMITS_A_SECOND}")
        if name == "embedded":
            held = figures["memory"]
            if figures["first_page_s"] > FIRST_PAGE_S:
                found.append(f"first page after {figures['first_page_s']} s, bound {FIRST_PAGE_S}")
            if held["all_mb"] > MEMORY_MB or held["all_mb"] > GROWTH * held["half_mb"]:
                found.append(f"memory {held}, bound {MEMORY_MB} MB and no growth")
    return found


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--completions", type=int, default=10_000)
    parser.add_argument("--houses", default="embedded,postgresql")
    given = parser.parse_args()
    results: dict[str, Any] = {}
    for kind in given.houses.split(","):
        for processes in (1,) if kind == "embedded" else (1, 2):
            name = kind if kind == "embedded" else f"{kind}, {processes} processes"
            try:
                with opened(kind, processes) as house:
                    results[name] = {
                        "first_page_s": round(house.first_page, 2),
                        "traffic": traffic(house, given.rounds),
                    }
                    if kind == "embedded":
                        results[name] |= {"weight": weight(house), "memory": memory(house, given.completions)}
            except Missing as missing:
                results[name] = {"missing": str(missing)}
            print(name, json.dumps(results[name], indent=1))
    beyond = missed(results)
    for line in beyond:
        print("missed:", line)
    print(json.dumps({"load": os.getloadavg()[0], **results, "missed": beyond}))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
