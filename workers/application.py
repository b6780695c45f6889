"""The Celery application: the hand that wakes. Work itself waits in the database, so a lost message loses nothing."""

from __future__ import annotations

from datetime import timedelta

from celery import Celery

RUN_JOB = "banli.run_job"
RUN_DUE_JOBS = "banli.run_due_jobs"
SEAL_HISTORY = "banli.seal_history"
RECORD_MATTERS = "banli.record_matters"
QUEUE = "banli"
SWEEP_SECONDS = 1.0
SWEEP_EXPIRES_SECONDS = 30.0
"""After an outage of the workers the sweeps of half a minute are enough; clocks of two machines may differ less."""
SEAL_CHECK_SECONDS = 60.0
"""How often it is asked whether a seal is due: a beat that is started again must not begin its hour anew."""
RECORD_SECONDS = 60.0
"""How old what search and statistics know may become."""
BROKER_SECONDS = 1.0
"""How long a connection to the broker may take to come about."""


def make(broker_url: str) -> Celery:
    """An application bound to ``broker_url``; "memory://" serves one process."""
    if broker_url.startswith("redis"):
        from workers import redis_transport  # noqa: PLC0415 - Redis's client, which only then is needed

        redis_transport.use()
    application = Celery("banli", broker=broker_url, set_as_current=False)
    application.conf.update(
        task_default_queue=QUEUE,
        task_default_delivery_mode="transient",  # work stands in the database: a message need not outlive a broker
        task_ignore_result=True,  # results are rows of the database
        task_acks_late=False,  # a lost message is found by the sweep; a repeated one would only find the lease taken
        task_serializer="json",
        accept_content=["json"],  # nothing from the broker is ever unpickled
        timezone="UTC",
        enable_utc=True,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
        worker_enable_remote_control=False,  # whoever reaches the broker must not command our processes
        worker_prefetch_multiplier=1,  # a long job must not hold short ones back
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_timeout=BROKER_SECONDS,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # an outage may last; whoever waits for the broker goes on waiting
        broker_heartbeat=10,  # seconds; a broker whose machine vanished is noticed
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1},
        broker_transport_options=_transport_options(broker_url),
        beat_schedule={
            "sweep": {
                "task": RUN_DUE_JOBS,
                "schedule": timedelta(seconds=SWEEP_SECONDS),
                "options": {"expires": SWEEP_EXPIRES_SECONDS},
            },
            "seal": {
                "task": SEAL_HISTORY,
                "schedule": timedelta(seconds=SEAL_CHECK_SECONDS),
                "options": {"expires": SEAL_CHECK_SECONDS},
            },
            "record": {
                "task": RECORD_MATTERS,
                "schedule": timedelta(seconds=RECORD_SECONDS),
                "options": {"expires": RECORD_SECONDS},
            },
        },
    )
    return application


def _transport_options(broker_url: str) -> dict[str, object]:
    if broker_url.startswith("memory:"):
        return {"polling_interval": 0.1}
    if broker_url.startswith("redis"):
        return {
            # A killed worker's messages come back within seconds instead of an hour. One that comes back although
            # its worker lives finds the job claimed.
            "visibility_timeout": 10,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
            "unacked_restore_limit": 1000,
            "socket_timeout": 5,
            "socket_connect_timeout": BROKER_SECONDS,
            "socket_keepalive": True,
            "health_check_interval": 10,
        }
    return {"read_timeout": 30, "write_timeout": 5}
