"""The Celery application: the hand that wakes. Work itself waits in the database, so a lost message loses nothing."""

from __future__ import annotations

from datetime import timedelta

from celery import Celery

RUN_JOB = "banli.run_job"
RUN_DUE_JOBS = "banli.run_due_jobs"
SEAL_HISTORY = "banli.seal_history"
SWEEP_SECONDS = 1.0
SEAL_SECONDS = 3600.0


def make(broker_url: str) -> Celery:
    """An application bound to ``broker_url``; "memory://" serves one process."""
    application = Celery("banli", broker=broker_url, set_as_current=False)
    application.conf.update(
        task_ignore_result=True,  # results are rows of the database
        task_acks_late=False,  # a lost message is found by the sweep; a repeated one would only find the lease taken
        task_serializer="json",
        accept_content=["json"],  # nothing from the broker is ever unpickled
        timezone="UTC",
        enable_utc=True,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        worker_prefetch_multiplier=1,  # a long job must not hold short ones back
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        # A person's click must never wait for the broker: one quick retry, then the sweep finds the job.
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1},
        broker_transport_options=_transport_options(broker_url),
        beat_schedule={
            "sweep": {
                "task": RUN_DUE_JOBS,
                "schedule": timedelta(seconds=SWEEP_SECONDS),
                "options": {"expires": 5 * SWEEP_SECONDS},  # after an outage one sweep is enough
            },
            "seal": {
                "task": SEAL_HISTORY,
                "schedule": timedelta(seconds=SEAL_SECONDS),
                "options": {"expires": SEAL_SECONDS},
            },
        },
    )
    return application


def _transport_options(broker_url: str) -> dict[str, object]:
    if broker_url.startswith("memory:"):
        return {"polling_interval": 0.1}
    if broker_url.startswith("redis"):
        # A killed worker's messages come back within seconds instead of an hour.
        return {
            "visibility_timeout": 10,
            "unacked_restore_limit": 100,
            "socket_timeout": 5,
            "socket_connect_timeout": 1,
        }
    return {"confirm_publish": True, "connect_timeout": 1}
