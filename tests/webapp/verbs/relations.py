"""The people of the demo who try every verb, the objects they try it on, and what each is to each of them."""

from __future__ import annotations

from collections.abc import Mapping

ROLES: Mapping[str, str] = {
    "store manager": "U19",
    "area manager": "U16",
    "other area manager": "U17",
    "director": "U03",
    "buyer": "U06",
    "staff": "U35",
    "process owner": "U14",
    "other process owner": "U09",
    "administrator": "U15",
    "auditor": "U13",
}
AUDITOR = ROLES["auditor"]
STRANGER = "stranger"

STARTERS: Mapping[str, str] = {"own": "U19", "same area": "U20", "other area": "U23"}
"""Whose matters they are, seen from the store manager U19: U16 leads the area of U19 and U20, U17 the other one."""

_AREA = {"area manager": "line", "director": "manager", "administrator": "administrator"}
_STORES: Mapping[str, Mapping[str, str]] = {
    "own": {"store manager": "starter", **_AREA},
    "same area": _AREA,
    "other area": {"other area manager": "line", "director": "manager", "administrator": "administrator"},
}
_MATTERS: Mapping[str, Mapping[str, str]] = {
    **_STORES,
    # the line of the store has its task, but a request of head office is not within any area
    "administrator's": {"area manager": "holder", "director": "manager", "administrator": "starter"},
    # who started it and has its task is an auditor by now, and so may do nothing
    "auditor's": {"director": "manager", "administrator": "administrator"},
}
_QUEUES = {instance: {**people, "buyer": "member"} for instance, people in _STORES.items()}
_OWNERS: Mapping[str, Mapping[str, str]] = {
    "one owner's": {"process owner": "owner", "administrator": "administrator"},
    "another's": {"other process owner": "owner", "administrator": "administrator"},
    "nobody's": {"process owner": "owner", "other process owner": "owner", "administrator": "administrator"},
}
_DRAFTS: Mapping[str, Mapping[str, str]] = {
    "one owner's": {"process owner": "holder", "other process owner": "reader", "administrator": "administrator"},
    "another's": {"other process owner": "holder", "process owner": "reader", "administrator": "administrator"},
    "nobody's": {"process owner": "holder", "other process owner": "peer", "administrator": "administrator"},
    # he holds the draft, and the file in it belongs to somebody else's procedure
    "not his": {"process owner": "intruder", "other process owner": "peer", "administrator": "administrator"},
}
_PERSONS: Mapping[str, Mapping[str, str]] = {
    "own": {
        "store manager": "self",
        "area manager": "superior",
        "director": "superior",
        "administrator": "administrator",
    },
    "same area": {"area manager": "superior", "director": "superior", "administrator": "administrator"},
    "other area": {"other area manager": "superior", "director": "superior", "administrator": "administrator"},
    "auditor's": {"auditor": "self", "administrator": "administrator"},
}
_STAFFS: Mapping[str, Mapping[str, str]] = {
    instance: {"administrator": "administrator"} for instance in ("own", "same area", "other area")
}

RELATIONS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    # matters and their tasks, in different states
    "matter": _MATTERS,
    "task": _MATTERS,
    "overdue task": _STORES,
    "queued task": _QUEUES,
    "claimed task": _QUEUES,
    "suspended matter": _STORES,
    "unsubmitted matter": {"own": {"store manager": "starter"}, "same area": {}, "other area": {}},
    "unsubmitted task": {"own": {"store manager": "starter"}, "same area": {}, "other area": {}},
    "job": _STORES,
    "waiting job": _STORES,
    "incident": _STORES,
    "answer": _STORES,
    # procedures, their drafts and schedules
    "procedure": _OWNERS,
    "running matter": _OWNERS,
    "schedule": _OWNERS,
    "paused schedule": _OWNERS,
    "publication": _OWNERS,
    "draft": {instance: people for instance, people in _DRAFTS.items() if instance != "not his"},
    "stale draft": {instance: people for instance, people in _DRAFTS.items() if instance != "not his"},
    "one draft": {"one owner's": _DRAFTS["one owner's"]},
    "file": _DRAFTS,
    # people, their posts and their stores
    "person": _STAFFS,
    "store": _STAFFS,
    "account": _PERSONS,
    # of no single object: what counts is the role itself
    "house": {"all": {role: role for role in ROLES}},
    "oneself": {},
    "nothing": {"all": {role: role for role in ROLES}},
}


def relation(about: str, instance: str, role: str) -> str:
    """What somebody is to an object."""
    return RELATIONS[about][instance].get(role, STRANGER)
