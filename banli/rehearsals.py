"""What the workshop tries before it is published: scenarios in a process of their own, trials in a world apart."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from banli.scenarios import read_files
from banli.trials import Trials, TrialWorld
from engine.content import Pack, archive
from engine.errors import Problem, Refused
from feel.sentences import Sentence

_SECONDS = 900
"""How long a run may take before it is stopped."""


class Rehearsals:
    """The port of :mod:`webapp.rehearsals`, put together here because it needs the workers' topics."""

    def __init__(self, time_zone: str, folder: Path) -> None:
        self._time_zone = time_zone
        self._trials = Trials(folder)

    def begin(self, pack: Pack, organisation: Session, person: str, now: datetime) -> str:
        """Begin a trial; its name."""
        return self._trials.begin(pack, organisation, person, now)

    def entered(self, trial: str, person: str) -> AbstractContextManager[TrialWorld]:
        """Enter a trial of this person."""
        return self._trials.entered(trial, person)

    def end(self, trial: str, person: str) -> None:
        """Forget a trial of this person."""
        self._trials.end(trial, person)

    def play(self, pack: Pack, progress: Callable[[int, int], None]) -> dict[str, Any]:
        """Play the scenarios of a pack; the report in plain values. :class:`Refused` when the run broke off."""
        command = [sys.executable, "-m", "banli.scenarios", self._time_zone]
        # nothing of this installation's settings and secrets goes along
        environment = {name: os.environ[name] for name in ("PATH", "LANG", "TMPDIR") if name in os.environ}
        with subprocess.Popen(  # noqa: S603 - our own module with a fixed argument
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,
        ) as process:
            watch = threading.Timer(_SECONDS, _stop, [process])
            watch.start()
            try:
                return _report_of(process, archive.packed(pack), progress)
            finally:
                watch.cancel()
                _stop(process)

    def problems(self, pack: Pack) -> Sequence[Problem]:
        """What is wrong with the scenario files of a pack; the element is the line."""
        return [
            problem
            for path, source in pack.of_kind(".yaml").items()
            for problem in _problems(pack.name, path, source)
        ]


@lru_cache(maxsize=256)
def _problems(pack: str, path: str, source: bytes) -> tuple[Problem, ...]:
    """Kept, because a draft is looked at after every save, and most saves are of another file."""
    _files, faults = read_files(Pack(pack, {path: source}))
    return tuple(
        Problem("error", fault.place.file, f"line:{fault.place.line}", fault.sentence, "scenario") for fault in faults
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the run with whatever it began: scenarios are played by several processes."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _report_of(
    process: subprocess.Popen[bytes], given: bytes, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    assert process.stdin is not None  # noqa: S101 - asked for above, for the type checker
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(given)
        process.stdin.close()
    except BrokenPipeError:
        pass  # it ended before it read; the lines below are missing then
    for line in process.stdout:
        told = json.loads(line)
        if "report" in told:
            report: dict[str, Any] = told["report"]
            return report
        progress(told["done"], told["total"])
    raise Refused(Sentence("The run of the scenarios broke off: it took too long or too much memory."))
