"""What differs between two packs, as people speak of it.

Diagrams by element and property, tables by rule and cell, forms by field, translations by label, scenarios by
passage. Pure: two sets of files in, a list of changes out.

``compare`` takes the files by path. Behaviour and layout are kept apart: a shape that was only moved is no change.
A file that cannot be read is compared as text, so that nothing that differs is ever hidden.
"""

from engine.differences.comparing import compare
from engine.differences.model import Change, FileDifference

__all__ = ["Change", "FileDifference", "compare"]
