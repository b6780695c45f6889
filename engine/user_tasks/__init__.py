"""Tasks of people: find, claim, hand over and complete them; and why a task is whose.

The map: ``inbox`` (lists and counts, with the statements of ``listing``), ``reading`` (one task with its form's
values, why), ``claiming`` (claim, release, assign, hand), ``handing_over`` (of who leaves), ``updating`` (due date,
priority, candidates), ``overdue`` (take over, mute), ``overseen`` (what is open in a manager's unit), ``completing``
(save a draft, complete), ``rights`` (who may do what with a task).
"""

from engine.user_tasks.claiming import assign, assignable, claim, hand, opened, refuse_unfit, release
from engine.user_tasks.completing import Completion, complete, save_draft
from engine.user_tasks.handing_over import hand_over, heir
from engine.user_tasks.inbox import Counts, Filters, Inbox, counts, done, inbox
from engine.user_tasks.overdue import mute, take_over
from engine.user_tasks.overseen import SOON, Load, Overseen, loads, overseen
from engine.user_tasks.reading import TaskView, Why, get, why
from engine.user_tasks.rights import Standing
from engine.user_tasks.updating import update

__all__ = [
    "SOON",
    "Completion",
    "Counts",
    "Filters",
    "Inbox",
    "Load",
    "Overseen",
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
    "hand",
    "hand_over",
    "heir",
    "inbox",
    "loads",
    "mute",
    "opened",
    "overseen",
    "refuse_unfit",
    "release",
    "save_draft",
    "take_over",
    "update",
    "why",
]
