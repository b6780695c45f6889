"""Content: a pack is read, compiled and checked as a whole, and every problem is found at once.

``read_pack`` and ``pack_of`` give the files, ``compile_pack`` what the engine executes together with all problems,
``check`` the problems alone.
"""

from engine.content.compiled import Content, check, compile_pack
from engine.content.labels import Labels, read_labels
from engine.content.pack import MAXIMUM_FILE_SIZE, Pack, pack_of, read_pack

__all__ = [
    "MAXIMUM_FILE_SIZE",
    "Content",
    "Labels",
    "Pack",
    "check",
    "compile_pack",
    "pack_of",
    "read_labels",
    "read_pack",
]
