"""People, posts and units: administrators' alone; and what is each person's own, wherever it stands."""

from __future__ import annotations

from tests.webapp.verbs import Verb, verb

_NAMES = {"name": "新的名字", "name_en": "New name"}
_DAYS = {"starts_on": "2026-12-01", "ends_on": "2026-12-02"}
_TERMS = {"post_code": "cashier", "unit_id": "S03", "contract_type": "open", "starts_on": "2026-11-23"}
_PLAN = {"planned": "9", "salary_min": "3000", "salary_max": "9000"}
_HOURS = {"own": "true", "opens": "08:00", "closes": "20:00", "weekdays": ["1", "2"], "holidays": "none"}


def _administrators(endpoint: str, about: str, **sent: object) -> Verb:
    return verb(endpoint, about, "administrator", **sent)


def _own(endpoint: str) -> Verb:
    """A route that knows nobody but who asks: there is no address by which it could reach somebody else."""
    return verb(endpoint, "oneself")


VERBS = (
    # persons
    _administrators("organisation.person_new", "house",
                    fields={"person_id": "X99", **_NAMES, "starts_on": "2026-11-23"}),
    _administrators("organisation.person_edit", "person", fields=_NAMES),
    _administrators("organisation.person_password", "person"),
    _administrators("organisation.person_lock", "person"),
    _administrators("organisation.person_unlock", "person", at={"person_id": "$locked"}),
    _administrators("organisation.person_return", "person", at={"person_id": "$gone"}),
    _administrators("organisation.person_sign_out", "person"),
    _administrators("organisation.person_end_session", "person", at={"key": "$session"}),
    _administrators("organisation.departure", "person",
                    fields={"act": "hand_over", "last_day": "2026-11-23", "reason": "离职", "successor": "U20"}),
    _administrators("organisation.absence_new", "person", fields=_DAYS),
    _administrators("organisation.absence_remove", "person", at={"key": "$absence"}),
    _administrators("organisation.delegation_revoke", "person", at={"key": "$delegation"}),
    _administrators("organisation.holding_new", "person",
                    fields={"post_code": "cashier", "unit_id": "S03", "starts_on": "2026-11-23"}),
    _administrators("organisation.holding_end", "person", at={"key": "$held"}, fields={"ends_on": "2026-12-31"}),
    _administrators("organisation.holding_remove", "person", at={"key": "$coming"}),
    _administrators("organisation.employment_new", "person", at={"person_id": "$newcomer"}, fields=_TERMS),
    _administrators("organisation.employment_edit", "person", at={"key": "$employment"}, fields=_TERMS),
    _administrators("organisation.employment_end", "person", fields={"ends_on": "2026-12-31"}),
    _administrators("organisation.employment_remove", "person", at={"key": "$employment"}),
    # stores, posts, days
    _administrators("organisation.area_new", "house",
                    fields={"area_id": "Z", **_NAMES, "stores": ["S01", "S02", "S03", "S04", "S05"]}),
    _administrators("organisation.unit_new", "house", fields={"unit_id": "S99", "kind": "store", **_NAMES}),
    _administrators("organisation.unit_edit", "store", fields=_NAMES),
    _administrators("organisation.unit_open", "store", fields={"open": "false"}),
    _administrators("organisation.unit_calendar", "store", fields=_HOURS),
    _administrators("organisation.headcount_new", "store", fields={"post_code": "purchaser", **_PLAN}),
    _administrators("organisation.headcount_edit", "store", at={"code": "cashier"}, fields=_PLAN),
    _administrators("organisation.headcount_remove", "store", at={"code": "cashier"}),
    _administrators("organisation.post_new", "house",
                    fields={"code": "x99", **_NAMES, "grade": "staff", "scope": "organisation"}),
    _administrators("organisation.post_edit", "house", at={"code": "cashier"},
                    fields={**_NAMES, "grade": "staff", "scope": "organisation"}),
    _administrators("organisation.calendar_declare", "house",
                    fields={"day": "2026-12-31", "kind": "free", "name": "盘点"}),
    _administrators("organisation.calendar_withdraw", "house", fields={"day": "$declared"}),
    verb("organisation.exchange_preview", "house"),  # it shows, and changes nothing
    _administrators("organisation.exchange_take", "house",
                    fields={"content": "$workbook", "digest": "$digest", "name": "organisation.xlsx"}),
    # what belongs to one person, by its key
    verb("access_tokens.revoke", "account", "self", "administrator", at={"key": "$token"}),
    verb("account.end_device", "account", "self", "administrator", at={"key": "$session"}),
    verb("away.remove_absence", "account", "self", "superior", "administrator", at={"key": "$absence"}),
    verb("away.revoke_delegation", "account", "self", "administrator", at={"key": "$delegation"}),
    verb("notifications.read", "account", "self", at={"key": "$notification"}),
    *map(_own, (
        "access_tokens.create", "account.change_password", "account.choose", "account.end_devices",
        "account.keep_language", "account.switch_language", "away.add_delegation", "notifications.read_all",
        "sign_in.enter", "sign_in.leave",
    )),
    verb("away.add_absence", "oneself"),  # for others too, who stand beneath one: the page of it has tests of its own
)  # fmt: skip
