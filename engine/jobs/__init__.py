"""Work that no person does: what is due, who has it, and how it ended.

A worker claims a job by a conditional UPDATE with a lease (``claiming``), does it outside any transaction with the
job's key as idempotency key, and reports back (``reporting``). Work that touches nothing but the database is done in
one transaction (``inside``); ``rows`` finds and locks a job.
"""

from engine.jobs.claiming import LEASE, RESERVATION, Claimed, activate, claim, due, extend, reserve
from engine.jobs.inside import is_inside, run_inside
from engine.jobs.reporting import FIRST_DELAY, LONGEST_DELAY, WORKER, complete, fail, requeue, throw_error
from engine.jobs.rows import get

__all__ = [
    "FIRST_DELAY",
    "LEASE",
    "LONGEST_DELAY",
    "RESERVATION",
    "WORKER",
    "Claimed",
    "activate",
    "claim",
    "complete",
    "due",
    "extend",
    "fail",
    "get",
    "is_inside",
    "requeue",
    "reserve",
    "run_inside",
    "throw_error",
]
