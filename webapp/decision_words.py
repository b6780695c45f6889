"""Which rule of which version of which table decided, and why: the trace of a decision in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp import glossary
from webapp.formats import listed, shown
from webapp.glossary import Glossary
from webapp.languages import gettext as _
from webapp.people import post_name


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a rule, and whether it held for the value that the table saw."""

    text: str
    words: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a table as it was applied."""

    number: int
    cells: Sequence[Cell]
    matched: bool
    words: str


@dataclass(frozen=True, slots=True)
class Rules:
    """A table as it was applied: what it saw, and every rule."""

    inputs: Sequence[str]
    rows: Sequence[Rule]


@dataclass(frozen=True, slots=True)
class Told:
    """A decision in one sentence, with its rules if it was a table."""

    sentence: str
    rules: Rules | None


def tell(details: Mapping[str, Any], words: Glossary, pack: str) -> Told:
    """The words for the details of an event ``decision.evaluated``."""
    trace = [entry for entry in details.get("trace") or () if isinstance(entry, Mapping)]
    entry = next((each for each in reversed(trace) if each.get("decision_id") == details.get("decision")), None)
    definition = details.get("definition") or {}
    parts = {
        "table": glossary.translated(str((entry or {}).get("name") or details.get("decision", "")), pack),
        "version": definition.get("version", "") if isinstance(definition, Mapping) else "",
        "result": _result(details.get("value"), _output_of(entry), words),
    }
    if entry is None or not entry.get("rules"):
        return Told(_("%(table)s, version %(version)s, gave %(result)s.", **parts), None)
    matched = [str(rule.get("index")) for rule in entry["rules"] if rule.get("matched")]
    parts |= {
        "numbers": ", ".join(matched),
        "seen": listed(_seen(each, words, pack) for each in entry.get("inputs", ())),
    }
    if matched:
        sentence = _(
            "Rule %(numbers)s of %(table)s, version %(version)s, decided: %(result)s, because it saw %(seen)s.",
            **parts,
        )
    else:
        sentence = _(
            "No rule of %(table)s, version %(version)s, matched; it saw %(seen)s, and gave %(result)s.", **parts
        )
    return Told(sentence, _rules(entry, words, pack))


def _seen(given: Mapping[str, Any], words: Glossary, pack: str) -> str:
    label = str(given.get("label") or given.get("expression") or "")
    entry = words.entries.get(str(given.get("expression", "")))
    return f"{glossary.translated(label, pack)} = {shown(given.get('value'), entry).striptags()}"


def _result(value: Any, output: str, words: Glossary) -> str:
    if isinstance(value, Mapping):
        return listed(f"{words.label(name)} = {_word(each, name, words)}" for name, each in value.items())
    return _word(value, output, words)


def _output_of(entry: Mapping[str, Any] | None) -> str:
    """The name of what a table with one output gave; nothing for others."""
    names = {value["name"] for output in (entry or {}).get("outputs", ()) for value in output["values"]}
    return str(names.pop()) if len(names) == 1 else ""


def _word(value: Any, name: str, words: Glossary) -> str:
    """A value that a table gave: as the forms call it, or the code of a post by its name."""
    if not isinstance(value, str):
        return str(shown(value).striptags())
    entry = words.entries.get(name)
    return entry.choices.get(value) or post_name(value) if entry else post_name(value)


def _rules(entry: Mapping[str, Any], words: Glossary, pack: str) -> Rules:
    rows = [
        Rule(
            number=int(rule.get("index", 0)),
            cells=[Cell(str(cell.get("text", "")), _held(cell)) for cell in rule.get("cells", ())],
            matched=bool(rule.get("matched")),
            words=_("matched") if rule.get("matched") else _("did not match"),
        )
        for rule in entry.get("rules", ())
    ]
    return Rules([_seen(each, words, pack) for each in entry.get("inputs", ())], rows)


def _held(cell: Mapping[str, Any]) -> str:
    if cell.get("text") in ("-", "", None):
        return _("anything")
    held = cell.get("value")
    if held is None:
        return _("cannot be said")
    return _("holds") if held else _("does not hold")
