"""Two texts: passage by passage, each with the line where it stands."""

from __future__ import annotations

from difflib import SequenceMatcher

from engine.differences.model import Change, Kind
from feel.sentences import Sentence

_MOST_LINES = 20_000
_KINDS: dict[str, Kind] = {"insert": "added", "delete": "removed", "replace": "changed"}


def compare(before: bytes, after: bytes) -> tuple[list[Change], list[str]]:
    """The passages that differ."""
    old, new = (body.decode("utf-8", "replace").splitlines() for body in (before, after))
    if len(old) + len(new) > _MOST_LINES:
        return [Change("changed", "", "", Sentence("The whole text"))], []
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        Change(
            _KINDS[tag],
            f"line:{start + 1}",
            "",
            Sentence("Line {line}", line=start + 1),
            "\n".join(old[i1:i2]),
            "\n".join(new[start:end]),
        )
        for tag, i1, i2, start, end in matcher.get_opcodes()
        if tag != "equal"
    ], []
