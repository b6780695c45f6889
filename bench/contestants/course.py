"""The course that every contestant runs: matters of three steps, timed one by one, at the word of the benchmark.

Standard library only, so that it runs in whatever Python a contestant needs. The benchmark writes a line, the
contestant answers with one line of JSON: ``run 50`` → ``{"wall": [ms, …], "cpu": [ms, …]}``; ``count 9`` → statements
and commits of one matter; an empty line ends it.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import cycle

AMOUNTS = (150, 250, 350)
"""The area manager, the operations manager and the general manager decide in turn."""


class Tally:
    """Statements and commits, as the contestant's driver sees them; ``None`` where it cannot."""

    def __init__(self) -> None:
        self.statements = 0
        self.commits = 0

    def listening(self) -> AbstractContextManager[object]:
        """The time in which it hears: nobody listens while somebody is timed."""
        return nullcontext()

    def statement(self, text: str) -> None:
        """One more, as the driver sent it."""
        word = text.lstrip().split(None, 1)[0].upper().rstrip(";") if text.strip() else ""
        if word in {"COMMIT", "END"}:
            self.commits += 1
        elif word not in {"BEGIN", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--"}:
            self.statements += 1


def serve(matter: Callable[[int], None], tally: Tally | None = None) -> None:
    """Run what the benchmark asks for. ``matter(amount)`` sees one matter through, from its start to its end."""
    gc.freeze()  # for everybody as Banli sets its own (banli/memory.py): no ratio is the garbage collector's
    gc.set_threshold(2_000, 20, 50)
    amounts = cycle(AMOUNTS)
    for line in sys.stdin:
        words = line.split()
        if not words:
            return
        count = int(words[1])
        answer: object = (
            _timed(matter, amounts, count) if words[0] == "run" else _counted(matter, amounts, count, tally)
        )
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _timed(matter: Callable[[int], None], amounts: Iterator[int], count: int) -> dict[str, list[float]]:
    wall, cpu = [], []
    for _ in range(count):
        amount = next(amounts)
        begun, burnt = time.perf_counter(), time.process_time()
        matter(amount)
        wall.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.process_time() - burnt) * 1000)
    return {"wall": wall, "cpu": cpu}


def _counted(
    matter: Callable[[int], None], amounts: Iterator[int], count: int, tally: Tally | None
) -> dict[str, float | None]:
    if tally is None:
        return {"statements": None, "commits": None}
    before = tally.statements, tally.commits
    with tally.listening():
        for _ in range(count):
            matter(next(amounts))
    return {
        "statements": round((tally.statements - before[0]) / count, 1),
        "commits": round((tally.commits - before[1]) / count, 1),
    }
