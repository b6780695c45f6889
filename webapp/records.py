"""Before a search or a statistic: what just moved is written down first, so that nobody misses what he just did."""

from __future__ import annotations

from engine import audit
from webapp.surroundings import reading, write

_AT_ONCE = 200
"""The rest is the sweep's, a minute later at most."""


def catch_up_lately() -> None:
    """Write the records of what moved in the last minutes; usually a single question and nothing to do."""
    if audit.is_behind(reading(), lately=True):
        write(audit.catch_up, _AT_ONCE, lately=True)
