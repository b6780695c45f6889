"""A purchase request of three steps (start, fill in, approve): Banli beside hand-written machines and its peers.

Run: ``python bench/approval.py [--databases sqlite,postgresql] [--rounds 60] [--matters 10] [--peers]``.

Amounts rotate (150, 250, 350), so that three different people decide. Every contestant runs in a process of its own
on a database of its own; they take turns. ``--peers`` also runs what PyPI and npm have, each installed into a folder
of its own under ``var/bench/``. Prints a table, and as the last line JSON; the exit code is 1 when a bound is missed:
0.8 times the ORM floor, 1.5 times the equal-writes floor, ahead of every peer, 12 KiB of growth a matter.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from bench.measuring import peers, rounds, stores
from bench.measuring.rounds import Contestant
from tests.faults.servers import Missing

CONTESTANTS = Path(__file__).with_name("contestants")
OURS, ORM, EQUAL, LIMIT = "banli", "orm_floor", "equal_writes", "plain_driver"
BOUNDS = {ORM: 0.8, EQUAL: 1.5}
BYTES = 12 * 1024
_COLUMNS = ("wall_ms", "ratio", "cpu_ms", "server_cpu_ms", "statements", "commits", "bytes")


def field(with_peers: list[Contestant]) -> list[Contestant]:
    """Everybody who takes part."""
    own = {OURS: "banli_itself", ORM: "orm_machine", EQUAL: "equal_writes", LIMIT: "plain_driver"}
    return [
        *(Contestant(name, (sys.executable, str(CONTESTANTS / f"{script}.py"))) for name, script in own.items()),
        *with_peers,
    ]


def measure(database: str, given: argparse.Namespace) -> dict[str, Any]:
    """One database, everybody."""
    contestants = field(peers.installed(ROOT / "var" / "bench") if given.peers else [])
    with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder:
        Path(folder).chmod(0o755)
        with stores.opened(database, Path(folder)) as store:
            rounds.run(contestants, store, rounds=given.rounds, matters=given.matters, warm_up=given.warm_up)
    floor = next(each for each in contestants if each.name == ORM)
    return {each.name: rounds.figures(each, floor) for each in contestants}


def missed(database: str, measured: dict[str, Any]) -> list[str]:
    """What is beyond its bound."""
    ours = measured[OURS]
    found = [
        f"{database}: {ours['wall_ms'] / measured[name]['wall_ms']:.2f} times {name}, bound {bound}"
        for name, bound in BOUNDS.items()
        if ours["wall_ms"] > bound * measured[name]["wall_ms"]
    ]
    found += [
        f"{database}: behind {name}"
        for name, figures in measured.items()
        if name not in {OURS, ORM, EQUAL, LIMIT} and ours["wall_ms"] > figures["wall_ms"]
    ]
    if ours["bytes"] > BYTES:
        found.append(f"{database}: {ours['bytes']} bytes a matter, bound {BYTES}")
    return found


def table(database: str, measured: dict[str, Any]) -> None:
    """Print it."""
    print(f"\n{database + ', a matter':22}" + "".join(f"{column:>15}" for column in _COLUMNS))
    for name, figures in measured.items():
        cells = ("–" if figures[column] is None else str(figures[column]) for column in _COLUMNS)
        print(f"{name:22}" + "".join(f"{cell:>15}" for cell in cells))


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--matters", type=int, default=10)
    parser.add_argument("--warm-up", type=int, default=30)
    parser.add_argument("--peers", action="store_true")
    given = parser.parse_args()
    results: dict[str, Any] = {}
    beyond: list[str] = []
    for database in given.databases.split(","):
        try:
            results[database] = measure(database, given)
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
