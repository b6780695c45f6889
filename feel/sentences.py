"""A message for people: an English template with named parameters, translatable at the edge.

The template is the gettext msgid. Whoever shows the sentence passes the gettext function of the
reader's language; ``str()`` gives English. Parameters may be sentences themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType


class Sentence:
    """An immutable message, e.g. ``Sentence("No rule of {table} matches {values}.", table="x", values="y")``.

    Babel extracts the literal first argument, so it must be written out at the call.
    """

    __slots__ = ("parameters", "template")

    template: str
    parameters: Mapping[str, object]

    def __init__(self, template: str, /, **parameters: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "parameters", MappingProxyType(parameters))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"Sentence.{name} cannot be changed")

    def translate(self, gettext: Callable[[str], str]) -> str:
        """The sentence in the language of ``gettext``."""
        shown = {
            name: value.translate(gettext) if isinstance(value, Sentence) else value
            for name, value in self.parameters.items()
        }
        template = gettext(self.template)
        return template.format(**shown) if shown else template

    def __str__(self) -> str:
        return self.translate(str)

    def __repr__(self) -> str:
        return f"Sentence({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sentence)
            and self.template == other.template
            and dict(self.parameters) == dict(other.parameters)
        )

    def __hash__(self) -> int:
        return hash(str(self))

    def __reduce__(self) -> tuple[Callable[..., Sentence], tuple[dict[str, object]]]:
        """As it stands, for another process; parameters that cannot go there become text."""
        return Sentence.from_json, (self.as_json(),)

    def as_json(self) -> dict[str, object]:
        """A JSON object that :meth:`from_json` reads back; parameters that JSON cannot hold become text."""
        return {"template": self.template, "parameters": {k: _json(v) for k, v in self.parameters.items()}}

    @classmethod
    def from_json(cls, stored: Mapping[str, object]) -> Sentence:
        """The sentence that :meth:`as_json` stored."""
        parameters = stored.get("parameters")
        if not isinstance(parameters, Mapping):
            parameters = {}
        return cls(str(stored["template"]), **{k: _value(v) for k, v in parameters.items()})


def _json(value: object) -> object:
    if isinstance(value, Sentence):
        return value.as_json()
    return value if isinstance(value, int | str | bool) or value is None else str(value)


def _value(stored: object) -> object:
    return Sentence.from_json(stored) if isinstance(stored, Mapping) else stored
