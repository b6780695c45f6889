"""What the engine refused, in words, and whether it was refused for what a scenario says."""

from __future__ import annotations

from banli.scenarios.model import Unmet
from engine.errors import DeploymentRefused, EngineError, FormRefused
from feel.sentences import Sentence


def told(error: EngineError) -> Sentence:
    """What an error says, with every field or problem that it is about."""
    details: list[Sentence] = []
    if isinstance(error, FormRefused):
        details = [
            Sentence("{field}: {message}", field=field, message=message)
            for field, messages in error.fields.items()
            for message in messages
        ]
    if isinstance(error, DeploymentRefused):
        details = [
            Sentence("{place}: {message}", place=f"{p.file} {p.element_id}".strip(), message=p.sentence)
            for p in error.problems
            if p.severity == "error"
        ]
    sentence = error.sentence
    for detail in details:
        sentence = Sentence("{first} {following}", first=sentence, following=detail)
    return sentence


def as_expected(error: EngineError, words: tuple[str, ...]) -> None:
    """Raise :class:`Unmet` unless each word is a field that was refused, or stands in the English message."""
    fields = set(error.fields) if isinstance(error, FormRefused) else set()
    message = told(error)
    for word in words:
        if word not in fields and word not in str(message):
            raise Unmet(
                Sentence("It was refused, but not because of “{word}”: {message}", word=word, message=message)
            )
