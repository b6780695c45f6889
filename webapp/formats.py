"""How values, moments and states look on a page: dates, relative times, money, people, labels.

Everything here returns text or safe markup in the reader's language; nothing asks the database by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from flask import Flask, g, request
from markupsafe import Markup, escape

from engine import clock
from webapp import file_links, written
from webapp.languages import NAMES, english_names, language, say
from webapp.languages import gettext as _
from webapp.surroundings import surroundings

_SOON = timedelta(minutes=1)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def install(app: Flask) -> None:
    """Offer the formats to templates."""
    app.jinja_env.filters.update(say=say, exact=exact, ago=ago, day=day, amount=amount, shown=shown)
    app.jinja_env.globals.update(due=due, language_names=NAMES)

    @app.context_processor
    def common() -> dict[str, Any]:
        return {"language": language(), "settings": surroundings().settings, "here_url": _here()}


def _here() -> str:
    path = request.full_path if request.query_string else request.path
    return path if request.method in ("GET", "HEAD") else request.path


def zone() -> ZoneInfo:
    """The organisation's time zone."""
    return ZoneInfo(surroundings().settings.time_zone)


def locale() -> Locale:
    """The reader's language as Babel knows it."""
    return written.LOCALES[language()]


def local(instant: datetime) -> datetime:
    """``instant`` on the organisation's clocks."""
    return instant.astimezone(zone())


def exact_text(instant: datetime) -> str:
    """The day and the minute; the year only where it is not the present one, and on paper, which is read later."""
    with_year = local(instant).year != local(clock.now()).year or bool(g.get("is_paper"))
    minutes = int(instant.timestamp() // _MINUTE)
    return written.minute(minutes, surroundings().settings.time_zone, language(), with_year)


def exact(instant: datetime | None) -> Markup:
    """A ``<time>`` that shows the exact moment."""
    if instant is None:
        return Markup("—")
    return Markup('<time datetime="%s">%s</time>') % (instant.isoformat(), exact_text(instant))


def ago(instant: datetime | None) -> Markup:
    """A ``<time>`` that shows how long ago or ahead, and the exact moment on hover."""
    if instant is None:
        return Markup("—")
    distance = instant - clock.now()
    words = (
        _("just now")
        if abs(distance) < _SOON
        else written.distance(int(distance.total_seconds()), language(), directed=True)
    )
    return Markup('<time datetime="%s" title="%s">%s</time>') % (instant.isoformat(), exact_text(instant), words)


def day(value: date) -> str:
    """A calendar day in words."""
    return written.day(value, language(), with_year=True)


def short_day(instant: datetime) -> str:
    """The day of an instant on the organisation's calendar, without the year."""
    return written.day(local(instant).date(), language(), with_year=False)


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due: ``kind`` overdue, today, later or none; ``words`` are safe markup."""

    kind: str
    words: Markup


def due(instant: datetime | None) -> Due:
    """How close a due date is, in words besides any colour."""
    if instant is None:
        return Due("none", Markup(""))
    now = clock.now()
    title, css = exact_text(instant), ""
    if instant < now:
        words, kind, css = _("%(time)s overdue", time=_distance(now - instant)), "overdue", "late-words"
    elif local(instant).date() == local(now).date():
        words, kind = _("due in %(time)s", time=_distance(instant - now)), "today"
    else:
        words, kind = _("due %(day)s", day=title), "later"
    markup = Markup('<time class="%s" datetime="%s" title="%s">%s</time>')
    return Due(kind, markup % (css, instant.isoformat(), title, words))


def _distance(span: timedelta) -> str:
    return written.distance(int(span.total_seconds()), language(), directed=False)


def amount(value: Decimal | int) -> str:
    """Money with thousands separators and its sign."""
    return f"¥{written.number(str(value), '#,##0.00', language())}"


def number(value: Decimal | int) -> str:
    """A number with thousands separators and every digit that it has."""
    return written.number(str(value), "#,##0.##########", language())


def shown(value: Any, field: Any = None) -> Markup:
    """A value of a form or a variable as people read it; ``field`` (a glossary entry) tells money and choices."""
    if value is None or value == "":
        return Markup("—")
    if isinstance(value, bool):
        return escape(_("Yes") if value else _("No"))
    if isinstance(value, Decimal | int):
        text = amount(value) if getattr(field, "is_money", False) else number(value)
        return Markup('<span class="figure">%s</span>') % (text,)
    if isinstance(value, datetime):
        return exact(value)
    if isinstance(value, date):
        return escape(day(value))
    if isinstance(value, str) and getattr(field, "is_moment", False):
        return _written_moment(value)
    if file_links.is_files(value):
        return file_links.listed(value)
    if isinstance(value, Mapping):
        return escape(", ".join(f"{key}: {item}" for key, item in value.items()))
    if isinstance(value, Sequence) and not isinstance(value, str):
        return escape(listed(_choice(item, field) for item in value))
    return escape(_choice(value, field))


def listed(parts: Iterable[str]) -> str:
    """Several words one after the other, as the reader's language separates them."""
    return ("、" if language() == "zh" else ", ").join(parts)


def _written_moment(text: str) -> Markup:
    """A date or instant that a form keeps as text; anything else as it stands."""
    try:
        if len(text) == len("2026-11-23"):
            return escape(day(date.fromisoformat(text)))
        instant = datetime.fromisoformat(text)
    except ValueError:
        return escape(text)
    return exact(instant if instant.tzinfo else instant.replace(tzinfo=zone()))


def _choice(value: Any, field: Any) -> str:
    choices: Mapping[str, str] = getattr(field, "choices", None) or {}
    text = str(value)
    return choices.get(text) or english_names().get(text, text)


def duration(seconds: int | Decimal) -> str:
    """How long something took: minutes below an hour, hours below two days, else days of 24 hours."""
    if seconds < _HOUR:
        return _("%(number)s min", number=number(round(Decimal(seconds) / _MINUTE)))
    if seconds < 2 * _DAY:
        return _("%(number)s h", number=number(_rounded(Decimal(seconds) / _HOUR)))
    return _("%(number)s days", number=number(_rounded(Decimal(seconds) / _DAY)))


def share(part: int, whole: int) -> str:
    """A part of a whole in per cent; a dash where there is no whole."""
    return "—" if not whole else f"{number(_rounded(Decimal(100 * part) / whole))} %"


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1")).normalize() + 0
