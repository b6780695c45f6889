"""The auditor's desk: look through all matters, and be seen doing it.

The map: ``words`` (what a text is found by), ``recording`` (keeps what search and statistics know of each matter),
``searching`` (all matters by what is known of them), ``viewing`` (who looked at what), ``figures`` (cycle times,
shares, waiting against working).
"""

from engine.audit.figures import Cycle, StepTime, cycles, months, step_times
from engine.audit.recording import catch_up, is_behind
from engine.audit.searching import MOST_RESULTS, Criteria, amounts, criteria_words, search
from engine.audit.viewing import View, is_known, viewed, views

__all__ = [
    "MOST_RESULTS",
    "Criteria",
    "Cycle",
    "StepTime",
    "View",
    "amounts",
    "catch_up",
    "criteria_words",
    "cycles",
    "is_behind",
    "is_known",
    "months",
    "search",
    "step_times",
    "viewed",
    "views",
]
