"""The errors and warnings of FEEL: each says in a sentence what is wrong, and where.

Nothing else is raised by :func:`feel.compile` and ``Expression.evaluate``: a text that is no FEEL raises
:class:`FeelSyntaxError`, an evaluation that spends too much raises :class:`LimitExceeded`, and a variable
that has no FEEL value raises :class:`ValueRefused`. What an expression cannot compute is no error: it gives
null and an :class:`EvaluationWarning`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feel.sentences import Sentence


class FeelError(Exception):
    """What every error of this package is; ``.sentence`` says it for people, in any language."""

    sentence: Sentence

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)
        self.sentence = sentence

    def __str__(self) -> str:
        return str(self.sentence)


class FeelSyntaxError(FeelError):
    """A text that is no FEEL. Lines and columns count from 1 in code points; ``element_id`` names the cell."""

    line: int
    column: int
    element_id: str

    def __init__(self, sentence: Sentence, line: int, column: int, element_id: str = "") -> None:
        super().__init__(sentence)
        self.line = line
        self.column = column
        self.element_id = element_id

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{self.sentence} ({self.element_id}, {place})" if self.element_id else f"{self.sentence} ({place})"


class UndeclaredName(FeelSyntaxError):  # noqa: N818 - the public door fixes the name
    """A name that nothing declares, found while compiling with ``strict=True``; ``.name`` is it."""

    name: str

    def __init__(self, sentence: Sentence, line: int, column: int, element_id: str, name: str) -> None:
        super().__init__(sentence, line, column, element_id)
        self.name = name


class LimitExceeded(FeelError):  # noqa: N818 - the public door fixes the name
    """An evaluation that spent more than :class:`feel.Limits` allow; ``.ticks`` is what it had spent."""

    ticks: int

    def __init__(self, sentence: Sentence, ticks: int = 0) -> None:
        super().__init__(sentence)
        self.ticks = ticks


class ValueRefused(FeelError):  # noqa: N818 - the public door fixes the name
    """A Python value that is no FEEL value, e.g. a float or a number of more than 34 digits."""


@dataclass(frozen=True, slots=True)
class EvaluationWarning:
    """Why an evaluation gave null where a value was asked for.

    Attributes:
        sentence: What could not be computed.
        line: Line of the expression, from 1.
        column: Column in code points, from 1.
        element_id: The cell or element that :func:`feel.compile` was told.
        kind: ``"null"`` where an operand was null (a missing value rather than a mistake of the author),
            else ``"type"``, ``"name"``, ``"argument"`` or ``"arithmetic"``.
    """

    sentence: Sentence
    line: int
    column: int
    element_id: str
    kind: str = "type"

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}"
        return f"{self.sentence} ({self.element_id}, {place})" if self.element_id else f"{self.sentence} ({place})"
