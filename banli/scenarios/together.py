"""Scenarios played one after another or, where they are many, by several processes, each in a world of its own.

The clock of a process is set to the scenario that it plays, so threads would not do.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from banli.scenarios.coverage import Coverage, Reached
from banli.scenarios.model import Scenario, ScenarioFile
from banli.scenarios.play import Player
from banli.scenarios.report import Result
from banli.scenarios.world import World
from engine import clock
from engine.content import Pack

Part = tuple[ScenarioFile, Scenario]
Played = tuple[Result, Reached]

_FEW = 20
"""As long as so many scenarios take, another process has not begun yet."""

_worlds: dict[Path, World] = {}
_given: list[tuple[Pack, Path]] = []


Play = Callable[[Sequence[Part]], Iterator[Played]]
"""The results in the order of the parts, and what each scenario reached."""


@contextmanager
def players(count: int, pack: Pack, template: Path, most: int | None = None) -> Iterator[Play]:
    """Who plays ``count`` scenarios: they get ready at once, while the world is still being built.

    ``template`` is the path of the world that will be built with the pack; beside it, every process has its own copy.
    ``most`` is how many processes there may be; one is this one.
    """
    processes = min(most or os.cpu_count() or 1, count // _FEW)
    if processes <= 1:
        try:
            yield lambda parts: map(partial(_play, pack=pack, template=template), parts)
        finally:
            _leave(template)
        return
    context = multiprocessing.get_context("spawn")  # a fork would share connections and the threads' locks
    with ProcessPoolExecutor(processes, context, _begin, (pack, template)) as pool:
        for _ in range(processes):
            pool.submit(os.getpid)
        yield lambda parts: pool.map(_play_begun, parts)


def _begin(pack: Pack, template: Path) -> None:
    """What every part needs is given to a process once."""
    _given.append((pack, template))


def _play_begun(part: Part) -> Played:
    pack, template = _given[-1]
    return _play(part, pack, template)


def _play(part: Part, pack: Pack, template: Path) -> Played:
    file, scenario = part
    if template not in _worlds:
        _worlds[template] = World.copy(template, template.with_stem(f"{template.stem}-{os.getpid()}"))
    world, coverage = _worlds[template], Coverage(())
    began = time.perf_counter()
    world.reset()
    with clock.pinned(scenario.on), world.recording(scenario.effects):
        fault = Player(world, pack, file, scenario).play()
    coverage.observe(world)
    return Result(scenario.name, scenario.id, time.perf_counter() - began, fault), coverage.reached


def _leave(template: Path) -> None:
    world = _worlds.pop(template, None)
    if world is not None:
        world.close()
