"""A run of scenarios in a process of its own: the pack as a zip file on stdin, JSON lines with progress on stdout.

The last line holds the report. Whatever a draft does (going round in circles, taking all memory), it does it here.
"""

from __future__ import annotations

import json
import os
import sys

from banli.scenarios import rehearse
from engine import calendar
from engine.content import archive

_MOST_MEMORY = 2 * 1024**3


def main() -> None:
    """Play what comes in."""
    _bound()
    calendar.use_zone(sys.argv[1])
    pack = archive.unpacked(sys.stdin.buffer.read())
    report = rehearse(pack, progress=lambda done, total: _say({"done": done, "total": total}))
    _say({"report": report.plain})


def _bound() -> None:
    """Behind everybody's requests, and within its memory, where the system can say so."""
    os.nice(5)
    try:
        import resource  # noqa: PLC0415 - not every system has it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))


def _say(line: object) -> None:
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
