"""The regular expressions of XPath 3.1 → those of RE2.

Only what XPath knows is let through, so that nothing which means something else in RE2 slips past. A class that
subtracts another (``[a-z-[aeiou]]``) is worked out to its code points, as RE2 has no such thing.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import lru_cache

from feel.builtin.registry import NoResult
from feel.sentences import Sentence

Ranges = list[tuple[int, int]]

_SIGNS = frozenset(r"\|.?*+(){}[]^$-")
_CATEGORY = re.compile(r"\{([A-Z][a-z]?)\}")
_QUANTITY = re.compile(r"\{[0-9]{1,4}(?:,[0-9]{0,4})?\}")
_SPACES = " \t\n\r"
_CONTROL = {"n": "\n", "r": "\r", "t": "\t"}
# XML's name characters, for \i and \c.
_NAME_START: Ranges = [
    (0x3A, 0x3A), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A), (0xC0, 0xD6), (0xD8, 0xF6), (0xF8, 0x2FF),
    (0x370, 0x37D), (0x37F, 0x1FFF), (0x200C, 0x200D), (0x2070, 0x218F), (0x2C00, 0x2FEF), (0x3001, 0xD7FF),
    (0xF900, 0xFDCF), (0xFDF0, 0xFFFD), (0x10000, 0xEFFFF),
]  # fmt: skip
_NAME_PART: Ranges = [*_NAME_START, (0x2D, 0x2E), (0x30, 0x39), (0xB7, 0xB7), (0x300, 0x36F), (0x203F, 0x2040)]
#: What the escapes stand for that are classes: categories of Unicode, or ranges; upper case negates.
_CLASSES: dict[str, str | Ranges] = {
    "d": "Nd",
    "w": "LMNS",
    "s": [(9, 10), (13, 13), (32, 32)],
    "i": _NAME_START,
    "c": _NAME_PART,
}


class Translation:
    """One pattern on its way from XPath to RE2."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.ignore_space = "x" in flags
        self.dot = "(?s:.)" if "s" in flags else r"[^\n\r]"
        self.index = 0

    def refuse(self, what: str) -> NoResult:
        """The refusal of a piece of the pattern."""
        return NoResult(
            Sentence(
                "the pattern “{pattern}” holds “{piece}”, which is not supported.",
                pattern=self.pattern[:60],
                piece=what,
            )
        )

    def result(self) -> str:
        """The pattern for RE2.

        Raises:
            NoResult: It holds what RE2 or XPath does not know.
        """
        parts: list[str] = []
        while self.index < len(self.pattern):
            character = self.pattern[self.index]
            self.index += 1
            if character == "\\":
                parts.append(self.escape())
            elif character == "[":
                parts.append(_class_text(self.bracket()))
            elif character == ".":
                parts.append(self.dot)
            elif character == "(" and self.pattern.startswith("?", self.index):
                if not self.pattern.startswith("?:", self.index):
                    raise self.refuse(self.pattern[self.index - 1 : self.index + 3])
                parts.append("(")
            elif character == "{":
                parts.append(self.quantity())
            elif not (self.ignore_space and character in _SPACES):
                parts.append(character)
        return "".join(parts)

    def quantity(self) -> str:
        """``{2}``, ``{2,}`` or ``{2,3}``."""
        quantity = _QUANTITY.match(self.pattern, self.index - 1)
        if quantity is None:
            raise self.refuse(self.pattern[self.index - 1 : self.index + 5])
        self.index = quantity.end()
        return quantity.group()

    def escape(self) -> str:
        """What stands after a backslash outside a class."""
        found = self.escaped()
        return re.escape(found) if isinstance(found, str) else _class_text(found)

    def escaped(self) -> str | Ranges:
        """One character, or the ranges of a class."""
        character = self.pattern[self.index : self.index + 1]
        self.index += 1
        if character in _CONTROL:
            return _CONTROL[character]
        if character in _SIGNS:
            return character
        meaning = _CLASSES.get(character.lower())
        if meaning is not None:
            ranges = _of_categories(meaning) if isinstance(meaning, str) else meaning
            return _inverted(ranges) if character.isupper() else ranges
        if character in ("p", "P"):
            category = _CATEGORY.match(self.pattern, self.index)
            if category is not None and category[1][0] in "LMNPZSC":
                self.index = category.end()
                ranges = _of_categories(category[1])
                return _inverted(ranges) if character == "P" else ranges
            character += self.pattern[self.index : self.index + 12]
        raise self.refuse("\\" + character)

    def bracket(self, depth: int = 0) -> Ranges:
        """The ranges of a character class; its "[" has been taken."""
        if depth > 10:  # noqa: PLR2004 - nobody subtracts so often
            raise self.refuse("-[")
        negated = self.pattern.startswith("^", self.index)
        self.index += negated
        ranges: Ranges = []
        while True:
            character = self.pattern[self.index : self.index + 1]
            if not character or (character == "]" and not ranges) or character == "[":
                raise self.refuse(self.pattern[max(self.index - 10, 0) : self.index + 1])
            if character == "]":
                self.index += 1
                return _inverted(ranges) if negated else ranges
            if character == "-" and self.pattern.startswith("[", self.index + 1):
                self.index += 2
                taken = self.bracket(depth + 1)
                if not self.pattern.startswith("]", self.index):
                    raise self.refuse("-[")
                self.index += 1
                return _without(_inverted(ranges) if negated else ranges, taken)
            ranges.extend(self.item())

    def item(self) -> Ranges:
        """One character, range or escape of a class."""
        first = self.character()
        if not isinstance(first, str):
            return first
        following = self.pattern[self.index : self.index + 2]
        if following[:1] != "-" or following in ("-]", "-["):
            return [(ord(first), ord(first))]
        self.index += 1
        last = self.character()
        if not isinstance(last, str) or last < first:
            raise self.refuse(f"{first}-")
        return [(ord(first), ord(last))]

    def character(self) -> str | Ranges:
        """One character or escape of a class."""
        character = self.pattern[self.index : self.index + 1]
        self.index += 1
        if character == "\\":
            return self.escaped()
        if not character:
            raise self.refuse(self.pattern[-10:])
        return character


def _inverted(ranges: Ranges) -> Ranges:
    result: Ranges = []
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            result.append((start, low - 1))
        start = max(start, high + 1)
    if start <= sys.maxunicode:
        result.append((start, sys.maxunicode))
    return result


def _without(ranges: Ranges, taken: Ranges) -> Ranges:
    # What is in neither the complement nor the subtrahend.
    return _inverted([*_inverted(ranges), *taken])


def _class_text(ranges: Ranges) -> str:
    if not ranges:
        return r"[^\x{0}-\x{10FFFF}]"
    return "[" + "".join(rf"\x{{{low:X}}}-\x{{{high:X}}}" for low, high in ranges) + "]"


@lru_cache(maxsize=1)
def _categories() -> dict[str, Ranges]:
    # One pass over Unicode, once a process and only when a pattern asks for a category.
    found: dict[str, Ranges] = {}
    for code in range(sys.maxunicode + 1):
        ranges = found.setdefault(unicodedata.category(chr(code)), [])
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code)
        else:
            ranges.append((code, code))
    return found


@lru_cache(maxsize=64)
def _of_categories(names: str) -> Ranges:
    wanted = [names] if len(names) == 2 and names[1].islower() else list(names)  # noqa: PLR2004 - "Nd"
    matching = [
        each for name, ranges in _categories().items() if name in wanted or name[0] in wanted for each in ranges
    ]
    return _inverted(_inverted(matching))
