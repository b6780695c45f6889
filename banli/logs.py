"""Log lines, on stderr: as text for a terminal, or as one JSON object a line for whatever collects them.

Each carries the keys of the matter, task and job that it is about. Values of forms and variables, passwords and
secrets are never logged: the database's errors come without their parameters, addresses without their passwords.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Literal

from engine import log_context

_CHATTY = ("celery", "kombu", "amqp", "alembic", "waitress")
_TEXT = "%(asctime)s %(levelname)s %(name)s: %(message)s%(about)s"


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        keys = " ".join(f"{name}={key}" for name, key in _keys(record).items())
        record.about = f" ({keys})" if keys else ""
        return super().format(record)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "process": record.process,
            **_keys(record),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _keys(record: logging.LogRecord) -> dict[str, object]:
    """The keys of the context, and those that a line brings itself (``extra={"about": {…}}``)."""
    own = record.__dict__.get("about")
    return {**log_context.current(), **(own if isinstance(own, dict) else {})}


def configure(level: str, form: Literal["text", "json"]) -> None:
    """Send every log line of this process to stderr in that form."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text(_TEXT))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for chatty in _CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(capture=True)
