"""How are many rows written by one statement, as fast as the driver can take them?

SQLAlchemy compiles the statement and converts the values, as ever; but its general way of binding many rows takes
longer than SQLite takes to write them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Delete, Dialect, Insert, Update


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as the driver takes it. `names`: its parameters in order, each with what converts its values;
    `sources`: which item of a row each takes."""

    statement: str
    sources: tuple[str, ...]
    conversions: tuple[tuple[int, Any], ...]
    names: tuple[str, ...] | None

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
        )

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Once for every row, in their order."""
        connection.exec_driver_sql(self.statement, self._bound(rows))

    def _bound(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Column by column: most need no conversion, and are passed on without a look at each value."""
        by_column: list[Iterable[Any]] = [[row[source] for row in rows] for source in self.sources]
        for at, convert in self.conversions:
            by_column[at] = map(convert, by_column[at])
        values = zip(*by_column, strict=True)
        return list(values) if self.names is None else [dict(zip(self.names, row, strict=True)) for row in values]
