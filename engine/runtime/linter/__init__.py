"""What a diagram must not contain, said before anybody starts it: element id, reason, and what to draw instead."""

from __future__ import annotations

from engine.runtime.linter.allowed import check_allowed
from engine.runtime.linter.compensation import check_compensation
from engine.runtime.linter.paths import check_paths
from engine.runtime.linter.structure import check_structure
from engine.runtime.linter.thrown import check_thrown

__all__ = ["check_allowed", "check_compensation", "check_paths", "check_structure", "check_thrown"]
