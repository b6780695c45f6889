"""What a difference is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from feel.sentences import Sentence

Kind = Literal["added", "removed", "changed", "moved"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs.

    ``element_id`` and ``element`` say where ("" and "" for the file as a whole), ``part`` which property, cell or
    passage (None: the element as a whole), ``before`` and ``after`` what stood and stands there.
    """

    kind: Kind
    element_id: str
    element: str
    part: Sentence | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class FileDifference:
    """How a file differs. ``layout`` names the elements that were only drawn elsewhere."""

    path: str
    kind: Kind
    changes: tuple[Change, ...] = ()
    layout: tuple[str, ...] = field(default=())
