"""The errors of the engine: each carries a sentence for the person who meets it.

Edges turn the class into their protocol in one place: ``NotFound`` 404, ``NotAllowed`` 403, ``Conflict`` 409,
``Refused`` 422 (or a form shown again), ``ExecutionFailed`` 422 with an incident, ``SettingRefused`` stops the start.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from feel.sentences import Sentence


class EngineError(Exception):
    """Something that a person can be told, in ``sentence``; ``field`` names the argument that it is about, if one."""

    def __init__(self, sentence: Sentence, *, field: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(EngineError):  # noqa: N818 - the nouns read as what they are; EngineError names the family
    """There is no such thing, or the actor may not know of it."""


class NotAllowed(EngineError):  # noqa: N818
    """The actor may not do this."""


class Conflict(EngineError):  # noqa: N818
    """The thing is no longer in the state that the command needs: somebody was faster."""


class StaleRevision(Conflict):
    """Another transaction changed the matter meanwhile; ``unit_of_work`` tries again."""

    def __init__(self) -> None:
        super().__init__(Sentence("Somebody changed this matter at the same moment. Please try again."))


class Refused(EngineError):  # noqa: N818
    """The input cannot be accepted."""


class FormRefused(Refused):
    """Values of a form cannot be accepted; ``fields`` maps a field path ("lines.2.qty") to its sentences."""

    def __init__(self, fields: Mapping[str, Sequence[Sentence]]) -> None:
        super().__init__(Sentence("Please check the marked fields."))
        self.fields = {path: tuple(sentences) for path, sentences in fields.items()}


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in content: where (file, element) and what, with its severity: error, warning or information."""

    severity: str
    file: str
    element_id: str
    sentence: Sentence
    code: str = ""


class DeploymentRefused(Refused):
    """Content cannot be deployed; ``problems`` holds every reason, and nothing was deployed."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(Sentence("The deployment was refused: {count} problems.", count=len(problems)))
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return "\n".join([str(self.sentence), *(f"{p.file} {p.element_id}: {p.sentence}" for p in self.problems)])


class ExecutionFailed(EngineError):  # noqa: N818
    """A step could not be executed and was rolled back; an incident says why.

    ``element_id`` is where, ``kind`` the incident kind (expression, decision, gateway, error, token, job),
    ``values`` what was seen. ``unit_of_work`` writes the incident in a transaction of its own; ``attempt`` is the
    command that failed, in plain values, so that it can be tried again.
    """

    def __init__(
        self,
        sentence: Sentence,
        *,
        element_id: str,
        kind: str,
        values: Mapping[str, object] | None = None,
        process_instance_key: int | None = None,
        attempt: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(sentence)
        self.element_id = element_id
        self.kind = kind
        self.values = dict(values or {})
        self.process_instance_key = process_instance_key
        self.attempt = attempt


class SettingRefused(EngineError):  # noqa: N818
    """A setting is wrong; the start stops with one line that names it."""
