"""Tasks of people: find, claim, hand over and complete them; and why a task is whose.

The map: ``inbox`` (lists and counts), ``reading`` (one task with its form's values, why), ``claiming`` (claim,
release, assign), ``overdue`` (take over, mute), ``completing`` (save a draft, complete), ``rights`` (who may do what
with a task).
"""

from engine.user_tasks.claiming import assign, assignable, claim, release
from engine.user_tasks.completing import Completion, complete, save_draft
from engine.user_tasks.inbox import Counts, Filters, Inbox, counts, done, inbox
from engine.user_tasks.overdue import mute, take_over
from engine.user_tasks.reading import TaskView, Why, get, why
from engine.user_tasks.rights import Standing

__all__ = [
    "Completion",
    "Counts",
    "Filters",
    "Inbox",
    "Standing",
    "TaskView",
    "Why",
    "assign",
    "assignable",
    "claim",
    "complete",
    "counts",
    "done",
    "get",
    "inbox",
    "mute",
    "release",
    "save_draft",
    "take_over",
    "why",
]
