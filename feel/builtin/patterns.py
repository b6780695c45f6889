r"""``matches``, ``replace`` and ``split``: regular expressions of XPath, run by RE2 in linear time.

XPath's syntax is translated as far as RE2 goes: Unicode ``\d \w \s \i \c``, the dot, the flags ``s m i x q``.
What has no counterpart (back references, Unicode blocks) and what XPath itself does not know (look-around,
``\b``) is refused with the reason.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import re2

from feel.builtin.pattern_syntax import Translation
from feel.builtin.registry import NoResult, builtin
from feel.sentences import Sentence

if TYPE_CHECKING:
    from feel.meter import Meter

#: Characters of a pattern; longer ones are refused before they are compiled.
PATTERN_LENGTH = 1000
_MEMORY = 1 << 20


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
    translated: str = re2.escape(pattern) if "q" in flags else Translation(pattern, flags).result()
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
    meter.spend(len(text) * regexp.programsize >> 10)
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
        meter.spend(2)
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
        meter.spend(2 + len(pieces) // 4)
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
