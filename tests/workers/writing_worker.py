"""A worker of our own settings, whose job writes down its key and then takes its time.

``python -m tests.workers.writing_worker URL FILE SECONDS``
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from workers import application


def main(url: str, file: str, seconds: str) -> None:
    """Work until somebody ends it."""
    celery = application.make(url)

    @celery.task(name=application.RUN_JOB)  # type: ignore[untyped-decorator] # Celery has no hints
    def run_job(key: int) -> None:
        with Path(file).open("a") as written:
            written.write(f"{key}\n")
        time.sleep(float(seconds))

    celery.Worker(
        pool_cls="prefork",
        concurrency=1,
        quiet=True,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    ).start()


if __name__ == "__main__":
    main(*sys.argv[1:])
