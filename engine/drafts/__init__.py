"""Drafts: changes of one pack over a deployment, tried and approved before they become the next one.

A draft is a set of changed files in the hands of one person. ``editing`` keeps what is typed and never lets one save
undo another; ``updating`` brings a draft onto what was published meanwhile; ``runs`` remembers how its scenarios
went; ``publishing`` says what still stands in the way, and publishes.
"""

from engine.drafts.editing import discard, hand_over, remove, rename, revert, save, set_aside
from engine.drafts.publishing import Obstacle, approve, obstacles, publish
from engine.drafts.reading import DraftView, File, get, open_drafts, problems
from engine.drafts.rights import may_edit, may_open
from engine.drafts.runs import beat, begin_run, end_run, last_run, run_is_lost
from engine.drafts.starting import create, from_pack
from engine.drafts.updating import bring_up_to_date, meanwhile

__all__ = [
    "DraftView",
    "File",
    "Obstacle",
    "approve",
    "beat",
    "begin_run",
    "bring_up_to_date",
    "create",
    "discard",
    "end_run",
    "from_pack",
    "get",
    "hand_over",
    "last_run",
    "may_edit",
    "may_open",
    "meanwhile",
    "obstacles",
    "open_drafts",
    "problems",
    "publish",
    "remove",
    "rename",
    "revert",
    "run_is_lost",
    "save",
    "set_aside",
]
