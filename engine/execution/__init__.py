"""Execution: lock a matter, restore its state, run a step, save, project, record.

The map: ``lock`` (the door: a task's, job's or instance's matter under its root's lock), ``matter`` (steps and what
follows from them, saved once), ``projection`` (what the runtime reports → rows and history) with ``assignment`` (who
gets a task), ``deadlines`` (the stages of its due date), ``queues`` (who may claim it), ``work`` (jobs, timers,
copies), ``calls`` (called processes), ``correlation`` (messages, signals) and ``migration`` (another version);
``presentation`` (number, title, summary), ``rows`` (one statement a table), ``host`` (what a diagram may ask).

Nothing here commits, and nothing here asks who may: that is the commands' part.
"""

from engine.execution import calls, correlation, failures, migration, presentation, queues
from engine.execution.assignment import separated
from engine.execution.instance import Instance
from engine.execution.lock import Locked, lock, open_matter, refuse_suspended
from engine.execution.matter import Matter

__all__ = [
    "Instance",
    "Locked",
    "Matter",
    "calls",
    "correlation",
    "failures",
    "lock",
    "migration",
    "open_matter",
    "presentation",
    "queues",
    "refuse_suspended",
    "separated",
]
