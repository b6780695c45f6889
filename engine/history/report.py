"""What a verification found: problems in words with their place, and how much was looked at."""

from __future__ import annotations

from dataclasses import dataclass, field

from feel.sentences import Sentence

MAXIMUM_PROBLEMS = 1000
"""Problems that are kept; the rest is counted."""


@dataclass(frozen=True, slots=True)
class HistoryProblem:
    """Something was altered: at an event of a matter, or at a seal.

    ``code`` is one of event_changed, event_missing, head_missing, head_differs, no_history, no_matter,
    seal_broken, seal_missing, seal_differs, head_without_seal, sealed_event_differs, sealed_event_missing,
    personal_value_changed, personal_value_missing, personal_value_unknown, file_changed, file_unknown,
    stored_file_changed, attachment_changed, attachment_missing, attachment_unknown,
    archived_document_changed, archived_document_missing, unreadable; of an exported file: file_damaged,
    line_unreadable, number_differs.
    """

    sentence: Sentence
    code: str
    root_key: int | None = None
    sequence: int | None = None
    seal: int | None = None

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(slots=True)
class Report:
    """The result of :func:`engine.history.verify`; without problems, everything is as it was written."""

    problems: list[HistoryProblem] = field(default_factory=list)
    omitted: int = 0  # problems beyond MAXIMUM_PROBLEMS
    events: int = 0
    chains: int = 0
    seals: int = 0
    files: int = 0  # contents of attached files
    documents: int = 0  # of the archive

    @property
    def is_intact(self) -> bool:
        """Whether nothing was altered."""
        return not self.problems

    @property
    def summary(self) -> Sentence:
        """One sentence for the whole."""
        counts = {"events": self.events, "chains": self.chains, "seals": self.seals}
        if self.is_intact:
            return Sentence("The history is intact: {events} events in {chains} chains, {seals} seals.", **counts)
        return Sentence(
            "The history was altered: {count} problems in {events} events, {chains} chains and {seals} seals.",
            count=len(self.problems) + self.omitted,
            **counts,
        )

    def add(
        self,
        code: str,
        sentence: Sentence,
        *,
        root_key: int | None = None,
        sequence: int | None = None,
        seal: int | None = None,
    ) -> None:
        """Note a problem, or count it when there are too many."""
        if len(self.problems) < MAXIMUM_PROBLEMS:
            self.problems.append(HistoryProblem(sentence, code, root_key, sequence, seal))
        else:
            self.omitted += 1
