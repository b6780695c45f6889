"""Attachments: the ids of files that were stored before the form was submitted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from engine.task_forms.fields import FileField
from engine.task_forms.formulas import FieldRefused
from feel.sentences import Sentence

MAXIMUM_FILES = 20
_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")


def parse(entry: FileField, texts: Sequence[str]) -> list[str]:
    """The ids that a page posted."""
    return normalise(entry, [text for text in texts if text])


def normalise(entry: FileField, value: Any) -> list[str]:
    """The ids, each once."""
    if value is None:
        return []
    if not isinstance(value, list | tuple) or not all(isinstance(v, str) and _ID.fullmatch(v) for v in value):
        raise FieldRefused(Sentence("A list of attached files is expected here."))
    ids = list(dict.fromkeys(value))
    most = MAXIMUM_FILES if entry.multiple else 1
    if len(ids) > most:
        raise FieldRefused(Sentence("Too many files: at most {maximum} here.", maximum=most))
    return ids
