"""A bounded cache for what never changes, shared by threads: the least recently used entry goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Cache(Generic[K, V]):
    """At most ``size`` values by key.

    Two threads may make the same value at the same time; both then use the one that was stored first.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The value of ``key``; ``make`` gives it, outside of the lock, when it is not there."""
        if 2 * len(self._values) < self._size:  # far from full, nobody has to know who was used last
            found = self._values.get(key)
            if found is not None:
                return found
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
        made = make()
        with self._lock:
            value = self._values.setdefault(key, made)
            self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
            return value

    def __len__(self) -> int:
        return len(self._values)
