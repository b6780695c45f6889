"""How this process asks for memory and gives it back.

glibc keeps an arena for each of many threads, and what a thread once used stays with its arena. Python's threads take
turns anyhow, so that one arena serves them as well: a web of 32 threads then holds a third of what it held before.

Python looks for cycles of garbage each time some hundred objects more are alive, and a step makes thousands that all
go by themselves: looked for less often, they cost a tenth less. What the imports make is never garbage: nobody looks
at it while it comes to be, nor ever after.
"""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_M_ARENA_MAX = -8  # of malloc.h
_CYCLES_AFTER = (2_000, 20, 50)


def be_frugal() -> None:
    """Say so, before any thread is started; a C library that has no such word needs none."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)
    gc.set_threshold(*_CYCLES_AFTER)


@contextmanager
def all_that_is_made_stays() -> Iterator[None]:
    """Look for no garbage inside, nor later among what was made until then."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
