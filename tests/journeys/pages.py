"""Every route that is read, as what it is looked at: the one table that ``test_every_page`` is made from.

A new route that answers to GET belongs here: in ``PAGES`` with who looks and under which addresses, or in ``NO_PAGE``
with the reason why there is nothing to look at. A route in neither fails the test. ``{names}`` in addresses are those
of the matters, tasks and drafts of :class:`tests.journeys.stages.Stages`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

OWNER, AUDITOR, ADMINISTRATOR = "U14", "U13", "U15"
STORE, AREA, DIRECTOR, BUYER = "U19", "U16", "U03", "U06"
DIAGRAM = "bpmn/chain_store/procurement_request.bpmn"
TABLE = "dmn/chain_store/procurement_authority.dmn"
FORM = "forms/chain_store/procurement_request.form"
SCENARIOS = "bpmn/chain_store/procurement_request.scenarios.yaml"
LABELS = "bpmn/chain_store/labels.en.po"


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody (nobody: "") who opens addresses, and what the server answers."""

    person: str
    addresses: tuple[str, ...]
    status: int = 200


def _by(person: str, *addresses: str, status: int = 200) -> Look:
    return Look(person, addresses, status)


_EDIT = "/workshop/drafts/{draft}/edit/"

PAGES: Mapping[str, tuple[Look, ...]] = {
    # what everybody has
    "sign_in.page": (_by("", "/sign-in", "/sign-in?ended=1"),),
    "inbox.mine": (
        _by(STORE, "/inbox"),
        _by(AREA, "/inbox", "/inbox?text=没有这样的事项", "/inbox?sort=newest"),
        _by(BUYER, "/inbox"),
        _by(AUDITOR, "/inbox"),
    ),
    "inbox.done": (_by(AREA, "/done"), _by(AUDITOR, "/done")),
    "matters.started": (_by(STORE, "/started"), _by(AUDITOR, "/started")),
    "notifications.copies": (_by(STORE, "/copies"), _by(AREA, "/copies"), _by(AUDITOR, "/copies")),
    "start.catalogue": (_by(STORE, "/start"),),
    "tasks.show": (
        _by(STORE, "/tasks/{new_task}"),
        _by(AREA, "/tasks/{area_task}"),
        _by(BUYER, "/tasks/{buyer_task}"),
    ),
    "tasks.why": (_by(AREA, "/tasks/{area_task}/why"),),
    "matters.show": (
        _by(STORE, "/matters/{ended}", "/matters/{ended}?all=1", "/matters/{late}", "/matters/{archived}"),
        _by(BUYER, "/matters/1", status=404),
    ),
    "matters.withdraw": (_by(STORE, "/matters/{late}/withdraw"),),
    "account.devices": (_by(STORE, "/account/devices"),),
    "account.password": (_by(STORE, "/account/password"),),
    "account.told": (_by(STORE, "/account/told"),),
    "access_tokens.tokens": (_by(STORE, "/account/tokens"), _by(OWNER, "/account/tokens")),
    "api_pages.reference": (_by(STORE, "/account/api"),),
    "away.page": (_by(STORE, "/account/away"), _by(AREA, "/account/away")),
    # the desks
    "operations.tasks": (
        _by(DIRECTOR, "/operations", "/operations?when=open", "/operations?when=soon", "/operations?store=S01"),
        _by(STORE, "/operations"),
    ),
    "operations.task": (_by(DIRECTOR, "/operations/tasks/{late_task}"),),
    "operations.matter": (_by(DIRECTOR, "/operations/matters/{late}"),),
    "operations.trouble": (_by(ADMINISTRATOR, "/operations/trouble"), _by(STORE, "/operations/trouble")),
    "operations.times": (_by(DIRECTOR, "/operations/times"), _by(STORE, "/operations/times")),
    "operations.figures": (_by(DIRECTOR, "/operations/figures", "/operations/figures?by=store"),),
    "operations.starts": (_by(ADMINISTRATOR, "/operations/starts"), _by(STORE, "/operations/starts")),
    "audit.search": (_by(AUDITOR, "/audit", "/audit?text=地毯", "/audit?text=没有这样的事项"),),
    "audit.matter": (
        _by(AUDITOR, "/audit/matters/{ended}", "/audit/matters/{ended}?verify=1", "/audit/matters/{late}"),
    ),
    "audit.journal": (_by(AUDITOR, "/audit/views"),),
    "archive.index": (_by(AUDITOR, "/archive", "/archive?text=没有这样的文件"),),
    "archive.show": (_by(AUDITOR, "/archive/{entry}"), _by(STORE, "/archive/{entry}")),
    "schedules.index": (_by(ADMINISTRATOR, "/schedules"), _by(AUDITOR, "/schedules")),
    "schedules.show": (_by(ADMINISTRATOR, "/schedules/{schedule}"), _by(AUDITOR, "/schedules/{schedule}")),
    # the organisation
    "organisation.people_list": (_by(ADMINISTRATOR, "/organisation/people", "/organisation/people?left=1"),),
    "organisation.person_page": (
        _by(ADMINISTRATOR, "/organisation/people/U19", "/organisation/people/U35", "/organisation/people/U16"),
    ),
    "organisation.person_new": (_by(ADMINISTRATOR, "/organisation/people/new"),),
    "organisation.person_edit": (_by(ADMINISTRATOR, "/organisation/people/U19/edit"),),
    "organisation.absence_new": (_by(ADMINISTRATOR, "/organisation/people/U19/absences/new"),),
    "organisation.employment_new": (_by(ADMINISTRATOR, "/organisation/people/U35/employments/new"),),
    "organisation.employment_edit": (_by(ADMINISTRATOR, "/organisation/people/U35/employments/{employment}/edit"),),
    "organisation.employment_remove": (
        _by(ADMINISTRATOR, "/organisation/people/U35/employments/{employment}/remove"),
    ),
    "organisation.employment_end": (_by(ADMINISTRATOR, "/organisation/people/U35/employments/end"),),
    "organisation.departure": (_by(ADMINISTRATOR, "/organisation/people/U16/leave"),),
    "organisation.holding_new": (_by(ADMINISTRATOR, "/organisation/people/U19/posts/new"),),
    "organisation.holding_end": (_by(ADMINISTRATOR, "/organisation/people/U19/posts/{holding}/end"),),
    "organisation.register_page": (
        _by(ADMINISTRATOR, "/organisation/register", "/organisation/register?which=probation"),
    ),
    "organisation.units_tree": (_by(ADMINISTRATOR, "/organisation/units"),),
    "organisation.unit_page": (_by(ADMINISTRATOR, "/organisation/units/A", "/organisation/units/S01"),),
    "organisation.unit_new": (_by(ADMINISTRATOR, "/organisation/units/new"),),
    "organisation.unit_edit": (_by(ADMINISTRATOR, "/organisation/units/S01/edit"),),
    "organisation.unit_calendar": (_by(ADMINISTRATOR, "/organisation/units/S01/calendar"),),
    "organisation.headcount_new": (_by(ADMINISTRATOR, "/organisation/units/S01/headcounts/new"),),
    "organisation.headcount_edit": (_by(ADMINISTRATOR, "/organisation/units/S01/headcounts/server/edit"),),
    "organisation.area_new": (_by(ADMINISTRATOR, "/organisation/areas/new"),),
    "organisation.posts_list": (_by(ADMINISTRATOR, "/organisation/posts"),),
    "organisation.post_page": (_by(ADMINISTRATOR, "/organisation/posts/purchaser"),),
    "organisation.post_new": (_by(ADMINISTRATOR, "/organisation/posts/new"),),
    "organisation.post_edit": (_by(ADMINISTRATOR, "/organisation/posts/purchaser/edit"),),
    "organisation.roles_page": (_by(ADMINISTRATOR, "/organisation/roles"),),
    "organisation.calendar_page": (_by(ADMINISTRATOR, "/organisation/calendar"),),
    "organisation.changes_page": (_by(ADMINISTRATOR, "/organisation/changes"),),
    "organisation.exchange_page": (_by(ADMINISTRATOR, "/organisation/exchange"),),
    "organisation.foresight_page": (_by(ADMINISTRATOR, "/organisation/who-would-get-it"),),
    # the workshop
    "workshop.catalogue": (_by(OWNER, "/workshop"), _by(STORE, "/workshop", status=403)),
    "workshop.procedure": (_by(OWNER, "/workshop/procedures/procurement_request"),),
    "workshop.show_pack": (_by(OWNER, "/workshop/packs/chain_store"),),
    "workshop.pack_difference": (
        _by(
            OWNER,
            "/workshop/packs/chain_store/difference",
            "/workshop/packs/chain_store/difference?before={old_version}&after={new_version}",
        ),
    ),
    "workshop.ask_restore": (_by(OWNER, "/workshop/packs/chain_store/back/{old_version}"),),
    "workshop.ask_import": (_by(OWNER, "/workshop/import"),),
    "workshop.draft": (
        _by(OWNER, "/workshop/drafts/{draft}", "/workshop/drafts/{stale_draft}"),
        _by(ADMINISTRATOR, "/workshop/drafts/{draft}"),
    ),
    "workshop.editor": (
        _by(OWNER, *(_EDIT + path for path in (DIAGRAM, TABLE, FORM, SCENARIOS, LABELS))),
        _by(ADMINISTRATOR, _EDIT + DIAGRAM),
    ),
    "workshop.draft_difference": (_by(OWNER, "/workshop/drafts/{draft}/difference"),),
    "workshop.scenarios": (_by(OWNER, "/workshop/drafts/{draft}/scenarios"),),
    "workshop.ask_publish": (
        _by(OWNER, "/workshop/drafts/{draft}/publish", "/workshop/drafts/{stale_draft}/publish"),
    ),
    "workshop.ask_trial": (_by(OWNER, "/workshop/drafts/{draft}/trial"),),
    "workshop.trial": (_by(OWNER, "/workshop/drafts/{draft}/trial/{trial}"),),
    "workshop.trial_task": (
        _by(OWNER, "/workshop/drafts/{draft}/trial/{trial}/tasks/{trial_task}?as={trial_person}"),
    ),
    "workshop.trial_matter": (_by(OWNER, "/workshop/drafts/{draft}/trial/{trial}/matters/{trial_matter}"),),
}

NO_PAGE: Mapping[str, str] = {
    "inbox.home": "leads to the inbox",
    "organisation.home": "leads to the people",
    "tasks.in_place": "a part of the inbox: test_journey opens it there",
    "archive.package": "a file to keep",
    "attachments.show": "a file to keep",
    "audit.as_history": "a file to keep",
    "audit.as_lines": "a file to keep",
    "audit.as_paper": "a file to keep",
    "audit.as_workbook": "a file to keep",
    "organisation.exchange_file": "a file to keep",
    "workshop.draft_file": "a file to keep",
    "workshop.export_draft": "a file to keep",
    "workshop.export_file": "a file to keep",
    "workshop.export_pack": "a file to keep",
    "workshop.version_file": "a file to keep",
    "matters.diagram": "asked for by a script",
    "workshop.file_findings": "asked for by a script",
    "health.process": "for programs",
    "health.ready": "for programs",
    "measurements.show": "for programs",
    "static": "the files of the pages",
}
"""Besides these, whatever the API answers (``api.``) is for programs."""
