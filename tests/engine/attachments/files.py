"""Small true files of every kind that may be attached, and some that may not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
HEIC = struct.pack(">I", 24) + b"ftypheic" + b"\0\0\0\0" + b"mif1heic"
HEIC_OF_PHONES = struct.pack(">I", 28) + b"ftypmif1" + b"\0\0\0\0" + b"mif1miafheic"
AVIF = struct.pack(">I", 28) + b"ftypavif" + b"\0\0\0\0" + b"avifmif1miaf"
FILM = struct.pack(">I", 24) + b"ftypisom" + b"\0\0\0\0" + b"isommp42"
WEBP = b"RIFF" + struct.pack("<I", 12) + b"WEBPVP8L" + b"\0\0\0\0"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><script>alert(1)</script>"


def png(shade: int = 0) -> bytes:
    """A picture of one dot; every shade is another file."""

    def part(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + part(b"IHDR", head)
        + part(b"IDAT", zlib.compress(bytes([0, shade])))
        + part(b"IEND", b"")
    )


def office(main: str, *, more: str = "", entries: tuple[str, ...] = ()) -> bytes:
    """An archive as office programs write it, with a table of contents for the main part of this type."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            f'<Override PartName="/main.xml" ContentType="{main}"/>{more}</Types>',
        )
        for entry in entries:
            archive.writestr(entry, "")
    return written.getvalue()


OFFICE = "application/vnd.openxmlformats-officedocument."
XLSX = office(f"{OFFICE}spreadsheetml.sheet.main+xml")
DOCX = office(f"{OFFICE}wordprocessingml.document.main+xml")
MACROS = office("application/vnd.ms-excel.sheet.macroEnabled.main+xml")
HIDDEN_MACROS = office(f"{OFFICE}spreadsheetml.sheet.main+xml", entries=("xl/vbaProject.bin",))
SLIDES = office(f"{OFFICE}presentationml.presentation.main+xml")
