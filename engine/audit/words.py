"""What a text is found by, in any language: words of letters and digits, and pairs of Chinese signs.

Chinese has no blanks between words, so a run of its signs is cut into every two that stand together; a text holds
what one looks for if it holds all of its pairs. Nothing here depends on how a database's own language is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MOST_WORDS = 3000
"""Of one matter; what is longer is found by its beginning."""
_LONGEST = 60
_RUN = re.compile(r"[\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff]+|[^\W_\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff]+")
_FIRST_HAN = "\u2e80"


def of_texts(texts: Iterable[str]) -> list[str]:
    """The words of some texts, each once, in the order in which they come."""
    found: dict[str, None] = {}
    for text in texts:
        for word in _words(text):
            found[word] = None
            if len(found) >= MOST_WORDS:
                return list(found)
    return list(found)


def asked(text: str) -> list[str]:
    """The beginnings of words that a text must hold to hold this one: pairs of signs, and words as far as typed."""
    found: dict[str, None] = {}
    for run in _RUN.findall(text.lower()):
        if run[0] < _FIRST_HAN:
            found[run[:_LONGEST]] = None
        elif len(run) == 1:
            found[run] = None
        else:
            found.update((run[index : index + 2], None) for index in range(len(run) - 1))
    return list(found)


def _words(text: str) -> Iterator[str]:
    for run in _RUN.findall(text.lower()):
        if run[0] < _FIRST_HAN:
            yield run[:_LONGEST]
            continue
        yield from (run[index : index + 2] for index in range(len(run) - 1))
        yield run[-1]  # so that a single sign finds it wherever it stands
