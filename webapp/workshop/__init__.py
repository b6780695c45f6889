"""The workshop (工坊): where process owners change procedures, try them, compare, publish and go back.

``room`` is the blueprint and its door. ``catalogue``, ``procedures`` and ``packs`` show what is published; ``drafts``
and ``editing`` what is being changed, with its ``findings``; ``trials`` tries it by hand, each in a world of
``trial_worlds``; ``runs`` plays the scenarios, ``differences`` compares, ``publishing`` publishes and goes back.
"""

from webapp.workshop import catalogue, differences, drafts, editing, packs, procedures, publishing, runs, trials
from webapp.workshop.room import blueprint, opens_to

__all__ = [
    "blueprint",
    "catalogue",
    "differences",
    "drafts",
    "editing",
    "opens_to",
    "packs",
    "procedures",
    "publishing",
    "runs",
    "trials",
]
