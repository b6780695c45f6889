"""A scenario file → checked scenarios. Every mistake of a file is found at once, with line, scenario and step."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from banli.scenarios import document
from banli.scenarios.actions import ACTIONS, DO, Asked, instant_of, read_action
from banli.scenarios.document import Located
from banli.scenarios.model import (
    Absence,
    DecisionMade,
    Delegation,
    EventHeld,
    Expectation,
    Fault,
    Scenario,
    ScenarioFile,
    ScenarioFileRefused,
    Step,
    Values,
)
from feel.sentences import Sentence

_FILE_KEYS = ("process", "defaults", "scenarios", "unreachable")
_SCENARIO_KEYS = ("name", "id", "given", "steps", "effects", "matters", "note")
_GIVEN_KEYS = ("on", "person", "store", "variables", "values", "absences", "delegations")
_EXPECTATION_KEYS = ("end", "decisions", "history", "copies", "variables")
_EVENT_KEYS = ("event", "actor", "on_behalf_of", "element", "details")
_MODIFIERS = ("refused", "note")
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def read(text: str, file: str) -> ScenarioFile:
    """The scenarios of a file; raises :class:`ScenarioFileRefused` with every fault."""
    return _Reader(document.read(text, file)).file()


class _Refused(Exception):  # noqa: N818
    def __init__(self, where: Located, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.where = where
        self.sentence = sentence


class _Reader:
    """Reads one file; ``scenario`` and ``step`` say where it is for the messages."""

    def __init__(self, root: Located) -> None:
        self._root = root
        self._faults: list[Fault] = []
        self._scenario = ""
        self._step = ""
        self._on: datetime | None = None

    def file(self) -> ScenarioFile:
        root = self._root
        self._keys(root, _FILE_KEYS)
        process = self._kept(root, "process", self._text)
        defaults = self._kept(root, "defaults", self._defaults) or {}
        unreachable = self._kept(root, "unreachable", self._reasons) or {}
        scenarios = self._kept(root, "scenarios", self._scenarios) or ()
        names = [scenario.name for scenario in scenarios]
        for scenario in scenarios:
            if names.count(scenario.name) > 1:
                self._fault(root, Sentence("The name {name} is given to two scenarios.", name=scenario.name))
        if process is None:
            self._fault(root, Sentence("The file does not say which process its scenarios are about."))
        if not scenarios and not self._faults:
            self._fault(root, Sentence("The file holds no scenario."))
        if self._faults:
            raise ScenarioFileRefused(tuple(dict.fromkeys(self._faults)))
        return ScenarioFile(root.place.file, str(process), defaults, scenarios, unreachable)

    # -- parts of the file ----------------------------------------------------------------------------------------

    def _defaults(self, where: Located) -> Mapping[str, Values]:
        on = where.get("on") if isinstance(where.value, dict) else None
        if on is not None:
            self._on = self._kept(where, "on", self._instant)
        return self._by_step(where, but=("on",))

    def _scenarios(self, where: Located) -> tuple[Scenario, ...]:
        if not isinstance(where.value, list):
            raise _Refused(where, Sentence("Scenarios are a list."))
        read = []
        for item in where.items():
            self._scenario, self._step = "", ""
            try:
                read.append(self._one(item))
            except _Refused as refused:
                self._fault(refused.where, refused.sentence)
        self._scenario, self._step = "", ""
        return tuple(read)

    def _one(self, where: Located) -> Scenario:
        self._mapping(where)
        name = where.get("name")
        if name is None:
            raise _Refused(where, Sentence("The scenario has no name; write what it proves as a sentence."))
        self._scenario = self._text(name)
        self._keys(where, (*_SCENARIO_KEYS, *_EXPECTATION_KEYS))
        given = where.get("given")
        if given is not None:
            self._mapping(given)
            self._keys(given, _GIVEN_KEYS)
        on = (None if given is None else self._kept(given, "on", self._instant)) or self._on
        if on is None:
            raise _Refused(where, Sentence("The scenario does not say when it begins (given: on)."))

        def get(key: str, read: Callable[[Located], Any]) -> Any:
            return None if given is None else self._kept(given, key, read)

        expected = {"": self._expectation(where)}
        expected |= self._kept(where, "matters", self._matters) or {}
        return Scenario(
            place=where.place,
            name=self._scenario,
            id=self._kept(where, "id", self._text) or "",
            on=on,
            person=get("person", self._text),
            store=get("store", self._text),
            variables=get("variables", self._values),
            values=get("values", self._by_step) or {},
            absences=get("absences", self._several("absence")) or (),
            delegations=get("delegations", self._several("delegation")) or (),
            steps=self._kept(where, "steps", self._steps) or (),
            expected=expected,
            effects=self._kept(where, "effects", self._by_step) or {},
        )

    def _steps(self, where: Located) -> tuple[Step, ...]:
        if not isinstance(where.value, list):
            raise _Refused(where, Sentence("Steps are a list."))
        steps = []
        for number, item in enumerate(where.items(), start=1):
            self._step = str(number)
            try:
                steps.append(self._read_step(number, item))
            except _Refused as refused:
                self._fault(refused.where, refused.sentence)
        self._step = ""
        return tuple(steps)

    def _read_step(self, number: int, where: Located) -> Step:
        if isinstance(where.value, str):
            key, value, refused = where.value, None, None
        else:
            self._mapping(where)
            keys = [name for name in where.value if name not in _MODIFIERS]
            if len(keys) != 1 or not isinstance(keys[0], str):
                raise _Refused(
                    where,
                    Sentence("A step is one action, such as “U16 AC1”, and may say refused or note besides."),
                )
            key, value = keys[0], where.value[keys[0]]
            refused = self._kept(where, "refused", self._refusal)
        self._step = f"{number} {key}"
        if key not in ACTIONS and not DO.fullmatch(key):
            raise _Refused(
                where,
                Sentence(
                    "The step {step} is not known. Write a person and a step code (“U16 AC1”), or one of: {actions}.",
                    step=key,
                    actions=", ".join(sorted(ACTIONS)),
                ),
            )
        return Step(where.place, number, key, self._action(where, key, value), refused)

    def _action(self, where: Located, key: str, value: Any) -> Any:
        try:
            return read_action(key, value)
        except Asked as asked:
            raise _Refused(where.get(key) or where, asked.sentence) from asked

    def _several(self, kind: str) -> Callable[[Located], tuple[Any, ...]]:
        def read_all(where: Located) -> tuple[Absence | Delegation, ...]:
            if not isinstance(where.value, list):
                raise _Refused(where, Sentence("Expected a list."))
            return tuple(self._action(item, kind, item.value) for item in where.items())

        return read_all

    # -- expectations ---------------------------------------------------------------------------------------------

    def _matters(self, where: Located) -> Mapping[str, Expectation]:
        self._mapping(where)
        found = {}
        for name in where.value:
            item = where.get(name)
            if item is not None:
                self._mapping(item)
                self._keys(item, _EXPECTATION_KEYS)
                found[str(name)] = self._expectation(item)
        return found

    def _expectation(self, where: Located) -> Expectation:
        return Expectation(
            end=self._kept(where, "end", self._text),
            decisions=self._kept(where, "decisions", self._decisions),
            events=self._kept(where, "history", self._events) or (),
            copies=self._kept(where, "copies", self._names),
            variables=self._kept(where, "variables", self._values) or {},
        )

    def _decisions(self, where: Located) -> tuple[DecisionMade, ...]:
        if not isinstance(where.value, list):
            raise _Refused(where, Sentence("Expected a list."))
        found: list[DecisionMade] = []
        for item in where.items():
            self._mapping(item)
            if len(item.value) != 1 or not all(isinstance(values, dict) for values in item.value.values()):
                raise _Refused(item, Sentence("Write a decision as its id with some inputs and outputs by name."))
            found.extend(DecisionMade(str(name), values) for name, values in item.value.items())
        return tuple(found)

    def _events(self, where: Located) -> tuple[EventHeld, ...]:
        if not isinstance(where.value, list):
            raise _Refused(where, Sentence("Expected a list."))
        found: list[EventHeld] = []
        for item in where.items():
            event = {"event": item.value} if isinstance(item.value, str) else item.value
            if not isinstance(event, dict) or not isinstance(event.get("event"), str):
                raise _Refused(item, Sentence("Write an event as its type, with actor, element or details besides."))
            if not isinstance(item.value, str):
                self._keys(item, _EVENT_KEYS)
            columns = {key: event[key] for key in ("actor", "on_behalf_of") if key in event}
            if "element" in event:
                columns["element_id"] = event["element"]
            found.append(EventHeld(event["event"], columns, event.get("details") or {}))
        return tuple(found)

    # -- plain values ---------------------------------------------------------------------------------------------

    def _kept(self, where: Located, key: str, read: Callable[[Located], Any]) -> Any:
        """What ``read`` makes of a key; None where it is missing or wrong, which is then remembered."""
        found = where.get(key)
        if found is None or found.value is None:
            return None
        try:
            return read(found)
        except _Refused as refused:
            self._fault(refused.where, refused.sentence)
            return None

    def _text(self, where: Located) -> str:
        if not isinstance(where.value, str) or not where.value.strip():
            raise _Refused(where, Sentence("Expected a text."))
        return where.value.strip()

    def _instant(self, where: Located) -> datetime:
        instant = instant_of(where.value)
        if instant is None:
            raise _Refused(where, Sentence("Expected a date with a time, such as 2026-03-02 10:00."))
        return instant

    def _values(self, where: Located) -> Values:
        self._mapping(where)
        return dict(where.value)

    def _by_step(self, where: Located, but: Collection[str] = ()) -> Mapping[str, Values]:
        self._mapping(where)
        found: dict[str, Values] = {}
        for code, values in where.value.items():
            if code in but:
                continue
            if not isinstance(code, str) or not _CODE.fullmatch(code) or not isinstance(values, dict):
                raise _Refused(where.get(code) or where, Sentence("Write values below a step code, such as PR0."))
            found[code] = values
        return found

    def _reasons(self, where: Located) -> Mapping[str, str]:
        self._mapping(where)
        for name, reason in where.value.items():
            if not isinstance(reason, str) or not reason.strip():
                raise _Refused(where.get(name) or where, Sentence("Say why no scenario can reach {name}.", name=name))
        return {str(name): reason for name, reason in where.value.items()}

    def _names(self, where: Located) -> frozenset[str]:
        if not isinstance(where.value, list) or not all(isinstance(name, str) for name in where.value):
            raise _Refused(where, Sentence("Expected a list of ids of people and groups."))
        return frozenset(where.value)

    def _refusal(self, where: Located) -> tuple[str, ...] | None:
        if where.value is True:
            return ()
        words = [where.value] if isinstance(where.value, str) else where.value
        if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
            raise _Refused(
                where, Sentence("“refused” is true, a field, some words of the message, or a list of them.")
            )
        return tuple(words)

    def _mapping(self, where: Located) -> None:
        if not isinstance(where.value, dict):
            raise _Refused(where, Sentence("Expected a mapping of names to values."))

    def _keys(self, where: Located, known: Collection[str]) -> None:
        for key in where.value:
            if key not in known:
                self._fault(
                    where.get(key) or where,
                    Sentence("The key {key} is not known here; known are {known}.", key=key, known=", ".join(known)),
                )

    def _fault(self, where: Located, sentence: Sentence) -> None:
        self._faults.append(Fault(where.place, self._scenario, self._step, sentence))
