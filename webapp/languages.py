"""Which language a page speaks, and Flask-Babel over catalogues that are already in memory.

A person's choice stands over the browser's, the switch of this session over both. English is the msgid.
"""

from __future__ import annotations

import gettext as standard
from collections.abc import Mapping
from typing import Any

import flask_babel
from babel.support import NullTranslations
from flask import Flask, current_app, g, request, session
from flask_login import current_user
from sqlalchemy import select

from engine import deployments, models
from engine.errors import EngineError
from engine.organisation import snapshot
from feel.sentences import Sentence
from webapp.settings import WebSettings
from webapp.surroundings import reading

LANGUAGES = ("zh", "en")
NAMES = {"zh": "中文", "en": "English"}
_DOMAIN = "banli_texts"


class _Catalogue(NullTranslations):
    """A catalogue of the standard library with the spellings that Flask-Babel calls."""

    def __init__(self, given: standard.NullTranslations) -> None:
        super().__init__()
        self.given = given

    def ugettext(self, message: str) -> str:
        return self.given.gettext(message)

    def ungettext(self, singular: str, plural: str, number: int) -> str:
        return self.given.ngettext(singular, plural, number)

    def upgettext(self, context: str, message: str) -> str:
        return self.given.pgettext(context, message)

    def unpgettext(self, context: str, singular: str, plural: str, number: int) -> str:
        return self.given.npgettext(context, singular, plural, number)


class _Domain(flask_babel.Domain):  # type: ignore[misc] # Flask-Babel has no types
    def __init__(self, translations: Mapping[str, standard.NullTranslations]) -> None:
        super().__init__(domain="messages")
        self._catalogues = {language: _Catalogue(given) for language, given in translations.items()}
        self._english = self._catalogues.get("en") or _Catalogue(standard.NullTranslations())

    def get_translations(self) -> _Catalogue:
        return self._catalogues.get(language(), self._english)


def install(app: Flask, settings: WebSettings, translations: Mapping[str, standard.NullTranslations]) -> None:
    """Bind Flask-Babel to the catalogues and to the reader's language."""
    babel = flask_babel.Babel(
        app,
        default_locale=settings.default_language,
        default_timezone=settings.time_zone,
        locale_selector=language,
    )
    domain = app.extensions[_DOMAIN] = babel.domain_instance = _Domain(translations)
    # a page shows a hundred texts: its template need not ask Flask-Babel each time which domain is meant
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined] # the extension that Flask-Babel added has it
        gettext=lambda message: domain.get_translations().ugettext(message),
        ngettext=lambda one, many, number: domain.get_translations().ungettext(one, many, number),
        newstyle=True,
        pgettext=lambda context, message: domain.get_translations().upgettext(context, message),
        npgettext=lambda *given: domain.get_translations().unpgettext(*given),
    )
    app.config["BANLI_LANGUAGE"] = settings.default_language


def language() -> str:
    """The language of this request: "zh" or "en"."""
    try:
        chosen: str = g.language
    except AttributeError:  # asked a hundred times a page: the first time alone costs two look-ups
        chosen = g.language = _chosen()
    return chosen


def _chosen() -> str:
    switched = session.get("language")
    if switched in LANGUAGES:
        return str(switched)
    if current_user.is_authenticated and current_user.language in LANGUAGES:
        return str(current_user.language)
    return request.accept_languages.best_match(LANGUAGES) or str(current_app.config["BANLI_LANGUAGE"])


def forget() -> None:
    """Choose anew: the person or the switch changed within this request."""
    g.pop("language", None)


def say(sentence: Any) -> str:
    """A sentence of the engine, or one that was stored as JSON, in the reader's language; other values as text."""
    if isinstance(sentence, EngineError):
        sentence = sentence.sentence
    if isinstance(sentence, Mapping) and "template" in sentence:
        sentence = Sentence.from_json(sentence)
    if isinstance(sentence, Sentence):
        return sentence.translate(plain_gettext)
    return str(sentence)


def gettext(message: str, **parameters: object) -> str:
    """A text of a page in the reader's language, with ``%(name)s`` filled in."""
    translated = _catalogue().ugettext(message)
    return translated % parameters if parameters else translated


def _catalogue() -> _Catalogue:
    domain: _Domain = current_app.extensions[_DOMAIN]
    return domain.get_translations()


def plain_gettext(message: str) -> str:
    """The translation of ``message`` as it stands: no percent formatting, since sentences use braces.

    Sentences of the engine carry names of people, units, posts, elements and tables as they are stored; an English
    reader gets those from the organisation and from the packs.
    """
    translated = _catalogue().ugettext(message)
    if translated != message or language() == "zh" or message.isascii():
        return translated
    return _names().get(message, message)


def _names() -> Mapping[str, str]:
    """English names of the organisation and of everything that is deployed, read once a request."""
    if "names" not in g:
        packs = reading().execute(select(models.Deployment.pack).distinct()).scalars()
        found: dict[str, str] = {}
        for pack in packs:
            found |= deployments.labels(reading(), pack, "en")
        g.names = found | dict(english_names())
    names: Mapping[str, str] = g.names
    return names


def english_names() -> Mapping[str, str]:
    """Names of people, units and posts as stored → English; nothing for a reader of Chinese."""
    if language() == "zh":
        return {}
    if "english_names" not in g:
        g.english_names = snapshot.of(reading()).names()
    names: Mapping[str, str] = g.english_names
    return names
