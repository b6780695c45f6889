"""Names of files, made harmless: to show, to store, and to download to any machine."""

from __future__ import annotations

import re
import unicodedata

from engine.media_types import EXTENSIONS

LONGEST = 120
"""Characters of a name, its end included."""

_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_FORBIDDEN = re.compile(r'[<>:"|?*]')


def harmless(name: str, media_type: str) -> str:
    r"""The name without folders, control signs and reserved words, with an end that tells its type truly.

    "..\..\report.html" of a plain text becomes "report.html.txt": nothing opens as what it is not.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Cf turns the direction of writing ("exe.gpj" for "jpg.exe"); Cc, Cs, Co and Cn are no signs at all.
    visible = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    stem = re.sub(r"\s+", " ", _FORBIDDEN.sub("_", visible)).strip(" .")
    if not stem or stem.lower() in {end.strip(".") for end in EXTENSIONS[media_type]}:
        stem = "file"
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    end = next((end for end in EXTENSIONS[media_type] if stem.lower().endswith(end)), "")
    kept = stem[len(stem) - len(end) :] if end else EXTENSIONS[media_type][0]
    body = stem[: len(stem) - len(end)] if end else stem
    return f"{body[: LONGEST - len(kept)].rstrip(' .') or 'file'}{kept}"
