"""All benchmarks one after another: ``python -m bench [--databases sqlite,postgresql] [--only approval,web]``.

Each prints its table as when it is run by itself; the last line of each goes to ``var/bench/results.json``, from
which ``python -m bench.table`` makes the tables of the READMEs. What was measured earlier and not now stays there.
The exit code is 1 when any of them misses a bound.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "var" / "bench" / "results.json"
_BY_DATABASE = {
    "approval": ("--peers",),
    "web": (),
    "growth": (),
    "footprint": (),
    "search": (),
    "steps": (),
}
_OTHERS: dict[str, tuple[str, ...]] = {"workers": (), "jobs": (), "runtime": (), "decision_tables": ()}


def run(name: str, arguments: tuple[str, ...]) -> tuple[int, dict[str, Any] | None]:
    """One benchmark as a process of its own: its exit code, and the JSON of its last line."""
    process = subprocess.Popen(  # noqa: S603 - our own scripts
        [sys.executable, str(ROOT / "bench" / f"{name}.py"), *arguments], stdout=subprocess.PIPE, text=True
    )
    last = ""
    for line in process.stdout or ():
        if not line.startswith("{"):
            print(line, end="", flush=True)
        last = line
    code = process.wait()
    try:
        found: dict[str, Any] = json.loads(last)
    except ValueError:
        return code or 1, None
    return code, found


def main() -> int:
    """Run; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--only", default=",".join((*_BY_DATABASE, *_OTHERS)))
    given = parser.parse_args()
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    worst = 0
    for name in given.only.split(","):
        print(f"\n== {name} ==", flush=True)
        more = ("--databases", given.databases, *_BY_DATABASE[name]) if name in _BY_DATABASE else _OTHERS[name]
        code, found = run(name, more)
        worst = max(worst, code)
        if found is not None:
            results[name] = found
        machine = f"{os.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()})"
        results["run"] = {"date": datetime.now(UTC).date().isoformat(), "machine": machine}
        RESULTS.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n")
    print(f"\n{RESULTS.relative_to(ROOT)}: now `python -m bench.table` writes the tables of the READMEs")
    return min(worst, 1)


if __name__ == "__main__":
    sys.exit(main())
