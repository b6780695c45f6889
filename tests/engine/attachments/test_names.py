"""Names of files are harmless wherever they are shown or saved."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.attachments.names import LONGEST, harmless
from engine.media_types import EXTENSIONS

PNG, TEXT, PDF = "image/png", "text/plain", "application/pdf"


@pytest.mark.parametrize(
    ("given_name", "media_type", "expected"),
    [
        ("地毯 现场.png", PNG, "地毯 现场.png"),
        ("IMG_0001.PNG", PNG, "IMG_0001.PNG"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("..\\..\\Windows\\win.ini", TEXT, "win.ini.txt"),
        ("C:\\fakepath\\票据.pdf", PDF, "票据.pdf"),
        ("/", PNG, "file.png"),
        ("", PNG, "file.png"),
        ("...", PNG, "file.png"),
        (".png", PNG, "file.png"),
        ("png", PNG, "file.png"),
        ("photo.jpg", PNG, "photo.jpg.png"),
        ("report.html", TEXT, "report.html.txt"),
        ("picture.svg", TEXT, "picture.svg.txt"),
        ("CON.txt", TEXT, "_CON.txt"),
        ("nul", TEXT, "_nul.txt"),
        ("a\r\nContent-Type: text/html\r\n.png", PNG, "html.png"),
        ('x"; filename="y.html', TEXT, "x_; filename=_y.html.txt"),
        ("gnp\u202ehtml.png", PNG, "gnphtml.png"),
        ("a\x00b.png", PNG, "ab.png"),
        ("half \ud800 a sign.png", PNG, "half a sign.png"),
        ("e\u0301tat.pdf", PDF, "\u00e9tat.pdf"),
        ("  spaces   inside .png", PNG, "spaces inside.png"),
        ("long" * 100 + ".png", PNG, ("long" * 29) + ".png"),
    ],
)
def test_a_name_is_made_harmless(given_name, media_type, expected):
    assert harmless(given_name, media_type) == expected


@given(st.text(max_size=300), st.sampled_from(sorted(EXTENSIONS)))
def test_any_name_becomes_one_that_can_be_saved_anywhere(given_name, media_type):
    name = harmless(given_name, media_type)
    assert 0 < len(name) <= LONGEST
    assert not re.search(r'[<>:"|?*/\\]', name)
    assert not any(unicodedata.category(sign)[0] == "C" for sign in name)
    assert not name.startswith((".", " "))
    assert name.lower().endswith(EXTENSIONS[media_type])
    assert harmless(name, media_type) == name
    name.encode()
