"""How are many rows written by one statement, as fast as the driver can take them?

SQLAlchemy compiles the statement and converts the values, as ever; but its general way of binding many rows takes
longer than SQLite takes to write them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from sqlalchemy import Column, Connection, Delete, Dialect, Insert, Update

from regulars.store.turns import while_writing

_VALUES = re.compile(r"(.* VALUES )(\([?, ]+\))((?: ON CONFLICT .*)?)", re.DOTALL)
_AT_ONCE = (256, 128, 64, 32, *range(16, 1, -1))  # rows: whatever their number, few statements that are compiled once


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the driver takes it. `names`: its parameters in order, each with what converts its values;
    `sources`: which item of a row each takes. `many`: the same for as many rows at once, the most first."""

    statement: str
    sources: tuple[str, ...]
    conversions: tuple[tuple[int, Any], ...]
    names: tuple[str, ...] | None
    many: tuple[tuple[int, str], ...]

    @staticmethod
    def of(dialect: Dialect, statement: Insert | Update | Delete, columns: Mapping[str, Column[Any]]) -> Prepared:
        """`columns`: by parameter, the column whose value it takes, and by whose name a row has it."""
        compiled = statement.compile(dialect=dialect, column_keys=list(columns) if statement.is_insert else None)
        names = tuple(compiled.positiontup or columns)
        found = (columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names)
        return Prepared(
            str(compiled),
            tuple(columns[name].name for name in names),
            tuple((at, convert) for at, convert in enumerate(found) if convert is not None),
            names if compiled.positiontup is None else None,
            _many(str(compiled)) if statement.is_insert and dialect.name == "sqlite" else (),
        )

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for every row, in their order."""
        self.run_columns(connection, {source: [row[source] for row in rows] for source in self.sources}, len(rows))

    def run_columns(self, connection: Connection, columns: Mapping[str, Sequence[Any]], count: int) -> None:
        """The same of `count` rows, given as the values of each column."""
        by_column: list[Iterable[Any]] = [columns[source] for source in self.sources]
        for at, convert in self.conversions:
            by_column[at] = map(convert, by_column[at])
        values = zip(*by_column, strict=True)
        for at_once, statement in self.many:
            while count >= at_once:
                bound = tuple(chain.from_iterable(islice(values, at_once)))
                with while_writing(connection, len(bound)):
                    connection.exec_driver_sql(statement, bound)
                count -= at_once
        if count:
            rest = list(values) if self.names is None else [dict(zip(self.names, row, strict=True)) for row in values]
            connection.exec_driver_sql(self.statement, rest)


def _many(insert: str) -> tuple[tuple[int, str], ...]:
    """SQLite's driver asks for the interpreter again after every row, unless they are those of one statement."""
    found = _VALUES.fullmatch(insert)
    if found is None:
        return ()
    head, values, conflict = found.groups()
    return tuple((count, f"{head}{', '.join([values] * count)}{conflict}") for count in _AT_ONCE)
