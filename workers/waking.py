"""The port ``wake``: after a commit each job's key goes to the broker, from a thread of its own.

Nobody who clicked waits for a broker: a key is put into a queue in memory, and a thread publishes it, with one quick
retry. If the broker is away, what waits in that queue is dropped: the sweep finds the jobs in the database.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Sequence

from celery import Celery

from workers.application import RUN_JOB

_log = logging.getLogger(__name__)
_LONGEST = 10_000  # keys; beyond, the sweep is the better way anyway
_SILENCE_SECONDS = 60.0  # an outage is told once a minute, not at every click


class Waking:
    """Publishes job keys in the background; made once a process, and again by itself after a fork."""

    def __init__(self, celery: Celery) -> None:
        self._celery = celery
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._begin()

    def __call__(self, job_keys: Sequence[int]) -> None:
        """Let the workers know; returns at once and raises nothing, whatever the broker does."""
        with self._lock:
            if self._pid != os.getpid():
                self._begin()
            if self._thread is None:
                self._thread = threading.Thread(target=self._publish, name="banli-waking", daemon=True)
                self._thread.start()
        for key in job_keys:
            try:
                self._keys.put_nowait(key)
            except queue.Full:
                return  # the sweep finds the rest

    def close(self, seconds: float = 1.0) -> None:
        """Publish what still waits, for so long at most."""
        thread = self._thread
        if thread is None or self._pid != os.getpid():
            return
        self._keys.put(None)
        thread.join(seconds)
        if not thread.is_alive():
            self._thread = None

    def _begin(self) -> None:
        self._pid = os.getpid()
        self._keys: queue.Queue[int | None] = queue.Queue(_LONGEST)
        self._thread = None
        self._told = float("-inf")

    def _publish(self) -> None:
        while (key := self._keys.get()) is not None:
            try:
                self._celery.send_task(RUN_JOB, args=[key])
            except Exception as error:  # whatever the broker's client raises, the sweep finds the job
                self._give_up(error)

    def _give_up(self, error: Exception) -> None:
        ended = False
        count = 1
        try:
            while True:
                ended = self._keys.get_nowait() is None or ended
                count += 1
        except queue.Empty:
            pass
        if ended:
            self._keys.put_nowait(None)
        if time.monotonic() - self._told >= _SILENCE_SECONDS:
            self._told = time.monotonic()
            _log.warning("The broker is away (%s); %d jobs wait for the sweep.", type(error).__name__, count)
