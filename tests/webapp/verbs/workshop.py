"""The workshop and the schedules: each procedure is its owners', those of nobody are every process owner's."""

from __future__ import annotations

from tests.webapp.verbs import NOTHING, verb

_REASON = {"reason": "按规定处理"}
_HOLDING = ("holder", "administrator")
_OWNING = ("owner", "administrator")
_NEW_FORM = '{"id": "new", "type": "default", "schemaVersion": 18, "components": []}'

VERBS = (
    verb("workshop.create_draft", "house", "process owner", "other process owner", "administrator",
         fields={"pack": "verbs", "title": "改动"}),
    verb("workshop.import_pack", "procedure", *_OWNING,
         fields={"pack": "verbs"}, files={"files": ("$file", "$changed")}),
    # a draft is its holder's; an administrator gives one up for who left
    verb("workshop.rename_draft", "draft", "holder", fields={"title": "别的名字"}),
    verb("workshop.hand_over_draft", "draft", "holder", fields={"to": "U15"}),
    verb("workshop.discard_draft", "draft", *_HOLDING),
    verb("workshop.new_file", "draft", "holder", files={"file": ("new.form", _NEW_FORM)}),
    verb("workshop.update_draft", "stale draft", "holder", fields={"seen": "$current"}),
    verb("workshop.approve", "draft", "peer", "administrator", fields={"fingerprint": "$fingerprint"}),
    verb("workshop.publish", "draft", "holder", fields={"fingerprint": "$fingerprint", "comment": "按会议决定"}),
    verb("workshop.run_scenarios", "one draft", "holder", "reader", "administrator"),
    # and a file in it may be changed by who owns what uses it besides
    verb("workshop.save_file", "file", "holder", body="$content", headers={"X-Based-On": "$revision"}),
    verb("workshop.remove_file", "file", "holder", fields={"revision": "$revision"}),
    verb("workshop.revert_file", "file", "holder", fields={"revision": "$revision"}),
    verb("workshop.set_aside", "file", "holder", "peer", "administrator", body="$content"),
    verb("workshop.restore", "publication", *_OWNING,
         fields={"path": "$path", "based_on": "$current", "comment": "改回去"}),
    verb("workshop.set_owners", "procedure", "administrator", fields={"owner": ["U09", "U14"]}),
    # trials are worlds apart: nothing of this database is touched, and no trial of somebody else is entered
    *(
        verb(f"workshop.{act}", NOTHING)
        for act in ("begin_trial", "start_in_trial", "pass_time", "end_trial", "complete_in_trial")
    ),
    verb("schedules.pause", "schedule", *_OWNING, fields=_REASON),
    verb("schedules.resume", "paused schedule", *_OWNING, fields=_REASON),
    verb("schedules.run", "schedule", *_OWNING, fields=_REASON),
    verb("schedules.retry", "schedule", *_OWNING, fields=_REASON),
)  # fmt: skip
