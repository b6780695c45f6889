"""``make docs``: writes the pages that are made from the code; tests keep them equal to it."""

from __future__ import annotations

from pathlib import Path

from banli import api_page, settings

_DOCS = Path(__file__).resolve().parent.parent / "docs"


def write() -> None:
    """Write every such page."""
    (_DOCS / "settings.md").write_text(settings.page(), encoding="utf-8")
    (_DOCS / "api.md").write_text(api_page.page(), encoding="utf-8")


if __name__ == "__main__":
    write()
