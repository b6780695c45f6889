"""Worker and beat as threads of the web's process: one command starts everything (decision 9).

Signals stay with the main thread; :meth:`Embedded.stop` ends both gracefully: what runs is finished, nothing is lost,
since what is not finished waits in the database.
"""

from __future__ import annotations

import logging
import threading
from typing import Any

from celery import Celery
from celery.beat import EmbeddedService
from celery.worker import WorkController

from workers.beat import Beat

_log = logging.getLogger(__name__)
_CONCURRENCY = 8  # threads; most wait for others (a mail server, a web address), and timers must not wait for them
_STOP_SECONDS = 10.0


class Embedded:
    """A worker with a few threads and a beat, started together and stopped together."""

    def __init__(self, application: Celery) -> None:
        application.finalize()
        self._worker = WorkController(
            app=application,
            pool_cls="threads",
            concurrency=_CONCURRENCY,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
            loglevel=logging.WARNING,
        )
        self._worker_thread = threading.Thread(target=self._work, name="banli-worker", daemon=True)
        # max_interval: how soon beat notices that it was stopped.
        self._beat: Any = EmbeddedService(application, max_interval=1, thread=True, scheduler_cls=Beat)

    def start(self) -> None:
        """Start both; returns at once."""
        self._worker_thread.start()
        self._beat.start()

    def stop(self) -> None:
        """End both, waiting a few seconds for what runs."""
        self._beat.stop()
        self._worker.stop()
        self._worker_thread.join(_STOP_SECONDS)
        if self._worker_thread.is_alive():
            _log.warning("The worker did not end within %d s; its jobs return when their lease ends.", _STOP_SECONDS)

    def _work(self) -> None:
        try:
            self._worker.start()
        except Exception:
            _log.exception("The worker thread ended; jobs wait until the next start.")
