"""Has anything become slower? A small version of the benchmarks, for continuous integration.

Run: ``python -m bench.check`` compares with ``bench/ratios.json`` and ends with 1 when a figure has worsened by more
than a third; ``python -m bench.check --record`` writes that file anew. About half a minute.

Only what a busy machine changes little is compared: CPU time of contestants that take turns, as ratios within one
run, and numbers of statements, which are the same everywhere. A figure that seems worse is measured again before it
counts.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import approval, growth, runtime
from bench.measuring import rounds, stores
from bench.measuring.crowd import Crowd

RECORDED = Path(__file__).with_name("ratios.json")
WORSE = 4 / 3
_ATTEMPTS = 3
_CROWDS = {"small": Crowd(ended=300, still_open=100), "large": Crowd(ended=3_000, still_open=1_500)}
_GROWING = (*growth.INBOXES, *growth.COMPLETIONS)
Figures = dict[str, float]


def of_approval(store: stores.Store) -> Figures:
    """CPU of one approval beside the hand-written machines, and its statements and commits."""
    contestants = [each for each in approval.field([]) if each.name != approval.LIMIT]
    rounds.run(contestants, store, rounds=8, matters=6, warm_up=12)
    found = {each.name: each for each in contestants}
    ours = found[approval.OURS]
    ratios = {
        f"approval: CPU, times {name}": statistics.median(ours.cpu) / statistics.median(found[name].cpu)
        for name in approval.BOUNDS
    }
    counts = {"statements": ours.statements or 0, "commits": ours.commits or 0}
    return ratios | {f"approval: {name}": float(count) for name, count in counts.items()}


def of_growth(store: stores.Store) -> Figures:
    """CPU of pages where there is much, beside the same pages where there is little; statements of every page."""
    measured = growth.measure(store, _CROWDS, 14)
    ratios = {f"{page}: CPU, times a small house": _flat(measured[page]["cpu_ratio"]) for page in _GROWING}
    return ratios | {f"{page}: statements": float(figures["statements"]) for page, figures in measured.items()}


def of_steps(_store: stores.Store) -> Figures:
    """CPU of the last steps of a loop, beside its tenth."""
    times, _largest = runtime.loop(runtime.circle(400), 400)
    ratio = statistics.median(times[-40:]) / statistics.median(times[5:45])
    return {"loop: CPU of a late step, times an early one": _flat(ratio)}


def _flat(ratio: float) -> float:
    """What is there to be flat is no better below 1: recorded by chance, that would be worse the next time."""
    return max(1.0, float(ratio))


PARTS: tuple[Callable[[stores.Store], Figures], ...] = (of_approval, of_growth, of_steps)


def measure(part: Callable[[stores.Store], Figures]) -> Figures:
    """One part, on SQLite files of its own."""
    with tempfile.TemporaryDirectory(prefix="banli-bench-") as folder, stores.opened("sqlite", Path(folder)) as store:
        return {name: round(figure, 3) for name, figure in part(store).items()}


def worse(measured: Figures, recorded: Figures) -> list[str]:
    """The names of what is worse than it was by more than a third, or was never recorded."""
    return [name for name, figure in measured.items() if figure > WORSE * recorded.get(name, -1.0)]


def compared(part: Callable[[stores.Store], Figures], recorded: Figures) -> Figures:
    """The best that was measured of each figure, in as many attempts as it takes."""
    best = measure(part)
    for _ in range(_ATTEMPTS - 1):
        if not worse(best, recorded):
            break
        best = {name: min(figure, best[name]) for name, figure in measure(part).items()}
    return best


def main() -> int:
    """Compare or record; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--record", action="store_true", help="write bench/ratios.json anew")
    given = parser.parse_args()
    if given.record:
        found = {name: figure for part in PARTS for name, figure in measure(part).items()}
        RECORDED.write_text(json.dumps(found, indent=2) + "\n")
        print(f"{RECORDED.name}: {len(found)} figures")
        return 0
    recorded: Figures = json.loads(RECORDED.read_text())
    measured = {name: figure for part in PARTS for name, figure in compared(part, recorded).items()}
    late = worse(measured, recorded)
    print(f"{'':52}{'recorded':>10}{'now':>10}")
    for name, figure in measured.items():
        print(f"{name:52}{recorded.get(name, '–'):>10}{figure:>10}{'  worse' if name in late else ''}")
    gone = sorted(set(recorded) - set(measured))
    if late or gone:
        print("Worse by more than a third, or not recorded:", ", ".join(late) or "nothing", file=sys.stderr)
        print("Recorded, and not measured any more:", ", ".join(gone) or "nothing", file=sys.stderr)
        print("If that is meant: python -m bench.check --record, and say why in the commit.", file=sys.stderr)
    return int(bool(late or gone))


if __name__ == "__main__":
    sys.exit(main())
