"""The list of what is wrong or doubtful in one diagram: collected, so that its author reads all of it at once."""

from __future__ import annotations

from engine.errors import DeploymentRefused, Problem
from feel.sentences import Sentence


class Findings:
    """Problems of one file, in the order found."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def error(self, element_id: str, code: str, sentence: Sentence) -> None:
        """Something for which the diagram is refused."""
        self._add("error", element_id, code, sentence)

    def warning(self, element_id: str, code: str, sentence: Sentence) -> None:
        """Something that its author should know; the diagram is deployable."""
        self._add("warning", element_id, code, sentence)

    @property
    def refused(self) -> bool:
        """Whether there is an error."""
        return any(problem.severity == "error" for problem in self.problems)

    def raise_if_refused(self) -> None:
        """Raise all problems if one of them is an error."""
        if self.refused:
            raise DeploymentRefused(self.problems)

    def _add(self, severity: str, element_id: str, code: str, sentence: Sentence) -> None:
        problem = Problem(severity, self.file, element_id, sentence, code)
        if problem not in self.problems:
            self.problems.append(problem)
