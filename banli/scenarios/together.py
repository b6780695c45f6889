"""Scenarios played one after another or, where they are many, by several processes, each in a world of its own.

The clock of a process is set to the scenario that it plays, so threads would not do.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
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


def play(parts: Sequence[Part], pack: Pack, template: Path, most: int | None = None) -> Iterator[Played]:
    """The results in the order of ``parts``, and what each scenario reached.

    ``template`` is the path of a world that was built with the pack; beside it, every process has its own copy.
    ``most`` is how many processes there may be; one is this one.
    """
    processes = min(most or os.cpu_count() or 1, len(parts) // _FEW)
    one = partial(_play, pack=pack, template=template)
    if processes <= 1:
        try:
            yield from map(one, parts)
        finally:
            _leave(template)
        return
    context = multiprocessing.get_context("spawn")  # a fork would share connections and the threads' locks
    with ProcessPoolExecutor(processes, mp_context=context) as pool:
        yield from pool.map(one, parts)


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
