"""What a file is, by what is in it: a name or a browser can say what it wants."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import media_types
from tests.engine.attachments import files

ALLOWED = {
    "jpeg": (files.JPEG, "image/jpeg"),
    "png": (files.png(), "image/png"),
    "webp": (files.WEBP, "image/webp"),
    "heic": (files.HEIC, "image/heic"),
    "heic of phones": (files.HEIC_OF_PHONES, "image/heic"),
    "pdf": (files.PDF, "application/pdf"),
    "xlsx": (files.XLSX, media_types.XLSX),
    "docx": (files.DOCX, media_types.DOCX),
    "text": ("盘点：1 件\r\n".encode(), "text/plain"),
    "text with a mark": ("\ufeff品名,数量\n".encode(), "text/plain"),
    "text of Chinese Windows": ("品名,数量\n地毯,1\n".encode("gb18030"), "text/plain"),
}
REFUSED = {
    "svg": files.SVG,
    "svg behind white space": b"\n\t " + files.SVG,
    "svg behind a mark": b"\xef\xbb\xbf" + files.SVG,
    "html": files.HTML,
    "xml": b'<?xml version="1.0"?><x/>',
    "avif": files.AVIF,
    "film": files.FILM,
    "gif": b"GIF89a\x01\x00\x01\x00",
    "program": b"MZ\x90\x00\x03\x00",
    "elf": b"\x7fELF\x02\x01\x01",
    "zip": b"PK\x05\x06" + b"\0" * 18,
    "zip without an end": b"PK\x03\x04" + b"\0" * 40,
    "slides": files.SLIDES,
    "macros": files.MACROS,
    "hidden macros": files.HIDDEN_MACROS,
    "two kinds at once": files.office(
        f"{files.OFFICE}spreadsheetml.sheet.main+xml",
        more=f'<Override ContentType="{files.OFFICE}wordprocessingml.document.main+xml"/>',
    ),
    "utf-16": "品名".encode("utf-16"),
    "control signs": b"abc\x1b[31m",
    "noughts": b"abc\x00def",
    "riff that is sound": b"RIFF\x00\x00\x00\x00WAVEfmt ",
}


@pytest.mark.parametrize("kind", ALLOWED)
def test_what_may_be_attached_is_known_by_its_content(kind):
    content, media_type = ALLOWED[kind]
    assert media_types.sniffed(content) == media_type


@pytest.mark.parametrize("kind", REFUSED)
def test_what_may_not_be_attached_is_known_too(kind):
    assert media_types.sniffed(REFUSED[kind]) is None


@given(st.binary(max_size=200))
def test_any_bytes_have_an_answer(content):
    assert media_types.sniffed(content) in {None, *media_types.EXTENSIONS}


@given(st.sampled_from([files.XLSX, files.DOCX]), st.integers(0, 2000), st.binary(min_size=1, max_size=8))
def test_a_damaged_archive_has_an_answer(content, at, bytes_):
    at %= len(content)
    damaged = content[:at] + bytes_ + content[at + len(bytes_) :]
    assert media_types.sniffed(damaged) in {None, *media_types.EXTENSIONS}


def test_a_table_of_text_is_known_by_its_name():
    assert media_types.named("text/plain", "盘点.CSV") == "text/csv"
    assert media_types.named("text/plain", "盘点.txt") == "text/plain"
    assert media_types.named("image/png", "盘点.csv") == "image/png"


@pytest.mark.parametrize(
    ("accept", "taken", "refused"),
    [
        ("", "application/pdf", None),
        ("image/*", "image/heic", "application/pdf"),
        (".PDF, image/png", "application/pdf", "image/jpeg"),
        ("image/png", "image/png", "image/webp"),
        (".jpg", "image/jpeg", "image/png"),
        ("*/*", "text/csv", None),
        (".xlsx,.csv", "text/csv", "text/plain"),
    ],
)
def test_a_field_takes_what_its_accept_says(accept, taken, refused):
    assert media_types.accepts(accept, taken)
    assert refused is None or not media_types.accepts(accept, refused)
