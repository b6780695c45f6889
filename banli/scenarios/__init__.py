"""The owners' tests of their procedures: scenario files in YAML, played on the real engine (``banli test``).

The map: ``document`` and ``reader`` (file → checked scenarios; ``actions``: what a step may say), ``model`` (what
they say), ``world`` (engine, database, clock, recorded effects), ``values`` (what a form gets), ``play`` (the
steps; ``together``: in several processes; ``refusals``), ``outcome`` (what must be true at the end), ``coverage``
and ``report``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from banli import catalogue
from banli.scenarios import together
from banli.scenarios.coverage import Coverage, of_content
from banli.scenarios.model import Fault, Place, ScenarioFile, ScenarioFileRefused, Values
from banli.scenarios.reader import read
from banli.scenarios.refusals import told
from banli.scenarios.report import Report, Result
from banli.scenarios.together import Part
from banli.scenarios.world import World
from engine import content
from engine.content import Pack
from engine.errors import EngineError
from feel.sentences import Sentence
from workers import topics as implemented

__all__ = ["Report", "Result", "read_files", "rehearse", "run", "usual_values"]

Progress = Callable[[int, int], None]
"""Told after each scenario: how many are played, of how many."""


def run(
    root: Path, pack: str, names: str | None = None, language: str = "zh", *, processes: int | None = None
) -> Report:
    """Play the scenarios of a pack below ``root`` (the folder with ``bpmn/``, ``dmn/``, ``forms/``).

    ``names``: only scenarios whose id or name holds this text; nothing is said of what was reached then.
    ``language``: of the report, "zh" or "en". ``processes``: how many may play, 1 for who watches the engine in this
    one; without it, one a processor. Raises ``NotFound`` when there is no such pack; whatever is wrong with a file,
    the pack or a scenario stands in the report.
    """
    return rehearse(content.read_pack(root, pack), names, language, processes=processes)


def rehearse(
    pack: Pack,
    names: str | None = None,
    language: str = "zh",
    progress: Progress = lambda _done, _total: None,
    *,
    processes: int | None = None,
) -> Report:
    """Play the scenarios that a pack holds itself, as :func:`run` does."""
    began = time.perf_counter()
    gettext = catalogue.gettext_of(language)
    files, faults = read_files(pack)
    results: list[Result] = []
    coverage = None
    chosen = _chosen(files, names)
    with (
        tempfile.TemporaryDirectory(prefix="banli-scenarios-") as folder,
        together.players(len(chosen), pack, Path(folder) / "world.sqlite3", processes) as play,
    ):
        try:
            world = World.build(Path(folder) / "world.sqlite3", pack)
        except EngineError as refused:
            faults.append(Fault(Place(f"bpmn/{pack.name}", 1), "", "", told(refused)))
        else:
            coverage = _coverage(pack, files)
            world.close()
            for result, reached in play(chosen):
                results.append(result)
                coverage.reached |= reached
                progress(len(results), len(chosen))
    if names is not None:
        coverage = None
        if not results and not faults:
            sentence = Sentence("No scenario holds “{text}”.", text=names)
            faults.append(Fault(Place(f"bpmn/{pack.name}", 1), "", "", sentence))
    seconds = time.perf_counter() - began
    return Report(pack.name, tuple(results), tuple(faults), coverage, seconds, gettext)


def usual_values(root: Path, pack: str) -> Mapping[str, Mapping[str, Values]]:
    """What the owners of a pack's procedures fill in by default, by process and step."""
    files, _faults = read_files(content.read_pack(root, pack))
    return {file.process: file.defaults for file in files}


def read_files(pack: Pack) -> tuple[list[ScenarioFile], list[Fault]]:
    """The scenario files of a pack, and what is wrong with those that cannot be read."""
    files: list[ScenarioFile] = []
    faults: list[Fault] = []
    for path, source in pack.of_kind(".yaml").items():
        try:
            files.append(read(source.decode("utf-8"), path))
        except ScenarioFileRefused as refused:
            faults.extend(refused.faults)
        except UnicodeDecodeError:
            faults.append(Fault(Place(path, 1), "", "", Sentence("The file is not text in UTF-8.")))
    return files, faults


def _coverage(pack: Pack, files: list[ScenarioFile]) -> Coverage:
    implemented.bind_all()
    reasons = {name: reason for file in files for name, reason in file.unreachable.items()}
    return of_content(content.compile_pack(pack), reasons)


def _chosen(files: list[ScenarioFile], names: str | None) -> list[Part]:
    """The scenarios to play, each with its file."""
    return [
        (file, scenario)
        for file in files
        for scenario in file.scenarios
        if names is None or names in scenario.name or names in scenario.id
    ]
