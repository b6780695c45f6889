"""Banli furnished for the benchmarks: the demo organisation and the procedure of three steps."""

from __future__ import annotations

import logging
from decimal import Decimal
from pathlib import Path

from banli import demo, foundation, memory
from engine import clock, content, deployments, process_instances, user_tasks
from engine.actor import Actor, system
from engine.database import Database
from engine.organisation import people
from engine.unit_of_work import UnitOfWork

CONTENT = Path(__file__).parents[1] / "content"
DECIDERS = {150: "U16", 250: "U02", 350: "U01"}
STARTER = "U19"


def furnished(url: str) -> UnitOfWork:
    """The unit of work over a new database; the workers are nobody's concern here."""
    logging.disable(logging.WARNING)
    memory.be_frugal()  # as every command of banli begins
    database = Database(url)
    database.migrate()
    unit_of_work = UnitOfWork(database, wake=lambda _keys: None)
    unit_of_work.run(foundation.load)
    unit_of_work.run(demo.load, "banli-demo")
    unit_of_work.run(deployments.deploy, content.read_pack(CONTENT, "approval"), system("bench"))
    return unit_of_work


class Staff:
    """The people of the procedure, and one matter seen through by them, with the functions that the pages call."""

    def __init__(self, unit_of_work: UnitOfWork) -> None:
        self.unit_of_work = unit_of_work
        with unit_of_work.read() as session:
            self.actors = {
                person: people.actor(session, person, clock.now()) for person in (STARTER, *DECIDERS.values())
            }

    def matter(self, amount: int) -> None:
        """Start, fill in, approve."""
        run, starter, decider = self.unit_of_work.run, self.actors[STARTER], self.actors[DECIDERS[amount]]
        matter = run(process_instances.start, "approval", starter)
        request = {"purpose": "更换前厅地毯", "amount": Decimal(amount)}
        run(user_tasks.complete, self._task(matter.key, starter), starter, request)
        opinion = {"decision": "approve", "opinion": "同意，请按计划采购"}
        done = run(user_tasks.complete, self._task(matter.key, decider), decider, opinion)
        if done.outcome != "approved":
            raise AssertionError(done)

    def _task(self, matter_key: int, actor: Actor) -> int:
        with self.unit_of_work.read() as session:
            return process_instances.waiting(session, matter_key, actor)[0].key
