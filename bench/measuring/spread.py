"""What many times of one thing come to."""

from __future__ import annotations

import statistics
from collections.abc import Sequence


def spread(values: Sequence[float], digits: int = 1) -> dict[str, float]:
    """Median and 95th percentile, rounded."""
    return {"p50": round(statistics.median(values), digits), "p95": percentile(values, 95, digits)}


def percentile(values: Sequence[float], percent: int, digits: int = 3) -> float:
    """The value that so many per cent of the others do not exceed, rounded."""
    return round(statistics.quantiles(values, n=100, method="inclusive")[percent - 1], digits)
