"""Searches over everything there is, by the rights of who asks: filters, sorting, and pages that hold under writes.

The map: ``criteria`` (what is asked of a field → SQL), ``paging`` (order, offset or cursor, counts), ``visible`` (the
matters that somebody may see), and one noun a file with the fields that can be asked for.

A page by cursor begins behind the values of the last row before, so what is written meanwhile moves nothing.
"""

from engine.search.criteria import Criteria, Operator
from engine.search.paging import MAXIMUM_LIMIT, Asked, Found, Order, Paging

__all__ = ["MAXIMUM_LIMIT", "Asked", "Criteria", "Found", "Operator", "Order", "Paging"]
