"""Figures of ended matters: cycle time, on time, returned, rejected; by procedure, store and month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from engine import audit
from engine.audit import Cycle
from webapp import charts, procedures
from webapp.charts import Bar
from webapp.formats import duration, number, share
from webapp.languages import gettext as _
from webapp.operations import rooms
from webapp.operations.rooms import blueprint
from webapp.people import unit_name
from webapp.records import catch_up_lately
from webapp.surroundings import actor, reading

_MONTHS = 24
_DEFAULT_MONTHS = 6
_MOST_BARS = 15


@dataclass(frozen=True, slots=True)
class Period:
    """Which months, and what of them; months are written "2026-11"."""

    first: str
    last: str
    process_id: str
    store: str
    months: Sequence[str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table, in words."""

    name: str
    ended: str
    finished: str
    cycle: str
    on_time: str
    returned: str
    rejected: str


def period() -> Period:
    """The period that the address asks for, the last half year unless it says otherwise."""
    day = rooms.today()
    count = day.year * 12 + day.month - 1
    months = [f"{(count - back) // 12}-{(count - back) % 12 + 1:02}" for back in range(_MONTHS)]
    first, last = request.args.get("first", ""), request.args.get("last", "")
    first = first if first in months else months[_DEFAULT_MONTHS - 1]
    last = last if last in months else months[0]
    return Period(
        min(first, last),
        max(first, last),
        request.args.get("process", "")[:128],
        request.args.get("store", "")[:64],
        months,
    )


@blueprint.get("/figures", endpoint="figures")
def shown() -> str:
    """The table and its charts."""
    found = rooms.overseen()
    catch_up_lately()
    chosen = period()
    by = request.args.get("by", "month")
    by = by if by in ("month", "process_id", "store") else "month"
    cycles = audit.cycles(
        reading(),
        actor(),
        by,  # type: ignore[arg-type] # checked above
        first=chosen.first,
        last=chosen.last,
        process_id=chosen.process_id,
        store=chosen.store,
    )
    named = [(_name(by, cycle.of), cycle) for cycle in cycles]
    return render_template(
        "operations/figures.html",
        unit=rooms.unit_in_words(found),
        chosen=chosen,
        by=by,
        bys=_bys(by),
        lines=[_line(name, cycle) for name, cycle in named],
        total=_line(_("Together"), _sum(cycles)) if len(cycles) > 1 else None,
        charts=_charts(named[-_MOST_BARS:]) if cycles else [],
        procedures=procedures.choices(),
        stores=rooms.store_choices(found),
    )


def _name(by: str, of: str) -> str:
    if by == "store":
        return unit_name(of) or _("no unit")
    return procedures.name_of(of) if by == "process_id" else of


def _bys(by: str) -> list[tuple[str, str, bool]]:
    named = (("month", _("By month")), ("process_id", _("By procedure")), ("store", _("By store")))
    kept: dict[str, Any] = {name: each for name, each in request.args.items() if name != "by"}
    return [(name, url_for("operations.figures", **kept, by=each), each == by) for each, name in named]


def _line(name: str, cycle: Cycle) -> Line:
    return Line(
        name,
        number(cycle.matters),
        number(cycle.finished),
        duration(cycle.seconds // cycle.finished) if cycle.finished else "—",
        share(cycle.on_time, cycle.dated),
        share(cycle.returned, cycle.matters),
        share(cycle.rejected, cycle.matters),
    )


def _sum(cycles: Sequence[Cycle]) -> Cycle:
    def total(field: str) -> int:
        return sum(getattr(cycle, field) for cycle in cycles)

    names = ("matters", "finished", "seconds", "rejected", "returned", "dated", "on_time")
    return Cycle("", *map(total, names))


def _charts(named: Sequence[tuple[str, Cycle]]) -> list[tuple[str, Markup]]:
    def shares(part: str, whole: str) -> list[Bar]:
        return [
            Bar(
                name,
                _ratio(getattr(cycle, part), getattr(cycle, whole)),
                share(getattr(cycle, part), getattr(cycle, whole)),
            )
            for name, cycle in named
        ]

    means = [
        Bar(
            name,
            _ratio(cycle.seconds, cycle.finished),
            duration(cycle.seconds // cycle.finished) if cycle.finished else "—",
        )
        for name, cycle in named
    ]
    whole = Decimal(1)
    drawn = (
        (_("Mean cycle time"), means, None),
        (_("Done on time"), shares("on_time", "dated"), whole),
        (_("Sent back at least once"), shares("returned", "matters"), whole),
        (_("Rejected"), shares("rejected", "matters"), whole),
    )
    return [(title, charts.bars(title, rows, most=most)) for title, rows, most in drawn]


def _ratio(part: int, whole: int) -> Decimal | None:
    return Decimal(part) / whole if whole else None
