"""Where a name finds its value while an expression runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from feel.meter import Meter


class Scope:
    """The values of one level of names, the level around it, and the account of the evaluation.

    Args:
        values: FEEL values by name (see :func:`feel.from_python`); read, never written, by expressions.
        parent: The level around this one.
        meter: The account that all levels share.
    """

    __slots__ = ("meter", "parent", "values")

    def __init__(self, values: Mapping[str, object], parent: Scope | None, meter: Meter) -> None:
        self.values = values
        self.parent = parent
        self.meter = meter
