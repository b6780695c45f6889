"""FEEL 1.5, the expression language of DMN: text → compiled → value and warnings.

    >>> import feel
    >>> expression = feel.compile("amount * 1.06 > limit", ["amount", "limit"])
    >>> expression.evaluate({"amount": 100, "limit": 105}).value
    True
    >>> feel.compile("(200..300]", kind="unary tests").evaluate({"?": 300}).value
    True

Numbers are decimals of 34 digits, strings count code points, and what cannot be computed is null with a
warning that says where. Nothing that an expression says reaches Python, and :class:`Limits` bound what it costs.
Decision tables and models are in :mod:`feel.decisions`.
"""

from __future__ import annotations

from feel.conversion import from_python, to_python
from feel.errors import (
    EvaluationWarning,
    FeelError,
    FeelSyntaxError,
    LimitExceeded,
    UndeclaredName,
    ValueRefused,
)
from feel.evaluation import Evaluation, Expression, compile_text
from feel.limits import DEFAULT, Limits
from feel.sentences import Sentence
from feel.temporal import Date, DateTime, Time
from feel.temporal_duration import DaysAndTimeDuration, YearsAndMonthsDuration
from feel.values import Function, Range

compile = compile_text  # noqa: A001 - as re.compile

__all__ = [
    "DEFAULT",
    "Date",
    "DateTime",
    "DaysAndTimeDuration",
    "Evaluation",
    "EvaluationWarning",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Function",
    "LimitExceeded",
    "Limits",
    "Range",
    "Sentence",
    "Time",
    "UndeclaredName",
    "ValueRefused",
    "YearsAndMonthsDuration",
    "compile",
    "from_python",
    "to_python",
]
