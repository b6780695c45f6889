"""A font for papers that has Chinese signs: one of the system's that can be put into the file, else a named one.

A TrueType font is embedded, so that the paper looks the same everywhere and for ever. Where the system has none, the
paper names the standard Chinese font of PDF readers, which they bring along.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFError, TTFont

NAME = "banli"
_STANDARD = "STSong-Light"
_FILES = (
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "NotoSansSC-Regular.ttf",
    "NotoSerifSC-Regular.ttf",
    "SourceHanSansSC-Regular.ttf",
    "DroidSansFallbackFull.ttf",
    "DroidSansFallback.ttf",
    "simsun.ttc",
    "msyh.ttc",
)
_LIKE = str.maketrans({"·": "・", "▶": "●"})
_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/System/Library/Fonts", "C:/Windows/Fonts")


def known(text: str) -> str:
    """The text without signs that the standard font lacks, each by one that looks like it."""
    return text.translate(_LIKE) if name() == _STANDARD else text


@cache
def name() -> str:
    """The name of the font for text, ready for use."""
    for file in _found():
        try:
            pdfmetrics.registerFont(TTFont(NAME, str(file)))
        except (TTFError, OSError):  # of another kind inside: the next one
            continue
        for bold in (0, 1):
            for italic in (0, 1):
                addMapping(NAME, bold, italic, NAME)
        return NAME
    pdfmetrics.registerFont(UnicodeCIDFont(_STANDARD))
    return _STANDARD


def _found() -> list[Path]:
    found = {
        path.name.lower(): path
        for folder in map(Path, _FOLDERS)
        if folder.is_dir()
        for path in folder.rglob("*.tt[fc]")
    }
    return [found[file.lower()] for file in _FILES if file.lower() in found]
