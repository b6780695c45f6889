"""Matters: start, discard, withdraw, cancel, suspend, resume, modify and migrate them; and who may see which.

The map: ``starting``, ``ending`` (discard, withdraw, cancel), ``administration`` (suspend, resume, modify, return,
jump, skip), ``migration`` (another version of the process: preview, migrate), ``reading`` (get, list, search),
``own`` (those that one started), ``rights`` (who may see a matter), ``links`` (matters that started others).
"""

from engine.process_instances.administration import jump, modify, resume, send_back, skip, suspend
from engine.process_instances.ending import cancel, discard, may_withdraw, withdraw
from engine.process_instances.links import Link, Origin, follow, linked, started_by_job
from engine.process_instances.migration import Preview, migrate
from engine.process_instances.migration import preview as migration_preview
from engine.process_instances.own import started_by
from engine.process_instances.reading import Page, get, listed, of_matter, timeline, variables, waiting
from engine.process_instances.rights import may_see, may_start
from engine.process_instances.starting import start

__all__ = [
    "Link",
    "Origin",
    "Page",
    "Preview",
    "cancel",
    "discard",
    "follow",
    "get",
    "jump",
    "linked",
    "listed",
    "may_see",
    "may_start",
    "may_withdraw",
    "migrate",
    "migration_preview",
    "modify",
    "of_matter",
    "resume",
    "send_back",
    "skip",
    "start",
    "started_by",
    "started_by_job",
    "suspend",
    "timeline",
    "variables",
    "waiting",
    "withdraw",
]
