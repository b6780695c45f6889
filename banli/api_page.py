"""The text of ``docs/api.md``: how to speak to the API, and every operation with served or not and why."""

from __future__ import annotations

import re
from pathlib import Path

from webapp import api
from webapp.api import unserved

_INTRODUCTION = Path(__file__).with_name("api_introduction.md")


def page() -> str:
    """The whole page; ``make docs`` writes it."""
    rows = {(re.sub(r"{\w+}", "{}", operation.path), operation.method): "yes |" for operation in api.OPERATIONS}
    for address, why in unserved.addresses().items():
        method, _separator, path = address.partition(" ")
        rows[path, method] = f"no | {why}"
    lines = [f"| `{method} {path}` | {told} |" for (path, method), told in sorted(rows.items())]
    return _INTRODUCTION.read_text(encoding="utf-8") + "\n".join(lines) + "\n"
