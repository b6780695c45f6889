"""What an installation needs: seconds to the first page, memory, deployment of a pack, database of an ended matter.

Run: ``python bench/footprint.py [--completions 10000] [--matters 1000] [--databases sqlite,postgresql]``.

``banli run`` on a new folder (with the demo people, whose passwords are hashed) and once more on what it left behind;
memory of that process (proportional set size) at rest, after half and after all completions through HTTP; the shipped
pack deployed by itself; growth of the database by ended purchase matters, history included. Prints a table and, as
the last line, JSON; the exit code is 1 when a bound is missed: 3 s, 150 MB without growth, 12 KiB.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from banli import demo, foundation
from bench.contestants import house
from bench.measuring import houses, stores
from bench.measuring.houses import House
from bench.measuring.visitors import STORE_MANAGERS, at_once
from bench.web import Manager
from engine import content, deployments
from engine.actor import system
from engine.database import Database
from engine.unit_of_work import UnitOfWork
from tests.faults.servers import Missing
from workers import topics

FIRST_PAGE_S, MEMORY_MB, GROWTH, BYTES = 3.0, 150.0, 1.05, 12 * 1024
_CLIENTS = 4
_STARTS = 3


def started(completions: int) -> dict[str, Any]:
    """First pages, and memory of the last of these installations."""
    first, again = [], []
    memory: dict[str, float] = {}
    for number in range(_STARTS):
        with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder:
            with houses.embedded(Path(folder)) as running:
                first.append(running.first_page)
            with houses.embedded(Path(folder)) as running:
                again.append(running.first_page)
                if number == _STARTS - 1:
                    memory = remembered(running, completions)
    return {
        "first_page_s": round(statistics.median(first), 2),
        "first_page_again_s": round(statistics.median(again), 2),
        **memory,
    }


def remembered(running: House, completions: int) -> dict[str, float]:
    """Megabytes at rest, after half and after all of the completions."""
    found = {"memory_at_rest_mb": round(running.memory(), 1)}
    managers = [Manager(running.address, person) for person in STORE_MANAGERS[:_CLIENTS]]
    for name in ("memory_half_mb", "memory_all_mb"):
        for _ in range(0, completions // 2, _CLIENTS * 50):
            at_once([lambda each=each: (each.look(50), each.submit()) for each in managers])
        found[name] = round(running.memory(), 1)
    return found


def deployed(store: stores.Store) -> float:
    """Seconds for the shipped pack, into a database with its organisation."""
    topics.bind_all()
    database = Database(store.url("deployment"))
    database.migrate()
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
    unit_of_work.run(foundation.load)
    unit_of_work.run(demo.load, "banli-demo")
    begun = time.perf_counter()
    unit_of_work.run(deployments.deploy, content.read_pack(ROOT, "chain_store"), system("bench"))
    taken = time.perf_counter() - begun
    database.dispose()
    return taken


def grown(store: stores.Store, matters: int) -> int:
    """Bytes of database for each ended matter."""
    unit_of_work = house.furnished(store.url("growth"))
    staff = house.Staff(unit_of_work)
    amounts = list(house.DECIDERS)
    for number in range(30):
        staff.matter(amounts[number % len(amounts)])
    before = store.size("growth")
    for number in range(matters):
        staff.matter(amounts[number % len(amounts)])
    after = store.size("growth")
    unit_of_work.database.dispose()
    return round((after - before) / matters)


def missed(results: dict[str, Any]) -> list[str]:
    """What is beyond its bound."""
    found = []
    if results["first_page_s"] > FIRST_PAGE_S:
        found.append(f"first page after {results['first_page_s']} s, bound {FIRST_PAGE_S}")
    if results["memory_all_mb"] > MEMORY_MB:
        found.append(f"{results['memory_all_mb']} MB after the completions, bound {MEMORY_MB}")
    if results["memory_all_mb"] > GROWTH * results["memory_half_mb"]:
        found.append(f"memory grows: {results['memory_half_mb']} MB after half, {results['memory_all_mb']} after all")
    found += [
        f"{name}: {figure} bytes, bound {BYTES}"
        for name, figure in results.items()
        if name.startswith("bytes_a_matter") and figure > BYTES
    ]
    return found


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--completions", type=int, default=10_000)
    parser.add_argument("--matters", type=int, default=1_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    given = parser.parse_args()
    results = started(given.completions)
    for database in given.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder:
            Path(folder).chmod(0o755)
            try:
                with stores.opened(database, Path(folder)) as store:
                    results[f"deployment_s_{database}"] = round(deployed(store), 2)
                    results[f"bytes_a_matter_{database}"] = grown(store, given.matters)
            except Missing as missing:
                results[f"missing_{database}"] = str(missing)
    for name, figure in results.items():
        print(f"{name:30}{figure!s:>12}")
    beyond = missed(results)
    for line in beyond:
        print("missed:", line)
    print(json.dumps({"load": os.getloadavg()[0], **results, "missed": beyond}))
    return int(bool(beyond))


if __name__ == "__main__":
    sys.exit(main())
