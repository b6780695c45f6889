"""The actions of a step, one function each: plain values → action, or a sentence that says what was expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from banli.scenarios.model import (
    Absence,
    Action,
    Assign,
    Cancel,
    Delegation,
    Deploy,
    Discard,
    Do,
    Each,
    Fires,
    Linked,
    Pass,
    Receive,
    Start,
    TakeOver,
    Turn,
    Waits,
    Withdraw,
)
from engine import calendar
from feel.sentences import Sentence

DO = re.compile(r"(?P<person>\S+)\s+(?P<task>[A-Za-z][A-Za-z0-9_]*)")
_EACH = "each"
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}")
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+)S)?)?"
)


class Asked(Exception):  # noqa: N818 - what the file should have said
    """Something else was expected."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


def read_action(key: str, value: Any) -> Action:
    """The action that a step's key and value stand for; raises :class:`Asked`."""
    if key in ACTIONS:
        return ACTIONS[key](value)
    match = DO.fullmatch(key)
    if match is None:
        raise Asked(Sentence("A step is a person and a step code, such as “U16 AC1”."))
    if value is not None and not isinstance(value, dict):
        raise Asked(Sentence("The values of a form are a mapping of field names to values."))
    if match["person"] == _EACH:
        return Each(match["task"], value or {})
    return Do(match["person"], match["task"], value or {})


def instant_of(value: Any) -> datetime | None:
    """A date with a time, with or without seconds; without a zone it is what the organisation's clocks show."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        value = datetime.fromisoformat(value)
    if not isinstance(value, datetime):
        return None
    return value if value.tzinfo is not None else value.replace(tzinfo=calendar.zone_named())


def _waits(value: Any) -> Waits:
    if not isinstance(value, dict):
        raise Asked(Sentence("“waits” maps step codes to who has or may claim the task; empty, nothing may wait."))
    tasks = {}
    for code, people in value.items():
        names = [people] if isinstance(people, str) else people
        if not isinstance(code, str) or not isinstance(names, list) or not all(isinstance(n, str) for n in names):
            raise Asked(Sentence("“waits” maps step codes to ids of people or groups."))
        tasks[code] = tuple(names)
    return Waits(tasks)


def _passes(value: Any) -> Pass:
    match = _DURATION.fullmatch(value) if isinstance(value, str) else None
    parts = {} if match is None else {name: int(text) for name, text in match.groupdict().items() if text}
    if not parts:
        raise Asked(Sentence("“passes” is an ISO 8601 duration in whole units, such as P7D or PT8H."))
    return Pass(timedelta(**parts), None)


def _until(value: Any) -> Pass:
    instant = instant_of(value)
    if instant is None:
        raise Asked(Sentence("“until” is a date with a time, such as 2026-03-02 10:00."))
    return Pass(None, instant)


def _start(value: Any) -> Start:
    fields = _fields(value, ("by", "as"), ("store",))
    return Start(_text(fields, "by"), _optional_text(fields, "store"), _text(fields, "as"))


def _turn(value: Any) -> Turn:
    if value is not None and not isinstance(value, str):
        raise Asked(Sentence("“matter” is the name that a matter was started as; empty for the first one."))
    return Turn(value or "")


def _linked(value: Any) -> Linked:
    fields = _fields(value, ("process", "as"))
    return Linked(_text(fields, "process"), _text(fields, "as"))


def _receive(value: Any) -> Receive:
    fields = _fields(value, ("name", "key"))
    return Receive(_text(fields, "name"), _text(fields, "key"))


def _withdraw(value: Any) -> Withdraw:
    fields = _fields(value, ("by", "reason"))
    return Withdraw(_text(fields, "by"), _text(fields, "reason"))


def _discard(value: Any) -> Discard:
    return Discard(_text(_fields(value, ("by",)), "by"))


def _cancel(value: Any) -> Cancel:
    fields = _fields(value, ("by", "reason"))
    return Cancel(_text(fields, "by"), _text(fields, "reason"))


def _assign(value: Any) -> Assign:
    fields = _fields(value, ("task", "by", "to", "reason"))
    return Assign(_text(fields, "task"), _text(fields, "by"), _text(fields, "to"), _text(fields, "reason"))


def _take_over(value: Any) -> TakeOver:
    fields = _fields(value, ("task", "by"))
    return TakeOver(_text(fields, "task"), _text(fields, "by"))


def _fires(value: Any) -> Fires:
    fields = _fields(value, ("element",), ("store", "as"))
    return Fires(_text(fields, "element"), _optional_text(fields, "store"), _optional_text(fields, "as") or "")


def _deploy(value: Any) -> Deploy:
    fields = _fields(value, ("file", "replace"))
    replace = fields["replace"]
    if not isinstance(replace, dict) or not all(isinstance(text, str) for pair in replace.items() for text in pair):
        raise Asked(Sentence("“replace” maps each text of the file to what stands there instead."))
    return Deploy(_text(fields, "file"), replace)


def _absence(value: Any) -> Absence:
    fields = _fields(value, ("person", "from", "to"), ("reason",))
    return Absence(
        _text(fields, "person"), _date(fields, "from"), _date(fields, "to"), _optional_text(fields, "reason")
    )


def _delegation(value: Any) -> Delegation:
    fields = _fields(value, ("owner", "delegate", "from", "to", "reason"), ("procedures",))
    procedures = fields.get("procedures")
    if procedures is not None and not isinstance(procedures, list):
        raise Asked(Sentence("“procedures” is a list of process ids."))
    return Delegation(
        _text(fields, "owner"),
        _text(fields, "delegate"),
        _date(fields, "from"),
        _date(fields, "to"),
        _text(fields, "reason"),
        None if procedures is None else tuple(str(name) for name in procedures),
    )


def _fields(value: Any, needed: tuple[str, ...], others: tuple[str, ...] = ()) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not set(needed) <= set(value) <= {*needed, *others}:
        raise Asked(
            Sentence(
                "Expected {needed}{others}.",
                needed=", ".join(needed),
                others="" if not others else Sentence(" and perhaps {names}", names=", ".join(others)),
            )
        )
    return value


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields[key]
    if not isinstance(value, str) or not value.strip():
        raise Asked(Sentence("“{key}” has to be a text.", key=key))
    return value.strip()


def _optional_text(fields: Mapping[str, Any], key: str) -> str | None:
    return None if fields.get(key) is None else _text(fields, key)


def _date(fields: Mapping[str, Any], key: str) -> date:
    value = fields[key]
    if isinstance(value, datetime) or not isinstance(value, date):
        raise Asked(Sentence("“{key}” has to be a date, such as 2026-03-02.", key=key))
    return value


ACTIONS: Mapping[str, Callable[[Any], Action]] = {
    "waits": _waits,
    "passes": _passes,
    "until": _until,
    "start": _start,
    "matter": _turn,
    "linked": _linked,
    "message": _receive,
    "withdraw": _withdraw,
    "discard": _discard,
    "cancel": _cancel,
    "assign": _assign,
    "take_over": _take_over,
    "fires": _fires,
    "deploy": _deploy,
    "absence": _absence,
    "delegation": _delegation,
}
