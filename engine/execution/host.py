"""The surroundings of a running instance: its instant, its organisation's functions, its deployment's decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine import calendar, deployments
from engine.errors import ExecutionFailed
from engine.execution.instance import Instance
from engine.organisation import functions
from engine.runtime.changes import Binding, Variables
from engine.runtime.host import Decided
from feel.decisions import DecisionError
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.execution.matter import Matter


class ExecutionHost:
    """One for each instance of a matter."""

    def __init__(self, matter: Matter, instance: Instance) -> None:
        self._matter = matter
        self._instance = instance
        self._functions: Mapping[str, Callable[..., Any]] | None = None
        self._warned: set[str] = set()
        self.now: datetime = matter.now.astimezone(calendar.zone_named())
        """The instant of this step, as the organisation's clocks show it: "today" is their date."""

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The organisation's functions, bound to this transaction and procedure."""
        if self._functions is None:
            matter = self._matter
            self._functions = functions.bound(
                matter.session, at=matter.now, process_id=matter.root.process_id, warn=self._warn
            )
        return self._functions

    def _warn(self, sentence: Sentence) -> None:
        """What a calendar could not know stands in the matter's history, once a step, beside the date it led to."""
        if str(sentence) not in self._warned:
            self._warned.add(str(sentence))
            self._matter.record(self._instance, "calendar.uncertain", details={"sentence": sentence.as_json()})

    def decide(self, decision_id: str, binding: Binding, version_tag: str | None, variables: Variables) -> Decided:
        """Evaluate the decision of the version that the instance is bound to."""
        decision = deployments.decision(
            self._matter.session, self._instance.definition_key, decision_id, binding, version_tag
        )
        try:
            result = decision.decisions.evaluate(decision_id, variables, now=self.now, functions=self.functions)
        except DecisionError as error:
            raise ExecutionFailed(
                error.sentence, element_id=error.element_id, kind="decision", values=error.values
            ) from error
        return Decided(result.value, result.trace, decision.definition)
