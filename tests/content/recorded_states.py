"""States of the pack's procedures as this version writes them, at every wait that the owners' scenarios reach.

``python -m tests.content.recorded_states`` plays the scenarios and writes the files of the present format anew, one a
procedure: after a procedure or its scenarios have changed, and for every new one. The files of a format that a
release has written are never written again: later versions have to read them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from banli import scenarios
from engine import content, runtime, values
from engine.runtime.state import FORMAT
from tests.engine.runtime.tape import Command, Ended, Tape

ROOT = Path(__file__).resolve().parents[2]
PACK = "chain_store"
FOLDER = Path(__file__).with_name("states")
HOW = "python -m tests.content.recorded_states"


@dataclass(frozen=True)
class Recorded:
    """A state, where it waits, what was done next (one list of commands a transaction), and the end, if it came."""

    waits: tuple[str, ...]
    state: bytes
    steps: tuple[tuple[Command, ...], ...]
    ended: Ended | None


@dataclass(frozen=True)
class Played:
    """The scenarios of the pack, played once with a tape."""

    report: scenarios.Report
    tape: Tape

    @cached_property
    def drawn(self) -> Mapping[str, tuple[bytes, runtime.Process]]:
        """The procedures of the pack: their stored form, and as they are drawn now."""
        return {
            process_id: (diagram.compiled, process)
            for diagram in content.compile_pack(content.read_pack(ROOT, PACK)).diagrams.values()
            for process_id, process in diagram.processes.items()
        }

    def procedures(self) -> Iterator[tuple[str, bytes, Any]]:
        """Each procedure that was played as it is drawn now: its id, its stored form, and the process that ran."""
        for process in list(self.tape.processes.values()):
            compiled, now = self.drawn[process.process_id]
            if (process.elements, process.flows) == (now.elements, now.flows):  # a scenario may deploy another one
                yield process.process_id, compiled, process


def played() -> Played:
    """Play every scenario of the pack."""
    tape = Tape()
    with tape.recording():
        report = scenarios.run(ROOT, PACK, language="zh", processes=1)  # the tape is in this process
    return Played(report, tape)


def path(process_id: str, state_format: int = FORMAT) -> Path:
    """The file of a procedure."""
    return FOLDER / f"format_{state_format}" / f"{process_id}.json"


def read(file: Path) -> tuple[bytes, list[Recorded]]:
    """The stored form of the diagram, and its recorded states."""
    held = json.loads(file.read_text(encoding="utf-8"))
    return held["compiled"].encode(), [_recorded(entry) for entry in held["states"]]


def write(process_id: str, compiled: bytes, states: list[Recorded]) -> None:
    """The file of a procedure, in the present format."""
    file = path(process_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    held = {"compiled": compiled.decode(), "states": [_plain(each) for each in states]}
    file.write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def recorded(tape: Tape, process: runtime.Process) -> list[Recorded]:
    """One state for each set of elements that wait; one that was finished, rather than one that was cancelled."""
    found: dict[tuple[str, ...], Recorded] = {}
    for state, waits in tape.states(process).items():
        if waits in found and found[waits].ended is not None:
            continue
        way = tape.way_to_the_end(process, state)
        ended = way[-1].ended if way else None
        if ended is not None or waits not in found:
            found[waits] = Recorded(waits, state, tuple(tuple(edge.commands) for edge in way), ended)
    return [found[waits] for waits in sorted(found)]


def _plain(each: Recorded) -> Mapping[str, Any]:
    return {
        "waits": each.waits,
        "state": each.state.decode(),
        "steps": [[values.dumps(vars(command)) for command in step] for step in each.steps],
        "ended": None if each.ended is None else asdict(each.ended),
    }


def _recorded(entry: Mapping[str, Any]) -> Recorded:
    steps = tuple(tuple(_command(text) for text in step) for step in entry["steps"])
    ended = None if entry["ended"] is None else Ended(**entry["ended"])
    return Recorded(tuple(entry["waits"]), entry["state"].encode(), steps, ended)


def _command(text: str) -> Command:
    held = values.loads(text)
    at = held.pop("at")
    return Command(**held, at=None if at is None else (at[0], int(at[1])))


if __name__ == "__main__":
    run = played()
    if not run.report.passed:
        raise SystemExit(run.report.text)
    for process_id, compiled, process in run.procedures():
        write(process_id, compiled, recorded(run.tape, process))
        print(path(process_id).relative_to(ROOT))  # noqa: T201 - a command says what it wrote
