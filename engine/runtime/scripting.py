"""SpiffWorkflow's script engine, whose ``evaluate`` is compiled FEEL. No Python is evaluated: ``execute`` refuses.

What FEEL cannot compute it makes null, with a warning. A warning that shows an author's mistake (a comparison of a
number with a text, a wrong argument) stops the step; that a variable has no value yet does not, except where a
condition then has no answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine

import feel
from engine.errors import ExecutionFailed
from engine.runtime.dialect.model import Value
from feel.sentences import Sentence

if TYPE_CHECKING:
    from engine.runtime.token import Token

_MISSING = frozenset({"null", "name"})


class FeelScriptEngine(PythonScriptEngine):  # type: ignore[misc]
    """Evaluates the values of a diagram for the element instance that asks."""

    def __init__(self) -> None:
        super().__init__(environment=_NoPython())

    def evaluate(self, task: Token, expression: Value, external_context: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression, or the text that stands for itself.

        ``external_context`` holds variables that hide those of the scopes (a loop's counters).
        """
        if not expression.is_expression:
            return expression.text
        names = expression.expression.free
        variables = task.instance.variables.select(task.chain(), names)
        if external_context:
            variables.update((name, external_context[name]) for name in names if name in external_context)
        return self._evaluate(task, expression, variables, task.task_spec.bpmn_id or "")[0]

    def condition(
        self, task: Token, condition: Value, element_id: str, extra: Mapping[str, Any] | None = None
    ) -> bool:
        """Whether a condition holds; without a clear answer the step fails."""
        names = condition.expression.free
        variables = task.instance.variables.select(task.chain(), names)
        if extra:
            variables.update((name, extra[name]) for name in names if name in extra)
        value, reasons = self._evaluate(task, condition, variables, element_id)
        if isinstance(value, bool):
            return value
        raise ExecutionFailed(
            Sentence(
                "The condition {condition} is neither true nor false: {reason}",
                condition=condition.text,
                reason=reasons[0] if reasons else Sentence("it gives {value}.", value=str(value)),
            ),
            element_id=element_id,
            kind="expression",
            values=variables,
        )

    def execute(self, task: Token, *_script: object) -> NoReturn:
        """Refuses: diagrams hold expressions, never programs."""
        raise ExecutionFailed(
            Sentence("Scripts are not executed."), element_id=task.task_spec.bpmn_id or "", kind="expression"
        )

    def _evaluate(
        self, task: Token, value: Value, variables: Mapping[str, Any], element_id: str
    ) -> tuple[Any, list[Sentence]]:
        host = task.instance.host
        try:
            evaluation = value.expression.evaluate(variables, now=host.now, functions=host.functions)
            result = feel.to_python(evaluation.value)
        except feel.FeelError as error:
            raise self._failed(value, error.sentence, variables, element_id) from error
        for warning in evaluation.warnings:
            if warning.kind not in _MISSING:
                raise self._failed(value, warning.sentence, variables, element_id)
        return result, [warning.sentence for warning in evaluation.warnings]

    @staticmethod
    def _failed(value: Value, reason: Sentence, variables: Mapping[str, Any], element_id: str) -> ExecutionFailed:
        return ExecutionFailed(
            Sentence("The expression {expression} failed: {reason}", expression=value.text, reason=reason),
            element_id=element_id,
            kind="expression",
            values=variables,
        )


class _NoPython:
    """The environment in which SpiffWorkflow would run Python: there is none."""
