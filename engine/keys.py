"""Keys made by the client: 63 bits, ordered by time, distinct between threads and processes.

Layout from the top: 41 bits of milliseconds since 2024-01-01, 10 bits of process, 12 bits of sequence.
A row's key is known before it is inserted, so that no statement needs RETURNING.
"""

from __future__ import annotations

import os
import secrets
import threading
import time

_EPOCH_MS = 1_704_067_200_000
_PROCESS_BITS = 10
_SEQUENCE_BITS = 12
_SEQUENCES = (1 << _SEQUENCE_BITS) - 1


class _Keys:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0
        self.reseed()

    def reseed(self) -> None:
        """Take other process bits."""
        self._process = secrets.randbits(_PROCESS_BITS)

    def new(self) -> int:
        moment = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _SEQUENCE_BITS
        with self._lock:
            # Sequence used up, or the wall clock stepped back: borrow from the future.
            self._last = last = moment if moment > self._last else self._last + 1
        sequence = last & _SEQUENCES
        return ((last - sequence) << _PROCESS_BITS) | (self._process << _SEQUENCE_BITS) | sequence


_keys = _Keys()
os.register_at_fork(after_in_child=_keys.reseed)  # a fork must not go on with its parent's bits


def new_key() -> int:
    """A new key, larger than every key this process made before."""
    return _keys.new()
