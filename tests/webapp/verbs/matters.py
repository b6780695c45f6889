"""Pages about matters and their tasks: whoever has a task, leads its unit, started it, or looks after the system."""

from __future__ import annotations

from tests.engine.attachments.files import png
from tests.webapp.verbs import NOTHING, verb

_REASON = {"reason": "按规定处理"}
_OPINION = {"is_normal_need": "true", "investigation_note": "经现场核实，确属正常需求", "decision": "approve"}
_DIRECTORS = ("line", "manager", "administrator")
_PHOTO = {"_file.photos": ("地毯.png", png())}

VERBS = (
    verb("start.begin", "house", "store manager", "administrator", at={"process_id": "procurement_request"}),
    verb("tasks.claim", "queued task", "member"),
    verb("tasks.claim", "claimed task"),  # who has it claims nothing anew, and takes nothing from another
    verb("tasks.claim", "task"),
    verb("tasks.release", "claimed task", "member"),
    verb("tasks.release", "task"),  # it was given in person and has no queue
    verb("tasks.draft", "task", "line", "holder", fields=_OPINION),
    verb("tasks.draft", "unsubmitted task", "starter", fields={"purpose": "更换地毯"}),
    verb("tasks.complete", "task", "line", "holder", fields=_OPINION),
    verb("tasks.complete", "queued task", fields=_OPINION),
    verb("tasks.live", "task", fields=_OPINION),
    verb("tasks.recalculate", "task", fields=_OPINION),
    verb("attachments.upload", "unsubmitted task", "starter", files=_PHOTO),
    verb("attachments.upload", "task", files=_PHOTO),  # this form has no field for files
    verb("inbox.claim_several", "queued task", "member", fields={"task": "$key"}),
    verb("overdue.take_over", "overdue task", "manager"),
    verb("overdue.take_over", "task"),  # its time has not passed twice
    verb("overdue.mute", "task", "line", "holder", fields={"muted": "true"}),
    verb("operations.assign", "task", "manager", "administrator", fields={"to": "$other", **_REASON}),
    verb("operations.take_over", "overdue task", "manager", fields=_REASON),
    verb("operations.take_over", "task", fields=_REASON),
    verb("matters.discard", "unsubmitted matter", "starter"),
    verb("matters.discard", "matter"),
    verb("matters.withdraw_now", "matter", "starter", fields=_REASON),
    verb("operations.suspend", "matter", *_DIRECTORS, fields=_REASON),
    verb("operations.resume", "suspended matter", *_DIRECTORS, fields=_REASON),
    verb("operations.resume", "matter", fields=_REASON),
    verb("operations.cancel", "matter", *_DIRECTORS, fields=_REASON),
    verb("operations.send_back", "matter", *_DIRECTORS, fields={"to": "$matter:PR0_request", **_REASON}),
    verb("operations.retry", "incident", "starter", *_DIRECTORS),
    verb("operations.close_incident", "incident", "administrator", fields=_REASON),
    # words of the programs' door that change nothing
    verb("api.nothing", NOTHING),
)
