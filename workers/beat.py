"""The clock: Celery's scheduler, kept in memory, since a beat that begins anew misses nothing by it."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import Any

from celery.beat import Scheduler

from workers.application import SEAL_CHECK_SECONDS

_log = logging.getLogger(__name__)
_QUIET_SECONDS = 60.0


class Beat(Scheduler):  # type: ignore[misc] # Celery has no hints
    """Sends what is due; while the broker is away it says so once a minute, not once a second."""

    _told = float("-inf")

    def setup_schedule(self) -> None:
        """Ask for a seal at once: a beat that is started again and again would never come to it."""
        super().setup_schedule()
        self.schedule["seal"].last_run_at -= timedelta(seconds=SEAL_CHECK_SECONDS)

    def adjust(self, n: float | None, drift: float = 0.0) -> float | None:
        """Sleep until it is due; Celery's own wakes 10 ms earlier and spends them looking at the clock."""
        return n + drift if n else n

    def apply_entry(self, entry: Any, producer: Any = None) -> None:
        """Send one message."""
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except Exception as error:  # the next second tries again
            if time.monotonic() - self._told >= _QUIET_SECONDS:
                self._told = time.monotonic()
                _log.warning("The broker is away (%s); what is due waits.", type(error).__name__)
