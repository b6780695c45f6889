"""Banli: history chained, inbox projected, decision traced, deadline set, variables kept."""

from __future__ import annotations

import sys

import course
import house
import tallied

if __name__ == "__main__":
    unit_of_work = house.furnished(sys.argv[1])
    database = unit_of_work.database
    course.serve(house.Staff(unit_of_work).matter, tallied.over(*{database.engine, database.reader_engine}))
