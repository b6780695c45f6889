"""One process of Banli with the topics of the fault run: ``python -m tests.faults.process run|web|worker|beat …``.

Each outside topic records its effect once under the job's key, as a mail server with idempotency keys would: a file
of that name, made only if it is not there. Every attempt is noted too.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine import topics
from engine.topics import BpmnError, Work

OUTSIDE = ("faults_effect", "faults_stumbling", "faults_refusable")
INSIDE = "faults_note"
STUMBLES_EVERY = 4
REFUSED_EVERY = 5
_SHORT_SECONDS, _LONG_SECONDS, _LONG_SHARE = (0.0, 0.2), (2.0, 5.0), 1 / 15


def declare() -> None:
    """Make the topics of the pack known, as a drop-in folder would."""
    for name in OUTSIDE:
        topics.declare(name, "outside")
    topics.declare(INSIDE, "inside")


def bind(effects: Path) -> None:
    """Give each its function; effects are files in that folder."""

    def record(work: Work) -> None:
        with (effects / "attempts").open("a") as attempts:
            attempts.write(f"{work.key} {work.element_id}\n")
        long = random.random() < _LONG_SHARE  # noqa: S311 - so that kills meet work under way
        time.sleep(random.uniform(*(_LONG_SECONDS if long else _SHORT_SECONDS)))  # noqa: S311
        try:
            os.close(os.open(effects / f"effect-{work.key}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError:
            return

    def effect(work: Work) -> Mapping[str, Any]:
        record(work)
        return {}

    def stumbling(work: Work) -> Mapping[str, Any]:
        if number(work) % STUMBLES_EVERY == 0:
            try:
                os.close(os.open(effects / f"stumbled-{work.key}", os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            except FileExistsError:
                return effect(work)
            raise RuntimeError("the first attempt fails")
        return effect(work)

    def refusable(work: Work) -> Mapping[str, Any]:
        record(work)
        if number(work) % REFUSED_EVERY == 0:
            raise BpmnError("refused")
        return {}

    for name, function in zip(OUTSIDE, (effect, stumbling, refusable), strict=True):
        topics.bind(name, function)
    topics.bind(INSIDE, lambda _session, work: {"noted": str(work.key)})


def number(work: Work) -> int:
    """The number of the matter, which its form calls the amount."""
    return int(work.variables["amount"])


if __name__ == "__main__":
    from banli import cli

    declare()
    bind(Path(os.environ["BANLI_TEST_EFFECTS"]))
    cli.main()
