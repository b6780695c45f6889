"""The places of the organisation: head office, departments, areas and stores."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import calendar, models
from engine.actor import Actor
from engine.errors import Conflict, NotFound, Refused
from engine.organisation import calendars, journal, rights, stored_calendars
from feel.sentences import Sentence

KINDS = ("head_office", "department", "area", "store")
_LEVELS = 20


def add(
    session: Session,
    actor: Actor,
    unit_id: str,
    *,
    kind: str,
    name: str,
    name_en: str | None = None,
    parent_id: str | None = None,
    working_time: Mapping[str, object] | None = None,
) -> models.Unit:
    """Add a unit; ``working_time`` as :func:`stored_calendars.read` takes it (None: that of its kind)."""
    rights.administrator(actor)
    rights.checked_id(unit_id, "unit_id")
    if session.get(models.Unit, unit_id) is not None:
        raise Conflict(Sentence("There is a unit {unit} already.", unit=unit_id), field="unit_id")
    if kind not in KINDS:
        raise Refused(
            Sentence("A unit is one of {kinds}, not {kind}.", kinds=", ".join(KINDS), kind=kind), field="kind"
        )
    unit = models.Unit(
        id=unit_id,
        kind=kind,
        name=rights.checked_name(name),
        name_en=rights.checked_english_name(name_en),
        parent_id=_parent(session, unit_id, kind, parent_id),
        open=True,
        calendar=_calendar(kind, working_time),
    )
    session.add(unit)
    after = {"kind": kind, "name": unit.name, "name_en": unit.name_en, "parent_id": unit.parent_id}
    journal.record(session, actor, "unit.added", {"unit": unit_id}, after=after)
    return unit


def get(session: Session, unit_id: str, field: str = "unit_id") -> models.Unit:
    """The unit of that id; raises :class:`NotFound`."""
    unit = session.get(models.Unit, unit_id)
    if unit is None:
        raise NotFound(Sentence("There is no unit {unit}.", unit=unit_id), field=field)
    return unit


def rename(session: Session, actor: Actor, unit_id: str, *, name: str, name_en: str | None) -> None:
    """Give a unit other names."""
    names = {"name": rights.checked_name(name), "name_en": rights.checked_english_name(name_en)}
    _change(session, actor, unit_id, **names)


def move(session: Session, actor: Actor, unit_id: str, parent_id: str | None) -> None:
    """Put a unit under another one, e.g. a store into an area, or under none."""
    rights.administrator(actor)
    parent = _parent(session, unit_id, get(session, unit_id).kind, parent_id)
    _change(session, actor, unit_id, parent_id=parent)


def set_open(session: Session, actor: Actor, unit_id: str, *, is_open: bool) -> None:
    """Open or close a unit; what runs there goes on, nothing new is assigned to a closed one."""
    _change(session, actor, unit_id, open=is_open)


def set_calendar(session: Session, actor: Actor, unit_id: str, stored: Mapping[str, object] | None) -> None:
    """Give a unit a working time of its own (None: that of its kind)."""
    rights.administrator(actor)
    _change(session, actor, unit_id, calendar=_calendar(get(session, unit_id).kind, stored))


def _change(session: Session, actor: Actor, unit_id: str, **values: object) -> None:
    rights.administrator(actor)
    journal.edit(session, actor, "unit.changed", get(session, unit_id), {"unit": unit_id}, **values)


def _calendar(kind: str, stored: Mapping[str, object] | None) -> Mapping[str, object] | None:
    if stored is None:
        return None
    try:
        stored_calendars.read(stored, calendars.of_kind(kind), {})
    except calendar.CalendarRefused as refused:
        raise Refused(refused.sentence, field="calendar") from refused
    return dict(stored)


def _parent(session: Session, unit_id: str, kind: str, parent_id: str | None) -> str | None:
    """A parent that exists, makes sense, and is not below the unit itself."""
    if parent_id is None:
        return None
    parent = get(session, parent_id, "parent_id")
    allowed = {"store": {"area", "head_office"}, "area": {"department", "head_office"}}
    if parent.kind not in allowed.get(kind, {"department", "head_office"}):
        raise Refused(
            Sentence(
                "A {kind} cannot belong to {parent}, a {parent_kind}.",
                kind=kind,
                parent=parent_id,
                parent_kind=parent.kind,
            ),
            field="parent_id",
        )
    above: str | None = parent_id
    for _ in range(_LEVELS):
        if above is None:
            return parent_id
        if above == unit_id:
            raise Refused(Sentence("{unit} cannot belong to a unit below itself.", unit=unit_id), field="parent_id")
        above = session.scalar(select(models.Unit.parent_id).where(models.Unit.id == above))
    raise Refused(Sentence("Units are nested at most {levels} levels deep.", levels=_LEVELS), field="parent_id")
