"""Fill in a form as somebody might: what must be filled, some of what may be, and now and then another choice.

The form itself says what it shows, requires, offers and allows (``TaskForm.describe``), so any form of any pack can
be filled in. ``usual`` are values that the procedure's owner wrote down for scenarios: texts and rows with sense.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from datetime import date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from random import Random
from typing import Any

from engine import calendar, clock
from engine.task_forms import (
    CheckboxField,
    ChoiceField,
    FileField,
    GroupField,
    InputField,
    MomentField,
    Node,
    NumberField,
    RowsField,
    TaskForm,
    TextField,
)

_PASSES = 8  # a field that is shown by another one's value, which is shown by another one's …
_AMOUNTS = ("18", "45.5", "60", "120", "180", "200", "200.01", "260", "300", "300.01", "480", "1200", "2600", "9000")
_TEXT = "情况属实，已现场核对，按制度办理，相关材料随单附上，后续结果会及时反馈。"
_FIRST_CHOICE = 0.72
"""How often the first choice is taken: forms put approval and acceptance there."""

_LEFT_EMPTY, _TICKED, _ROWS, _USUAL, _USUAL_CHOICE, _NUMBERED, _REWRITTEN = 0.6, 0.3, 0.5, 0.7, 0.5, 0.5, 0.25
"""How often what may be left out is; a box is ticked, rows are added, what is usual is taken, a text is a number;
and how often what stands there already is written anew."""

_REWRITTEN_BOLDLY = 0.7
"""The same of who was refused with what stood there."""


def fill(
    form: TaskForm,
    circumstances: Mapping[str, Any],
    usual: Mapping[str, Any] | None,
    chance: Random,
    given: Mapping[str, Any],
) -> dict[str, Any]:
    """Values for all that the form shows; those of ``given`` stay. With ``usual`` None, any choice will do."""
    filler = _Filler(usual, chance)
    values = {**filler.kept(form.initial(circumstances["current"])), **given}
    for _ in range(_PASSES):
        before = deepcopy(values)
        filler.scope(form.describe(values, **circumstances), values, top=True)
        if values == before:
            break
    return values


class _Filler:
    def __init__(self, usual: Mapping[str, Any] | None, chance: Random) -> None:
        self.usual = usual or {}
        self.is_usual = usual is not None
        self.chance = chance
        self._left_out: set[str] = set()

    def kept(self, initial: Mapping[str, Any]) -> dict[str, Any]:
        """What a fresh page holds and somebody leaves as it is."""
        kept = {name: value for name, value in initial.items() if value is not None}
        share = _REWRITTEN if self.is_usual else _REWRITTEN_BOLDLY
        return {name: deepcopy(value) for name, value in kept.items() if self.chance.random() >= share}

    def scope(self, nodes: Sequence[Node], values: dict[str, Any], *, top: bool = False) -> None:
        """Fill in what a form, group or row lacks, and take out what it does not show."""
        for node in nodes:
            entry = node.entry
            if isinstance(entry, GroupField):
                self._group(node, values, top=top)
            elif isinstance(entry, RowsField):
                self._rows(node, values, top=top)
            elif isinstance(entry, InputField):
                self._input(node, values, top=top)

    def _group(self, node: Node, values: dict[str, Any], *, top: bool) -> None:
        inner = values if not node.entry.key else values.setdefault(node.entry.key, {})
        if node.visible:
            self.scope(node.children, inner, top=top and not node.entry.key)

    def _rows(self, node: Node, values: dict[str, Any], *, top: bool) -> None:
        key, entry = node.entry.key, node.entry
        if not node.visible:
            values.pop(key, None)
            return
        rows = values.get(key) or []
        if not rows and not _is_fixed(entry):
            if top and isinstance(self.usual.get(key), list) and self.usual[key]:
                rows = deepcopy(self.usual[key])
            elif _needs_rows(entry) or self.chance.random() < _ROWS:
                rows = [{} for _ in range(max(1, self.chance.randint(1, 2)))]
            values[key] = rows
        for row_nodes, row in zip(node.rows, rows, strict=False):
            self.scope(row_nodes, row)

    def _input(self, node: Node, values: dict[str, Any], *, top: bool) -> None:
        key = node.entry.key
        if not node.visible or node.readonly:
            values.pop(key, None)
            return
        if values.get(key) not in (None, "", []) and not _is_no_choice(node, values[key]):
            return
        if not node.required and (key in self._left_out or self.chance.random() < _LEFT_EMPTY):
            if top:
                self._left_out.add(key)  # until another value makes it required
            return
        value = self._value(node, self.usual.get(key) if top else None)
        if value is not None:
            values[key] = value

    def _value(self, node: Node, usual: Any) -> Any:
        entry = node.entry
        if isinstance(entry, CheckboxField):
            return True if node.required else self.chance.random() < _TICKED
        if isinstance(entry, ChoiceField):
            return self._choice(node, usual)
        if isinstance(entry, FileField):
            return usual or ["现场照片.jpg"]
        if usual is not None and self.chance.random() < _USUAL:
            return deepcopy(usual)
        if isinstance(entry, NumberField):
            return self._number(node)
        if isinstance(entry, MomentField):
            return self._moment(node, usual)
        return self._text(node, usual)

    def _choice(self, node: Node, usual: Any) -> Any:
        entry, offered = node.entry, [option.value for option in node.options]
        if not offered:
            return None
        if usual is not None and self.chance.random() < _USUAL_CHOICE:
            return usual
        is_first = self.is_usual and self.chance.random() < _FIRST_CHOICE
        first = offered[0] if is_first else self.chance.choice(offered)
        return [first] if isinstance(entry, ChoiceField) and entry.multiple else first

    def _number(self, node: Node) -> Any:
        entry = node.entry
        if not isinstance(entry, NumberField):
            raise TypeError(type(entry))
        low, high = node.limits.get("minimum"), node.limits.get("maximum")
        if high is not None:
            bottom, top = Decimal(low or "0"), Decimal(high)
            if top < bottom:
                return None
            share = Decimal(str(round(self.chance.triangular(0, 1, 0.85), 4)))
            value = bottom + (top - bottom) * share
        elif entry.digits == 0:
            value = Decimal(low or "0") + self.chance.randint(1, 4)
        else:
            value = max(Decimal(self.chance.choice(_AMOUNTS)), Decimal(low or "0"))
        digits = 2 if entry.money or entry.digits is None else entry.digits
        rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_DOWN)
        return int(rounded) if digits == 0 else rounded

    def _moment(self, node: Node, usual: Any) -> Any:
        entry = node.entry
        now = clock.now().astimezone(calendar.zone_named())
        low, high = node.limits.get("minimum"), node.limits.get("maximum")
        if not isinstance(entry, MomentField) or entry.kind == "time":
            return usual or "10:00"
        wanted = now - timedelta(hours=2) if high is not None else now + timedelta(days=self.chance.randint(1, 9))
        if entry.kind == "date":
            chosen = wanted.date().isoformat()
            return min(max(chosen, low[:10] if low else chosen), high[:10] if high else date.max.isoformat())
        if low is not None and wanted < _instant(low):
            wanted = _instant(low) + timedelta(minutes=1)
        if high is not None and wanted > _instant(high):
            wanted = _instant(high)
        return wanted.isoformat(timespec="minutes")

    def _text(self, node: Node, usual: Any) -> str:
        entry = node.entry
        if usual is not None:
            return str(usual)
        if isinstance(entry, TextField) and entry.format == "email":
            return "someone@example.com"
        if isinstance(entry, TextField) and entry.format == "phone":
            return "13800000000"
        if not self.is_usual and self.chance.random() < _NUMBERED:
            return f"N{self.chance.randint(1000, 9999)}"
        least, most = int(node.limits.get("minimum_length", 0)), int(node.limits.get("maximum_length", 60))
        wanted = max(least, min(most, self.chance.randint(6, 30)))
        return (_TEXT * (wanted // len(_TEXT) + 1))[:wanted]


def _instant(text: str) -> datetime:
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=calendar.zone_named())


def _is_no_choice(node: Node, value: Any) -> bool:
    """Whether the matter brought a value along that this form does not offer."""
    if not isinstance(node.entry, ChoiceField) or node.entry.multiple:
        return False
    return value not in [option.value for option in node.options]


def _is_fixed(entry: object) -> bool:
    return isinstance(entry, RowsField) and entry.fixed


def _needs_rows(entry: object) -> bool:
    return isinstance(entry, RowsField) and entry.minimum_rows > 0


def without(values: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """The values less what was refused: the field of each path, or the row that it is in."""
    left = deepcopy(dict(values))
    for path in paths:
        left.pop(path.split(".", 1)[0], None)
    return left
