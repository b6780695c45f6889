"""Search over all matters, and the list that was found as a workbook or as JSON lines with seals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Response, render_template, request, url_for

from engine import audit, clock, deployments, history
from engine.audit import MOST_RESULTS, Criteria, criteria_words
from engine.audit.searching import RUNNING
from engine.models import ProcessInstance
from engine.process_instances import Page
from webapp import entries, glossary, procedures
from webapp.audit import rooms
from webapp.audit.rooms import blueprint
from webapp.entries import Entry
from webapp.formats import exact, local
from webapp.languages import gettext as _
from webapp.people import organisation, person_name, unit_name
from webapp.records import catch_up_lately
from webapp.surroundings import actor, reading, surroundings

MOST_EXPORTED = 500
"""Matters in one file of JSON lines; a longer list is narrowed first."""

_LONGEST_TEXT = 80
_LARGEST = Decimal(10) ** 12
_SIZE = 30


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for, and what of it cannot be understood, by field."""

    criteria: Criteria
    problems: Mapping[str, str]


@blueprint.get("", endpoint="search")
def shown() -> Any:
    """The form, and one page of what fits, the latest first."""
    asked = _asked()
    rows: Sequence[Entry] = ()
    page: Page[ProcessInstance] | None = None
    if not asked.problems:
        catch_up_lately()
        if not asked.criteria.is_empty:
            rooms.looked("search", details=criteria_words(asked.criteria))
        page = audit.search(reading(), actor(), asked.criteria, page=entries.page_number(), size=_SIZE)
        rows = [_entry(matter) for matter in page.rows]
    kept: dict[str, Any] = {name: each for name, each in request.args.items() if name != "page"}
    body = render_template(
        "audit/search.html",
        rows=rows,
        total=0 if page is None else page.total,
        most=MOST_RESULTS,
        most_exported=MOST_EXPORTED,
        is_empty=asked.criteria.is_empty,
        problems=asked.problems,
        given=request.args,
        pages=entries.pages(page.number, min(page.pages, -(-MOST_RESULTS // _SIZE))) if page else None,
        procedures=procedures.choices(),
        stores=[(unit, unit_name(unit)) for unit in sorted(organisation().units)],
        people=rooms.people_choices(),
        outcomes=_outcomes(),
        workbook_url=url_for("audit.as_workbook", **kept),
        lines_url=url_for("audit.as_lines", **kept),
    )
    return (body, 422) if asked.problems else body


def _asked() -> Asked:
    problems: dict[str, str] = {}
    since, since_ok = rooms.day_of("since")
    until, until_ok = rooms.day_of("until")
    for name, is_right in (("since", since_ok), ("until", until_ok)):
        if not is_right:
            problems[name] = _("This is no day; write it as 2026-11-23.")
    amounts = {name: _amount(name, problems) for name in ("amount_from", "amount_to")}

    def text(name: str, longest: int) -> str:
        return request.args.get(name, "").strip()[:longest]

    criteria = Criteria(
        text=text("text", _LONGEST_TEXT),
        process_id=text("process", 128),
        store=text("store", 64),
        person=text("person", 64),
        outcome=text("outcome", 128),
        since=None if since is None else rooms.midnight(since),
        until=None if until is None else rooms.midnight(until + timedelta(days=1)),
        amount_from=amounts["amount_from"],
        amount_to=amounts["amount_to"],
    )
    return Asked(criteria, problems)


def _amount(name: str, problems: dict[str, str]) -> Decimal | None:
    written = request.args.get(name, "").strip().replace(",", "")
    if not written:
        return None
    try:
        amount = Decimal(written)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or abs(amount) >= _LARGEST or not written.isascii():
        problems[name] = _("This is no amount; write it as 260.00.")
        return None
    return amount


def _entry(matter: ProcessInstance) -> Entry:
    return Entry(
        key=matter.key,
        url=url_for("audit.matter", key=matter.key),
        title=entries.title_of(matter),
        procedure=entries.procedure_name(matter),
        business_id=matter.business_id,
        applicant=person_name(matter.starter),
        store=unit_name(matter.store),
        state=entries.state_of(matter),
        moment=exact(matter.submitted_at),
    )


def _outcomes() -> list[tuple[str, str]]:
    """How a matter can end: the ends of every procedure's own diagram, by id and name."""
    found: dict[str, str] = {RUNNING: _("in progress"), "canceled": _("cancelled by a manager")}
    for definition in deployments.independent(reading()):
        for element in deployments.process(reading(), definition.key).elements.values():
            if element.type == "endEvent" and not element.parent and element.name:
                found.setdefault(element.id, glossary.translated(element.name, definition.pack))
    return list(found.items())


def _all_found(most: int) -> list[ProcessInstance]:
    asked = _asked()
    found: list[ProcessInstance] = []
    number, pages = 1, 1
    while number <= pages and len(found) < most:
        page = audit.search(reading(), actor(), asked.criteria, page=number, size=200)
        found += page.rows
        pages, number = page.pages, number + 1
    return found[:most]


@blueprint.get("/search.xlsx", endpoint="as_workbook")
def as_workbook() -> Response:
    """What was found, as a workbook: one row a matter, at most as many as a list shows."""
    rooms.looked("excel", details=criteria_words(_asked().criteria))
    headings = [
        _("Number"),
        _("Procedure"),
        _("Title"),
        _("Applicant"),
        _("Store"),
        _("Submitted"),
        _("Ended"),
        _("State"),
        _("Amounts"),
    ]
    matters = _all_found(MOST_RESULTS)
    amounts = audit.amounts(reading(), [matter.key for matter in matters])
    from webapp.audit import workbook  # noqa: PLC0415 - a library of its own, which few ever need

    content = workbook.made(_("All matters"), headings, (_cells(matter, amounts) for matter in matters))
    return _file(content, "matters.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


def _cells(matter: ProcessInstance, amounts: Mapping[int, Mapping[str, Decimal]]) -> list[Any]:
    words = glossary.of(matter.definition_key)
    told = "; ".join(f"{words.label(name)} {amount}" for name, amount in amounts.get(matter.key, {}).items())
    return [
        matter.business_id or "",
        entries.procedure_name(matter),
        entries.title_of(matter),
        person_name(matter.starter),
        unit_name(matter.store),
        _naive(matter.submitted_at),
        _naive(matter.ended_at),
        entries.state_of(matter).words,
        told,
    ]


def _naive(moment: Any) -> Any:
    """A moment as a workbook has it: on the organisation's clocks, without a zone."""
    return None if moment is None else local(moment).replace(tzinfo=None)


@blueprint.get("/search.jsonl", endpoint="as_lines")
def as_lines() -> Response:
    """The histories of what was found, to be checked elsewhere; a bounded number of them."""
    keys = [matter.key for matter in _all_found(MOST_EXPORTED)]
    rooms.looked("lines", details={**criteria_words(_asked().criteria), "matters": str(len(keys))})
    return lines_of(keys, "matters.jsonl")


def lines_of(keys: Sequence[int], name: str) -> Response:
    """The histories of these matters as a file, written while it is sent."""
    database = surroundings().database

    def sent() -> Iterator[str]:
        with database.reader() as session:
            yield from history.export_matters(session, keys)

    return _file(sent(), name, "application/jsonl")


def _file(content: Any, name: str, kind: str) -> Response:
    stamped = f"{local(clock.now()):%Y%m%d-%H%M}-{name}"
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{stamped}"'
    return response


def sent_file(content: bytes, name: str, kind: str) -> Response:
    """A finished file."""
    return _file(content, name, kind)
