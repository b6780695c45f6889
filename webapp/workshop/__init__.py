"""The workshop (工坊): where process owners change procedures, try them, compare, publish and go back.

``room`` is the blueprint and its door. ``catalogue``, ``procedures`` and ``packs`` show what is published; ``drafts``
and ``editing`` what is being changed, with its ``findings``.
"""

from webapp.workshop import catalogue, drafts, editing, packs, procedures
from webapp.workshop.room import blueprint, opens_to

__all__ = ["blueprint", "catalogue", "drafts", "editing", "opens_to", "packs", "procedures"]
