"""The Chinese of everything that people read, from one ``.po`` file a language, held in memory.

English is written in the code and is the msgid, so English needs no file. Reading the text form spares everybody a
compile step and a binary file in the repository.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_FOLDER = Path(__file__).parent / "locale"
LANGUAGES = ("zh", "en")


@cache
def translations() -> Mapping[str, gettext.NullTranslations]:
    """For each language what turns an English sentence into it."""
    found: dict[str, gettext.NullTranslations] = {"en": gettext.NullTranslations()}
    for path in sorted(_FOLDER.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            catalogue = read_po(file)
        compiled = io.BytesIO()
        write_mo(compiled, catalogue)
        compiled.seek(0)
        found[path.parent.parent.name] = gettext.GNUTranslations(compiled)
    return found


def gettext_of(language: str) -> Callable[[str], str]:
    """The gettext function of a language; an unknown one reads English."""
    return translations().get(language, translations()["en"]).gettext
