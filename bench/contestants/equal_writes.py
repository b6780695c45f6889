"""The equal-writes floor: a machine without an engine that issues the very statements that Banli issues.

Banli sees one matter of each amount through and every statement is written down with its parameters; then they are
issued again and again with fresh keys, in the same transactions, through the same connections. Nothing is resolved,
decided, checked, chained or encoded: what Banli needs above this is the engine's own work.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import course
import house
import tallied
from sqlalchemy import event

from engine.database import Database
from engine.keys import new_key


@dataclass
class Transaction:
    """What one transaction sent, and by which engine."""

    writes: bool
    statements: list[tuple[str, Any]] = field(default_factory=list)


class Recorder:
    """Writes down every statement of a database."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.transactions: list[Transaction] = []

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Everything sent within."""
        heard = [
            (self.database.engine, "begin", self._begun(writes=True)),
            (self.database.engine, "before_cursor_execute", self._sent),
        ]
        if self.database.reader_engine.pool is not self.database.engine.pool:
            heard += [
                (self.database.reader_engine, "begin", self._begun(writes=False)),
                (self.database.reader_engine, "before_cursor_execute", self._sent),
            ]
        for engine, name, listener in heard:
            event.listen(engine, name, listener)
        yield
        for engine, name, listener in heard:
            event.remove(engine, name, listener)

    def _begun(self, *, writes: bool) -> Any:
        def begun(connection: Any) -> None:
            read_only = connection.get_execution_options().get("postgresql_readonly")
            self.transactions.append(Transaction(writes and not read_only))

        return begun

    def _sent(self, _connection: Any, _cursor: Any, text: str, given: Any, _context: Any, many: bool) -> None:
        if text.startswith("BEGIN"):
            return
        parameters = [_copy(one) for one in given] if many else _copy(given)
        self.transactions[-1].statements.append((text, parameters))


class Replay:
    """The statements of one matter, with keys of its own each time."""

    def __init__(self, database: Database, transactions: list[Transaction], low: int, high: int) -> None:
        self.database = database
        self.transactions = transactions
        self.low, self.high = low, high
        self.numbers = count(1)

    def __call__(self) -> None:
        """Once more."""
        fresh: dict[Any, Any] = {}
        number = f"-{next(self.numbers)}"
        for transaction in self.transactions:
            with (self.database.writer if transaction.writes else self.database.reader)() as session:
                connection = session.connection()
                for text, given in transaction.statements:
                    result = connection.exec_driver_sql(text, self._renewed(given, fresh, number))
                    if result.returns_rows:
                        result.fetchall()
                session.commit()

    def _renewed(self, given: Any, fresh: dict[Any, Any], number: str) -> Any:
        if isinstance(given, list):
            return [self._renewed(one, fresh, number) for one in given]
        if isinstance(given, dict):
            return {name: self._value(value, fresh, number) for name, value in given.items()}
        return tuple(self._value(value, fresh, number) for value in given)

    def _value(self, value: Any, fresh: dict[Any, Any], number: str) -> Any:
        if isinstance(value, int) and self.low < value < self.high:
            if value not in fresh:
                fresh[value] = new_key()
            return fresh[value]
        if isinstance(value, str) and value.startswith("A-") and len(value) < len("A-20261128-0000001"):
            return value + number  # the number that people say is unique
        return value


def _copy(given: Any) -> Any:
    return dict(given) if isinstance(given, dict) else tuple(given)


def main() -> None:
    """Record, then serve."""
    unit_of_work = house.furnished(sys.argv[1])
    database, staff = unit_of_work.database, house.Staff(unit_of_work)
    for _ in range(2):  # compiled and cached, as every later matter finds them
        for amount in course.AMOUNTS:
            staff.matter(amount)
    replays = {}
    for amount in course.AMOUNTS:
        recorder, low = Recorder(database), new_key()
        with recorder.recording():
            staff.matter(amount)
        replays[amount] = Replay(database, recorder.transactions, low, new_key())
    course.serve(lambda amount: replays[amount](), tallied.over(*{database.engine, database.reader_engine}))


if __name__ == "__main__":
    main()
