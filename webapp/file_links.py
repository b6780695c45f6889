"""Attached files as people see them: a small picture where it is one, name, size and the beginning of the digest.

Only pictures that every browser draws are shown; all else is a link that downloads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from flask import url_for
from markupsafe import Markup

from webapp import languages

PICTURES = frozenset({"image/jpeg", "image/png", "image/webp"})
"""What is drawn in place; HEIC is not, since few browsers can."""

_DIGITS = 12
_THOUSAND = 1000
_LOCALES = {"zh": "zh_Hans_CN", "en": "en_GB"}
_RECORD = frozenset({"key", "name", "sha256", "size", "type"})


@dataclass(frozen=True, slots=True)
class FileLink:
    """One attached file on a page."""

    key: str
    name: str
    size: str
    digest: str
    url: str
    is_picture: bool


def is_files(value: Any) -> bool:
    """Whether a value is what a file field holds."""
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(item, Mapping) and item.keys() == _RECORD for item in value)
    )


def links_of(value: Any) -> list[FileLink]:
    """The files of a field's value; a key that stands for no file is passed over."""
    items = value if isinstance(value, Sequence) and not isinstance(value, str) else ()
    return [link(item) for item in items if isinstance(item, Mapping) and item.keys() == _RECORD]


def link(record: Mapping[str, Any]) -> FileLink:
    """One file from its record."""
    return FileLink(
        key=str(record["key"]),
        name=str(record["name"]),
        size=size_words(int(record["size"])),
        digest=str(record["sha256"])[:_DIGITS],
        url=url_for("attachments.show", key=int(record["key"])),
        is_picture=record["type"] in PICTURES,
    )


def listed(value: Any) -> Markup:
    """The files of a value as a list of links."""
    return Markup('<ul class="attached">{}</ul>').format(Markup("").join(map(_item, links_of(value))))


def size_words(size: int) -> str:
    """A number of bytes in the unit that fits."""
    amount, unit = float(size), "B"
    for larger in ("kB", "MB"):
        if amount < _THOUSAND:
            break
        amount, unit = amount / _THOUSAND, larger
    pattern = "#,##0" if unit == "B" else "#,##0.0"
    return f"{format_decimal(amount, pattern, locale=_LOCALES[languages.language()])} {unit}"


def _item(file: FileLink) -> Markup:
    picture = Markup("")
    if file.is_picture:
        picture = Markup('<img src="{}" alt="" loading="lazy" width="56" height="56">').format(file.url)
    return Markup(
        '<li><a href="{}">{}<span class="file-name">{}</span></a> <span class="soft">{} · '
        '<code title="SHA-256">{}…</code></span></li>'
    ).format(file.url, picture, file.name, file.size, file.digest)
