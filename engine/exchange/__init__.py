"""The organisation as tables, out and in again: what a workbook or any other file of rows holds.

The map: ``sheets`` (which tables with which columns), ``exporting`` (rows as they stand), ``cells`` (what a cell may
hold), ``importing`` (all rows or none, with every change and every error by cell). Nothing here knows a file format.
"""

from engine.exchange.cells import Formula
from engine.exchange.exporting import export
from engine.exchange.importing import CellError, Change, Outcome, Row, preview, take
from engine.exchange.sheets import SHEETS, Column, Sheet

__all__ = [
    "SHEETS",
    "CellError",
    "Change",
    "Column",
    "Formula",
    "Outcome",
    "Row",
    "Sheet",
    "export",
    "preview",
    "take",
]
