"""``banli simulate``: a quarter of the whole organisation by chance, and what it came to.

``filling`` fills in forms, ``people`` says when, ``quarter`` plays, ``report`` counts. The same seed is the same
quarter.
"""

from __future__ import annotations

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from banli import scenarios
from banli.scenarios.world import World
from banli.simulation import report
from banli.simulation.quarter import Quarter
from banli.simulation.report import Result
from engine import calendar, clock, content

BEGINS = datetime(2026, 4, 1, 8, 0)  # noqa: DTZ001 - on the organisation's clocks
DAYS = 91


def run(root: Path, pack: str, *, seed: int, matters: int, days: int = DAYS) -> Result:
    """Simulate ``days`` from April 2026 on with ``matters`` that people start, besides what the clock starts.

    Raises ``NotFound`` when there is no such pack, ``DeploymentRefused`` when it is not in order.
    """
    read_pack = content.read_pack(root, pack)
    begins = BEGINS.replace(tzinfo=calendar.zone_named())
    with tempfile.TemporaryDirectory(prefix="banli-simulation-") as folder:
        world = World.build(Path(folder) / "world.sqlite3", read_pack)
        try:
            with clock.pinned(begins), world.recording({}):
                quarter = Quarter(world, scenarios.usual_values(root, pack), Random(seed))  # noqa: S311 - repeatable
                quarter.run(begins, days, matters)
                with world.unit_of_work.read() as session:
                    return report.of(session, begins + timedelta(days=days), quarter.acts, quarter.faults)
        finally:
            world.close()
