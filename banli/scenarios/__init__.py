"""The owners' tests of their procedures: scenario files in YAML, played on the real engine (``banli test``).

The map: ``document`` and ``reader`` (file → checked scenarios; ``actions``: what a step may say), ``model`` (what
they say), ``world`` (engine, database, clock, recorded effects), ``values`` (what a form gets), ``play`` (the
steps; ``together``: in several processes; ``refusals``), ``outcome`` (what must be true at the end), ``coverage``
and ``report``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
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

__all__ = ["Report", "Result", "run", "usual_values"]


def run(
    root: Path, pack: str, names: str | None = None, language: str = "zh", *, processes: int | None = None
) -> Report:
    """Play the scenarios of a pack below ``root`` (the folder with ``bpmn/``, ``dmn/``, ``forms/``).

    ``names``: only scenarios whose id or name holds this text; nothing is said of what was reached then.
    ``language``: of the report, "zh" or "en". ``processes``: how many may play, 1 for who watches the engine in this
    one; without it, one a processor. Raises ``NotFound`` when there is no such pack; whatever is wrong with a file,
    the pack or a scenario stands in the report.
    """
    began = time.perf_counter()
    gettext = catalogue.gettext_of(language)
    read_pack = content.read_pack(root, pack)
    files, faults = _read_files(root, pack)
    results: list[Result] = []
    coverage = None
    with tempfile.TemporaryDirectory(prefix="banli-scenarios-") as folder:
        try:
            world = World.build(Path(folder) / "world.sqlite3", read_pack)
        except EngineError as refused:
            faults.append(Fault(Place(f"bpmn/{pack}", 1), "", "", told(refused)))
        else:
            coverage = _coverage(read_pack, files)
            world.close()
            for result, reached in together.play(_chosen(files, names), read_pack, world.path, processes):
                results.append(result)
                coverage.reached |= reached
    if names is not None:
        coverage = None
        if not results and not faults:
            sentence = Sentence("No scenario holds “{text}”.", text=names)
            faults.append(Fault(Place(f"bpmn/{pack}", 1), "", "", sentence))
    seconds = time.perf_counter() - began
    return Report(pack, tuple(results), tuple(faults), coverage, seconds, gettext)


def usual_values(root: Path, pack: str) -> Mapping[str, Mapping[str, Values]]:
    """What the owners of a pack's procedures fill in by default, by process and step."""
    files, _faults = _read_files(root, pack)
    return {file.process: file.defaults for file in files}


def _read_files(root: Path, pack: str) -> tuple[list[ScenarioFile], list[Fault]]:
    files: list[ScenarioFile] = []
    faults: list[Fault] = []
    for path in sorted((root / "bpmn" / pack).glob("*.scenarios.yaml")):
        name = f"bpmn/{pack}/{path.name}"
        try:
            files.append(read(path.read_text(encoding="utf-8"), name))
        except ScenarioFileRefused as refused:
            faults.extend(refused.faults)
        except UnicodeDecodeError:
            faults.append(Fault(Place(name, 1), "", "", Sentence("The file is not text in UTF-8.")))
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
