"""What a request leaves running behind it: a run of scenarios goes on in a thread of its own."""

from __future__ import annotations

import threading

_NAME = "banli-scenarios"
_LONGEST = 120.0


def settle() -> None:
    """Wait until nothing of this kind runs any more."""
    for thread in threading.enumerate():
        if thread.name == _NAME:
            thread.join(_LONGEST)
            assert not thread.is_alive(), "the run of scenarios does not end"
