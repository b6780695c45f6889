"""One evaluation of decisions: its account, its strictness and its trace, shared by everything it calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from feel.decisions.problems import DecisionError
from feel.decisions.trace import plain
from feel.decisions.types import ANY, ValueType, Violation
from feel.errors import EvaluationWarning
from feel.meter import Meter
from feel.scope import Scope
from feel.sentences import Sentence


class Run:
    """What is common to all steps of one evaluation.

    Args:
        meter: Counts ticks, collects warnings.
        escalate: Whether a value of the wrong type, a missing input or a comparison that cannot be made
            ends the evaluation; else each gives null and a warning.
        trace: Where the evaluated decisions are noted; None notes nothing.
        sha256: The file's hash, for the trace.
        asked_for: What was asked for, for messages.
    """

    __slots__ = ("asked_for", "decision_id", "escalate", "meter", "sha256", "trace")

    def __init__(
        self,
        meter: Meter,
        *,
        escalate: bool,
        trace: list[dict[str, object]] | None,
        sha256: str = "",
        asked_for: str = "",
    ) -> None:
        self.meter = meter
        self.escalate = escalate
        self.trace = trace
        self.sha256 = sha256
        self.asked_for = asked_for
        self.decision_id = ""

    def refuse(
        self, code: str, element_id: str, sentence: Sentence, values: dict[str, object] | None = None
    ) -> NoReturn:
        """End the evaluation.

        Raises:
            DecisionError: Always.
        """
        raise DecisionError(
            sentence, code=code, decision_id=self.decision_id, element_id=element_id, values=_plain(values)
        )

    def cannot(self, code: str, element_id: str, sentence: Sentence, values: dict[str, object] | None = None) -> None:
        """What has no value: ends the evaluation, or is null with a warning where nothing escalates."""
        if self.escalate:
            self.refuse(code, element_id, sentence, values)
        self.meter.warnings.append(EvaluationWarning(sentence, 1, 1, element_id, "type"))

    def coerce(self, value: object, wanted: ValueType, element_id: str, name: str) -> object:
        """The value as the type wants it."""
        if wanted is ANY:
            return value
        coerced = wanted.coerce(value, self.meter)
        if isinstance(coerced, Violation):
            self.cannot(
                coerced.code,
                element_id,
                Sentence("The value of {name} does not fit: {reason}", name=name, reason=coerced.sentence),
                {name: value},
            )
            return None
        return coerced


def _plain(values: dict[str, object] | None) -> dict[str, object]:
    return {name: plain(value) for name, value in (values or {}).items()}


Code = Callable[[Scope, Run], object]
"""A compiled expression: the names it sees and the evaluation → value."""
