"""What can be wrong with a file of decisions or with one evaluation, as sentences with their place.

A :class:`Problem` is found without evaluating; :class:`DecisionsRefused` carries every error of a
file at once; a :class:`DecisionError` ends one evaluation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from feel.sentences import Sentence

Severity = Literal["error", "warning", "information"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: how grave, at which element, in words, and a code that never changes.

    ``rules`` names the rules that it concerns, ``example`` a counter-example: input label → value.
    """

    severity: Severity
    element_id: str
    sentence: Sentence
    code: str
    rules: tuple[str, ...] = ()
    example: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.severity} {self.code} [{self.element_id}] {self.sentence}"

    def as_json(self) -> dict[str, object]:
        """A JSON object; the sentence in the form that ``Sentence.from_json`` reads."""
        return {
            "severity": self.severity,
            "element_id": self.element_id,
            "sentence": self.sentence.as_json(),
            "code": self.code,
            "rules": list(self.rules),
            "example": dict(self.example),
        }


class DecisionsRefused(ValueError):  # noqa: N818 - a verdict on the file, the trade says refused
    """A file of decisions cannot be used; ``problems`` holds all its errors (and its warnings)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        errors = [problem for problem in self.problems if problem.severity == "error"]
        super().__init__("\n".join(str(problem) for problem in errors))


class DecisionError(ValueError):
    """One evaluation has no answer: why, in which decision, at which element, with which input values.

    ``code`` is one of no_match, two_matches, different_outputs, limit, type, allowed_values, missing,
    unknown_decision, null_comparison, null_output, no_logic, no_function, external, value. ``values`` are the
    inputs by name and ``trace`` is what had been evaluated until then, both as plain objects.
    """

    def __init__(
        self,
        sentence: Sentence,
        *,
        code: str,
        decision_id: str = "",
        element_id: str = "",
        values: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        self.code = code
        self.decision_id = decision_id
        self.element_id = element_id
        self.values = dict(values or {})
        self.trace: tuple[dict[str, object], ...] = ()


class ProblemList:
    """Collects problems while a file is read and compiled, so that people see all of them at once.

    Args:
        strict: Whether an error makes the file unusable; else it is a warning, and what it concerns is null
            when it is run.
    """

    def __init__(self, *, strict: bool = True) -> None:
        self.problems: list[Problem] = []
        self.strict = strict

    def error(self, element_id: str, code: str, sentence: Sentence) -> None:
        """Add what makes the file unusable (in a strict compilation)."""
        self.problems.append(Problem("error" if self.strict else "warning", element_id, sentence, code))

    def warning(self, element_id: str, code: str, sentence: Sentence) -> None:
        """Add what is probably not meant."""
        self.problems.append(Problem("warning", element_id, sentence, code))

    @property
    def has_errors(self) -> bool:
        """Whether the file must be refused."""
        return any(problem.severity == "error" for problem in self.problems)

    def refuse_if_errors(self) -> None:
        """Raise :class:`DecisionsRefused` when at least one error was added."""
        if self.has_errors:
            raise DecisionsRefused(self.problems)
