"""What one evaluation spends and notices: ticks, depth, warnings.

And what it is given: the moment, host functions, tests of types.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from feel.errors import EvaluationWarning, LimitExceeded
from feel.limits import DEFAULT, Limits
from feel.sentences import Sentence
from feel.values import weight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime


class Place(NamedTuple):
    """Where in which text something stands."""

    line: int
    column: int
    element_id: str


NOWHERE = Place(1, 1, "")


class Meter:
    """The account of one evaluation, shared by all expressions of a decision. Not for two threads at a time.

    Args:
        limits: What may be spent.
        now: The moment that ``now()`` and ``today()`` give; without it they give the machine's.
        functions: Host functions by name.
        types: Tests of values for the type names that ``instance of`` and parameters may use.

    Attributes:
        ticks: What has been spent so far.
        warnings: What has been noticed so far.
        place: The call that is being made, where warnings of built-in functions stand.
    """

    __slots__ = ("_budget", "depth", "functions", "limits", "now", "place", "ticks", "types", "warnings")

    def __init__(
        self,
        limits: Limits = DEFAULT,
        now: datetime | None = None,
        functions: Mapping[str, Callable[..., object]] | None = None,
        types: Mapping[str, Callable[[object], bool]] | None = None,
    ) -> None:
        self.limits = limits
        self._budget = limits.ticks
        self.now = now
        self.functions = functions
        self.types = types
        self.ticks = 0
        self.depth = 0
        self.warnings: list[EvaluationWarning] = []
        self.place = NOWHERE

    def spend(self, ticks: int) -> None:
        """Counts work.

        Raises:
            LimitExceeded: The budget is used up.
        """
        self.ticks += ticks
        if self.ticks > self._budget:
            raise LimitExceeded(
                Sentence("The evaluation took more than {limit} steps and was stopped.", limit=self._budget),
                self.ticks,
            )

    def enter(self) -> None:
        """Opens a call; :meth:`leave` closes it.

        Raises:
            LimitExceeded: Too many calls are open.
        """
        self.depth += 1
        if self.depth > self.limits.call_depth:
            raise LimitExceeded(
                Sentence("Functions call each other more than {limit} levels deep.", limit=self.limits.call_depth),
                self.ticks,
            )

    def leave(self) -> None:
        """Closes a call."""
        self.depth -= 1

    def check_length(self, length: int) -> None:
        """Refuses a string before it is built.

        Raises:
            LimitExceeded: It would be too long.
        """
        if length > self.limits.string_length:
            raise LimitExceeded(
                Sentence("A text would grow beyond {limit} characters.", limit=self.limits.string_length), self.ticks
            )

    def string(self, text: str) -> str:
        """Counts a string that was built, and gives it back.

        Raises:
            LimitExceeded: It is too long.
        """
        length = len(text)
        if length > 255:  # noqa: PLR2004 - short strings cost nothing, see Limits.ticks
            self.check_length(length)
            self.spend(length >> 8)
        return text

    def check_size(self, size: int) -> None:
        """Refuses a list before it is built.

        Raises:
            LimitExceeded: It would be too long.
        """
        if size > self.limits.list_size:
            raise LimitExceeded(
                Sentence("A list would grow beyond {limit} items.", limit=self.limits.list_size), self.ticks
            )

    def weigh(self, value: object) -> None:
        """Counts the work of going through all of a list or context, however deep.

        Raises:
            LimitExceeded: It is more than is left of the budget.
        """
        self.spend(weight(value, (self._budget - self.ticks + 1) * 10) // 10)

    def check_result(self, value: object) -> None:
        """Refuses a result that would be enormous when written out.

        Raises:
            LimitExceeded: It is.
        """
        if weight(value, self.limits.result_size) > self.limits.result_size:
            raise LimitExceeded(
                Sentence("The result holds more than {limit} values.", limit=self.limits.result_size), self.ticks
            )

    def warn(self, kind: str, sentence: Sentence, place: Place | None = None) -> None:
        """Notes why something is null. The place is that of the call being made where none is given."""
        count = len(self.warnings)
        if count >= self.limits.warnings:
            return
        if count == self.limits.warnings - 1:
            sentence = Sentence("There are more warnings than are kept.")
        line, column, element_id = place or self.place
        self.warnings.append(EvaluationWarning(sentence, line, column, element_id, kind))
