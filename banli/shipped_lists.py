"""Lists of entries that Banli ships as YAML; read at every start, so in C where libyaml is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(file: Path) -> Sequence[Mapping[str, Any]]:
    """The entries of the file, in its order."""
    text = file.read_text(encoding="utf-8")
    entries: Sequence[Mapping[str, Any]] = yaml.load(text, Loader=_LOADER)  # noqa: S506 - both loaders are safe
    return entries
