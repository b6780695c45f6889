"""One matter as a PDF for the file: A4, Chinese and English, every value as text that can be searched and copied."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from markupsafe import Markup
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from webapp.audit import fonts
from webapp.audit.drawing import Diagram
from webapp.diagram_svg import LOOKS
from webapp.facts import Fact
from webapp.formats import exact_text
from webapp.languages import gettext as _
from webapp.steps import words_of

if TYPE_CHECKING:
    from webapp.audit.matter import Decided, Submission, Told
    from webapp.matter_parts import Drawing

_MARGIN, _BOTTOM = 18 * mm, 20 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_HEADING = 18 * mm
_READABLE = 0.7  # a drawing that would be smaller on an upright page gets one that lies across
_INK, _SOFT, _LINE = colors.HexColor("#1d1c1a"), colors.HexColor("#5b564c"), colors.HexColor("#b9b1a1")
_SEAL = colors.HexColor("#b02e1c")
_LONGEST = 4000
_MOST_LINES = 400


def made(told: Told, person: str, moment: datetime) -> bytes:
    """The bytes of the file; ``person`` took it away at ``moment``, which stands on every page."""
    target = io.BytesIO()
    number = told.head.business_id or str(told.head.key)
    taken = _("taken away by %(person)s on %(moment)s", person=person, moment=exact_text(moment))
    foot = f"{number} · {taken}"
    document = BaseDocTemplate(target, pagesize=A4, title=f"{number} {told.head.title}", author=_("Banli"))
    document.addPageTemplates([_page("upright", A4), _page("across", landscape(A4))])
    document.build(_story(told), canvasmaker=partial(_Numbered, foot))
    return target.getvalue()


def _page(name: str, size: tuple[float, float]) -> PageTemplate:
    frame = Frame(_MARGIN, _BOTTOM, size[0] - 2 * _MARGIN, size[1] - _MARGIN - _BOTTOM, 0, 0, 0, 0, id=name)
    return PageTemplate(id=name, frames=[frame], pagesize=size)


class _Numbered(Canvas):  # type: ignore[misc] # reportlab has no hints
    """A canvas that knows how many pages there are when it writes the foot of each."""

    def __init__(self, foot: str, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._foot = foot
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self.setFont(fonts.name(), 8)
            self.setFillColor(_SOFT)
            self.drawString(_MARGIN, 11 * mm, fonts.known(self._foot))
            words = _("page %(number)s of %(count)s", number=number, count=len(self._pages))
            self.drawRightString(self._pagesize[0] - _MARGIN, 11 * mm, words)
            super().showPage()
        super().save()


def _style(size: float, **other: Any) -> ParagraphStyle:
    base = {"fontName": fonts.name(), "fontSize": size, "leading": size * 1.5, "textColor": _INK, "wordWrap": "CJK"}
    return ParagraphStyle("text", **{**base, **other})


def _text(text: Any, size: float = 9.5, **other: Any) -> Paragraph:
    plain = text.striptags() if isinstance(text, Markup) else str(text)
    return Paragraph(escape(fonts.known(plain[:_LONGEST])).replace("\n", "<br/>"), _style(size, **other))


def _soft(text: Any, size: float = 8.5) -> Paragraph:
    return _text(text, size, textColor=_SOFT)


def _story(told: Told) -> list[Flowable]:
    head = told.head
    version = _("version %(version)s", version=head.version)
    story: list[Flowable] = [
        _soft(f"{head.procedure} · {version}", 9),
        _text(head.title, 17, leading=24),
        Spacer(0, 3 * mm),
        _pairs(
            [
                (_("Number"), head.business_id or "—"),
                (_("State"), head.state.words),
                (_("Applicant"), " · ".join(part for part in (head.applicant, head.store) if part)),
                (_("Submitted"), _moment(told.matter.submitted_at)),
                (_("Ended"), _moment(told.matter.ended_at)),
                *((_("Now"), f"{wait.step} — {wait.who}") for wait in told.waiting),
            ]
        ),
    ]
    if told.seals:
        words = "　".join(f"【{seal.word}】{seal.person} {seal.day}" for seal in told.seals)
        story += [Spacer(0, 2 * mm), _text(words, 11, textColor=_SEAL)]
    story += _part(_("Values"), [_facts(told.facts)] if told.facts else [])
    story += _part(_("Forms as submitted"), [flowable for each in told.submissions for flowable in _submitted(each)])
    story += _part(_("Decisions"), [flowable for each in told.decisions for flowable in _decided(each)])
    story += _part(_("Files"), [_files(told)] if told.files else [])
    story += _part(_("What happened"), [_timeline(told)])
    story += _part(_("The chain of its history"), _chain(told))
    story += [flowable for drawing in told.drawings if drawing.svg for flowable in _drawn(drawing)]
    return story


def _drawn(drawing: Drawing) -> list[Flowable]:
    """A page with one diagram, how far it came told by colours, lines and words."""
    size, name = A4, "upright"
    diagram = Diagram(drawing.svg, *_room(size))
    if diagram.scale < _READABLE:
        across = Diagram(drawing.svg, *_room(landscape(A4)))
        if across.scale > diagram.scale:
            diagram, name = across, "across"
    marked = dict.fromkeys(step.state.kind for step in drawing.steps if step.state is not None)
    legend = Table([[_mark(kind) for kind in marked]], 28 * mm, hAlign="LEFT") if marked else Spacer(0, 0)
    heading = [_text(_("Drawing: %(name)s", name=drawing.name), 12.5), legend, Spacer(0, 3 * mm)]
    return [NextPageTemplate(name), PageBreak(), *heading, diagram]


def _mark(kind: str) -> Paragraph:
    """What a colour and its line mean."""
    look = LOOKS[kind]
    return _text(f"■ {words_of(kind)}", 8.5, textColor=colors.HexColor(look.stroke))


def _room(size: tuple[float, float]) -> tuple[float, float]:
    """What a page has for a drawing under its heading."""
    return size[0] - 2 * _MARGIN, size[1] - _MARGIN - _BOTTOM - _HEADING


def _moment(moment: datetime | None) -> str:
    return "—" if moment is None else exact_text(moment)


def _part(title: str, flowables: Sequence[Flowable]) -> list[Flowable]:
    if not flowables:
        return []
    heading = _text(title, 12.5, spaceBefore=6 * mm, spaceAfter=1.5 * mm)
    return [KeepTogether([heading, flowables[0]]), *flowables[1:]]


def _pairs(rows: Sequence[tuple[str, Any]]) -> Table:
    cells = [[_soft(label, 9.5), value if isinstance(value, Flowable) else _text(value)] for label, value in rows]
    return _table(cells, [38 * mm, _WIDTH - 38 * mm])


def _table(cells: list[list[Any]], widths: Sequence[float], *, heading: bool = False) -> Table:
    style = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
        ("LEFTPADDING", (0, 0), (-1, -1), 2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 5),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    return Table(cells, colWidths=list(widths), style=TableStyle(style), repeatRows=1 if heading else 0, splitInRow=1)


def _facts(facts: Sequence[Fact]) -> Flowable:
    return _pairs([(fact.label, _value(fact, _WIDTH - 42 * mm)) for fact in facts])


def _value(fact: Fact, width: float) -> Flowable:
    if not fact.rows:
        return _text(fact.shown)
    count = max(1, len(fact.columns))
    cells = [[_text(column.label, 8.5, textColor=_SOFT) for column in fact.columns]]
    cells += [[_text(cell, 8.5) for cell in row] for row in fact.rows]
    return _table(cells, [width / count] * count, heading=True)


def _submitted(each: Submission) -> list[Flowable]:
    who = each.person if not each.owner else _("%(person)s for %(owner)s", person=each.person, owner=each.owner)
    when = _("created %(created)s, due %(due)s, completed %(completed)s") % {
        "created": each.created.striptags(),
        "due": each.due.striptags(),
        "completed": each.completed.striptags(),
    }
    third = (_WIDTH - 38 * mm) / 2
    rows: list[list[Flowable]] = [[_soft(_("Field")), _soft(_("Before")), _soft(_("Submitted value"))]]
    for value in each.values:
        before: Flowable = _text("") if value.before is None else _value(value.before, third - 8)
        rows.append([_text(value.label, textColor=_SOFT), before, _value(value.after, third - 8)])
    title = f"{each.step} — {who}"
    heading = [_text(title, 10.5, spaceBefore=3 * mm), _text(f"{when} · {each.form}", 8.5, textColor=_SOFT)]
    if len(rows) == 1:
        return [KeepTogether(heading)]
    return [KeepTogether(heading), _table(rows, [38 * mm, third, third], heading=True)]


def _decided(each: Decided) -> list[Flowable]:
    told: list[Flowable] = [_text(each.sentence, spaceBefore=2 * mm), _text(each.moment, 8.5, textColor=_SOFT)]
    if each.rules is None:
        return told
    inputs = each.rules.inputs
    part = (_WIDTH - 30 * mm) / max(1, len(inputs))
    cells = [[_text(word, 8.5, textColor=_SOFT) for word in (_("Rule"), *inputs, _("Result"))]]
    for rule in each.rules.rows:
        mark: Callable[[str], Paragraph] = partial(_text, size=8.5, textColor=_INK if rule.matched else _SOFT)
        words = [f"{cell.text} {cell.words}" for cell in rule.cells]
        cells.append([mark(f"{'▶ ' if rule.matched else ''}{rule.number}"), *map(mark, words), mark(rule.words)])
    return [*told, _table(cells, [12 * mm, *[part] * len(inputs), 18 * mm], heading=True)]


def _files(told: Told) -> Table:
    return _pairs(
        [
            (each["file"].name, f"{each['file'].size} · SHA-256 {each['sha256']} · {each['step']} · {each['person']}")
            for each in told.files
        ]
    )


def _timeline(told: Told) -> Table:
    cells = []
    for line in told.lines[:_MOST_LINES]:
        sentence = f"{line.sentence} “{line.opinion}”" if line.opinion else line.sentence
        cells.append([_text(line.moment, 8.5, textColor=_SOFT), _text(sentence, 9)])
    if len(told.lines) > _MOST_LINES:
        cells.append([_text(""), _text(_("The history is longer; the JSON lines hold all of it."), 9)])
    return _table(cells, [32 * mm, _WIDTH - 32 * mm])


def _chain(told: Told) -> list[Flowable]:
    chain = told.chain
    rows = [
        (_("Events"), str(chain.events)),
        (_("Hash of the last one"), chain.head),
        (_("Seal"), chain.sealed),
        (_("Verification"), chain.summary),
        *((_("Problem"), problem) for problem in chain.problems),
    ]
    return [_pairs(rows)]
