"""Every text that a person can see exists in Chinese, with the same parameters as the English."""

from __future__ import annotations

import contextlib
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "banli/locale/zh/LC_MESSAGES/messages.po"
KEYWORDS = {
    "Sentence": None,
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
METHODS = [
    ("webapp/frontend/**", "ignore"),
    ("webapp/static/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**", "jinja2"),
]
PERCENT = re.compile(r"%\((\w+)\)[sd]")


def _extracted() -> dict[str, str]:
    found: dict[str, str] = {}
    for package in ("feel", "engine", "webapp", "workers", "banli"):
        for file, line, message, _comments, _context in extract_from_dir(
            ROOT / package,
            [(pattern.removeprefix("webapp/"), method) for pattern, method in METHODS],
            keywords=KEYWORDS,
        ):
            singular = message if isinstance(message, str) else message[0]
            found.setdefault(singular, f"{package}/{file}:{line}")
    return found


def _parameters(text: str) -> set[str]:
    named = set(PERCENT.findall(text))
    with contextlib.suppress(ValueError):  # a text that is no format template has no parameters of that kind
        named |= {name.split(".")[0].split("[")[0] for _text, name, *_how in string.Formatter().parse(text) if name}
    return named


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file)


@pytest.fixture(scope="module")
def chinese(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    texts: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        if message.id and not message.fuzzy:
            singular = message.id if isinstance(message.id, str) else message.id[0]
            texts[singular] = (message.string,) if isinstance(message.string, str) else tuple(message.string)
    return texts


def test_every_text_is_translated(chinese: dict[str, tuple[str, ...]]) -> None:
    missing = {text: place for text, place in _extracted().items() if not all(chinese.get(text, ("",)))}
    assert missing == {}


def test_translations_keep_the_parameters(catalogue: Catalog) -> None:
    """A parameter that the English lacks would be shown as its name, or break the page."""
    broken = {}
    for message in catalogue:
        english = (message.id,) if isinstance(message.id, str) else message.id
        chinese = (message.string,) if isinstance(message.string, str) else message.string
        known = set().union(*(_parameters(text) for text in english))
        if any(_parameters(text) - known for text in chinese):
            broken[english[0]] = chinese
    assert broken == {}
