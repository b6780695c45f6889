r"""``matches``, ``replace`` and ``split``: regular expressions of XPath, run by RE2 in linear time.

XPath's syntax is translated as far as RE2 goes: Unicode ``\d \w \s \i \c``, the dot, the flags ``s m i x q``.
What has no counterpart (back references, character class subtraction, Unicode blocks) and what XPath itself
does not know (look-around, ``\b``) is refused with the reason.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import re2

from feel.builtin.registry import NoResult, builtin
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.meter import Meter

#: Characters of a pattern; longer ones are refused before they are compiled.
PATTERN_LENGTH = 1000
_MEMORY = 1 << 20
_NAME_START = (
    r"A-Z_:a-z\x{C0}-\x{D6}\x{D8}-\x{F6}\x{F8}-\x{2FF}\x{370}-\x{37D}\x{37F}-\x{1FFF}\x{200C}-\x{200D}"
    r"\x{2070}-\x{218F}\x{2C00}-\x{2FEF}\x{3001}-\x{D7FF}\x{F900}-\x{FDCF}\x{FDF0}-\x{FFFD}\x{10000}-\x{EFFFF}"
)
_NAME_PART = _NAME_START + r"\-.0-9\x{B7}\x{300}-\x{36F}\x{203F}-\x{2040}"
#: What an escape stands for outside a class, and inside one (None: no class can hold it).
_CLASSES: dict[str, tuple[str, str | None]] = {
    "d": (r"\p{Nd}", r"\p{Nd}"),
    "D": (r"\P{Nd}", r"\P{Nd}"),
    "s": (r"[ \t\n\r]", r" \t\n\r"),
    "S": (r"[^ \t\n\r]", None),
    "w": (r"[^\p{P}\p{Z}\p{C}]", r"\p{L}\p{M}\p{N}\p{S}"),
    "W": (r"[\p{P}\p{Z}\p{C}]", r"\p{P}\p{Z}\p{C}"),
    "i": (f"[{_NAME_START}]", _NAME_START),
    "I": (f"[^{_NAME_START}]", None),
    "c": (f"[{_NAME_PART}]", _NAME_PART),
    "C": (f"[^{_NAME_PART}]", None),
}
_SIGNS = frozenset(r"\|.?*+(){}[]^$-")
_CATEGORY = re.compile(r"\{([A-Z][a-z]?)\}")
_QUANTITY = re.compile(r"\{[0-9]{1,4}(?:,[0-9]{0,4})?\}")
_SPACES = " \t\n\r"


class _Translation:
    """One pattern on its way from XPath to RE2."""

    def __init__(self, pattern: str, flags: str) -> None:
        self.pattern = pattern
        self.ignore_space = "x" in flags
        self.dot = "(?s:.)" if "s" in flags else r"[^\n\r]"
        self.index = 0
        self.parts: list[str] = []

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
        """The pattern for RE2."""
        while self.index < len(self.pattern):
            character = self.pattern[self.index]
            self.index += 1
            if character == "\\":
                self.parts.append(self.escape(inside=False))
            elif character == "[":
                self.parts.append(self.bracket())
            elif character == ".":
                self.parts.append(self.dot)
            elif character == "(" and self.pattern.startswith("?", self.index):
                if not self.pattern.startswith("?:", self.index):
                    raise self.refuse(self.pattern[self.index - 1 : self.index + 3])
                self.parts.append("(")
            elif character == "{":
                quantity = _QUANTITY.match(self.pattern, self.index - 1)
                if quantity is None:
                    raise self.refuse(self.pattern[self.index - 1 : self.index + 5])
                self.parts.append(quantity.group())
                self.index = quantity.end()
            elif not (self.ignore_space and character in _SPACES):
                self.parts.append(character)
        return "".join(self.parts)

    def escape(self, *, inside: bool) -> str:
        """What stands after a backslash."""
        character = self.pattern[self.index : self.index + 1]
        self.index += 1
        if character in "nrt" and character:
            return "\\" + character
        if character in _SIGNS and character:
            return "\\" + character
        if character in _CLASSES:
            outer, inner = _CLASSES[character]
            if not inside:
                return outer
            if inner is not None:
                return inner
        if character in "pP" and character:
            category = _CATEGORY.match(self.pattern, self.index)
            if category is not None:
                self.index = category.end()
                return f"\\{character}{category.group()}"
            character += self.pattern[self.index : self.index + 12]
        raise self.refuse("\\" + character)

    def bracket(self) -> str:
        """A character class; its "[" has been taken."""
        parts = ["["]
        if self.pattern.startswith("^", self.index):
            parts.append("^")
            self.index += 1
        while self.index < len(self.pattern):
            character = self.pattern[self.index]
            self.index += 1
            if character == "]" and len(parts) > parts[1:2].count("^") + 1:
                return "".join([*parts, "]"])
            if character == "\\":
                parts.append(self.escape(inside=True))
            elif character == "-" and self.pattern.startswith("[", self.index):
                raise self.refuse("-[")
            else:
                parts.append("\\" + character if character == "[" else character)
        raise self.refuse(self.pattern[-10:])


@lru_cache(maxsize=512)
def compiled(pattern: str, flags: str) -> re2._Regexp:
    """The compiled pattern.

    Raises:
        NoResult: RE2 or XPath does not know it; the sentence says what.
    """
    unknown = [flag for flag in flags if flag not in "smixq"]
    if unknown:
        raise NoResult(Sentence("“{flag}” is no flag; “s”, “m”, “i”, “x” and “q” are.", flag=unknown[0]))
    if len(pattern) > PATTERN_LENGTH:
        raise NoResult(Sentence("the pattern is longer than {limit} characters.", limit=PATTERN_LENGTH))
    translated: str = re2.escape(pattern) if "q" in flags else _Translation(pattern, flags).result()
    prefix = ("i" if "i" in flags else "") + ("m" if "m" in flags and "q" not in flags else "")
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    try:
        regexp: re2._Regexp = re2.compile(f"(?{prefix}){translated}" if prefix else translated, options)
    except re2.error as error:
        reason = error.args[0] if error.args else error
        text = reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)
        raise NoResult(
            Sentence("the pattern “{pattern}” is refused: {reason}.", pattern=pattern[:60], reason=text)
        ) from None
    return regexp


def ready(meter: Meter, text: str, pattern: str, flags: str | None) -> re2._Regexp:
    """The compiled pattern, with the work of running it over a text counted."""
    meter.spend(4 + len(pattern) // 8)
    regexp = compiled(pattern, flags or "")
    meter.spend(len(text) * regexp.programsize >> 13)
    return regexp


@builtin("matches", "input: string", "pattern: string", "flags?: string")
def matches(meter: Meter, text: str, pattern: str, flags: str | None = None) -> object:
    """matches("foobar", "^fo*b") = true."""
    return ready(meter, text, pattern, flags).search(text) is not None


@builtin("split", "string: string", "delimiter: string")
def split(meter: Meter, text: str, delimiter: str) -> object:
    r"""split("John Doe", "\\s") = ["John", "Doe"]."""
    regexp = ready(meter, text, delimiter, None)
    parts: list[object] = []
    start = 0
    for match in regexp.finditer(text):
        if match.end() == match.start():
            raise NoResult(Sentence("the pattern “{pattern}” matches nothing at all.", pattern=delimiter[:60]))
        meter.spend(1)
        meter.check_size(len(parts) + 2)
        parts.append(text[start : match.start()])
        start = match.end()
    return [*parts, text[start:]]


@builtin("replace", "input: string", "pattern: string", "replacement: string", "flags?: string")
def replace(meter: Meter, text: str, pattern: str, replacement: str, flags: str | None = None) -> object:
    """replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") = "[1=ab][2=]cd"."""
    regexp = ready(meter, text, pattern, flags)
    pieces = [replacement] if "q" in (flags or "") else template(replacement, regexp.groups)
    parts: list[str] = []
    start = length = 0
    for match in regexp.finditer(text):
        if match.end() == match.start():
            raise NoResult(Sentence("the pattern “{pattern}” matches nothing at all.", pattern=pattern[:60]))
        meter.spend(1)
        parts.append(text[start : match.start()])
        parts.extend(piece if isinstance(piece, str) else match.group(piece) or "" for piece in pieces)
        length += sum(map(len, parts[-1 - len(pieces) :]))
        meter.check_length(length)
        start = match.end()
    parts.append(text[start:])
    return meter.string("".join(parts))


def template(replacement: str, groups: int) -> list[str | int]:
    """A replacement as its literal texts and the numbers of groups.

    Raises:
        NoResult: A ``$`` without a digit, or a backslash before anything but ``$`` and itself.
    """
    pieces: list[str | int] = []
    index = 0
    while index < len(replacement):
        character = replacement[index]
        following = replacement[index + 1 : index + 2]
        if character == "\\":
            if following not in ("\\", "$"):
                raise NoResult(Sentence("in a replacement, “\\” stands before “\\” or “$” only."))
            pieces.append(following)
            index += 2
        elif character == "$":
            if not ("0" <= following <= "9"):
                raise NoResult(Sentence("in a replacement, “$” stands before the number of a group; write “\\$”."))
            end = index + 2
            while (
                end < len(replacement)
                and replacement[end] in "0123456789"
                and int(replacement[index + 1 : end + 1]) <= groups
            ):
                end += 1
            group = int(replacement[index + 1 : end])
            pieces.append(group if group <= groups else "")
            index = end
        else:
            end = index + 1
            while end < len(replacement) and replacement[end] not in "\\$":
                end += 1
            pieces.append(replacement[index:end])
            index = end
    return pieces
