"""History: append-only chains of events in words, sealed every hour, and verified as a whole.

``record`` and ``flush`` write, ``timeline`` and ``mentioning`` read, ``erase`` takes a personal value out of an event
and leaves the chain whole, ``seal`` fixes the heads of all chains, ``verify`` finds whatever was altered.
``export_matters`` writes chains to a file that ``verify_exported`` checks elsewhere.
"""

from engine.history.chain import (
    DEPLOYMENTS,
    ORGANISATION,
    SCHEDULES,
    Chain,
    Head,
    Place,
    flush,
    flush_all,
    journal,
    record,
)
from engine.history.exported_matters import export_matters, verify_exported
from engine.history.personal import Erased, Personal
from engine.history.report import HistoryProblem, Report
from engine.history.seals import export_seals, seal, seal_when_due
from engine.history.timeline import Event, details_of, erase, mentioning, timeline
from engine.history.verification import verify, verify_matter

__all__ = [
    "DEPLOYMENTS",
    "ORGANISATION",
    "SCHEDULES",
    "Chain",
    "Erased",
    "Event",
    "Head",
    "HistoryProblem",
    "Personal",
    "Place",
    "Report",
    "details_of",
    "erase",
    "export_matters",
    "export_seals",
    "flush",
    "flush_all",
    "journal",
    "mentioning",
    "record",
    "seal",
    "seal_when_due",
    "timeline",
    "verify",
    "verify_exported",
    "verify_matter",
]
