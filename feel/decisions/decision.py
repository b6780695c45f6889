"""What a compiled file tells about its decisions, and what an evaluation gives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feel.decisions.table_model import DecisionTable
    from feel.errors import EvaluationWarning


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of a file, for lists and editors.

    Attributes:
        inputs: Names of the variables it needs, directly or through the decisions that it requires.
        required: Ids of the decisions that it requires directly.
        version_tag: What its author calls this version, to be bound by that name.
        table: Its table (inputs, outputs, rules with ids, annotations, hit policy); None without one.
    """

    id: str
    name: str
    inputs: tuple[str, ...]
    required: tuple[str, ...]
    table: DecisionTable | None
    type: str = ""
    question: str = ""
    description: str = ""
    version_tag: str | None = None

    @property
    def is_table(self) -> bool:
        """Whether its logic is a decision table."""
        return self.table is not None


@dataclass(frozen=True, slots=True)
class DecisionResult:
    """What an evaluation gave.

    Attributes:
        value: A FEEL value.
        warnings: What could not be computed on the way.
        trace: The evaluated decisions in order, as plain objects (see :mod:`feel.decisions.trace`).
        ticks: What was spent.
    """

    value: object
    warnings: tuple[EvaluationWarning, ...]
    trace: tuple[dict[str, object], ...]
    ticks: int


class DecisionMap(Mapping[str, Decision]):
    """Decisions by id; ``[]`` and ``get`` also find them by name."""

    def __init__(self, decisions: Iterable[Decision]) -> None:
        self._by_id = {decision.id: decision for decision in decisions}
        self._by_name = {decision.name: decision for decision in self._by_id.values()}

    def __getitem__(self, key: str) -> Decision:
        found = self._by_id.get(key) or self._by_name.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._by_id or key in self._by_name

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)
