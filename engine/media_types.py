"""Which files people may attach, told by what is in them: never by what their name or a browser says.

Pictures, PDF, Word and Excel without macros, plain text. What a browser would run or draw as a page (HTML, SVG, XML)
is none of these, whatever it calls itself. Nothing is unpacked but the table of contents of an Office file, bounded.
"""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Mapping

JPEG, PNG, WEBP, HEIC = "image/jpeg", "image/png", "image/webp", "image/heic"
PDF, TEXT, CSV = "application/pdf", "text/plain", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

EXTENSIONS: Mapping[str, tuple[str, ...]] = {
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    WEBP: (".webp",),
    HEIC: (".heic", ".heif"),
    PDF: (".pdf",),
    XLSX: (".xlsx",),
    DOCX: (".docx",),
    TEXT: (".txt",),
    CSV: (".csv",),
}
"""Every type that is accepted, with the ends that a name of it may have, the usual one first."""

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx"})
_LONGEST_BRANDS = 512
_OFFICE = {
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": XLSX,
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": DOCX,
}
_MACROS = (b"macroEnabled", b"vbaProject")
_CONTENTS = "[Content_Types].xml"
_MOST_ENTRIES = 10_000
_LONGEST_CONTENTS = 1_000_000
#: What reading an archive raises that is none, is damaged, or is of a kind that no office program writes.
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    KeyError,
    ValueError,
    OverflowError,
    RuntimeError,
    EOFError,
    OSError,
)
_ENCODINGS = ("utf-8-sig", "gb18030")  # spreadsheets of Chinese Windows write the second
_WHITE = "\t\n\r\f"


def sniffed(content: bytes) -> str | None:
    """The media type of a file by its content, one of :data:`EXTENSIONS` (any text is ``text/plain``); else None."""
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp":
        return HEIC if _is_heic(content) else None
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    return TEXT if _is_text(content) else None


def named(media_type: str, name: str) -> str:
    """The type of a file of that name: text that is called a table is one."""
    return CSV if media_type == TEXT and name.lower().endswith(EXTENSIONS[CSV]) else media_type


def accepts(accept: str, media_type: str) -> bool:
    """Whether a field takes the type; ``accept`` as in HTML: "image/*,.pdf", empty for all that is allowed."""
    wanted = parts(accept)
    return not wanted or any(media_type in covered(part) for part in wanted)


def parts(accept: str) -> tuple[str, ...]:
    """The parts of an ``accept``."""
    return tuple(part for part in (each.strip().lower() for each in accept.split(",")) if part)


def covered(part: str) -> frozenset[str]:
    """The allowed types that one part of an ``accept`` stands for; none if it names nothing that is allowed."""
    if part.startswith("."):
        return frozenset(media_type for media_type, ends in EXTENSIONS.items() if part in ends)
    if part.endswith("/*"):
        family = part.removesuffix("*")
        return frozenset(media_type for media_type in EXTENSIONS if part == "*/*" or media_type.startswith(family))
    return frozenset({part}) & EXTENSIONS.keys()


def _is_heic(content: bytes) -> bool:
    """Whether a box of brands names HEIC among those that read it; AVIF and films have others."""
    (size,) = struct.unpack(">I", content[:4])
    brands = content[8 : min(size, _LONGEST_BRANDS)]
    return any(brands[at : at + 4] in _HEIC_BRANDS for at in range(0, len(brands), 4) if at != 4)  # noqa: PLR2004 - the second is a version


def _office(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if len(entries) > _MOST_ENTRIES or any("vbaProject" in entry.filename for entry in entries):
                return None
            with archive.open(_CONTENTS) as contents:
                told = contents.read(_LONGEST_CONTENTS)
    except _DAMAGED:
        return None
    if any(macro in told for macro in _MACROS):
        return None
    found = [media_type for main, media_type in _OFFICE.items() if main in told]
    return found[0] if len(found) == 1 else None


def _is_text(content: bytes) -> bool:
    """Whether it is text in an encoding that offices use, and neither markup nor a program in disguise."""
    for encoding in _ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        printable = all(character >= " " or character in _WHITE for character in text)
        return printable and "\x7f" not in text and not text.lstrip().startswith("<")
    return False
