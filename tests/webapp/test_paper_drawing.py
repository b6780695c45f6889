"""Diagrams on paper: everything that the server draws can be drawn again, at a size that fits."""

from __future__ import annotations

import io
import math
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from webapp import diagram_svg
from webapp.audit import drawing
from webapp.audit.drawing import Diagram

ROOT = Path(__file__).resolve().parents[2]
DIAGRAMS = sorted((ROOT / "bpmn").rglob("*.bpmn"))


@pytest.mark.parametrize("file", DIAGRAMS, ids=lambda file: file.stem)
def test_every_diagram_of_the_pack_fits_on_a_page(file: Path):
    svg = diagram_svg.draw(file.read_bytes(), states={}, title=file.stem)
    diagram = Diagram(svg, 740, 430)
    assert diagram.width <= 740 + 1e-6
    assert diagram.height <= 430 + 1e-6
    assert 0.2 < diagram.scale <= 1
    paper = io.BytesIO()
    canvas = Canvas(paper)
    diagram.drawOn(canvas, 0, 0)
    canvas.save()
    assert paper.getvalue().startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M-8 -5h16v10z", [("M", [-8, -5]), ("h", [16]), ("v", [10]), ("z", [])]),
        ("M0 -8l8 6l-8 -6", [("M", [0, -8]), ("l", [8, 6]), ("l", [-8, -6])]),
        ("M0 -8a8 8 0 1 0 .01 0", [("M", [0, -8]), ("a", [8, 8, 0, 1, 0, 0.01, 0])]),
        ("m1 2 3 4", [("m", [1, 2]), ("l", [3, 4])]),
    ],
)
def test_the_commands_of_a_path(text: str, expected: list[tuple[str, list[float]]]):
    assert list(drawing._commands(text)) == expected


@pytest.mark.parametrize(
    ("is_large", "is_forward", "middle", "extent"),
    [(False, True, (0, 5), 90), (True, True, (5, 0), 270), (False, False, (5, 0), -90), (True, False, (0, 5), -270)],
)
def test_an_arc_goes_round_the_circle_that_its_flags_choose(is_large, is_forward, middle, extent):
    """From the top (0, 0) to the right (5, 5) of a circle of radius 5; the page's axis points down, as in SVG."""
    left, top, right, bottom, first, goes = drawing._arc((0, 0), (5, 5), 5, is_large=is_large, is_forward=is_forward)
    assert ((left + right) / 2, (top + bottom) / 2) == pytest.approx(middle)
    assert goes == pytest.approx(extent)
    last = math.radians(first + goes)
    assert (middle[0] + 5 * math.cos(last), middle[1] + 5 * math.sin(last)) == pytest.approx((5, 5))
