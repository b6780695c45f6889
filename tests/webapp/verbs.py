"""Every route that changes something, and who may use it: the one table that ``test_verbs`` is made from.

A new route belongs here, with what it is about and who may; a route without an entry fails the test. ``about``:

- ``task``, ``matter``: of a matter of the house. ``may`` names, as words of ``RELATIONS``, everybody for whom it
  changes something; for all others it changes nothing, whatever the answer says.
- ``everything``: of no single matter (a draft of the workshop, a schedule, the programs' API). Here the test proves
  that an auditor changes nothing by it; the rest is proved beside the room.
- ``own``: a person's own account, and nothing else: everybody may, auditors too.
- ``nothing``: it answers, and changes nothing for anybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

About = Literal["task", "matter", "everything", "own", "nothing"]


@dataclass(frozen=True, slots=True)
class Verb:
    """One route: what it is about, for whom it changes something, and what is posted."""

    about: About
    may: frozenset[str] = frozenset()
    fields: Mapping[str, Any] = field(default_factory=dict)


def _verb(about: About, *may: str, **fields: Any) -> Verb:
    return Verb(about, frozenset(may), fields)


#: What each person is to each matter; all wait with the line of their store. The names are the people of the demo.
RELATIONS: Mapping[tuple[str, str], str] = {
    ("store manager", "own"): "starter",
    ("store manager", "same area"): "stranger",
    ("store manager", "other area"): "stranger",
    ("area manager", "own"): "holder",
    ("area manager", "same area"): "holder",
    ("area manager", "other area"): "stranger",
    ("other area manager", "own"): "stranger",
    ("other area manager", "same area"): "stranger",
    ("other area manager", "other area"): "holder",
    ("director", "own"): "manager",
    ("director", "same area"): "manager",
    ("director", "other area"): "manager",
    ("buyer", "own"): "stranger",
    ("buyer", "same area"): "stranger",
    ("buyer", "other area"): "stranger",
    ("staff", "own"): "stranger",
    ("staff", "same area"): "stranger",
    ("staff", "other area"): "stranger",
    ("process owner", "own"): "stranger",
    ("process owner", "same area"): "stranger",
    ("process owner", "other area"): "stranger",
    ("administrator", "own"): "administrator",
    ("administrator", "same area"): "administrator",
    ("administrator", "other area"): "administrator",
}
PEOPLE: Mapping[str, str] = {
    "store manager": "U19",
    "area manager": "U16",
    "other area manager": "U17",
    "director": "U03",
    "buyer": "U06",
    "staff": "U35",
    "process owner": "U14",
    "administrator": "U15",
}
STARTERS: Mapping[str, str] = {"own": "U19", "same area": "U20", "other area": "U23"}

_REASON = {"reason": "按规定处理"}
_OPINION = {"is_normal_need": "true", "investigation_note": "经现场核实，确属正常需求", "decision": "approve"}
_API = _verb("everything")
_WORKSHOP = _verb("everything")
_SCHEDULE = _verb("everything", **_REASON)
_ORGANISATION = _verb(
    "everything",
    id="X99",
    code="x99",
    name="新的",
    name_en="New",
    person="U19",
    post="cashier",
    unit="S01",
    kind="store",
    parent="A",
    grade="staff",
    starts_on="2026-11-24",
    ends_on="2026-11-25",
    day="2026-11-24",
    working="true",
    to="U20",
    password="a long password of ours",
    confirmed="yes",
)

ROUTES: Mapping[str, Verb] = {
    # tasks
    "tasks.claim": _verb("task"),  # the one who has it claims nothing anew, and nobody else may
    "tasks.release": _verb("task"),  # it was given in person and has no queue
    "tasks.draft": _verb("task", "holder", **_OPINION),
    "tasks.complete": _verb("task", "holder", **_OPINION),
    "tasks.live": _verb("nothing", **_OPINION),
    "tasks.recalculate": _verb("nothing", **_OPINION),
    "attachments.upload": _verb("task"),  # this form has no field for files
    "inbox.claim_several": _verb("task"),
    "overdue.take_over": _verb("task"),  # its time has not passed twice
    "overdue.mute": _verb("task", "holder", muted="true"),
    "operations.assign": _verb("task", "manager", "administrator", **_REASON),
    "operations.take_over": _verb("task", **_REASON),
    # matters
    "matters.discard": _verb("matter"),  # it is submitted
    "matters.withdraw_now": _verb("matter", "starter", **_REASON),
    "operations.suspend": _verb("matter", "holder", "manager", "administrator", **_REASON),
    "operations.resume": _verb("matter", **_REASON),  # it is not suspended
    "operations.cancel": _verb("matter", "holder", "manager", "administrator", **_REASON),
    "operations.send_back": _verb("matter", "holder", "manager", "administrator", **_REASON),
    "operations.retry": _verb("everything"),
    "operations.close_incident": _verb("everything", **_REASON),
    # of no single matter
    "start.begin": _verb("everything"),
    "schedules.pause": _SCHEDULE,
    "schedules.resume": _SCHEDULE,
    "schedules.retry": _SCHEDULE,
    "schedules.run": _SCHEDULE,
    "workshop.create_draft": _verb("everything", pack="chain_store", title="改动"),
    "workshop.discard_draft": _WORKSHOP,
    "workshop.hand_over_draft": _verb("everything", to="U15", holder="U15"),
    "workshop.import_pack": _WORKSHOP,
    "workshop.new_file": _verb("everything", kind="form", name="new", path="forms/chain_store/new.form"),
    "workshop.remove_file": _WORKSHOP,
    "workshop.rename_draft": _verb("everything", title="别的名字"),
    "workshop.revert_file": _WORKSHOP,
    "workshop.save_file": _verb("everything", content="{}"),
    "workshop.set_aside": _WORKSHOP,
    "workshop.set_owners": _verb("everything", owner="U13", owners="U13", person="U13"),
    "workshop.approve": _WORKSHOP,
    "workshop.begin_trial": _WORKSHOP,
    "workshop.complete_in_trial": _WORKSHOP,
    "workshop.end_trial": _WORKSHOP,
    "workshop.pass_time": _WORKSHOP,
    "workshop.publish": _WORKSHOP,
    "workshop.restore": _WORKSHOP,
    "workshop.run_scenarios": _WORKSHOP,
    "workshop.start_in_trial": _WORKSHOP,
    "workshop.update_draft": _WORKSHOP,
    # people, posts, units
    "organisation.absence_new": _ORGANISATION,
    "organisation.absence_remove": _ORGANISATION,
    "organisation.area_new": _ORGANISATION,
    "organisation.calendar_declare": _ORGANISATION,
    "organisation.calendar_withdraw": _ORGANISATION,
    "organisation.delegation_revoke": _ORGANISATION,
    "organisation.departure": _ORGANISATION,
    "organisation.employment_edit": _ORGANISATION,
    "organisation.employment_end": _ORGANISATION,
    "organisation.employment_new": _ORGANISATION,
    "organisation.employment_remove": _ORGANISATION,
    "organisation.exchange_preview": _ORGANISATION,
    "organisation.exchange_take": _ORGANISATION,
    "organisation.headcount_edit": _ORGANISATION,
    "organisation.headcount_new": _ORGANISATION,
    "organisation.headcount_remove": _ORGANISATION,
    "organisation.holding_end": _ORGANISATION,
    "organisation.holding_new": _ORGANISATION,
    "organisation.holding_remove": _ORGANISATION,
    "organisation.person_edit": _ORGANISATION,
    "organisation.person_end_session": _ORGANISATION,
    "organisation.person_lock": _ORGANISATION,
    "organisation.person_new": _ORGANISATION,
    "organisation.person_password": _ORGANISATION,
    "organisation.person_return": _ORGANISATION,
    "organisation.person_sign_out": _ORGANISATION,
    "organisation.person_unlock": _ORGANISATION,
    "organisation.post_edit": _ORGANISATION,
    "organisation.post_new": _ORGANISATION,
    "organisation.unit_calendar": _ORGANISATION,
    "organisation.unit_edit": _ORGANISATION,
    "organisation.unit_new": _ORGANISATION,
    "organisation.unit_open": _ORGANISATION,
    # programs
    "api.assignUserTask": _verb("everything", assignee="U17"),
    "api.cancelProcessInstance": _API,
    "api.completeUserTask": _verb("everything", variables=_OPINION),
    "api.createDeployment": _API,
    "api.createProcessInstance": _verb("everything", processDefinitionId="procurement_request"),
    "api.migrateProcessInstance": _API,
    "api.modifyProcessInstance": _API,
    "api.nothing": _verb("nothing"),
    "api.pinClock": _verb("everything", timestamp=0),
    "api.resetClock": _API,
    "api.resumeProcessInstance": _API,
    "api.searchProcessDefinitions": _verb("nothing"),
    "api.searchProcessInstances": _verb("nothing"),
    "api.searchUserTasks": _verb("nothing"),
    "api.suspendProcessInstance": _API,
    "api.activateJobs": _API,
    "api.broadcastSignal": _API,
    "api.completeJob": _API,
    "api.correlateMessage": _API,
    "api.evaluateDecision": _API,
    "api.failJob": _API,
    "api.publishMessage": _API,
    "api.resolveIncident": _API,
    "api.throwJobError": _API,
    "api.updateJob": _API,
    "api.searchDecisionDefinitions": _verb("nothing"),
    "api.searchDecisionInstances": _verb("nothing"),
    "api.searchElementInstances": _verb("nothing"),
    "api.searchIncidents": _verb("nothing"),
    "api.searchJobs": _verb("nothing"),
    "api.searchProcessInstanceIncidents": _verb("nothing"),
    "api.searchUserTaskEffectiveVariables": _verb("nothing"),
    "api.searchUserTaskVariables": _verb("nothing"),
    "api.searchVariables": _verb("nothing"),
    "api.token": _verb("own"),
    "api.unassignUserTask": _API,
    "api.updateUserTask": _verb("everything", changeset={"priority": 90}),
    # one's own account
    "access_tokens.create": _verb("own"),
    "access_tokens.revoke": _verb("own"),
    "account.change_password": _verb("own"),
    "account.choose": _verb("own"),
    "account.end_device": _verb("own"),
    "account.end_devices": _verb("own"),
    "account.keep_language": _verb("own"),
    "account.switch_language": _verb("own"),
    "away.add_absence": _verb("own"),
    "away.add_delegation": _verb("own"),
    "away.remove_absence": _verb("own"),
    "away.revoke_delegation": _verb("own"),
    "notifications.read": _verb("own"),
    "notifications.read_all": _verb("own"),
    "sign_in.enter": _verb("own"),
    "sign_in.leave": _verb("own"),
}
