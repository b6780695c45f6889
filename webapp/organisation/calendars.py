"""Working time: that of a unit, and the days that are declared working or free over the public calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel.dates import get_day_names
from flask import render_template, request, url_for
from markupsafe import Markup

from engine import calendar
from engine.calendar import WorkingTime
from engine.organisation import calendars, units
from webapp.formats import listed, locale
from webapp.languages import gettext as _
from webapp.organisation.room import act, administrator, answer, attempt, blueprint, done, reader, today
from webapp.papers import Field, Paper
from webapp.people import unit_name
from webapp.surroundings import reading

_YEARS = (2000, 2100)


@blueprint.get("/calendar")
def calendar_page() -> str:
    """The declared days of a year."""
    reader()
    return _calendar(_day_paper())


def _calendar(paper: Paper) -> str:
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == len("2026") else today().year
    year = min(max(year, _YEARS[0]), _YEARS[1])
    return render_template(
        "organisation/calendar.html",
        folder="calendar",
        year=year,
        days=calendars.declared(reading(), year),
        knows=calendar.HEAD_OFFICE.knows(year),
        paper=paper,
    )


def _day_paper() -> Paper:
    kinds = [("free", _("free")), ("working", _("working"))]
    return Paper(
        [
            Field("day", _("Day"), "day", span=5),
            Field("kind", _("is"), "choice", choices=kinds, value="free", span=4),
            Field("name", _("because of"), hint=_("For example: stocktaking, typhoon."), span=7),
        ]
    )


@blueprint.post("/calendar")
def calendar_declare() -> Any:
    """Declare a day."""
    acting, paper = administrator(), _day_paper()
    given = paper.read(request.form)
    working = given["kind"] == "working"
    if attempt(paper, calendars.set_day, acting, given["day"], working=working, name=given["name"]):
        return done(_("Saved."), url_for("organisation.calendar_page", year=given["day"].year))
    return _calendar(paper), 422


@blueprint.post("/calendar/withdraw")
def calendar_withdraw() -> Any:
    """Let the public calendar decide about a day again."""
    acting = administrator()
    day = date.fromisoformat(request.form.get("day", today().isoformat())[:10])
    target = url_for("organisation.calendar_page", year=day.year)
    return act(target, _("Taken back."), calendars.unset_day, acting, day)


@blueprint.route("/units/<unit_id>/calendar", methods=["GET", "POST"])
def unit_calendar(unit_id: str) -> Any:
    """Give a unit a working time of its own, or that of its kind again."""
    acting, session = administrator(), reading()
    unit = units.get(session, unit_id)
    now = calendars.of_unit(session, unit_id)
    opens, closes = now.hours[0]
    names = get_day_names("wide", locale=locale())
    weekdays = [(str(number), str(names[number - 1])) for number in range(1, 8)]
    holidays = [("CN", _("free, as published")), ("none", _("do not count"))]
    own = unit.calendar or {}
    paper = Paper(
        [
            Field("own", _("A working time of its own"), "tick", value=unit.calendar is not None),
            Field("opens", _("Opens"), value=_clock(opens), hint=_("For example 09:00."), span=5),
            Field("closes", _("Closes"), value=_clock(closes), hint=_("For example 21:00."), span=5),
            Field(
                "weekdays", _("Weekdays"), "several", choices=weekdays, value=[str(n) for n in sorted(now.weekdays)]
            ),
            Field("holidays", _("Public holidays"), "choice", choices=holidays, value=now.holidays or "none", span=8),
            Field(
                "free", _("Free besides"), "long", required=False, hint=_dates(), value=" ".join(own.get("free", ()))
            ),
            Field(
                "working",
                _("Working besides"),
                "long",
                required=False,
                hint=_dates(),
                value=" ".join(own.get("working", ())),
            ),
        ]
    )
    target = url_for("organisation.unit_page", unit_id=unit_id)
    if request.method == "POST":
        stored = _stored(paper, paper.read(request.form))
        if attempt(paper, units.set_calendar, acting, unit_id, stored):
            return done(_("Saved."), target)
    action = url_for("organisation.unit_calendar", unit_id=unit_id)
    heading = _("Working time of %(unit)s", unit=unit_name(unit_id))
    return answer(paper, heading, action, target, folder="units")


def _dates() -> str:
    return _("Dates such as 2026-12-25, separated by spaces.")


def _stored(paper: Paper, given: dict[str, Any]) -> dict[str, Any] | None:
    """The working time as a unit keeps it; what cannot be read is said at its field."""
    if not given["own"]:
        paper.errors.clear()
        return None
    for name in ("opens", "closes"):
        if given[name] and not _is_clock(given[name]):
            paper.errors[name] = _("This is no time of day. Please write it as 09:00.")
    days = {name: (given[name] or "").replace(",", " ").split() for name in ("free", "working")}
    for name, texts in days.items():
        wrong = [text for text in texts if not _is_day(text)]
        if wrong:
            paper.errors[name] = _("%(text)s is no date.", text=wrong[0])
    return {
        "hours": [[given["opens"], given["closes"]]],
        "weekdays": [int(number) for number in given["weekdays"]],
        "holidays": None if given["holidays"] == "none" else given["holidays"],
        **{name: texts for name, texts in days.items() if texts},
    }


def _is_clock(text: str) -> bool:
    hours, colon, minutes = text.partition(":")
    return bool(colon) and hours.isdecimal() and minutes.isdecimal() and len(minutes) == len("00")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == len("2026-12-25")


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def in_words(time: WorkingTime) -> Markup:
    """A working time in one line."""
    names = get_day_names("abbreviated", locale=locale())
    hours = listed(f"{_clock(opens)}–{_clock(closes)}" for opens, closes in time.hours)
    days = (
        _("every day")
        if len(time.weekdays) == 7  # noqa: PLR2004 - a week
        else listed(str(names[number - 1]) for number in sorted(time.weekdays))
    )
    public = _("public holidays free") if time.holidays else _("public holidays too")
    return Markup("{} · {} · {}").format(hours, days, public)
