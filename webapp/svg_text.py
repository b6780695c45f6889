"""Text in a drawing: wrapped by estimated widths, since a server has no font to measure with."""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

INK = "#1d1c1a"
TEXT_SIZE = 12
_LINE_HEIGHT = 16
_ROW_TOP = 8
_LAST_NARROW = 0x2E7F  # behind it begin the scripts whose signs are as wide as they are high


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a diagram."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> tuple[float, float]:
        """Its middle."""
        return self.x + self.width / 2, self.y + self.height / 2


def text_in(text: str, box: Box, *, top: bool = False, size: float = TEXT_SIZE, color: str = INK) -> str:
    """``text`` wrapped to the width of ``box``, centred, from its top or around its middle."""
    if not text:
        return ""
    # A label beside its shape may be wider than the box that the modeler noted for it, as in bpmn-js (90).
    rows = _wrap(text, max(box.width - 8, 90 if top else 3 * size) / size)
    x, middle = box.middle
    y = box.y + _ROW_TOP if top else middle - (len(rows) - 1) * _LINE_HEIGHT / 2
    spans = "".join(
        f'<tspan x="{x:g}" y="{y + index * _LINE_HEIGHT:g}">{escape(row)}</tspan>' for index, row in enumerate(rows)
    )
    return f'<text text-anchor="middle" dominant-baseline="middle" font-size="{size:g}" fill="{color}">{spans}</text>'


def width_of(text: str) -> float:
    """How wide a text is, in em, as near as a server can tell."""
    return sum(1.0 if ord(sign) > _LAST_NARROW else 0.56 for sign in text)


def _wrap(text: str, width: float) -> list[str]:
    """Rows of at most ``width`` em: between words for Latin script, between any two signs for Chinese."""
    rows: list[str] = []
    row, used = "", 0.0
    for piece in _pieces(text):
        length = width_of(piece)
        if row and (used + length > width or piece == "\n"):
            rows.append(row.strip())
            row, used = "", 0.0
        if piece != "\n":
            row, used = row + piece, used + length
    return [*rows, row.strip()] if row.strip() else rows


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    word = ""
    for sign in text:
        if ord(sign) > _LAST_NARROW or sign.isspace():
            pieces += [word] if word else []
            pieces.append(sign)
            word = ""
        else:
            word += sign
    return [*pieces, word] if word else pieces
