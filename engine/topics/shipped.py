"""The topics that this product ships: where each runs and what it takes; ``docs/service-tasks.md`` explains them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from engine.topics.inputs import Declaration, Input

CHANNELS = ("email", "wecom", "dingtalk", "feishu")
"""The ways by which a notification leaves the house, besides the page where everybody finds it."""

EMPLOYMENT_CHANGES = ("begin_review", "release_review", "confirm", "extend_probation", "certify_health", "end")
"""What procedures let happen to an employment; see ``engine.organisation.employments``."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
LONGEST_MAIL = 100_000

DECLARATIONS: Mapping[str, Declaration] = {
    "purchase_split_guard": Declaration(
        "inside",
        {
            "store": Input(),
            "category": Input(required=True),
            "amount_total": Input("number", required=True),
            "split_guard_days": Input("number", required=True),
        },
    ),
    "headcount_check": Declaration(
        "inside",
        {
            "store": Input(required=True),
            "position": Input(required=True),
            "headcount": Input("number", required=True, least=Decimal(1), most=Decimal(100)),
        },
    ),
    "record_hire": Declaration(
        "inside",
        {
            "employee": Input(required=True),
            "name": Input(required=True),
            "store": Input(required=True),
            "position": Input(required=True),
            "start_date": Input("date", required=True),
            "contract_type": Input(required=True),
            "contract_months": Input("number"),
            "probation_end": Input("date"),
            "health_certificate_until": Input("date"),
        },
    ),
    "change_employment": Declaration(
        "inside",
        {
            "employee": Input(required=True),
            "change": Input(header_only=True, required=True, choices=EMPLOYMENT_CHANGES),
            "date": Input("date"),
        },
    ),
    "notify": Declaration(
        "inside",
        {
            "people": Input("names"),
            "groups": Input("names"),
            "kind": Input(choices=("copy", "notice", "reminder")),
            "channels": Input("names", choices=CHANNELS),
            "text.zh": Input(header_only=True, longest=500),
            "text.en": Input(header_only=True, longest=500),
        },
        either=("people", "groups"),
    ),
    "start_process": Declaration(
        "inside",
        {
            "process": Input(required=True),
            "variables": Input("context"),
            "starter": Input(),
            "store": Input(),
        },
    ),
    "write_ledger": Declaration(
        "inside",
        {
            "ledger": Input(required=True, header_only=True),
            "unit": Input(),
            "date": Input("date"),
            "amount": Input("number"),
            "values": Input("context"),
        },
    ),
    "archive_document": Declaration(
        "inside",
        {
            "archive": Input(required=True, header_only=True),
            "title": Input(longest=200),
            "values": Input("context"),
            "files": Input("names"),
            "years": Input("number", least=Decimal(1), most=Decimal(200)),
        },
    ),
    "send_email": Declaration(
        "outside",
        {
            "to": Input("names", required=True),
            "cc": Input("names"),
            "reply_to": Input(),
            "subject": Input(required=True, longest=200),
            "text": Input(required=True, longest=LONGEST_MAIL),
        },
    ),
    "http_request": Declaration(
        "outside",
        {
            "method": Input(header_only=True, choices=METHODS),
            "url": Input(required=True, secrets=True, longest=4000),
            "query": Input("context"),
            "body": Input("value"),
            "timeout": Input("number", header_only=True, least=Decimal(1), most=Decimal(60)),
            "errors": Input("names", header_only=True),
        },
        {"header.": Input(secrets=True, longest=4000)},
    ),
    "deliver_notification": Declaration(
        "outside", {"notification": Input("value", required=True), "channel": Input(required=True)}, internal=True
    ),
}
