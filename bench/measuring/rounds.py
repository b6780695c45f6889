"""Contestants in turn: each runs a few matters a round, so that whatever the machine does meets all of them."""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.measuring.stores import Store


@dataclass
class Contestant:
    """A process that answers the words of ``contestants/course.py``."""

    name: str
    command: Sequence[str]
    wall: list[float] = field(default_factory=list)  # ms a matter
    cpu: list[float] = field(default_factory=list)  # ms a matter, of the client
    server_cpu: float = 0.0  # s, of the database server
    bytes: float = 0.0  # growth a matter
    statements: float | None = None
    commits: float | None = None
    _process: subprocess.Popen[str] | None = None

    def start(self, store: Store) -> None:
        """On a new database."""
        self._process = subprocess.Popen(  # noqa: S603 - our own scripts
            [*self.command, store.url(self.name)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, words: str) -> dict[str, Any]:
        """One line there, one line back."""
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError(f"{self.name} was not started")
        process.stdin.write(words + "\n")
        process.stdin.flush()
        line = process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.name} ended with {process.wait()}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def stop(self) -> None:
        """Let it go home."""
        if self._process is not None and self._process.stdin is not None:
            self._process.stdin.close()
            self._process.wait(30)


def run(contestants: Sequence[Contestant], store: Store, *, rounds: int, matters: int, warm_up: int) -> None:
    """Fill in the figures of each contestant."""
    try:
        for contestant in contestants:
            contestant.start(store)
            contestant.ask(f"run {warm_up}")
            counted = contestant.ask("count 3")
            contestant.statements, contestant.commits = counted["statements"], counted["commits"]
        before = {contestant.name: store.size(contestant.name) for contestant in contestants}
        for number in range(rounds):
            turn = number % len(contestants)
            for contestant in (*contestants[turn:], *contestants[:turn]):
                burnt = store.cpu()
                answer = contestant.ask(f"run {matters}")
                contestant.server_cpu += store.cpu() - burnt
                contestant.wall += answer["wall"]
                contestant.cpu += answer["cpu"]
        for contestant in contestants:
            grown = store.size(contestant.name) - before[contestant.name]
            contestant.bytes = grown / (rounds * matters)
    finally:
        for contestant in contestants:
            contestant.stop()


def figures(contestant: Contestant, floor: Contestant) -> dict[str, Any]:
    """Medians a matter, and the ratio to the floor's wall time."""
    wall = statistics.median(contestant.wall)
    return {
        "wall_ms": round(wall, 2),
        "ratio": round(wall / statistics.median(floor.wall), 2),
        "cpu_ms": round(statistics.median(contestant.cpu), 2),
        "server_cpu_ms": round(1000 * contestant.server_cpu / len(contestant.wall), 2),
        "statements": contestant.statements,
        "commits": contestant.commits,
        "bytes": round(contestant.bytes),
    }
