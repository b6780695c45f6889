"""``/metrics`` for Prometheus, and what each request adds to it and to the log.

Only loopback may read it, or who sends the token of ``BANLI_METRICS_TOKEN`` as a bearer. Requests are counted by the
name of their page, never by an address that holds a key.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

from flask import Blueprint, Flask, Response, abort, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from engine import log_context
from engine.measures import Measures, measures
from webapp.security import public
from webapp.surroundings import reading, surroundings

blueprint = Blueprint("measurements", __name__)
_log = logging.getLogger(__name__)
_BUCKETS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_UNWATCHED = {"static", "health.process", "health.ready", "measurements.show"}
_HELP = {
    "jobs_waiting": "Open jobs, those of the future included.",
    "jobs_due": "Jobs that are due and that nobody has.",
    "oldest_due_seconds": "For how long the oldest of the due jobs has been due.",
    "jobs_retrying": "Open jobs whose last attempt failed.",
    "jobs_failed": "Jobs that were given up.",
    "open_incidents": "Incidents that nobody has put right.",
    "open_tasks": "Tasks that wait for people.",
    "overdue_tasks": "Tasks whose due date has passed.",
    "active_matters": "Submitted matters that have not ended.",
    "last_seal_seconds": "Age of the last seal of history; absent before the first.",
}


class Requests:
    """Counts and latencies of one process; with PROMETHEUS_MULTIPROC_DIR of all web processes together."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        labels = ("page", "method", "status")
        self.count = Counter("banli_requests", "Requests answered.", labels, registry=self.registry)
        self.seconds = Histogram(
            "banli_request_seconds", "Time until the answer.", ("page",), buckets=_BUCKETS, registry=self.registry
        )


class _Figures(Collector):
    """The database's figures, read when somebody asks."""

    def __init__(self, read: Measures) -> None:
        self._read = read

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for each in fields(self._read):
            value = getattr(self._read, each.name)
            if value is not None:
                yield GaugeMetricFamily(f"banli_{each.name}", _HELP[each.name], value=value)


def install(app: Flask) -> None:
    """Watch every request."""
    app.extensions["banli_requests"] = Requests()

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        keys = request.view_args or {}
        noun = {"tasks": "task", "matters": "matter"}.get(request.blueprint or "", "key")
        log_context.begin(**{noun: keys["key"]} if "key" in keys else {})

    app.after_request(_count)


def _count(response: Response) -> Response:
    endpoint = request.endpoint or "none"
    if endpoint in _UNWATCHED:
        return response
    seconds = time.perf_counter() - g.get("began", time.perf_counter())
    requests: Requests = current_app.extensions["banli_requests"]
    requests.count.labels(endpoint, request.method, str(response.status_code)).inc()
    requests.seconds.labels(endpoint).observe(seconds)
    about = {"page": endpoint, "method": request.method, "status": response.status_code, "ms": round(seconds * 1000)}
    _log.debug("answered", extra={"about": about})
    return response


@blueprint.get("/metrics")
@public
def show() -> Any:
    """All figures in Prometheus' text format."""
    if not _may_read():
        abort(404)  # who may not read it need not know of it
    registry = CollectorRegistry()
    registry.register(_Figures(measures(reading())))
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call] # it has no hints
        text = generate_latest(registry)
    else:
        text = generate_latest(registry) + generate_latest(current_app.extensions["banli_requests"].registry)
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _may_read() -> bool:
    token = surroundings().settings.metrics_token
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if token:
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())
    forwarded = request.headers.get("X-Forwarded-For") or request.headers.get("Forwarded")
    if forwarded and not surroundings().settings.trusted_proxies:
        return False  # a proxy on this machine speaks for somebody else
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
