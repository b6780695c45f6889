"""Every text of the pack that a person reads has its English."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from tests.content import labels

PACKS = sorted(path.name for path in (labels.ROOT / "bpmn").iterdir() if path.is_dir())


@pytest.fixture(params=PACKS)
def english(request):
    with (labels.ROOT / "bpmn" / request.param / "labels.en.po").open("rb") as file:
        return request.param, {str(entry.id): str(entry.string) for entry in read_po(file, locale="en") if entry.id}


def test_each_label_has_its_english(english):
    pack, translations = english
    missing = sorted(label for label in labels.of_pack(pack) if not translations.get(label))
    assert not missing


def test_no_english_stands_for_a_label_that_is_gone(english):
    pack, translations = english
    assert sorted(set(translations) - labels.of_pack(pack)) == []


def test_no_english_holds_chinese(english):
    _pack, translations = english
    quoted = "“以下/以上”"  # the words that the reading is about
    for text in translations.values():
        own = text.replace(quoted, "")
        assert not any("\u4e00" <= character <= "\u9fff" for character in own), text
