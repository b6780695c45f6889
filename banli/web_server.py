"""``banli web``: gunicorn with threads, several processes, each with a composition of its own."""

from __future__ import annotations

import logging
import os
import shutil
from typing import Any

from flask import Flask
from gunicorn import glogging
from gunicorn.app.base import BaseApplication

from banli.composition import Composition, compose
from banli.settings import Settings

_STOP_SECONDS = 30


class WebServer(BaseApplication):  # type: ignore[misc] # gunicorn has no hints
    """Serves until SIGTERM or SIGINT; requests under way are finished."""

    def __init__(self, settings: Settings, *, processes: int) -> None:
        self._settings = settings
        self._processes = processes
        self._composition: Composition | None = None
        super().__init__()

    def load_config(self) -> None:
        """Take our settings; nothing is read from files or the command line."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        for name, value in {
            "bind": f"{host}:{self._settings.port}",
            "workers": self._processes,
            "worker_class": "gthread",
            "threads": self._settings.threads,
            "timeout": 60,
            "graceful_timeout": _STOP_SECONDS,
            "keepalive": 5,
            "preload_app": False,  # each process connects for itself
            "control_socket_disable": True,
            "forwarded_allow_ips": "",  # who is trusted is said by BANLI_TRUSTED_PROXIES alone
            "proc_name": "banli-web",
            "logger_class": _Logger,
            "worker_exit": self._worker_exit,
            "child_exit": _forget_measurements,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application of one process; called after the fork."""
        self._composition = compose(self._settings)
        return self._composition.web()

    def _worker_exit(self, _server: Any, _worker: Any) -> None:
        if self._composition is not None:
            self._composition.dispose()


class _Logger(glogging.Logger):  # type: ignore[misc] # gunicorn has no hints
    """gunicorn's messages go where all of ours go."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for handler in list(self.error_log.handlers):
            self.error_log.removeHandler(handler)
        self.error_log.propagate = True
        self.error_log.setLevel(logging.getLogger().level)


def share_measurements(settings: Settings) -> None:
    """Let all web processes count into one folder, so that whichever is asked answers for all (prometheus-client)."""
    folder = settings.var / f"measurements-{settings.port}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _forget_measurements(_server: Any, worker: Any) -> None:
    from prometheus_client import multiprocess  # noqa: PLC0415 - only after the folder is set

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call] # it has no hints
