"""What one evaluation may spend, so that nothing a table's author writes can stop the process or fill the memory."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The budget of one evaluation.

    Attributes:
        ticks: Work, in steps: an iteration or a call costs one tick and one more for every ten nodes of its
            body, a list function one for every ten items, a string function one for every 256 characters.
        string_length: Code points of the longest string an expression may build.
        list_size: Items of the longest list an expression may build.
        result_size: Values in a result as it would be written out, a string as one for every 256 characters.
        call_depth: Function calls that may be open at the same time.
        warnings: Warnings that are kept; the last one kept says that there were more.
    """

    ticks: int = 100_000
    string_length: int = 100_000
    list_size: int = 100_000
    result_size: int = 200_000
    call_depth: int = 60
    warnings: int = 100


DEFAULT = Limits()

#: Characters of a text that is compiled at all.
TEXT_LENGTH = 20_000
#: Brackets, contexts, functions … that may be open at the same place of a text.
NESTING = 120
#: Operators that may hang below each other in a syntax tree (a long ``a + b + c …`` is a deep tree).
TREE_HEIGHT = 240
#: Levels of lists and contexts in a value.
VALUE_DEPTH = 120
