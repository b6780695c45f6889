"""DMN decisions: file → compiled → value, warnings and a trace of every rule and every cell.

``compile`` reads DMN 1.1 to 1.5 and refuses a file with all its problems at once; ``Decisions.evaluate``
answers with a value and the reasons for it, or with an error that names the table, the rules and the values.
"""

from feel.decisions.checks import check
from feel.decisions.compiled import Decisions, compile  # noqa: A004 - as re.compile
from feel.decisions.decision import Decision, DecisionResult
from feel.decisions.model import DecisionTable
from feel.decisions.problems import DecisionError, DecisionsRefused, Problem

__all__ = [
    "Decision",
    "DecisionError",
    "DecisionResult",
    "DecisionTable",
    "Decisions",
    "DecisionsRefused",
    "Problem",
    "check",
    "compile",
]
