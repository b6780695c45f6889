"""The built-in functions of DMN 1.5, one module for each of the standard's tables."""

from __future__ import annotations

from feel.builtin import contexts, lists, numbers, patterns, ranges, statistics, strings, temporal
from feel.builtin.registry import Builtins

BUILTIN = Builtins()

__all__ = ["BUILTIN", "contexts", "lists", "numbers", "patterns", "ranges", "statistics", "strings", "temporal"]
