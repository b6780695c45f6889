"""Charts as static SVG, drawn on the server: every bar carries its number, so that no colour has to be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from webapp.svg_text import width_of

_ROW, _GAP, _TEXT = 22, 8, 13
_LABEL_WIDTH, _WIDTH = 130, 460
_NUMBER_WIDTH = 96


@dataclass(frozen=True, slots=True)
class Bar:
    """One value with its label and its number in words; None is shown as missing."""

    label: str
    value: Decimal | None
    words: str


def bars(title: str, rows: Sequence[Bar], *, most: Decimal | None = None) -> Markup:
    """Horizontal bars beneath one another; ``most`` is the value of a full one (None: the largest)."""
    top = most or max((row.value for row in rows if row.value is not None), default=Decimal(0)) or Decimal(1)
    room = _WIDTH - _LABEL_WIDTH - _NUMBER_WIDTH
    parts = [_bar(row, index, room, top) for index, row in enumerate(rows)]
    height = len(rows) * (_ROW + _GAP)
    return Markup(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><title>{}</title>{}</svg>'
    ).format(_WIDTH, height, title, title, Markup("").join(parts))


def _bar(row: Bar, index: int, room: int, top: Decimal) -> Markup:
    y = index * (_ROW + _GAP)
    long = 0 if row.value is None else int(max(Decimal(0), min(row.value / top, Decimal(1))) * room)
    return Markup(
        '<text x="0" y="{0}" dominant-baseline="middle">{1}</text>'
        '<rect class="track" x="{2}" y="{3}" width="{4}" height="{5}" rx="2"/>'
        '<rect class="bar" x="{2}" y="{3}" width="{6}" height="{5}" rx="2"/>'
        '<text class="soft" x="{7}" y="{0}" dominant-baseline="middle">{8}</text>'
    ).format(
        y + _ROW / 2,
        shortened(row.label, _LABEL_WIDTH - 10),
        _LABEL_WIDTH,
        y + 3,
        room,
        _ROW - 6,
        long,
        _LABEL_WIDTH + room + 8,
        row.words,
    )


def split(title: str, waiting: int, working: int, most: int) -> Markup:
    """One bar in two parts: hatched what waited, solid what was worked on; as long as its share of ``most``."""
    full = 200
    first = full * waiting // most if most else 0
    second = full * working // most if most else 0
    return Markup(
        '<svg class="split" viewBox="0 0 {0} 16" role="img" aria-label="{1}"><title>{1}</title>'
        '<rect class="waits" x="0.5" y="2.5" width="{2}" height="11"/>'
        '<rect class="works" x="{2}" y="2.5" width="{3}" height="11"/></svg>'
    ).format(full, title, first, second)


def hatching() -> Markup:
    """The pattern of what waited, once on a page that has split bars."""
    return Markup(
        '<svg class="visually-hidden" aria-hidden="true" width="0" height="0"><defs>'
        '<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="hatch-line" d="M0 0v5"/></pattern></defs></svg>'
    )


def shortened(text: str, room: float) -> str:
    """As much of a label as fits beside its bar."""
    if width_of(text) * _TEXT <= room:
        return text
    kept = text
    while kept and width_of(kept + "…") * _TEXT > room:
        kept = kept[:-1]
    return kept + "…"
