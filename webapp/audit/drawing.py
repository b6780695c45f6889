"""A diagram on paper: what ``diagram_svg`` drew, drawn again as lines and text that can be searched, at any size.

Only what stands in our own drawings is understood: rectangles, circles, polylines, paths, text, moved and turned.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree
from reportlab.lib import colors
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from webapp.audit import fonts

_SVG = "{http://www.w3.org/2000/svg}"
_PIECE = re.compile(r"([A-Za-z])|(-?(?:\d+\.?\d*|\.\d+))")
_MOVED = re.compile(r"(translate|scale|rotate)\(([^)]*)\)")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "A": 7, "Z": 0}
_MIDDLE = 0.35  # how far the middle of a line of text stands above its base, in em
_ARROW = 9.0
_HALF_ARROW = 4.5


class Diagram(Flowable):  # type: ignore[misc] # reportlab has no hints
    """A drawing scaled to fit a place; ``scale`` says how much."""

    def __init__(self, svg: str, width: float, height: float) -> None:
        super().__init__()
        self._root = etree.fromstring(svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
        self._left, self._top, wide, high = (float(part) for part in self._root.get("viewBox", "").split())
        self.scale = min(1.0, width / wide, height / high)
        self.width, self.height = wide * self.scale, high * self.scale

    def wrap(self, *_available: float) -> tuple[float, float]:
        """The place that it takes."""
        return self.width, self.height

    def draw(self) -> None:
        """Put it on the page, whose axis points up where that of the drawing points down."""
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.translate(0, self.height)
        canvas.scale(self.scale, -self.scale)
        canvas.translate(-self._left, -self._top)
        _draw_all(canvas, self._root)
        canvas.restoreState()


def _draw_all(canvas: Canvas, parent: etree._Element) -> None:
    for element in parent:
        kind = str(element.tag).removeprefix(_SVG)
        if kind in ("title", "defs"):
            continue
        canvas.saveState()
        _move(canvas, element.get("transform", ""))
        if kind == "g":
            _draw_all(canvas, element)
        elif kind == "text":
            _write(canvas, element)
        else:
            _shape(canvas, kind, element)
        canvas.restoreState()


def _move(canvas: Canvas, transform: str) -> None:
    for what, given in _MOVED.findall(transform):
        numbers = [float(part) for part in given.replace(",", " ").split()]
        if what == "translate":
            canvas.translate(numbers[0], numbers[1])
        elif what == "scale":
            canvas.scale(numbers[0], numbers[-1])
        else:
            angle, x, y = numbers
            canvas.translate(x, y)
            canvas.rotate(angle)
            canvas.translate(-x, -y)


def _write(canvas: Canvas, element: etree._Element) -> None:
    size = float(element.get("font-size", 12))
    canvas.setFillColor(colors.HexColor(element.get("fill", "#000000")))
    rows = element.findall(f"{_SVG}tspan") or [element]
    for row in rows:
        canvas.saveState()
        canvas.translate(float(row.get("x", 0)), float(row.get("y", 0)))
        canvas.scale(1, -1)
        canvas.setFont(fonts.name(), size)
        canvas.drawCentredString(0, -size * _MIDDLE, fonts.known(row.text or ""))
        canvas.restoreState()


def _shape(canvas: Canvas, kind: str, element: etree._Element) -> None:
    fill, stroke = element.get("fill", "none"), element.get("stroke", "none")
    has_fill, has_stroke = fill != "none", stroke != "none"
    if has_fill:
        canvas.setFillColor(colors.HexColor(fill))
    if has_stroke:
        canvas.setStrokeColor(colors.HexColor(stroke))
    canvas.setLineWidth(float(element.get("stroke-width", 1)))
    canvas.setDash([float(part) for part in element.get("stroke-dasharray", "").split()])
    painted = {"fill": int(has_fill), "stroke": int(has_stroke)}
    numbers = {name: float(element.get(name, 0)) for name in ("x", "y", "width", "height", "rx", "cx", "cy", "r")}
    if kind == "rect":
        place = (numbers["x"], numbers["y"], numbers["width"], numbers["height"])
        canvas.roundRect(*place, numbers["rx"], **painted)
    elif kind == "circle":
        canvas.circle(numbers["cx"], numbers["cy"], numbers["r"], **painted)
    elif kind == "polyline":
        _line(canvas, element, stroke)
    elif kind == "path":
        canvas.drawPath(_path(canvas, element.get("d", "")), **painted)


def _line(canvas: Canvas, element: etree._Element, stroke: str) -> None:
    points = [tuple(map(float, pair.split(","))) for pair in element.get("points", "").split()]
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    canvas.drawPath(path, fill=0, stroke=1)
    if element.get("marker-end") is None:
        return
    (x1, y1), (x2, y2) = points[-2], points[-1]
    canvas.saveState()
    canvas.setDash()
    canvas.translate(x2, y2)
    canvas.rotate(math.degrees(math.atan2(y2 - y1, x2 - x1)))
    canvas.setFillColor(colors.HexColor(stroke))
    head = canvas.beginPath()
    head.moveTo(-_ARROW, -_HALF_ARROW)
    head.lineTo(0, 0)
    head.lineTo(-_ARROW, _HALF_ARROW)
    head.close()
    canvas.drawPath(head, fill=1, stroke=0)
    canvas.restoreState()


def _path(canvas: Canvas, text: str) -> Any:
    """The path of an SVG: moves, lines, curves, and arcs of circles."""
    path = canvas.beginPath()
    x = y = begin_x = begin_y = 0.0
    for command, numbers in _commands(text):
        kind = command.upper()
        dx, dy = (x, y) if command.islower() else (0.0, 0.0)
        if kind == "Z":
            path.close()
            x, y = begin_x, begin_y
        elif kind == "A":
            end = (numbers[5] + dx, numbers[6] + dy)
            path.arcTo(*_arc((x, y), end, numbers[0], is_large=numbers[3] == 1, is_forward=numbers[4] == 1))
            x, y = end
        elif kind == "C":
            path.curveTo(*(number + (dx, dy)[place % 2] for place, number in enumerate(numbers)))
            x, y = numbers[4] + dx, numbers[5] + dy
        else:
            x = numbers[0] + dx if kind in "MLH" else x
            y = numbers[-1] + dy if kind in "MLV" else y
            if kind == "M":
                path.moveTo(x, y)
                begin_x, begin_y = x, y
            else:
                path.lineTo(x, y)
    return path


def _arc(
    begin: tuple[float, float], end: tuple[float, float], radius: float, *, is_large: bool, is_forward: bool
) -> tuple[float, ...]:
    """The square around the circle, the angle at which the arc begins, and how far it goes, in degrees."""
    across, down = end[0] - begin[0], end[1] - begin[1]
    apart = math.hypot(across, down)
    radius = max(radius, apart / 2)
    away = math.sqrt(max(0.0, radius**2 - apart**2 / 4)) * (1 if is_large == is_forward else -1)
    x = (begin[0] + end[0]) / 2 + away * down / apart
    y = (begin[1] + end[1]) / 2 - away * across / apart
    first = math.degrees(math.atan2(begin[1] - y, begin[0] - x))
    extent = math.degrees(math.atan2(end[1] - y, end[0] - x)) - first
    if is_forward and extent < 0:
        extent += 360
    elif not is_forward and extent > 0:
        extent -= 360
    return x - radius, y - radius, x + radius, y + radius, first, extent


def _commands(text: str) -> Iterator[tuple[str, list[float]]]:
    command = ""
    numbers: list[float] = []
    for letter, number in _PIECE.findall(text):
        if letter:
            command, numbers = letter, []
        else:
            numbers.append(float(number))
        if command and len(numbers) == _TAKES[command.upper()]:
            yield command, numbers
            command, numbers = {"M": "L", "m": "l"}.get(command, command), []
