"""Texts of a diagram that may be FEEL: "=amount > 200" is compiled, "PT1H" stands for itself."""

from __future__ import annotations

from collections.abc import Collection

import feel
from engine.runtime.dialect.findings import Findings
from engine.runtime.dialect.model import Value
from feel.sentences import Sentence


class Expressions:
    """Compiles the expressions of one file; a syntax error becomes a finding at its element."""

    def __init__(self, findings: Findings, names: Collection[str], functions: Collection[str]) -> None:
        self.findings = findings
        self._names = tuple(sorted(names))
        self._functions = tuple(sorted(functions))

    def value(self, text: str | None, element_id: str) -> Value | None:
        """A value that may be an expression; None where nothing is written."""
        if text is None or not text.strip():
            return None
        text = text.strip()
        return self.feel(text[1:], element_id) if text.startswith("=") else Value(text)

    def feel(self, text: str, element_id: str) -> Value:
        """A text that is FEEL, with or without the leading "="."""
        text = text.strip().removeprefix("=").strip()
        try:
            expression = feel.compile(text, self._names, element_id=element_id, functions=self._functions)
        except feel.FeelError as error:
            self.findings.error(
                element_id,
                "expression",
                Sentence("The expression {expression} is not FEEL: {reason}", expression=text, reason=error.sentence),
            )
            return Value(text)
        return Value(text, expression)

    def condition(self, text: str | None, element_id: str) -> Value | None:
        """A condition; it has to be FEEL."""
        if text is None or not text.strip():
            return None
        if "${" in text or "#{" in text:
            self.findings.error(
                element_id,
                "foreign-expression",
                Sentence(
                    "The condition {condition} is not FEEL. Write it as FEEL with a leading =, e.g. =amount > 200.",
                    condition=text.strip(),
                ),
            )
            return Value(text)
        return self.feel(text, element_id)
