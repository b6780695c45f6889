"""What a run of scenarios found, in the reader's language: each scenario, what failed where, what was not reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from banli.scenarios.coverage import KINDS, Coverage, Item, Kind
from banli.scenarios.model import Fault
from feel.sentences import Sentence

_TITLES: dict[Kind, Sentence] = {
    "rule": Sentence("rules of tables"),
    "boundary_value": Sentence("boundary values"),
    "flow": Sentence("sequence flows"),
    "boundary_event": Sentence("boundary events"),
    "end_event": Sentence("end events"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One scenario: its sentence, how long it took, and where it failed, if it did."""

    name: str
    id: str
    seconds: float
    fault: Fault | None


@dataclass(frozen=True, slots=True)
class Report:
    """A run: ``faults`` are those of the files themselves. ``coverage`` is None when only some scenarios ran."""

    pack: str
    results: tuple[Result, ...]
    faults: tuple[Fault, ...]
    coverage: Coverage | None
    seconds: float
    gettext: Callable[[str], str]

    @property
    def passed(self) -> bool:
        """Whether everything was as the files say."""
        wrong = self.coverage is not None and self.coverage.wrongly_explained
        return not self.faults and not wrong and all(result.fault is None for result in self.results)

    @property
    def plain(self) -> dict[str, Any]:
        """The report in plain values, its sentences as JSON: to be kept, and shown in any language."""
        coverage = self.coverage
        return {
            "passed": self.passed,
            "milliseconds": round(self.seconds * 1000),
            "faults": [_plain_fault(fault) for fault in self.faults],
            "scenarios": [
                {
                    "name": result.name,
                    "id": result.id,
                    "milliseconds": round(result.seconds * 1000),
                    "fault": None if result.fault is None else _plain_fault(result.fault),
                }
                for result in self.results
            ],
            "reached": {} if coverage is None else {kind: list(coverage.of(kind)) for kind in KINDS},
            "missing": [] if coverage is None else [_plain_item(item) for item in coverage.missing],
            "explained": []
            if coverage is None
            else [{**_plain_item(item), "reason": reason} for item, reason in coverage.explained],
            "wrongly_explained": [] if coverage is None else list(coverage.wrongly_explained),
        }

    @property
    def text(self) -> str:
        """The report for people, without a line break at the end."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        for fault in self.faults:
            yield f"✗ {self._where(fault)}: {self._said(fault.sentence)}"
        for result in self.results:
            mark, sign = ("✓", "") if result.fault is None else ("✗", "")
            identifier = f"{result.id} " if result.id else ""
            yield f"{mark}{sign} {identifier}{result.name} ({result.seconds:.2f} s)"
            if result.fault is not None:
                yield f"    {self._where(result.fault)}: {self._said(result.fault.sentence)}"
        failed = sum(result.fault is not None for result in self.results)
        yield self._said(
            Sentence(
                "{pack}: {count} scenarios, {failed} failed, {seconds} s.",
                pack=self.pack,
                count=len(self.results),
                failed=failed,
                seconds=f"{self.seconds:.1f}",
            )
        )
        if self.coverage is not None:
            yield from self._reached(self.coverage)

    def _reached(self, coverage: Coverage) -> Iterator[str]:
        figures = []
        for kind in KINDS:
            reached, there = coverage.of(kind)
            figures.append(f"{self._said(_TITLES[kind])} {reached}/{there}")
        yield self._said(Sentence("Reached: {figures}.", figures=", ".join(figures)))
        if coverage.missing:
            yield self._said(Sentence("No scenario reaches:"))
            yield from (f"    {self._item(item)}" for item in coverage.missing)
        if coverage.explained:
            yield self._said(Sentence("No scenario can reach:"))
            yield from (f"    {self._item(item)}: {reason}" for item, reason in coverage.explained)
        for name in coverage.wrongly_explained:
            sentence = Sentence("{name} is said to be out of reach, but is reached, or not in the pack.", name=name)
            yield f"✗ {self._said(sentence)}"

    def _item(self, item: Item) -> str:
        return f"{self._said(_TITLES[item.kind])}: {item.of} {item.id} {item.name}".rstrip()

    def _where(self, fault: Fault) -> str:
        step = self._said(Sentence("step {step}", step=fault.step)) if fault.step else ""
        return " ".join(part for part in (str(fault.place), step) if part)

    def _said(self, sentence: Sentence) -> str:
        return sentence.translate(self.gettext)


def _plain_fault(fault: Fault) -> dict[str, Any]:
    return {
        "file": fault.place.file,
        "line": fault.place.line,
        "step": fault.step,
        "sentence": fault.sentence.as_json(),
    }


def _plain_item(item: Item) -> dict[str, Any]:
    return {"kind": item.kind, "of": item.of, "id": item.id, "name": item.name}
