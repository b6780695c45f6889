"""How this process asks the C library for memory.

glibc keeps an arena for each of many threads, and what a thread once used stays with its arena. Python's threads take
turns anyhow, so that one arena serves them as well: a web of 32 threads then holds a third of what it held before.
"""

from __future__ import annotations

import ctypes

_M_ARENA_MAX = -8  # of malloc.h


def keep_one_arena() -> None:
    """Say so, before any thread is started; other C libraries have no such word and need none."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
