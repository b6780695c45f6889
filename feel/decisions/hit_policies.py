"""Which of the matched rules give the result, and how: every hit policy of DMN.

Rules are numbers from 0 in the order of the table; ``outputs`` gives a rule's output values.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from feel.numbers import CONTEXT
from feel.sentences import Sentence
from feel.values import compare, equal

if TYPE_CHECKING:
    from feel.decisions.model import Aggregation

Outputs = tuple[object, ...]


class HitPolicyViolation(Exception):  # noqa: N818 - told on by the table, with its name and values
    """The matched rules have no result: ``code``, the sentence's template parts and the rules concerned."""

    def __init__(self, code: str, rules: tuple[int, ...]) -> None:
        super().__init__(code)
        self.code = code
        self.rules = rules


def unique(matched: list[int], outputs: Callable[[int], Outputs]) -> Outputs:
    """The only matched rule.

    Raises:
        HitPolicyViolation: A second rule matches.
    """
    if len(matched) > 1:
        raise HitPolicyViolation("two_matches", tuple(matched))
    return outputs(matched[0])


def any_of(matched: list[int], outputs: Callable[[int], Outputs]) -> Outputs:
    """Any matched rule, as all give the same.

    Raises:
        HitPolicyViolation: Two of them differ.
    """
    first = outputs(matched[0])
    for rule in matched[1:]:
        other = outputs(rule)
        if equal(list(first), list(other)) is not True:
            raise HitPolicyViolation("different_outputs", (matched[0], rule))
    return first


def first(matched: list[int], outputs: Callable[[int], Outputs]) -> Outputs:
    """The first matched rule."""
    return outputs(matched[0])


def by_priority(found: list[Outputs], ranks: tuple[Callable[[object], int] | None, ...]) -> list[Outputs]:
    """Outputs sorted by the place of their values in the lists of output values; equal ones keep their order."""
    return sorted(
        found,
        key=lambda outputs: tuple(rank(value) for rank, value in zip(ranks, outputs, strict=True) if rank),
    )


def aggregate(values: list[object], aggregation: Aggregation) -> object | Sentence:
    """One value of all; a sentence says why there is none."""
    if aggregation == "COUNT":
        return Decimal(len(values))
    if not values:
        return None
    if aggregation == "SUM":
        return _sum(values)
    best = values[0]
    for value in values:
        order = compare(value, best)
        if order is None:
            return Sentence("Values of different types have no {aggregation}.", aggregation=aggregation)
        if (order < 0) if aggregation == "MIN" else (order > 0):
            best = value
    return best


def _sum(values: list[object]) -> object | Sentence:
    total = Decimal(0)
    for value in values:
        if not isinstance(value, Decimal):
            return Sentence("Only numbers have a sum.")
        total = CONTEXT.add(total, value)
    return total
